"""Quotients of sums that come out even but for a remainder: `floor((A·B + A + B)/(B + 1))` is `A`."""

from __future__ import annotations

from symcost.formula.claims import nonnegative, positive, whole
from symcost.formula.facts import Facts
from symcost.formula.form import Add
from symcost.formula.monomials import EMPTY, Term
from symcost.formula.poly import Poly, constant, denominator, monomial, ratio

MOST_STEPS = 4
"""Terms of a quotient: the last place of two or three axes in a row, over the length of one, has as many."""


def whole_quotient(quotient: Poly, facts: Facts) -> Poly | None:
    """What a quotient over a sum is rounded down to, where nothing but a remainder is over; None where more may be.

    The dividend is divided as on paper, by one term of the divisor after the other as the leading one.
    """
    below = denominator(quotient)
    divisor = _lone_sum(below)
    if divisor is None or not whole(divisor, facts):
        return None
    dividend = quotient * below
    if not positive(divisor, facts):
        # `x/(B - 4)` is kept as `-x/(4 - B)`.
        dividend, divisor = dividend.scaled(-1), divisor.scaled(-1)
        if not positive(divisor, facts):
            return None
    for monomial_, leading in divisor.terms.items():
        if monomial_ != EMPTY:
            found = _divided(dividend, divisor, leading, facts)
            if found is not None:
                return found
    return None


def _lone_sum(below: Poly) -> Poly | None:
    """The sum that divides, where nothing else does."""
    ((coefficient, factors),) = below.terms.values()
    if coefficient != 1 or len(factors) != 1:
        return None
    _, exponent, written = factors[0]
    return written.poly if exponent == 1 and isinstance(written, Add) else None


def _divided(dividend: Poly, divisor: Poly, leading: Term, facts: Facts) -> Poly | None:
    """Whole multiples of the divisor taken away until what is left is a remainder."""
    taken = constant(0)
    for _ in range(MOST_STEPS):
        multiple = _next_multiple(dividend, leading)
        if multiple is None or not whole(multiple, facts):
            return None
        taken = taken + multiple
        dividend = dividend - multiple * divisor
        if _is_remainder(dividend, divisor, facts):
            return taken
    return None


def _next_multiple(dividend: Poly, leading: Term) -> Poly | None:
    """How often the leading term is in a term of the dividend, that with the most factors first."""
    for term in sorted(dividend.terms.values(), key=_degree, reverse=True):
        coefficient, factors = ratio(term, leading)
        if all(exponent > 0 for _, exponent, _ in factors):
            return monomial(coefficient, factors)
    return None


def _degree(term: Term) -> int:
    return len(term[1])


def _is_remainder(left: Poly, divisor: Poly, facts: Facts) -> bool:
    """Whether it is proven to be 0 or more, and less than the divisor."""
    return nonnegative(left, facts) and positive(divisor - left, facts)
