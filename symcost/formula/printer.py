"""Form to text: one method for each kind of node; other writings override the hooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from symcost.formula.arithmetic import ONE, num
from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Let,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.numbers import Rational

LOOSE, TERM, PRODUCT, POWER, ATOM = range(5)
"""How tightly the surroundings bind: nothing, a term of a sum, a factor, an operand of `/`, an operand of `^`."""

Written = tuple[str, int]
"""A text and how tightly it holds together."""


class Printer(Visitor[Written]):
    """Writes a form. A subclass overrides the hooks (the methods over texts) and the flags."""

    dot: ClassVar[str] = "·"
    """What stands between factors."""
    fences_fraction: ClassVar[bool] = True
    """Sums beside a fraction stroke need parentheses; not so where it is drawn in two dimensions."""
    fences_remainder: ClassVar[bool] = False
    """`1 + K mod 2` needs parentheses where a reader takes the remainder of the whole sum; in a program it does not."""
    fences_exponent: ClassVar[bool] = True
    """Compound exponents need parentheses; not so where they are raised."""

    def __call__(self, item: Form) -> str:
        return self.at(item, LOOSE)

    def at(self, item: Form, level: int) -> str:
        """The text of a form, in parentheses where its surroundings bind tighter than itself."""
        return self._fenced(item.accept(self), level)

    def _fenced(self, written: Written, level: int) -> str:
        text, own = written
        return text if own >= level else self.group(text)

    # Hooks -------------------------------------------------------------------------------------

    def symbol(self, item: Symbol) -> str:
        return item.name

    def integer(self, value: int) -> str:
        return str(value)

    def group(self, text: str) -> str:
        return f"({text})"

    def negative(self, text: str) -> str:
        return f"-{text}"

    def terms(self, terms: Sequence[tuple[bool, str]]) -> str:
        """A sum; each term with whether it is subtracted."""
        (first_negative, first), *rest = terms
        text = self.negative(first) if first_negative else first
        return text + "".join(f" {'-' if negative else '+'} {term}" for negative, term in rest)

    def product(self, factors: Sequence[str]) -> str:
        return self.dot.join(factors)

    def factors(self, factors: Sequence[Form]) -> Sequence[Form]:
        """The factors of a product as they are to stand there."""
        return factors

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator}/{denominator}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}"

    def floor(self, inside: str) -> str:
        return f"floor({inside})"

    def ceil(self, inside: str) -> str:
        return f"ceil({inside})"

    def remainder(self, left: str, right: str) -> str:
        return f"{left} % {right}"

    def minimum(self, args: Sequence[str]) -> str:
        return f"min({', '.join(args)})"

    def maximum(self, args: Sequence[str]) -> str:
        return f"max({', '.join(args)})"

    def log2(self, arg: str) -> str:
        return f"log2({arg})"

    def log(self, name: str, arg: str) -> str:
        return f"{name}({arg})"

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return f"sum({counter} in {low}..{high}, {body})"

    # Nodes -------------------------------------------------------------------------------------

    def of_num(self, item: Num) -> Written:
        return self._number(item.value)

    def of_symbol(self, item: Symbol) -> Written:
        return self.symbol(item), ATOM

    def of_add(self, item: Add) -> Written:
        return self.terms([self._signed(term) for term in positive_first(item.terms)]), LOOSE

    def of_mul(self, item: Mul) -> Written:
        return self._product(item.coefficient, item.factors)

    def of_pow(self, item: Pow) -> Written:
        if _divisor(item) is not None:
            return self._product(1, (item,))
        exponent = self.at(item.exponent, ATOM) if self.fences_exponent else self(item.exponent)
        return self.power(self.at(item.base, ATOM), exponent), POWER

    def of_floor(self, item: Floor) -> Written:
        return self.floor(self._quotient(item.numerator, item.denominator)), ATOM

    def of_ceil(self, item: Ceil) -> Written:
        return self.ceil(self._quotient(item.numerator, item.denominator)), ATOM

    def of_mod(self, item: Mod) -> Written:
        text = self.remainder(self.at(item.numerator, POWER), self.at(item.denominator, POWER))
        return text, LOOSE if self.fences_remainder else TERM

    def of_min(self, item: Min) -> Written:
        return self.minimum([self(arg) for arg in item.args]), ATOM

    def of_max(self, item: Max) -> Written:
        return self.maximum([self(arg) for arg in item.args]), ATOM

    def of_log2(self, item: Log2) -> Written:
        return self.log2(self(item.arg)), ATOM

    def of_log(self, item: Log) -> Written:
        return self.log(item.name, self(item.arg)), ATOM

    def of_sum(self, item: Sum) -> Written:
        return self.sum(self.symbol(item.counter), self(item.low), self(item.high), self(item.body)), ATOM

    def of_let(self, item: Let) -> Written:
        return self.symbol(Symbol(item.name)), ATOM

    # Parts of nodes ----------------------------------------------------------------------------

    def _number(self, value: Rational) -> Written:
        text, own = self.integer(abs(value.numerator)), ATOM
        if value.denominator != 1:
            text, own = self.fraction(text, self.integer(value.denominator)), PRODUCT
        return (self.negative(text), LOOSE) if value < 0 else (text, own)

    def _signed(self, term: Form) -> tuple[bool, str]:
        """Whether a term of a sum is subtracted, and its text without that sign."""
        coefficient, _ = term.term
        if coefficient >= 0:
            return False, self.at(term, TERM)
        if isinstance(term, Mul):
            return True, self._fenced(self._product(-coefficient, term.factors), TERM)
        return True, self.at(num(-coefficient), PRODUCT)

    def _product(self, coefficient: Rational, factors: Sequence[Form]) -> Written:
        """A product, what divides under a stroke."""
        if coefficient < 0:
            return self.negative(self._fenced(self._product(-coefficient, factors), PRODUCT)), LOOSE
        above, below = _fraction(coefficient, factors)
        if not below:
            return self._join(above)
        return self._over(self._join(above or [ONE]), self._join(below))

    def _over(self, above: Written, below: Written) -> Written:
        if self.fences_fraction:
            return self.fraction(self._fenced(above, PRODUCT), self._fenced(below, POWER)), PRODUCT
        return self.fraction(above[0], below[0]), PRODUCT

    def _join(self, factors: Sequence[Form]) -> Written:
        factors = self.factors(factors)
        if len(factors) == 1:
            return factors[0].accept(self)
        return self.product([self.at(factor, PRODUCT) for factor in factors]), PRODUCT

    def _quotient(self, numerator: Form, denominator: Form) -> str:
        if denominator == 1:
            return self(numerator)
        text, _ = self._over(numerator.accept(self), denominator.accept(self))
        return text


def positive_first(terms: Sequence[Form]) -> Sequence[Form]:
    """The terms of a sum; the first that is not subtracted stands in front, so that no sum begins with a minus."""
    if not _is_subtracted(terms[0]):
        return terms
    for place, term in enumerate(terms):
        if not _is_subtracted(term):
            return [term, *terms[:place], *terms[place + 1 :]]
    return terms


def _is_subtracted(term: Form) -> bool:
    coefficient, _ = term.term
    return coefficient < 0


def _fraction(coefficient: Rational, factors: Sequence[Form]) -> tuple[list[Form], list[Form]]:
    """What stands above the stroke of a product, and what below."""
    above, below = _unless_one(coefficient.numerator), _unless_one(coefficient.denominator)
    for factor in factors:
        divisor = _divisor(factor)
        if divisor is None:
            above.append(factor)
        else:
            below.append(divisor)
    return above, below


def _unless_one(value: int) -> list[Form]:
    return [] if value == 1 else [num(value)]


def _divisor(factor: Form) -> Form | None:
    """The divisor that a factor with a negative exponent is."""
    if not isinstance(factor, Pow) or _leading(factor.exponent) >= 0:
        return None
    exponent = -factor.exponent
    return factor.base if exponent == 1 else Pow(factor.base, exponent)


def _leading(exponent: Form) -> Rational:
    """The sign that decides whether a power stands below: `2^(L - l)` above, `2^(-l - 1)` below."""
    terms = exponent.terms if isinstance(exponent, Add) else (exponent,)
    return max(term.term[0] for term in terms)


def with_powers(factors: Sequence[Form]) -> list[Form]:
    """`D^2` for `D·D`, where the first of them stands."""
    counted: dict[Form, int] = {}
    for factor in factors:
        counted[factor] = counted.get(factor, 0) + 1
    return [
        factor if times == 1 or isinstance(factor, Num) else _raised(factor, times) for factor, times in counted.items()
    ]


def _raised(factor: Form, times: int) -> Form:
    if isinstance(factor, Pow) and isinstance(factor.exponent, Num):
        return Pow(factor.base, num(factor.exponent.value * times))
    return Pow(factor, num(times))


class SourcePrinter(Printer):
    """Writes a form as `.arch` source."""

    dot = "*"


TEXT = Printer()
SOURCE = SourcePrinter()
