"""Straight lines: lengths that are a number times one symbol and a number, whose sign is seen at once."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symcost.formula import Symbol
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`slope * symbol + constant`."""

    symbol: Symbol
    slope: Rational
    constant: Rational


def line(poly: Poly) -> Line | None:
    """A polynomial as a line, if it is one in exactly one symbol."""
    constant, rising = poly.constant, [factors for _, factors in poly.terms.values() if factors]
    if len(rising) != 1 or len(rising[0]) != 1:
        return None
    ((_, exponent, written),) = rising[0]
    if exponent != 1 or not isinstance(written, Symbol):
        return None
    slope = next(coefficient for coefficient, factors in poly.terms.values() if factors)
    return Line(written, slope, constant)


def never_negative(risen: Line, needs: Iterable[Line]) -> bool:
    """Whether a line in a counter is certainly 0 or more, wherever the counter stands and none of `needs` is negative.

    A line that does not fall is lowest where its counter begins: at the counter's own first value, or where the last of
    the rising needs begins to hold. False says that it is not seen so simply, not that it is untrue.
    """
    low = risen.symbol.low.number
    if risen.slope < 0 or low is None:
        return False
    for need in needs:
        if need.symbol == risen.symbol and need.slope > 0:
            low = max(low, -need.constant / Fraction(need.slope))
    return risen.slope * low + risen.constant >= 0
