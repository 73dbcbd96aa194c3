"""Claims that are let go because numbers speak against them: the numbers are computed again, by plain Python."""

from __future__ import annotations

from itertools import product
from math import ceil, log2

from hypothesis import given, settings, strategies as st

from symcost import form
from symcost.formula import Assumptions, AtLeast
from symcost.formula.claims import nonnegative
from symcost.formula.facts import Facts
from symcost.formula.trials import refuted_at_points

SIZES = range(1, 14)
PARTS = {
    "A": lambda a, b: a,
    "B": lambda a, b: b,
    "A*B": lambda a, b: a * b,
    "A*A": lambda a, b: a * a,
    "A//3": lambda a, b: a // 3,
    "A//B": lambda a, b: a // b,
    "min(A, 2*B)": lambda a, b: min(a, 2 * b),
    "ceil(log2(A))": lambda a, b: ceil(log2(a)),
    "1": lambda a, b: 1,
}
"""What claims are sums of, as text and as Python computes it; up to 13 a logarithm of two rounds as it should."""
SUMS = st.dictionaries(st.sampled_from(sorted(PARTS)), st.integers(-4, 4), min_size=1, max_size=4)


def written(coefficients: dict[str, int]) -> str:
    """A sum as text."""
    return " + ".join(f"({coefficient})*{part}" for part, coefficient in coefficients.items())


def computed(coefficients: dict[str, int], a: int, b: int) -> int:
    """The same as a number."""
    return sum(coefficient * PARTS[part](a, b) for part, coefficient in coefficients.items())


@settings(max_examples=150, deadline=None)
@given(SUMS, SUMS)
def test_what_is_proven_holds_at_all_small_sizes(claim: dict[str, int], fact: dict[str, int]) -> None:
    """No size at which the fact holds is an exception to what is proven from it."""
    facts = Facts((), (form(written(fact)).poly,))
    if nonnegative(form(written(claim)).poly, facts):
        held = [(a, b) for a, b in product(SIZES, SIZES) if computed(fact, a, b) >= 0]
        assert all(computed(claim, a, b) >= 0 for a, b in held)


@settings(max_examples=150, deadline=None)
@given(SUMS, SUMS)
def test_what_the_fact_itself_adds_to_is_not_refuted(fact: dict[str, int], more: dict[str, int]) -> None:
    """A positive multiple of the fact and a sum of what is never negative hold wherever the fact does."""
    known = form(written(fact)).poly
    never_negative = {part: abs(coefficient) for part, coefficient in more.items()}
    claim = (known.scaled(3).form + form(written(never_negative))).poly
    assert not refuted_at_points(claim, Facts((), (known,)))


def test_a_fact_that_cannot_be_computed_somewhere_does_not_hold_there() -> None:
    """Of `12/(A - 12) >= 0` nothing is known where A is 12, so `A >= 13` is not refuted by that number."""
    known = form("12/(A - 12)").poly
    assert not refuted_at_points(form("A - 13").poly, Facts((), (known,)))


def test_a_search_goes_past_what_is_below_zero() -> None:
    """From `A >= B` and `B >= C` follows `A·D >= C·D`, though some of what is tried on the way is false."""
    facts = Assumptions([AtLeast(form("A"), form("B")), AtLeast(form("B"), form("C"))])
    assert facts.at_least(form("A*D"), form("C*D")) is True
