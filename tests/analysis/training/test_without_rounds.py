"""Loops that may have no round, and rounds that forget what came before them."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnderivedBackward

FORGETS = """
model M(x0: [T, D], L) {
  x = x0 -> Linear(D)
  repeat l in L { if l % 4 == 3 { x = x -> Linear(D) } else { x = x0 } }
  return x
}
"""


def test_what_is_forgotten_is_open() -> None:
    """Whether the last layer is one that forgets depends on L: no formula, and a number as soon as L has one."""
    model = symcost.loads(FORGETS).model()
    with pytest.raises(UnderivedBackward):
        _ = model.quantity("backward")
    # Behind 8 layers stands a product of x0, of which the parameters have a gradient; behind 7 stands x0 itself.
    assert model.at(L=8, T=2, D=3).quantity("backward")() == 2 * 3 * 3
    assert model.at(L=7, T=2, D=3).quantity("backward")() == 0
    assert model.quantity("macs")(L=8, T=2, D=3) == 2 * 3 * 3 * 3


def test_what_is_handed_on_is_not() -> None:
    """A last round or none, the gradient goes back to the layer in front: T - 1 rounds are T - 1 products there."""
    text = (
        "model M(x: [T, D]) { y = x -> Linear(D)  scan t in T - 1 with h: [D] = y[0] { h = tanh(h + x[t]) } return h }"
    )
    model = symcost.loads(text).model()
    # One row of y has a gradient: D·D MACs for the parameters of each of its T rows.
    assert str(model.quantity("backward")) == "D·D·T"
