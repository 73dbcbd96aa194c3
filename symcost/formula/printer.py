"""Form to text: one method for each kind of node; other writings override the hooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from symcost.formula.form import (
    ONE,
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
    num,
)

LOOSE, PRODUCT, POWER, ATOM = range(4)
"""How tightly the surroundings bind: nothing, a factor, an operand of `/`, an operand of `^`."""


class Printer:
    """Writes a form. A subclass overrides the hooks (the methods over texts) and the flags."""

    dot: ClassVar[str] = "·"
    """What stands between factors."""
    fences_fraction: ClassVar[bool] = True
    """Sums beside a fraction stroke need parentheses; not so where it is drawn in two dimensions."""
    fences_exponent: ClassVar[bool] = True
    """Compound exponents need parentheses; not so where they are raised."""

    def __call__(self, item: Form) -> str:
        return self.at(item, LOOSE)

    def at(self, item: Form, level: int) -> str:
        """The text of a form, in parentheses where its surroundings bind tighter than itself."""
        text, own = self._node(item)
        return text if own >= level else self.group(text)

    def _node(self, item: Form) -> tuple[str, int]:
        match item:
            case Num():
                return self._number(item.value)
            case Symbol():
                return self.symbol(item), ATOM
            case Add():
                return self._add(item), LOOSE
            case Mul():
                return self._mul(item.coefficient, item.factors)
            case Pow():
                return self._pow(item)
            case Floor():
                return self.floor(self._quotient(item.numerator, item.denominator)), ATOM
            case Ceil():
                return self.ceil(self._quotient(item.numerator, item.denominator)), ATOM
            case Min():
                return self.minimum([self(arg) for arg in item.args]), ATOM
            case Max():
                return self.maximum([self(arg) for arg in item.args]), ATOM
            case Log2():
                return self.log2(self(item.arg)), ATOM
            case Sum():
                bounds = self(item.low), self(item.high)
                return self.sum(self.symbol(item.counter), *bounds, self(item.body)), ATOM
            case _:
                raise TypeError(f"not a form: {type(item).__name__}")

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

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator}/{denominator}"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^{exponent}"

    def floor(self, inside: str) -> str:
        return f"floor({inside})"

    def ceil(self, inside: str) -> str:
        return f"ceil({inside})"

    def minimum(self, args: Sequence[str]) -> str:
        return f"min({', '.join(args)})"

    def maximum(self, args: Sequence[str]) -> str:
        return f"max({', '.join(args)})"

    def log2(self, arg: str) -> str:
        return f"log2({arg})"

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return f"sum({counter} in {low}..{high}, {body})"

    # Nodes -------------------------------------------------------------------------------------

    def _number(self, value: Rational) -> tuple[str, int]:
        text, own = self.integer(abs(value.numerator)), ATOM
        if value.denominator != 1:
            text, own = self.fraction(text, self.integer(value.denominator)), PRODUCT
        return (self.negative(text), LOOSE) if value < 0 else (text, own)

    def _add(self, item: Add) -> str:
        return self.terms([self._signed(term) for term in item.terms])

    def _signed(self, term: Form) -> tuple[bool, str]:
        coefficient, _ = term.term
        if coefficient >= 0:
            return False, self.at(term, PRODUCT)
        if isinstance(term, Mul):
            text, own = self._mul(-coefficient, term.factors)
            return True, text if own >= PRODUCT else self.group(text)
        return True, self.at(num(-coefficient), PRODUCT)

    def _mul(self, coefficient: Rational, factors: Sequence[Form]) -> tuple[str, int]:
        if coefficient < 0:
            text, own = self._mul(-coefficient, factors)
            return self.negative(text if own >= PRODUCT else self.group(text)), LOOSE
        above: list[Form] = [] if coefficient.numerator == 1 else [num(coefficient.numerator)]
        below: list[Form] = [] if coefficient.denominator == 1 else [num(coefficient.denominator)]
        for factor in factors:
            turned = _turned(factor)
            if turned is None:
                above.append(factor)
            else:
                below.append(turned)
        if not below:
            return self._join(above)
        over, under = self._join(above or [ONE]), self._join(below)
        if not self.fences_fraction:
            return self.fraction(over[0], under[0]), PRODUCT
        return self.fraction(self._fenced(over, PRODUCT), self._fenced(under, POWER)), PRODUCT

    def _fenced(self, written: tuple[str, int], level: int) -> str:
        text, own = written
        return text if own >= level else self.group(text)

    def _join(self, factors: list[Form]) -> tuple[str, int]:
        if len(factors) == 1:
            return self._node(factors[0])
        return self.product([self.at(factor, PRODUCT) for factor in factors]), PRODUCT

    def _quotient(self, numerator: Form, denominator: Form) -> str:
        if denominator == 1:
            return self(numerator)
        if not self.fences_fraction:
            return self.fraction(self(numerator), self(denominator))
        return self.fraction(self.at(numerator, PRODUCT), self.at(denominator, POWER))

    def _pow(self, item: Pow) -> tuple[str, int]:
        turned = _turned(item)
        if turned is not None:
            return self._mul(1, (item,))
        exponent = self.at(item.exponent, ATOM) if self.fences_exponent else self(item.exponent)
        return self.power(self.at(item.base, ATOM), exponent), POWER


def _turned(factor: Form) -> Form | None:
    """The divisor that a factor with a negative exponent is."""
    if not isinstance(factor, Pow) or _leading(factor.exponent) >= 0:
        return None
    exponent = -factor.exponent
    return factor.base if exponent == 1 else Pow(factor.base, exponent)


def _leading(exponent: Form) -> Rational:
    """The sign that decides whether a power stands below: `2^(L - l)` above, `2^(-l - 1)` below."""
    terms = exponent.terms if isinstance(exponent, Add) else (exponent,)
    return max(term.term[0] for term in terms)


class SourcePrinter(Printer):
    """Writes a form as `.arch` source."""

    dot = "*"


TEXT = Printer()
SOURCE = SourcePrinter()
