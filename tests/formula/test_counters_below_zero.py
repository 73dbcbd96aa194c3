"""A counter may start below 0; what is proven of it is held against its rounds, written out."""

from __future__ import annotations

import pytest

from symcost.formula import Assumptions, AtLeast, Form, Symbol, counter, maximum, minimum, num, sum_over, symbol


def test_a_counter_from_below_zero_is_not_proven_to_be_positive() -> None:
    """-2 is among its values."""
    below = counter("k", -2, 3)
    assert Assumptions().at_least(below, 0) is None
    assert Assumptions([AtLeast(symbol("T"), num(3))]).at_least(below, 0) is None


@pytest.mark.parametrize("low", [-3, -1, 0, 2])
@pytest.mark.parametrize("edge", [-2, 0, 1])
def test_extremes_of_a_counter_are_summed_as_counting_finds(low: int, edge: int) -> None:
    k = counter("k", low, 5)
    assert _sum(k, maximum(k, edge)) == sum(max(turn, edge) for turn in range(low, 5))
    assert _sum(k, minimum(k, edge)) == sum(min(turn, edge) for turn in range(low, 5))


def _sum(k: Symbol, body: Form) -> object:
    return sum_over(k, body).evaluate({})
