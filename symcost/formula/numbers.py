"""Exact numbers: whole ones and fractions, refused before they grow beyond what is computed in bounded time."""

from __future__ import annotations

import numbers
import operator
from fractions import Fraction
from typing import TypeAlias

Rational: TypeAlias = int | Fraction

MAX_BITS = 10_000
"""Longer integers are refused before they are computed.

3 000 decimal digits are far beyond any count of operations; without a bound `2^(2^T)` at T = 64 would fill the memory.
"""


class TooLarge(Exception):
    """A number, an expansion or a nesting beyond what can be computed in bounded time and memory."""


def exact_of(value: object) -> Rational | None:
    """A number without rounding, whatever its type: an integer of NumPy, pandas or SymPy, a fraction, a whole float.

    `128.0` and `np.float64(128.0)` are 128 wherever a number is taken. None for a float that is not whole, for a truth
    value, and for what is no number.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Fraction):
        return exact(value)
    if isinstance(value, numbers.Rational):
        return exact(Fraction(int(value.numerator), int(value.denominator)))
    if isinstance(value, numbers.Real):
        number = float(value)
        return int(number) if number.is_integer() else None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return _held(value)


def _held(value: object) -> Rational | None:
    """The number that an array without an axis holds as an object, such as one beyond 64 bits."""
    if getattr(value, "ndim", None) != 0 or not hasattr(value, "item"):
        return None
    held = value.item()
    return exact(held) if isinstance(held, int | Fraction) and not isinstance(held, bool) else None


def exact(value: Rational) -> Rational:
    """The same number, as an int where it is one."""
    if type(value) is int:
        return value
    return value.numerator if value.denominator == 1 else value


def quotient(above: Rational, below: Rational) -> Rational:
    """The exact quotient, of whole numbers that divide without a fraction on the way."""
    if type(above) is int and type(below) is int and above % below == 0:
        return above // below
    return exact(Fraction(above) / below)


def magnitude(value: Rational) -> Rational:
    """The number without its sign."""
    return value if value >= 0 else -value


def checked(value: Rational) -> Rational:
    """The same number.

    Raises TooLarge when it is longer than MAX_BITS.
    """
    if type(value) is not int:
        value = exact(value)
        if value.denominator.bit_length() > MAX_BITS:
            raise TooLarge("a number of more than 10000 bits")
    if value.numerator.bit_length() > MAX_BITS:
        raise TooLarge("a number of more than 10000 bits")
    return value


def number_power(base: Rational, exponent: int) -> Rational:
    """`base^exponent`, its size known before it is computed.

    Raises TooLarge when it is longer than MAX_BITS.
    """
    bits = max(abs(base.numerator), base.denominator).bit_length() - 1
    if bits * abs(exponent) > MAX_BITS:
        raise TooLarge("a power of more than 10000 bits")
    if type(base) is int and exponent >= 0:
        return checked(base**exponent)
    return checked(Fraction(base) ** exponent)


def power_of(base: Rational, value: Rational) -> int | None:
    """The integer exponent with `base^exponent == value`, for an integer base of at least 2."""
    if base.denominator != 1 or base < 2 or value <= 0:
        return None
    if value < 1:
        times = power_of(base, 1 / Fraction(value))
        return None if times is None else -times
    return _times_within(int(base), value)


def _times_within(base: int, value: Rational) -> int | None:
    times = 0
    while value % base == 0:
        value //= base
        times += 1
    return times if value == 1 else None
