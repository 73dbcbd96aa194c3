"""Quotients over sums that come out even but for a remainder."""

from __future__ import annotations

from itertools import product
from math import prod

from hypothesis import given, settings, strategies as st

from symcost.formula import Assumptions, AtLeast, floor_div, mul, num, symbol

A, B, C = map(symbol, "ABC")


def test_the_row_of_the_last_place() -> None:
    """The last of (A + 1)·(B + 1) places, over rows of B + 1, is in row A."""
    assert floor_div((A + 1) * (B + 1) - 1, B + 1) == A


def test_what_may_be_more_than_a_remainder_stays() -> None:
    """Of `A·B/(B + 1)` nothing comes out even: at A = 1 it is 0, at A = 2 and B = 1 it is 1."""
    quotient = floor_div(A * B, B + 1)
    assert (quotient.evaluate({"A": 1, "B": 1}), quotient.evaluate({"A": 2, "B": 1})) == (0, 1)
    assert quotient != A - 1


def test_only_over_what_is_above_0() -> None:
    """Over `B - 4`, which may be 0 or less, nothing is taken out; where it is above 0, A is."""
    places = floor_div(A * (B - 4) + B - 5, B - 4)
    assert places != A
    assert Assumptions([AtLeast(B, num(5))]).compare(places, A).kind == "equal"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(-2, 3), min_size=5, max_size=5), st.integers(1, 3), st.integers(-2, 3))
def test_never_wrong(coefficients: list[int], times: int, added: int) -> None:
    """Whatever is taken out, the floor of a quotient is that of Python at all small sizes."""
    parts = [(A, B), (A,), (B,), (A, C), ()]
    dividend = sum((mul(c, *part) for c, part in zip(coefficients, parts, strict=True)), num(0))
    divisor = times * B + added
    said = floor_div(dividend, divisor).poly.form
    for a, b, c in product(range(1, 4), repeat=3):
        below = times * b + added
        if below == 0:
            continue
        at = {"A": a, "B": b, "C": c}
        named = [[at[size.name] for size in part] for part in parts]
        above = sum(coefficient * prod(sizes) for coefficient, sizes in zip(coefficients, named, strict=True))
        assert said.evaluate(at) == above // below
