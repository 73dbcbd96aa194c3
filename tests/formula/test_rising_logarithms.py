"""What follows from logarithms' rising: differences of them, and of what is rounded."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings, strategies as st

from symcost.formula import Assumptions, AtLeast, Divides, Form, ceil_div, floor_div, log2, num, symbol

H, A, T = symbol("H"), symbol("A"), symbol("T")
PARTS = st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-2, 2))


def test_a_ratio_of_heads() -> None:
    """With as many heads as divide the width, the width of one has a logarithm that is not negative."""
    known = Assumptions([Divides(A, H)])
    assert known.at_least(log2(H) - log2(A), 0) is True
    assert known.at_least(ceil_div(log2(H) - log2(A)), 0) is True
    assert known.at_least(ceil_div(log2(H)), ceil_div(log2(H) - log2(A))) is True


def test_nothing_follows_without_a_fact() -> None:
    """Of two free sizes either may be the larger; one of them may be 1."""
    assert Assumptions().at_least(log2(H) - log2(A), 0) is None
    assert Assumptions([Divides(A, H)]).at_least(log2(H) - log2(A), 1) is None


def test_what_may_be_0_has_no_logarithm_to_rise() -> None:
    """Of `T - 1` nothing is known, since at T = 1 there is no logarithm of it."""
    assert Assumptions().at_least(log2(T * T - 1) - log2(T - 1), 0) is None
    assert Assumptions([AtLeast(T, num(2))]).at_least(log2(T * T - 1) - log2(T - 1), 0) is True


@settings(max_examples=60, deadline=None)
@given(PARTS, st.booleans())
def test_never_wrong(parts: tuple[int, int, int], rounded: bool) -> None:
    """What is said of a sum of logarithms holds at all small sizes: brute force with Python's own logarithm."""
    h, a, added = parts
    sum_of_logs = h * log2(H) + a * log2(A) + added
    claim: Form = floor_div(sum_of_logs) if rounded else sum_of_logs
    known = Assumptions([AtLeast(H, A)])
    said = known.at_least(claim, 0)
    signs = {_holds(h, a, added, at) for at in product(range(1, 40), repeat=2) if at[0] >= at[1]}
    assert said is None or signs == {said}


def _holds(h: int, a: int, added: int, at: tuple[int, int]) -> bool:
    """Exactly: a sum of logarithms is not negative where the product of powers is at least 1."""
    return Fraction(at[0]) ** h * Fraction(at[1]) ** a * Fraction(2) ** added >= 1
