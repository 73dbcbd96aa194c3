"""What follows from what an atom is: the limits of counters, of floors and of powers, and that minima are the least."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import partial

from symcost.formula.claims import nonnegative, whole
from symcost.formula.facts import Facts
from symcost.formula.form import Form, Log2, Min, Num, Pow, Symbol
from symcost.formula.keys import Key
from symcost.formula.logarithms import arguments
from symcost.formula.poly import Poly, atom, constant, denominator
from symcost.formula.standing import found

LARGEST_TIMES = 64
"""A floor is compared with so many times another one at most."""


def implied(poly: Poly, facts: Facts) -> Iterator[Poly]:
    """What is known about the atoms of a polynomial: limits of counters, floors and minima."""
    for number, written in poly.atoms.items():
        # What an atom is says the same in every proof, so that it is found out once.
        known = facts.implied_by.settled.get(number)
        if known is None:
            known = found(facts.implied_by, number, partial(_all_limits, number, written, facts), [])
        yield from known
        if isinstance(written, Pow):
            yield from _smaller_powers(number, written, poly, facts)
        if number.floored is not None:
            yield from _smaller_floors(number, number.floored, written, poly, facts)


# Beside others of its kind ------------------------------------------------------------------------


def _smaller_powers(number: Key, written: Pow, poly: Poly, facts: Facts) -> Iterator[Poly]:
    """What is known of a power of a number beside others of the same number."""
    base = written.base.number
    if base is None or base <= 1:
        return
    for other, smaller in poly.atoms.items():
        if other != number and isinstance(smaller, Pow) and smaller.base.number == base:
            yield from _above_power(atom(number, written), written, atom(other, smaller), smaller, facts)


def _above_power(this: Poly, written: Pow, other: Poly, smaller: Pow, facts: Facts) -> Iterator[Poly]:
    """`2^L` is at least `2·2^l` where l is below L, and `2^l` where it is not above."""
    base = written.base.number or 1
    apart = written.exponent.poly - smaller.exponent.poly
    if nonnegative(apart - constant(1), facts):
        yield this - other.scaled(base)
    elif nonnegative(apart, facts):
        yield this - other


def _smaller_floors(number: Key, quotient: Poly, written: Form, poly: Poly, facts: Facts) -> Iterator[Poly]:
    """`floor((t + 1)/3)` is at least `floor(t/3)`, and `floor(log2(A))` at least `floor(log2(A) - log2(H))`."""
    for other, smaller in poly.atoms.items():
        if other is number or other.floored is None:
            continue
        apart = quotient - other.floored
        if _is_never_below(apart, facts):
            yield atom(number, written) - atom(other, smaller)
        elif times := _often_enough(quotient, other.floored, facts):
            yield atom(number, written).scaled(times) - atom(other, smaller)


def _often_enough(quotient: Poly, other: Poly, facts: Facts) -> int:
    """How often the floor of a quotient is no less than that of another: 8 times `ceil(T/320)` than `ceil(T/40)`.

    0 where that is not known. With whole p and q, `k·floor(p/q)` is at least `k·(p/q - 1 + 1/q)`; as it is whole, it
    is no less than any floor of what lies less than 1 above that.
    """
    times = _times(quotient, other)
    below = denominator(quotient)
    if times == 0 or below.number is None or not whole(quotient * below, facts):
        return 0
    least = (quotient - constant(1) + below**-1).scaled(times)
    apart = (least - other).number
    return times if apart is not None and apart > -1 else 0


def _times(quotient: Poly, other: Poly) -> int:
    """A whole number from 2 on by which what is open in one polynomial becomes that of another; 0 where none is."""
    for place, (coefficient, factors) in quotient.terms.items():
        if factors and place in other.terms:
            times = Fraction(other.terms[place][0]) / coefficient
            return int(times) if times.denominator == 1 and 2 <= times <= LARGEST_TIMES else 0
    return 0


def _is_never_below(apart: Poly, facts: Facts) -> bool:
    """Whether it is 0 or more, of a number and of a sum of logarithms; no others are asked, as that takes long."""
    if apart.number is not None:
        return apart.number > 0
    return bool(arguments(apart)) and nonnegative(apart, facts)


# By itself, whatever stands around it --------------------------------------------------------------


def _all_limits(number: Key, written: Form, facts: Facts) -> list[Poly]:
    return list(_limits(number, written, facts))


def _limits(number: Key, written: Form, facts: Facts) -> Iterator[Poly]:
    """What is not negative because of what an atom is, whatever stands around it."""
    this = atom(number, written)
    if number.floored is not None:
        return _limits_of_floor(this, number.floored, facts)
    match written:
        case Symbol(high=Form() as high):
            # A counter stops one before its limit.
            return iter((high.poly - this - constant(1),))
        case Min():
            # No argument is less than the least of them.
            return _less_than_each(this, written.args)
        case Pow(base=Num(value=2)):
            # Powers of two meet logarithms where something is halved until one is left.
            return _limits_of_power(this, written.exponent, facts)
        case _:
            return iter(())


def _less_than_each(this: Poly, args: tuple[Form, ...]) -> Iterator[Poly]:
    for arg in args:
        yield arg.poly - this


def _limits_of_floor(this: Poly, quotient: Poly, facts: Facts) -> Iterator[Poly]:
    """`floor(p/q)` is at most `p/q`, and where p and q are whole at least `p/q - 1 + 1/q`."""
    yield quotient - this
    below = denominator(quotient)
    if whole(quotient * below, facts) and nonnegative(below, facts):
        yield this - quotient + constant(1) - below**-1


def _limits_of_power(this: Poly, exponent: Form, facts: Facts) -> Iterator[Poly]:
    """Of `2^r`, where r or its limit is a logarithm rounded up."""
    if isinstance(exponent, Symbol) and exponent.high is not None:
        return _limits_below_log(this, exponent.high.poly, facts)
    return _limits_of_inverse(this, exponent.poly.scaled(-1), facts)


def _limits_below_log(this: Poly, high: Poly, facts: Facts) -> Iterator[Poly]:
    """`2^r` is less than n where r is below `ceil(log2(n))`."""
    arg = _rounded_log(high)
    if arg is not None and whole(arg, facts):
        yield arg - constant(1) - this


def _limits_of_inverse(this: Poly, rounded: Poly, facts: Facts) -> Iterator[Poly]:
    """`1/2^ceil(log2(n))` is at most `1/n`, and more than `1/(2·n)`."""
    arg = _rounded_log(rounded)
    if arg is not None and whole(arg, facts):
        yield constant(1) - arg * this
        yield (arg.scaled(2) - constant(1)) * this - constant(1)


def _rounded_log(poly: Poly) -> Poly | None:
    """What n is, where the polynomial is `ceil(log2(n))`, which is kept as `-floor(-log2(n))`."""
    floors = [(number, number.floored) for number in poly.atoms if number.floored is not None]
    if not len(floors) == len(poly.terms) == 1:
        return None
    ((number, quotient),) = floors
    inside = quotient.scaled(-1).form
    if not isinstance(inside, Log2):
        return None
    rounded_up = atom(number, inside).scaled(-1)
    return inside.arg.poly if poly.key == rounded_up.key else None
