"""A dimension of an input may have a default in the signature: it is one number, in the shape and in the text."""

import pytest

import symcost

TEXT = """
model Plain(x: [T, D], T, D = 512) { return x -> Linear(D) }
model Wide(x: [T, F], D, F = 4*D) { return x -> Linear(D) }
model Steps(x: [T, F], k = 2, F = 8*k) { return x -> Linear(k) }
"""


@pytest.mark.parametrize(
    ("model", "values", "count"),
    [
        ("Plain", {}, 512 * 512 + 512),
        ("Plain", {"D": 64}, 64 * 64 + 64),  # nn.Linear(64, 64)
        ("Plain", {"T": 3}, 512 * 512 + 512),
        ("Wide", {"D": 3}, 12 * 3 + 3),
        ("Wide", {"D": 3, "F": 5}, 5 * 3 + 3),
        ("Steps", {}, 16 * 2 + 2),
        ("Steps", {"k": 3}, 24 * 3 + 3),
        ("Steps", {"F": 5}, 5 * 2 + 2),
        ("Steps", {"F": 5, "k": 3}, 5 * 3 + 3),
    ],
)
def test_a_default_of_an_inputs_dimension_is_one_number(model: str, values: dict[str, int], count: int) -> None:
    """Weights of PyTorch's Linear at these sizes: inputs times outputs and outputs."""
    assert symcost.loads(TEXT).model(model).params(**values) == count
    assert symcost.loads(TEXT).model(model).at(**values).params() == count


def test_a_default_over_open_dimensions_stays_open() -> None:
    """4·D inputs."""
    assert str(symcost.loads(TEXT).model("Wide").params) == "4·D·D + D"
