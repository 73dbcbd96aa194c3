"""What is asked of polynomials while something is proven, and what was answered.

Proofs ask one another in circles: whether a sum is 0 or more leads to how low its atoms fall, and that to whether other
sums are. Here are the questions; the rooms that know how to answer them stand above and hang their ways in one hook.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from symcost.formula.facts import NOTHING, Facts
from symcost.formula.form import Add, Form, Num, Pow
from symcost.formula.poly import Poly, constant, denominator
from symcost.formula.standing import found, worked_out


class Ways(NamedTuple):
    """How the questions are answered, where nobody has asked them before."""

    whole: Callable[[Poly, Facts], bool]
    nonnegative: Callable[[Poly, Facts], bool]
    lowest: Callable[[Form, Facts], Poly | None]


_ways: Ways


def answered_by(ways: Ways) -> None:
    """Hang the rooms above in the hook; `symcost.formula` does so once, and whoever imports a room imports that."""
    global _ways
    _ways = ways


def whole(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be an integer for all values."""
    return _ways.whole(poly, facts)


def nonnegative(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be 0 or more for all values."""
    number = poly.number
    if number is not None:
        return number >= 0
    known = facts.proven.settled.get(poly.key)
    if known is not None:
        return known
    about = facts.about(poly)
    if about is facts:
        return found(facts.proven, poly.key, partial(_ways.nonnegative, poly, facts), False)
    answer = nonnegative(poly, about)
    if poly.key in about.proven.settled:
        facts.proven.settled[poly.key] = answer
    return answer


def lowest(written: Form, facts: Facts = NOTHING) -> Poly | None:
    """A value below which an atom never falls, 0 or more; None where it may be negative."""
    key = written.key
    settled = facts.lowest_of.settled
    if key in settled:
        return settled[key]
    about = facts.about(written)
    if about is facts:
        return worked_out(facts.lowest_of, key, partial(_ways.lowest, written, facts))
    answer = lowest(written, about)
    if key in about.lowest_of.settled:
        settled[key] = answer
    return answer


# What follows from these ------------------------------------------------------------------------


def positive(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be above 0 for all values."""
    clear = cleared(poly, facts)
    return clear is not None and nonnegative(clear - constant(1), facts)


def cleared(poly: Poly, facts: Facts) -> Poly | None:
    """The polynomial times something positive, without division; None where the sign of a divisor is not known."""
    if not poly:
        return poly
    below = denominator(poly)
    if below.number == 1:
        return poly
    ((_, divisors),) = below.terms.values()
    sign = 1
    for _, exponent, written in divisors:
        if above_zero(written, facts):
            continue
        # `1/(K - 2)` is kept as `-1/(2 - K)`: a divisor that is always negative turns what it divides.
        if exponent.denominator != 1 or not positive(written.poly.scaled(-1), facts):
            return None
        sign *= (-1) ** int(exponent)
    return (poly * below).scaled(sign)


def above_zero(written: Form, facts: Facts = NOTHING) -> bool:
    """An atom that is proven to be above 0 for all values; of a sum that divides the whole sum."""
    return positive(written.poly, facts) if type(written) is Add else is_positive_atom(written, facts)


def is_positive_atom(written: Form, facts: Facts = NOTHING) -> bool:
    """Above 0 by its lowest value, or as a power of a positive number, which comes near 0 and never reaches it."""
    low = lowest(written, facts)
    if low is None:
        return False
    return (type(written) is Pow and type(written.base) is Num) or positive(low, facts)
