"""Formulas in LaTeX that are no wider than a line: broken where they must be, and aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from symcost.export.typesetting.breaking import (
    CLOSE,
    FACTOR,
    LISTED,
    OPEN,
    QUAD,
    SUMMED,
    TERM,
    Marks,
    SetLine,
    broken,
    has_terms,
    unmarked,
)
from symcost.export.typesetting.printer import LatexPrinter
from symcost.export.typesetting.widths import of_formula
from symcost.formula import Form
from symcost.records import dataclass

WHOLE = 0.5
"""A fraction, or what stands in tall brackets, is kept whole up to this part of the line."""
COLUMN, TEXT = 240.0, 345.0
"""How wide a column and a page are at least, in points: those of acmart (two columns) and article."""


class MarkedLatexPrinter(Marks, LatexPrinter):
    """LaTeX with marks where a line of so many points may begin."""

    dot: ClassVar[str] = f" {FACTOR}\\cdot "

    def __init__(self, names: Mapping[str, str], width: float, *, powers: bool = False, low: bool = False) -> None:
        super().__init__(names, powers=powers, low=low)
        self._room = WHOLE * width

    def group(self, text: str) -> str:
        return self._fence("(", text, ")")

    def fraction(self, numerator: str, denominator: str) -> str:
        """With a stroke where it would fill the line."""
        if self._low:
            return f"{numerator} / {denominator}"
        high = super().fraction(unmarked(numerator), unmarked(denominator))
        if of_formula(high) <= self._room:
            return high
        above = self.group(numerator) if has_terms(numerator, TERM) else numerator
        below = self.group(denominator) if has_terms(denominator, TERM, FACTOR) else denominator
        return f"{above} / {below}"

    def power(self, base: str, exponent: str) -> str:
        return super().power(base, unmarked(exponent))

    def root(self, inside: str) -> str:
        return super().root(unmarked(inside))

    def floor(self, inside: str) -> str:
        return self._fence(r"\lfloor ", inside, r" \rfloor")

    def ceil(self, inside: str) -> str:
        return self._fence(r"\lceil ", inside, r" \rceil")

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        limits = rf"\sum_{{{unmarked(low)} \le {counter} < {unmarked(high)}}}"
        return self._fence("(", f"{limits} {SUMMED}{self.group(body)}", ")")

    def _fence(self, left: str, inside: str, right: str) -> str:
        """Brackets as high as what they hold; those that may stand on two lines have a size of their own."""
        if not any(command in inside for command in (r"\frac", r"\sum")):
            return f"{left}{OPEN}{inside}{CLOSE}{right}"
        whole = rf"\left{left}{unmarked(inside)}\right{right.strip()}"
        if of_formula(whole) <= self._room:
            return whole
        return rf"\Bigl{left}{OPEN}{inside}{CLOSE}\Bigr{right.strip()} "


@dataclass(frozen=True, slots=True)
class Setting:
    """How formulas are set: each name as its file wants it, `D^2` for `D·D` where `powers` are wished.

    `low`: strokes for fractions, as in cells.
    """

    names: Mapping[str, str]
    powers: bool = False
    low: bool = False

    def plain(self, form: Form) -> str:
        """On one line, however wide."""
        return LatexPrinter(self.names, powers=self.powers, low=self.low)(form)

    def marked(self, form: Form, width: float) -> str:
        """With marks where it may be broken."""
        return MarkedLatexPrinter(self.names, width, powers=self.powers, low=self.low)(form)

    def lines(self, form: Form, width: float, *, first: float = 0.0) -> list[SetLine]:
        """As lines of so many points; `first` is what stands before the first of them, and before all others.

        Raises TooNarrow.
        """
        plain = self.plain(form)
        if of_formula(plain) + first <= width:
            return [SetLine(plain, 0)]
        return broken(self.marked(form, width), of_formula, width, indent=first if first else QUAD, first=first)


def rows(lines: Sequence[SetLine], before: str = "", *, hanging: bool = False) -> list[str]:
    r"""Lines for `aligned`: `&` where they begin; a sign in front has the space of one between two terms.

    `hanging`: all but the first are set in by one quad.
    """
    written = []
    for number, line in enumerate(lines):
        quads = line.quads + (1 if hanging and number else 0)
        inset = r"\quad " * quads
        sign = "{}" if number else ""
        written.append(f"{before if number == 0 else ''}& {inset}{sign}{line.text}")
    return written


def meanings(lets: Sequence[tuple[str, str]], width: float) -> list[SetLine]:
    r"""`\text{where } d = D/h,\ e = 2\,d`: what named sizes stand for, in as many lines as it takes.

    Raises TooNarrow.
    """
    listed = f", {LISTED}\\ ".join(f"{sign} = {value}" for sign, value in lets)
    return broken(rf"\text{{where }} {listed}", of_formula, width)
