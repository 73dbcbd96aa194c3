"""Copies kept beside what they copy: with one of them it is the same tensor, which is kept once."""

from __future__ import annotations

import pytest

import symcost

BOTH = """model M(x: [B, D], A) {
  v = repeat_axis(x, A, axis = 0) -> Linear(D)
  param W: [D]
  return v, x * W
}"""

ONE_OF_THEM = "model M(x: [B, D], A) { return tanh(repeat_axis(x, A, axis = 0) -> Linear(D)) }"


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_a_copy_and_what_it_copies(copies: int) -> None:
    """x for the product and its copies for the weights; a single copy is x, which is kept once."""
    model = symcost.loads(BOTH).model()
    (fact,) = model.assumed_for("activations")
    assert str(fact) == "A >= 2"
    kept = symcost.loads(BOTH).model().at(B=2, D=3, A=copies).activations
    assert kept == (6 if copies == 1 else 6 + copies * 6)
    if fact.holds({"A": copies}):
        assert model.quantity("activations").form.evaluate({"B": 2, "D": 3, "A": copies}) == kept


@pytest.mark.parametrize("copies", [1, 2])
def test_a_copy_alone(copies: int) -> None:
    """Nobody else needs x: for all numbers of copies these are kept, and the result of tanh."""
    model = symcost.loads(ONE_OF_THEM).model()
    assert model.assumed_for("activations") == ()
    assert model.activations.form.evaluate({"B": 2, "D": 3, "A": copies}) == 2 * copies * 6
