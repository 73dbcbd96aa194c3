"""Straight lines: lengths that are a number times one symbol and a number, whose sign is seen at once."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symcost.formula import Form, Num, Symbol, mul
from symcost.formula.form import Add, Rational
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """`slope * symbol + constant`."""

    symbol: Symbol
    slope: Rational
    constant: Rational


def line(form: Form) -> Line | None:
    """A form as a line, if it is one in exactly one symbol."""
    form = form.expand()
    symbols = form.free_symbols
    if len(symbols) != 1:
        return None
    slope = constant = Fraction(0)
    for term in form.terms if isinstance(form, Add) else (form,):
        factor = term.term[0]
        if isinstance(term, Num):
            constant += term.value
        elif term.key == mul(factor, symbols[0]).key:
            slope += factor
        else:
            return None
    return Line(symbols[0], slope, constant)


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
