"""Numbers put into a model: together or one after the other, they come to the same."""

from __future__ import annotations

from itertools import permutations

import pytest

import symcost
from symcost.errors import BadValue, SymcostError, UndecidedCondition

SKIP = """
model Skip(x: [Y, Y, C], k = 3) {
  return avg_pool2d(x, 2) + Conv2d(x, C, k, stride = 2, pad = 1)
}
"""
BRANCH = "model Branch(x: [T, I], O) { if I == O { return x } else { return Linear(x, O) } }"
PADDED = "model Padded(x: [T, C], p = 0) { return Conv1d(x, C, 3, pad = p) }"


def test_a_size_that_only_numbers_decide() -> None:
    """Halves of an even axis meet those of a strided convolution: 4 x 4 positions, 3 x 3 x C x C products each."""
    model = symcost.loads(SKIP).model()
    assert model.at(C=3, Y=8).macs == 4 * 4 * 9 * 3 * 3
    with pytest.raises(SymcostError, match="floor"):
        _ = model.macs


@pytest.mark.parametrize("order", list(permutations(["C", "k", "Y"])))
def test_numbers_come_in_any_order(order: tuple[str, ...]) -> None:
    """One at a time is as good as all at once."""
    values = {"C": 3, "k": 3, "Y": 8}
    model = symcost.loads(SKIP).model()
    for name in order:
        model = model.at(**{name: values[name]})
    assert model.macs == 1296


@pytest.mark.parametrize(("width", "macs"), [(3, 0), (4, 3 * 4 * 2)])
def test_a_condition_that_only_numbers_decide(width: int, macs: int) -> None:
    """As wide as the input there is no layer, else one with I*O*T products."""
    model = symcost.loads(BRANCH).model()
    assert model.at(I=3, O=width, T=2).macs == macs
    assert model.at(T=2).at(O=width).at(I=3).macs == macs
    with pytest.raises(UndecidedCondition):
        _ = model.at(T=2).macs


def test_a_default_of_zero_can_be_given() -> None:
    """Three taps of C x C products at T - 2 positions, and at T with one position more on either side."""
    model = symcost.loads(PADDED).model()
    assert model.at(p=0).macs(T=10, C=2) == 3 * 4 * 8
    assert model.at(p=1).macs(T=10, C=2) == 3 * 4 * 10
    with pytest.raises(BadValue, match="0 or a positive integer"):
        model.at(p=-1)
    with pytest.raises(BadValue):
        model.at(C=0)
