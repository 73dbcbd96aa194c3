"""The exact value of a form under given numbers, in bounded time and memory."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Log2,
    Max,
    Min,
    Mul,
    Num,
    Pow,
    Rational,
    Sum,
    Symbol,
    TooLarge,
    Unset,
    checked,
    exact,
    number_power,
    symbol,
)

MAX_ROUNDS = 10**6
"""Open sums run at most so many rounds, all of them together."""
MAX_EXPONENT_DENOMINATOR = 64


def evaluate(item: Form, values: Mapping[Any, int]) -> Rational:
    """The value of a form; symbols are given by themselves or by name."""
    table = {(symbol(key) if isinstance(key, str) else key).key: value for key, value in values.items()}
    return exact(_Evaluation(table).value(item))


class _Evaluation:
    def __init__(self, table: dict[int, int]) -> None:
        self.table = table
        self.rounds = MAX_ROUNDS

    def value(self, item: Form) -> Rational:
        match item:
            case Num():
                return item.value
            case Symbol():
                if item.key not in self.table:
                    raise Unset(item)
                return self.table[item.key]
            case Add():
                return checked(sum(map(self.value, item.terms)))
            case Mul():
                return self._product(item)
            case Pow():
                return _power(self.value(item.base), self.value(item.exponent))
            case Floor():
                return floor(self._quotient(item.numerator, item.denominator))
            case Ceil():
                return ceil(self._quotient(item.numerator, item.denominator))
            case Min():
                return min(map(self.value, item.args))
            case Max():
                return max(map(self.value, item.args))
            case Log2():
                return logarithm(self.value(item.arg))
            case Sum():
                return self._sum(item)
            case _:
                raise TypeError(f"not a form: {type(item).__name__}")

    def _quotient(self, above: Form, below: Form) -> Rational:
        if isinstance(above, Log2) and isinstance(below, Log2):
            return logarithm_to(self.value(below.arg), self.value(above.arg))
        return Fraction(self.value(above)) / self.value(below)

    def _product(self, item: Mul) -> Rational:
        result = item.coefficient
        for factor in item.factors:
            result = checked(result * self.value(factor))
        return result

    def _sum(self, item: Sum) -> Rational:
        low, high = self.value(item.low), self.value(item.high)
        result: Rational = 0
        outer = self.table
        if high - low > self.rounds:
            raise TooLarge("a sum of more than a million rounds")
        for turn in range(ceil(low), ceil(high)):
            self.rounds -= 1
            if self.rounds < 0:
                raise TooLarge("a sum of more than a million rounds")
            self.table = {**outer, item.counter.key: turn}
            result = checked(result + self.value(item.body))
        self.table = outer
        return result


def _power(base: Rational, exponent: Rational) -> Rational:
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
    shift = 64 + value.denominator.bit_length()
    scaled = (value.numerator << shift * degree) // value.denominator
    return Fraction(integer_root(scaled, degree), 1 << shift)


def integer_root(value: int, degree: int) -> int:
    """The greatest integer whose power is not above `value`, by Newton's rule from above."""
    guess = 1 << -(-value.bit_length() // degree)
    while True:
        better = ((degree - 1) * guess + value // guess ** (degree - 1)) // degree
        if better >= guess:
            return guess
        guess = better


def logarithm(value: Rational) -> Rational:
    """The binary logarithm, exact for powers of two, otherwise cut late enough to keep floors true."""
    if value <= 0:
        raise ZeroDivisionError("the logarithm of a number that is not positive")
    whole = value.numerator.bit_length() - value.denominator.bit_length()
    whole -= Fraction(value) < Fraction(2) ** whole
    places = 64 + value.numerator.bit_length() + value.denominator.bit_length()
    mantissa = int(Fraction(value) / Fraction(2) ** whole * (1 << 2 * places))
    result = 0
    for _ in range(places):
        mantissa = mantissa * mantissa >> 2 * places
        result <<= 1
        if mantissa >> 2 * places + 1:
            mantissa >>= 1
            result += 1
    return exact(whole + Fraction(result, 1 << places))


def logarithm_to(base: Rational, value: Rational) -> Rational:
    """The logarithm to a base, exact where it is whole, so that it is rounded to itself: `log2(25)/log2(5)` is 2."""
    quotient = Fraction(logarithm(value)) / logarithm(base)
    whole = round(quotient)
    # A power has at least a binary digit for each factor; so of a base close to 1 none is worked out in vain.
    digits = max(value.numerator.bit_length(), value.denominator.bit_length())
    return whole if abs(whole) <= digits and Fraction(base) ** whole == value else quotient
