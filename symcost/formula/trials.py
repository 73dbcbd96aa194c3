"""Claims tried at numbers before they are proven: one that fails there needs no search."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.formula.facts import Facts
from symcost.formula.form import Form, Symbol
from symcost.formula.numbers import TooLarge
from symcost.formula.poly import Poly

TYPICAL = 12
"""The number tried first: many others divide it, so that facts such as `4 divides T` tend to hold there."""
MAX_TRIED = 400
"""Claims with more nodes are not tried: evaluating them takes longer than the search that it may save."""

Values = dict[Symbol, int]


def refuted(claim: Poly, facts: Facts) -> bool:
    """Whether a polynomial is below 0 at numbers that satisfy the facts: there is nothing to search for then."""
    tried = claim.form
    nonnegatives = [known.form for known in facts.nonnegatives]
    wholes = [known.form for known in facts.wholes]
    forms = (tried, *nonnegatives, *wholes)
    if not _may_be_tried(forms):
        return False
    return any(_fails(tried, nonnegatives, wholes, values) for values in _assignments(forms, tried))


def _may_be_tried(forms: tuple[Form, ...]) -> bool:
    """Not too long, and without counters, whose limits would have to be kept."""
    if sum(item.size for item in forms) > MAX_TRIED:
        return False
    return not any(name.uid for item in forms for name in item.free_symbols)


def _assignments(forms: tuple[Form, ...], claim: Form) -> Iterator[Values]:
    """The typical number for all, then one of the claim's own symbols at a time at its least, and far out."""
    usual = {name: TYPICAL for item in forms for name in item.free_symbols}
    yield usual
    for name in claim.free_symbols:
        yield {**usual, name: 1}
        yield {**usual, name: TYPICAL**2}


def _fails(claim: Form, nonnegatives: list[Form], wholes: list[Form], values: Values) -> bool:
    """Whether the claim is below 0 where all facts hold; not where one of them cannot be computed."""
    try:
        if claim.evaluate(values) >= 0 or any(known.evaluate(values) < 0 for known in nonnegatives):
            return False
        return all(known.evaluate(values).denominator == 1 for known in wholes)
    except (TooLarge, ZeroDivisionError):
        return False
