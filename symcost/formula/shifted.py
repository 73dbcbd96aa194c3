"""Floors of one dividend, shifted against each other: `floor((x + 9)/8) - floor((x + 3)/8)` is never below 0.

Where as many are added as are taken away, the sum repeats whenever x grows by the divisor, and changes only where one
of the dividends reaches a multiple of it: a look at those places tells its smallest value for all x.
"""

from __future__ import annotations

from symcost.formula.form import Floor, Form, Num
from symcost.formula.keys import Key
from symcost.formula.monomials import EMPTY, Factors
from symcost.formula.numbers import Rational
from symcost.formula.poly import constant

MOST_SHIFTED = 40
"""Floors that are looked at together: each is held against each other."""

Shifted = tuple[Rational, Rational]
"""How many times a floor is added, and by what its dividend is shifted."""


def least_of_shifted(form: Form) -> Rational | None:
    """The smallest value that a number and such floors have together; None where anything else is part of the form."""
    families: dict[tuple[Rational, Key], list[Shifted]] = {}
    least: Rational = 0
    for monomial, (coefficient, factors) in form.poly.terms.items():
        if monomial == EMPTY:
            least += coefficient
            continue
        rounded = _lone_floor(factors)
        if rounded is None:
            return None
        divisor, shift, dividend = rounded
        families.setdefault((divisor, dividend), []).append((coefficient, shift))

    for (divisor, _), members in families.items():
        if sum(times for times, _ in members) or len(members) > MOST_SHIFTED:
            # It grows or falls with the dividend.
            return None
        least += min(_at_step(members, divisor, step) for _, step in members)
    return least


def _lone_floor(factors: Factors) -> tuple[Rational, Rational, Key] | None:
    """Of a floor its divisor, the number in its dividend and the rest of that; None of anything else."""
    if len(factors) != 1:
        return None
    _, exponent, written = factors[0]
    if exponent != 1 or not isinstance(written, Floor):
        return None
    divisor = written.denominator
    if not isinstance(divisor, Num) or divisor.value <= 0:
        return None
    dividend = written.numerator.poly
    shift = dividend.constant
    return divisor.value, shift, (dividend - constant(shift)).key


def _at_step(members: list[Shifted], divisor: Rational, step: Rational) -> Rational:
    """What the floors of a family add up to where the one that is shifted by `step` takes its next value."""
    total: Rational = 0
    for times, shift in members:
        total += times * ((shift - step) // divisor)
    return total
