"""What is assumed in every round of a loop is said without its counter, and what always holds is not said."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import ViolatedAssumption


def assumed(body: str, ports: str = "x: [T, D], N") -> list[str]:
    model = symcost.loads(f"model M({ports}) {{ {body} }}").model()
    return [str(fact) for fact in model.assumptions]


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ("for t in N { emit y = x[t] } return y", "T >= N"),
        ("scan t in N with h: [D] { h = h + x[t] } return h", "T >= N"),
        ("for t in 1..N { emit y = x[t + 2] } return y", "T >= N + 2"),
        ("for t in ceil(T/log2(T)) { emit y = x[t] } return y", "T >= ceil(T/log2(T))"),
        ("for i in N { for t in N { emit z = x[t + i] } emit y = z } return y", "T + 1 >= 2*N"),
        ("repeat l in ceil(log2(T)) { x = x[0:T - l] -> pad([l, 0], axis = 0) } return x", "T + 1 >= ceil(log2(T))"),
    ],
)
def test_the_round_that_asks_for_most(body: str, fact: str) -> None:
    """The last round reads the last row: row N - 1 is there where T >= N."""
    assert assumed(body) == [fact]


def test_it_is_looked_at_with_numbers() -> None:
    """Five rounds read five rows, of which three are there."""
    model = symcost.loads("model M(x: [T, D], N) { for t in N { emit y = tanh(x[t]) } return y }").model()
    assert model.quantity("exp")(T=5, N=5, D=2) == 10
    with pytest.raises(ViolatedAssumption, match="`T >= N` does not hold for T = 3, N = 5"):
        model.quantity("exp")(T=3, N=5, D=2)


def test_what_always_holds_is_not_said() -> None:
    """Whole strides are no less than the length, and at least one: EnCodec pads to them."""
    body = "y = x -> pad([0, 8*ceil(T/320) - ceil(T/40)], axis = 0)  return y[0:ceil(T/320)]"
    assert assumed(body) == []
