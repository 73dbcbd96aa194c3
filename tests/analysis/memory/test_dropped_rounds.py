"""Rounds that differ by their number, of which one may need nothing of those before it: only the last one is needed."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import RoundsDiffer

DROPPED = """model M(x: [B, D], L) {
  v = x -> Linear(D)
  y = x
  repeat l in L {
    if l == 0 { y = v } else { y = tanh(v) }
  }
  return y
}"""


def test_the_number_of_rounds_has_to_be_known() -> None:
    """Where it is open, several rounds would each have a gradient, and those would be added up."""
    with pytest.raises(RoundsDiffer, match="how many steps the way back takes"):
        symcost.loads(DROPPED).model().quantity("backward_depth")


@pytest.mark.parametrize("layers", [2, 3, 5])
def test_with_numbers_the_last_round_stands_alone(layers: int) -> None:
    """As tanh(v) by itself: its derivative, the product with what comes, and the sum over B for weights or bias."""
    numbers = symcost.loads(DROPPED).model().at(L=layers, B=2, D=2)
    alone = symcost.loads("model M(x: [B, D]) { return tanh(x -> Linear(D)) }").model()
    assert numbers.backward_depth == alone.at(B=2, D=2).backward_depth


@pytest.mark.parametrize(
    "body",
    [
        "if l == 0 { y = y -> Linear(D) } else { y = tanh(y) }",
        "if l % 2 == 0 { y = y -> Linear(D) } else { y = tanh(y + v) }",
    ],
)
@pytest.mark.parametrize("layers", [4, 5, 6])
def test_rounds_that_build_on_each_other(body: str, layers: int) -> None:
    """They have a formula, which is the number wherever it is told."""
    text = f"model M(x: [B, D], L) {{ v = x -> Linear(D) y = v repeat l in L {{ {body} }} return y }}"
    values = {"B": 2, "D": 2, "L": layers}
    asked = symcost.loads(text).model()
    assert all(fact.holds(values) for fact in asked.holds("backward_depth"))
    numbers = symcost.loads(text).model().at(**values)
    assert asked.backward_depth.form.evaluate(values) == numbers.backward_depth


READ_ANEW = """model M(x: [B, D], L) {
  y = x
  repeat l in 2*L {
    if l % 2 == 0 { y = x -> Linear(D) } else { y = tanh(y) }
  }
  return y
}"""


def test_what_is_moved_for_nothing() -> None:
    """Each second round begins with x again: with numbers x, one Linear and the result are moved, however many."""
    with pytest.raises(RoundsDiffer, match="what is moved at least"):
        symcost.loads(READ_ANEW).model().quantity("fused")
    for layers in (1, 2, 3):
        numbers = symcost.loads(READ_ANEW).model().at(B=2, D=3, L=layers)
        assert numbers.fused == 2 * 3 + (3 * 3 + 3) + 2 * 3
