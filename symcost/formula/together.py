"""Whether of two polynomials one is always 0 or more, though neither is for all values: a weighted sum of both is.

Where `p·a + q·b` is 0 or more, and p and q are too and not both 0, a and b are not both below 0. The weights are sizes
or numbers: of `H - A` and `(L - 1)·(A - H)`, L - 1 times the first and the second come to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.formula.claims import cleared, nonnegative, positive
from symcost.formula.facts import Facts
from symcost.formula.form import Symbol
from symcost.formula.keys import Key
from symcost.formula.monomials import Factor, Factors, Monomial
from symcost.formula.poly import Poly, monomial, total
from symcost.formula.search import is_shown
from symcost.formula.signs import outweighed

Parts = dict[Monomial, Poly]
"""A polynomial by what is not a size: before each part the polynomial in sizes that it is multiplied by."""
LARGEST_WEIGHT = 8
"""Weights of more terms are not tried: the sum of their products is long."""


def one_is_nonnegative(first: Poly, second: Poly, facts: Facts) -> bool:
    """Whether of two polynomials one is seen to be 0 or more, whatever the sizes are."""
    # Most sums are no more than nothing or plainly more: a search for a proof takes long, and finds next to none.
    return any(_is_seen(claim, facts) for claim in _weighted_sums(first, second, facts))


def _is_seen(claim: Poly, facts: Facts) -> bool:
    clear = cleared(claim, facts)
    return clear is not None and (outweighed(clear, facts) or is_shown(clear, facts, {}))


def _weighted_sums(first: Poly, second: Poly, facts: Facts) -> Iterator[Poly]:
    """The sums in which a part of both is gone that one adds and the other takes away.

    What is taken away in none of its terms is found here if there is any: weights are as far apart as they may be
    where one term vanishes.
    """
    ours, theirs = _by_part(first), _by_part(second)
    for part in ours:
        if part not in theirs:
            continue
        weights = _weights(ours[part], theirs[part], facts)
        if weights is not None:
            yield total((weights[0] * first, weights[1] * second))


def _weights(ours: Poly, theirs: Poly, facts: Facts) -> tuple[Poly, Poly] | None:
    """What two polynomials are to be multiplied by so that a part of them goes; None unless that is 0 or more."""
    if len(ours.terms) > LARGEST_WEIGHT or len(theirs.terms) > LARGEST_WEIGHT:
        return None
    for one, other in ((theirs.scaled(-1), ours), (theirs, ours.scaled(-1))):
        if nonnegative(one, facts) and nonnegative(other, facts) and positive(one + other, facts):
            return one, other
    return None


def _by_part(poly: Poly) -> Parts:
    """A polynomial, its terms with the same part together."""
    terms: dict[Monomial, list[Poly]] = {}
    for coefficient, factors in poly.terms.values():
        sizes = tuple(factor for factor in factors if _is_size(factor))
        part = frozenset((number, exponent) for number, exponent, _ in factors if not _is_among(number, sizes))
        terms.setdefault(part, []).append(monomial(coefficient, sizes))
    return {part: total(before) for part, before in terms.items()}


def _is_among(number: Key, factors: Factors) -> bool:
    return any(number == other for other, _, _ in factors)


def _is_size(factor: Factor) -> bool:
    _, exponent, written = factor
    return type(written) is Symbol and exponent > 0
