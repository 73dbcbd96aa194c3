"""Facts that are left out because they speak of something else: what is proven without them holds at numbers."""

from __future__ import annotations

from itertools import product
from math import ceil, log2

from hypothesis import given, settings, strategies as st

from symcost import form
from symcost.formula import Assumptions, AtLeast, num

SIZES = range(1, 10)
PARTS = {
    "A": lambda a, b, c: a,
    "B": lambda a, b, c: b,
    "C": lambda a, b, c: c,
    "B//2": lambda a, b, c: b // 2,
    "A*C": lambda a, b, c: a * c,
    "ceil(log2(A))": lambda a, b, c: ceil(log2(a)),
    "ceil(log2(B))": lambda a, b, c: ceil(log2(b)),
    "1": lambda a, b, c: 1,
}
"""What claims are sums of, as text and as Python computes it."""
SUMS = st.dictionaries(st.sampled_from(sorted(PARTS)), st.integers(-3, 3), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(SUMS, SUMS, SUMS)
def test_what_follows_from_several_facts_holds_wherever_they_do(
    claim: dict[str, int], first: dict[str, int], second: dict[str, int]
) -> None:
    """No small sizes at which both facts hold speak against what is proven from them, or for what is disproven."""
    facts = Assumptions([AtLeast(form(written(fact)), num(0)) for fact in (first, second)])
    answer = facts.at_least(form(written(claim)), 0)
    if answer is None:
        return
    for sizes in product(SIZES, repeat=3):
        if min(computed(first, *sizes), computed(second, *sizes)) >= 0:
            assert (computed(claim, *sizes) >= 0) is answer


def test_what_is_known_of_a_floor_tells_of_what_is_rounded() -> None:
    """`floor(T/2) >= 3` makes T at least 6, beside a fact about something else."""
    facts = Assumptions([AtLeast(form("floor(T/2)"), num(3)), AtLeast(form("H"), form("A"))])
    assert facts.at_least(form("T"), 6) is True
    assert facts.at_least(form("T"), 7) is None


def written(coefficients: dict[str, int]) -> str:
    """A sum as text."""
    return " + ".join(f"({coefficient})*({part})" for part, coefficient in coefficients.items())


def computed(coefficients: dict[str, int], a: int, b: int, c: int) -> int:
    """The same as a number."""
    return sum(coefficient * PARTS[part](a, b, c) for part, coefficient in coefficients.items())
