"""How a total comes about, block by block, as an `align`: what `explain` tells by line, in the writing of a paper."""

from __future__ import annotations

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.steps import Statement, Term, statements
from symcost.export.typesetting.breaking import CLOSE, OPEN, QUAD, TERM, broken
from symcost.export.typesetting.latex import TEXT, Setting, rows
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import symbol
from symcost.questions import question

GAP = 2.0
"""Points that are left over in each line."""
SMALL = 0.9
"""How wide footnotesize is, of the size of the text."""


def write(wish: Wish) -> Body:
    """One block after the other, each a sum of what is in it; the last is the total.

    Raises TooNarrow, UnsafeLatex, UnknownQuantity, TooManyBlocks.
    """
    blocks = [Set(block, wish).rows for block in statements(wish.model, wish.quantity, wish.convention)]
    listed = [row for block in blocks for row in block]
    star = "" if wish.label else "*"
    if wish.label:
        listed = [rf"{row} \notag" for row in listed[:-1]] + [rf"{listed[-1]} \label{{{notation.key(wish.label)}}}"]
    body = " \\\\\n".join(f"  {row}" for row in listed)
    # A long derivation goes on over the page; in a group, lest all others do.
    text = f"\\begingroup\\allowdisplaybreaks\n\\begin{{align{star}}}\n{body}\n\\end{{align{star}}}\n\\endgroup\n"
    return Body(text, above=title(wish))


def title(wish: Wish) -> str:
    """`Multiply-accumulates of Elman:`"""
    words = question(wish.quantity).words
    return notation.text(f"{words[0].upper()}{words[1:]} of {wish.model.name}.")


class Set:
    """One block of a derivation, as rows of an `align`."""

    def __init__(self, block: Statement, wish: Wish, width: float | None = None) -> None:
        self._block = block
        forms = [term.form for term in block.terms]
        self._setting: Setting = wish.setting(*forms, block.once, block.total)
        wished = TEXT if wish.width is None else wish.width
        self._width = (wished if width is None else width) - GAP

    @property
    def rows(self) -> list[str]:
        """A head in words, the sum of its parts, and what the rounds make of it.

        Raises TooNarrow.
        """
        return [self._head(), *self._sum(), *self._total()]

    def _head(self) -> str:
        block = self._block
        place = f" ({block.place})" if block.place else ""
        words = clipped(f"{block.name}{place}:", self._width / SMALL)
        return rf"& \text{{\footnotesize {notation.text(words)}}}"

    def _sum(self) -> list[str]:
        if not self._block.terms:
            return []
        marked = f" {TERM}+ ".join(self._term(term) for term in self._block.terms)
        lines = broken(marked, of_formula, self._width - QUAD, indent=0.0)
        return [row.replace("& ", r"& \quad ", 1) for row in rows(lines)]

    def _term(self, term: Term) -> str:
        """A brace under what one operation counts, with its name; none where it has to be broken."""
        plain = self._setting.plain(term.form)
        below = rf"\text{{{notation.text(clipped(term.label, self._width / 2))}}}"
        braced = rf"\underbrace{{{plain}}}_{{{below}}}"
        if of_formula(braced) <= self._width - 2.5 * QUAD:  # with the sign in front of it
            return braced
        marked = self._setting.marked(term.form, self._width - 2 * QUAD)
        return f"{OPEN}{marked}{CLOSE}" if len(self._block.terms) == 1 else f"({OPEN}{marked}{CLOSE})"

    def _total(self) -> list[str]:
        """`= ...`, `× L = ...`; nothing where the sum says it already."""
        listed = []
        block = self._block
        before = r"{}= "
        shown = (block.total, *block.numbers)
        if block.rounds is not None:
            before = rf"{{}}\times {self._setting.plain(block.rounds)} = "
        elif block.summed:
            before = rf"\text{{summed over }} {self._setting.plain(symbol(block.summed))}\colon\ "
        elif block.terms and block.says_all:
            shown = block.numbers
        for number, form in enumerate(shown):
            lead = before if number == 0 else "{}= "
            first = of_formula(lead) + QUAD
            narrow = first > self._width / 2
            lines = self._setting.lines(form, self._width, first=2 * QUAD if narrow else first)
            if narrow:
                listed.append(rf"& \quad {lead}")
                lead = ""
            for place, line in enumerate(lines):
                inset = r"\quad " * (1 + line.quads) + (lead if place == 0 else r"\quad {}")
                listed.append(f"& {inset}{line.text}")
        return listed


def clipped(words: str, width: float) -> str:
    """As much of the words as fits, in points of running text."""
    if of_words(words) <= width:
        return words
    while words and of_words(words) + of_words("...") > width:
        words = words[:-1]
    return f"{words}..."
