"""What changes nothing moves nothing, derived by hand."""

import pytest

import symcost


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # One read and one written number for each MAC, and the kernel.
        ("model B(x: [Y, X, I]) { return x -> Conv2d(I, 1, bias=false) }", "2·Y·X·I + I·I"),
        ("model B(x: [T, I]) { return x -> Conv1d(I, 1, bias=false) }", "2·T·I + I·I"),
        ("model P(x: [T, I]) { return x -> pad([0, 0]) -> relu }", "2·T·I"),
        ("model P(x: [T, I]) { return concat(x) -> relu }", "2·T·I"),
        ("model P(x: [T, I]) { return x -> repeat_axis(1) -> relu }", "2·T·I"),
    ],
)
def test_what_looks_at_all_of_its_input_moves_nothing(text: str, expected: str) -> None:
    """As reshaping: PyTorch's F.pad by (0, 0) and a contiguous view hold the same numbers."""
    assert str(symcost.loads(text).model().quantity("traffic").form) == expected


def test_padding_on_one_side_reads_and_writes() -> None:
    """T·I read, (T + 1)·I written."""
    model = symcost.loads("model P(x: [T, I]) { return x -> pad([1, 0]) }").model()
    assert model.quantity("traffic").form.evaluate({"T": 5, "I": 3}) == 5 * 3 + 6 * 3
