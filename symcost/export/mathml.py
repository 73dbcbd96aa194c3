"""Presentation MathML, which browsers set by themselves. Names and words are escaped.

Source  MathML Core (W3C, 2024): `mi`, `mn`, `mo`, `mrow`, `mfrac`, `msup`, `msub`, `munder`
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from symcost.export import notation
from symcost.formula import Form, Printer, Symbol

DOT, TIMES = "<mo>·</mo>", '<mspace width="0.17em"/>'


class MathmlPrinter(Printer):
    """Writes a form as the inside of `<math>`."""

    dot = DOT
    fences_fraction = False
    fences_exponent = False
    fences_remainder = True

    def symbol(self, item: Symbol) -> str:
        return name(item.name)

    def integer(self, value: int) -> str:
        return f"<mn>{value}</mn>"

    def group(self, text: str) -> str:
        return _row(f"{_fence('(', text)}{text}{_fence(')', text)}")

    def negative(self, text: str) -> str:
        return f"<mo>−</mo>{text}"

    def terms(self, terms: Sequence[tuple[bool, str]]) -> str:
        (first_negative, first), *rest = terms
        text = self.negative(first) if first_negative else first
        return text + "".join(f"<mo>{'−' if negative else '+'}</mo>{term}" for negative, term in rest)

    def product(self, factors: Sequence[str]) -> str:
        first, *rest = factors
        between = TIMES if first.startswith("<mn>") and not rest[0].startswith("<mn>") else DOT
        return first + between + DOT.join(rest)

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"<mfrac>{_row(numerator)}{_row(denominator)}</mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup>{_row(base)}{_row(exponent)}</msup>"

    def floor(self, inside: str) -> str:
        return _row(f'<mo fence="true">⌊</mo>{inside}<mo fence="true">⌋</mo>')

    def ceil(self, inside: str) -> str:
        return _row(f'<mo fence="true">⌈</mo>{inside}<mo fence="true">⌉</mo>')

    def remainder(self, left: str, right: str) -> str:
        return f"{left}<mo>mod</mo>{right}"

    def minimum(self, args: Sequence[str]) -> str:
        return f"<mi>min</mi>{self.group('<mo>,</mo>'.join(args))}"

    def maximum(self, args: Sequence[str]) -> str:
        return f"<mi>max</mi>{self.group('<mo>,</mo>'.join(args))}"

    def log2(self, arg: str) -> str:
        return f"<msub><mi>log</mi><mn>2</mn></msub>{self.group(arg)}"

    def log(self, name: str, arg: str) -> str:
        named = "<mi>ln</mi>" if name == "ln" else "<msub><mi>log</mi><mn>10</mn></msub>"
        return named + self.group(arg)

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        below = _row(f"{low}<mo>≤</mo>{counter}<mo>&lt;</mo>{high}")
        return self.group(f"<munder><mo>∑</mo>{below}</munder>{self.group(body)}")


def _fence(sign: str, text: str) -> str:
    """A parenthesis, which grows with what it encloses: one that need not is set with too much room around it."""
    stretches = "" if "<mfrac>" in text or "<munder>" in text else ' stretchy="false"'
    return f'<mo fence="true"{stretches}>{sign}</mo>'


def _row(text: str) -> str:
    return f"<mrow>{text}</mrow>"


def name(written: str) -> str:
    """A name with what stands below it: `d_model`, `x0`, Greek letters."""
    head, *below = re.sub(r"(?<=[^\W\d_])(\d+)$", r"_\1", written).split("_")
    if not head or not all(below):
        return _word(written)
    if not below:
        return _word(head)
    return f"<msub>{_word(head)}{_row('<mo>,</mo>'.join(map(_word, below)))}</msub>"


def _word(part: str) -> str:
    """One letter is in italics, a word stands upright, as browsers have it."""
    return f"<mi>{escape(notation.GREEK_LETTERS.get(part, part))}</mi>"


def mathml(form: Form, *, display: bool = False) -> str:
    """A whole `<math>` element."""
    block = ' display="block"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}><mrow>{MathmlPrinter()(form)}</mrow></math>'
