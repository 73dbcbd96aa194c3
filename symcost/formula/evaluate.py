"""The exact value of a form under given numbers, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

from symcost.formula.arithmetic import symbol
from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Rational,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.interface import Unset
from symcost.formula.keys import Key
from symcost.formula.numbers import TooLarge, checked, exact, exact_of, number_power

MAX_ROUNDS = 10**6
"""Open sums run at most so many rounds, all of them together: a microsecond or more each, and nested ones multiply."""
MAX_EXPONENT_DENOMINATOR = 64
"""Roots of a higher degree are refused: a root is found among powers of this degree, whose digits multiply with it."""
EXACT_BITS = 64
"""Irrational roots and logarithms are cut after at least so many binary places, more than a double float has."""


def evaluate(item: Form, values: Mapping[Any, int]) -> Rational:
    """The value of a form; symbols are given by themselves or by name.

    Raises Unset, TooLarge, ZeroDivisionError.
    """
    table = {_symbol(name).key: _number(name, value) for name, value in values.items()}
    return exact(item.accept(_Evaluation(table)))


def _symbol(name: object) -> Symbol:
    if isinstance(name, Symbol):
        return name
    if isinstance(name, str):
        return symbol(name)
    raise TypeError(f"neither a symbol nor the name of one: {name!r}")


def _number(name: object, value: object) -> Rational:
    if type(value) is int:
        return value
    number = exact_of(value)
    if number is None:
        raise TypeError(f"no exact number for `{name}`: {value!r}")
    return number


class _Evaluation(Visitor[Rational]):
    """The values of symbols by their keys, and how many rounds open sums may still take."""

    def __init__(self, table: dict[Key, Rational]) -> None:
        self.table = table
        self.rounds_left = MAX_ROUNDS

    def of_num(self, item: Num) -> Rational:
        return item.value

    def of_symbol(self, item: Symbol) -> Rational:
        if item.key not in self.table:
            raise Unset(item)
        return self.table[item.key]

    def of_add(self, item: Add) -> Rational:
        return checked(sum(term.accept(self) for term in item.terms))

    def of_mul(self, item: Mul) -> Rational:
        product = item.coefficient
        for factor in item.factors:
            product = checked(product * factor.accept(self))
        return product

    def of_pow(self, item: Pow) -> Rational:
        return power(item.base.accept(self), item.exponent.accept(self))

    def of_floor(self, item: Floor) -> Rational:
        return floor(self._quotient(item.numerator, item.denominator))

    def of_ceil(self, item: Ceil) -> Rational:
        return ceil(self._quotient(item.numerator, item.denominator))

    def _quotient(self, above: Form, below: Form) -> Rational:
        if isinstance(above, Log2) and isinstance(below, Log2):
            return logarithm_to(below.arg.accept(self), above.arg.accept(self))
        return Fraction(above.accept(self)) / below.accept(self)

    def of_mod(self, item: Mod) -> Rational:
        above, below = item.numerator.accept(self), item.denominator.accept(self)
        return above - below * floor(Fraction(above) / below)

    def of_min(self, item: Min) -> Rational:
        return min(arg.accept(self) for arg in item.args)

    def of_max(self, item: Max) -> Rational:
        return max(arg.accept(self) for arg in item.args)

    def of_log2(self, item: Log2) -> Rational:
        return logarithm(item.arg.accept(self))

    def of_log(self, item: Log) -> Rational:
        return LOGARITHMS[item.name](item.arg.accept(self))

    def of_sum(self, item: Sum) -> Rational:
        low, high = item.low.accept(self), item.high.accept(self)
        if high - low > self.rounds_left:
            raise TooLarge("a sum of more than a million rounds")
        result: Rational = 0
        outside = self.table
        for turn in range(ceil(low), ceil(high)):
            self.rounds_left -= 1
            if self.rounds_left < 0:  # sums inside this one have used them up
                raise TooLarge("a sum of more than a million rounds")
            self.table = {**outside, item.counter.key: turn}
            result = checked(result + item.body.accept(self))
        self.table = outside
        return result


def power(base: Rational, exponent: Rational) -> Rational:
    """The power; a root that is irrational is cut, as `root` says.

    Raises TooLarge.
    """
    exponent = exact(exponent)
    if isinstance(exponent, int):
        return number_power(base, exponent)
    if exponent.denominator > MAX_EXPONENT_DENOMINATOR or base < 0:
        raise TooLarge("a root that has no exact value")
    return root(number_power(base, exponent.numerator), exponent.denominator)


def root(value: Rational, degree: int) -> Rational:
    """The root, exact where it is rational, otherwise cut after at least 64 binary places."""
    above, below = integer_root(value.numerator, degree), integer_root(value.denominator, degree)
    if above**degree == value.numerator and below**degree == value.denominator:
        return exact(Fraction(above, below))
    shift = EXACT_BITS + value.denominator.bit_length()
    scaled = (value.numerator << shift * degree) // value.denominator
    return Fraction(integer_root(scaled, degree), 1 << shift)


def integer_root(value: int, degree: int) -> int:
    """The greatest integer whose power is not above `value`, by Newton's rule from above."""
    guess = 1 << -(-value.bit_length() // degree)  # from above the guesses fall, and the first that does not is it
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


@lru_cache(maxsize=1_024)
def logarithm(value: Rational, places: int = 0) -> Rational:
    """The binary logarithm, exact for powers of two, otherwise cut late enough to keep floors true.

    It is cut after `places` binary places at least.
    """
    if value <= 0:
        raise ZeroDivisionError("the logarithm of a number that is not positive")
    # The whole part by counting digits, then each binary place by squaring the mantissa, which lies in 1 to 2.
    whole = value.numerator.bit_length() - value.denominator.bit_length()
    whole -= Fraction(value) < Fraction(2) ** whole
    places = max(places, _places(value))
    mantissa = int(Fraction(value) / Fraction(2) ** whole * (1 << 2 * places))
    result = 0
    for _ in range(places):
        mantissa = mantissa * mantissa >> 2 * places
        result <<= 1
        if mantissa >> 2 * places + 1:
            mantissa >>= 1
            result += 1
    return exact(whole + Fraction(result, 1 << places))


def _places(value: Rational) -> int:
    """Binary places after which the logarithm of a number is told from that of its neighbours."""
    return EXACT_BITS + value.numerator.bit_length() + value.denominator.bit_length()


def natural_logarithm(value: Rational) -> Rational:
    """The natural logarithm, cut; that of 1 is 0, and of no other fraction it is one."""
    return exact(Fraction(logarithm(value)) * natural_logarithm_of_2(_places(value)))


@lru_cache(maxsize=64)
def natural_logarithm_of_2(places: int) -> Fraction:
    """The natural logarithm of 2, cut after so many binary places and some more.

    Source  ln 2 = 2 artanh(1/3) = 2 sum 1/((2 k + 1) 3^(2 k + 1)), from the series of Mercator (1668)
    """
    one = 1 << places + EXACT_BITS
    total, term, k = 0, one // 3, 0
    while term:
        total += term // (2 * k + 1)
        term, k = term // 9, k + 1
    return Fraction(2 * total, one)


def decimal_logarithm(value: Rational) -> Rational:
    """The logarithm to base ten, exact where it is whole."""
    return logarithm_to(10, value)


LOGARITHMS: Mapping[str, Callable[[Rational], Rational]] = {"ln": natural_logarithm, "log10": decimal_logarithm}
"""Logarithms to other bases than 2, by name."""


def logarithm_to(base: Rational, value: Rational) -> Rational:
    """The logarithm to a base, exact where it is whole, so that it is rounded to itself: `log2(25)/log2(5)` is 2."""
    # Both as fine as the finer one, or `floor(log2(T)/log2(10))` of 10^40 - 1 would be 40.
    places = max(_places(value), _places(base))
    quotient = Fraction(logarithm(value, places)) / logarithm(base, places)
    whole = round(quotient)
    # A power has at least a binary digit for each factor; so of a base close to 1 none is worked out in vain.
    digits = max(value.numerator.bit_length(), value.denominator.bit_length())
    return whole if abs(whole) <= digits and Fraction(base) ** whole == value else quotient
