"""Formulas in LaTeX, in the order of the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from symcost.export import notation
from symcost.formula import Form, Printer, Symbol, num
from symcost.formula.form import Pow
from symcost.formula.printer import ATOM, POWER, PRODUCT, Written, with_powers

SHORT_PRODUCT = 6
"""A product of so many factors is not broken at the end of a line."""


HALF = num(Fraction(1, 2))


class LatexPrinter(Printer):
    """Writes a form for mathematics mode. `names` says how each symbol is set."""

    dot: ClassVar[str] = r" \cdot "
    fences_fraction = False
    fences_exponent = False
    fences_remainder = True

    def __init__(self, names: Mapping[str, str], *, powers: bool = False, low: bool = False) -> None:
        self._names = names
        self._powers = powers
        self._low = low

    def factors(self, factors: Sequence[Form]) -> Sequence[Form]:
        """As they are written, or where `powers` are wished `D^2` for `D·D`."""
        return with_powers(factors) if self._powers else factors

    def symbol(self, item: Symbol) -> str:
        return self._names.get(item.name) or notation.name(item.name)

    def integer(self, value: int) -> str:
        return f"{value:,}".replace(",", r"\,") if value >= 10_000 else str(value)

    def group(self, text: str) -> str:
        return _fence("(", text, ")")

    def product(self, factors: Sequence[str]) -> str:
        first, *rest = factors
        if first.replace(r"\,", "").isdigit() and not rest[0][0].isdigit():
            return rf"{first}\,{self.dot.join(rest)}"
        return self.dot.join(factors)

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator} / {denominator}" if self._low else rf"\frac{{{numerator}}}{{{denominator}}}"

    def _over(self, above: Written, below: Written) -> Written:
        """What stands beside a stroke needs brackets where it is a sum."""
        if not self._low:
            return super()._over(above, below)
        return self.fraction(self._fenced(above, PRODUCT), self._fenced(below, POWER)), PRODUCT

    def power(self, base: str, exponent: str) -> str:
        # A name may have a superscript of its own, and TeX refuses a second one.
        return f"{{{base}}}^{{{exponent}}}" if set(base) & set("^'") else f"{base}^{{{exponent}}}"

    def of_pow(self, item: Pow) -> Written:
        """A square root as such."""
        return (self.root(self(item.base)), ATOM) if item.exponent == HALF else super().of_pow(item)

    def root(self, inside: str) -> str:
        return rf"\sqrt{{{inside}}}"

    def floor(self, inside: str) -> str:
        return _fence(r"\lfloor ", inside, r" \rfloor")

    def ceil(self, inside: str) -> str:
        return _fence(r"\lceil ", inside, r" \rceil")

    def remainder(self, left: str, right: str) -> str:
        return rf"{left} \bmod {right}"

    def minimum(self, args: Sequence[str]) -> str:
        return r"\min" + self.group(", ".join(args))

    def maximum(self, args: Sequence[str]) -> str:
        return r"\max" + self.group(", ".join(args))

    def log2(self, arg: str) -> str:
        return r"\log_2" + self.group(arg)

    def log(self, name: str, arg: str) -> str:
        return (r"\ln" if name == "ln" else r"\log_{10}") + self.group(arg)

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return _fence("(", rf"\sum_{{{low} \le {counter} < {high}}} {self.group(body)}", ")")


class InlineLatexPrinter(LatexPrinter):
    """For running text and narrow columns: strokes for fractions, and nothing that TeX could not break."""

    fences_fraction = True

    def product(self, factors: Sequence[str]) -> str:
        # TeX breaks no line inside braces: a short product stays together, a sum breaks at its signs.
        text = super().product(factors)
        return f"{{{text}}}" if len(factors) <= SHORT_PRODUCT and "(" not in text else text

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator}/{denominator}"


def _fence(left: str, inside: str, right: str) -> str:
    """Brackets as high as what they hold."""
    tall = any(command in inside for command in (r"\frac", r"\sum"))
    return rf"\left{left}{inside}\right{right.strip()}" if tall else left + inside + right
