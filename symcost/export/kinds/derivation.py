"""How a total comes about, block by block, as an `align`: what `explain` tells by line, in the writing of a paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.kinds.table import explained
from symcost.export.naming import forms_in, mapped
from symcost.export.steps import Statement, Term, statements
from symcost.export.typesetting.breaking import CLOSE, OPEN, QUAD, TERM, broken
from symcost.export.typesetting.latex import TEXT, Setting, rows
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import Form, symbol
from symcost.questions import question

GAP = 2.0
"""Points that are left over in each line."""
EQUALS = "{}= "
"""What a formula begins with that says the one above it in another way."""
SMALL = 0.9
"""How wide footnotesize is, of the size of the text."""


def write(wish: Wish) -> Body:
    """One block after the other, each a sum of what is in it; the last is the total.

    Raises TooNarrow, UnsafeLatex, UnknownQuantity, TooManyBlocks.
    """
    blocks = told(wish, wish.quantity)
    setting = wish.setting(*forms_in(blocks))
    listed = []
    for block in blocks:
        listed += Set(block, wish).rows
    star = "*"
    if wish.label:
        # Only the total has a number.
        star = ""
        *others, total = listed
        listed = [rf"{row} \notag" for row in others]
        listed.append(rf"{total} \label{{{notation.key(wish.label)}}}")
    body = " \\\\\n".join(f"  {row}" for row in listed)
    # A long derivation goes on over the page; in a group, lest all others do.
    text = f"\\begingroup\\allowdisplaybreaks\n\\begin{{align{star}}}\n{body}\n\\end{{align{star}}}\n\\endgroup\n"
    return Body(text + paragraph(explained(wish, setting, forms_in(blocks))), above=title(wish))


def told(wish: Wish, quantity: str) -> Sequence[Statement]:
    """The blocks, with those named sizes written out whose name means something else in another one.

    Raises UnknownQuantity, TooManyBlocks.
    """
    blocks = statements(wish.model, quantity, wish.convention)
    return mapped(blocks, wish.naming(forms_in(blocks)).of)


def paragraph(words: str) -> str:
    """Words below formulas, with room to be broken anywhere; nothing where there are none."""
    return f"{{\\sloppy\\noindent {breakable(words)}\\par}}\n" if words else ""


def breakable(words: str) -> str:
    """With places inside of long names where a line may end."""
    return words.replace(r"\_", r"\_\allowbreak{}")


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
        """A brace under what one operation counts, with its name.

        Where it would have to be broken, there is none: the name alone stands for what is told above.
        """
        braced = self._braced(term)
        if self._fits(braced):
            return braced
        if term.told:
            return rf"\text{{{notation.text(clipped(term.told, self._width / 2))}}}"
        marked = self._setting.marked(term.form, self._width - 2 * QUAD)
        return f"{OPEN}{marked}{CLOSE}" if len(self._block.terms) == 1 else f"({OPEN}{marked}{CLOSE})"

    def _braced(self, term: Term) -> str:
        below = rf"\text{{{notation.text(clipped(term.label, self._width / 2))}}}"
        return rf"\underbrace{{{self._setting.plain(term.form)}}}_{{{below}}}"

    def _fits(self, braced: str) -> bool:
        return of_formula(braced) <= self._width - 2.5 * QUAD  # with the sign in front of it

    def _names_parts(self) -> bool:
        """Whether a part stands there by its name alone."""
        return any(term.told and not self._fits(self._braced(term)) for term in self._block.terms)

    def _total(self) -> list[str]:
        """`= ...`, `× L = ...`; nothing where the sum says it already."""
        block = self._block
        says_total = bool(block.terms) and block.says_all and not block.is_loop and not self._names_parts()
        shown = block.numbers if says_total else (block.total, *block.numbers)
        listed: list[str] = []
        lead = self._lead()
        for form in shown:
            listed += self._equal(lead, form)
            lead = EQUALS
        return listed

    def _lead(self) -> str:
        """What stands before the total."""
        if self._block.rounds is not None:
            return rf"{{}}\times {self._setting.plain(self._block.rounds)} = "
        if self._block.summed:
            return rf"\text{{summed over }} {self._setting.plain(symbol(self._block.summed))}\colon\ "
        return EQUALS

    def _equal(self, lead: str, form: Form) -> Iterator[str]:
        """The rows of one formula; a lead that would take half of the line has one of its own."""
        first = of_formula(lead) + QUAD
        is_narrow = first > self._width / 2
        if is_narrow:
            yield rf"& \quad {lead}"
            lead, first = "", 2 * QUAD
        for line in self._setting.lines(form, self._width, first=first):
            inset = r"\quad " * (1 + line.quads)
            yield f"& {inset}{lead}{line.text}"
            lead = r"\quad {}"


def clipped(words: str, width: float) -> str:
    """As much of the words as fits, in points of running text."""
    if of_words(words) <= width:
        return words
    while words and of_words(words) + of_words("...") > width:
        words = words[:-1]
    return f"{words}..."
