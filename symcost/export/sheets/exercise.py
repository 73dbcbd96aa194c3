"""A sheet of questions about a model, with room for answers or with the derivations."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.errors import UnderivedGrowth
from symcost.export.kinds import Wish
from symcost.export.kinds.exercise import Asked, asked_of, text_of
from symcost.export.page import Page
from symcost.export.parts import Formula, Gap, Heading, Line, Paragraph, Part, Piece, Verbatim
from symcost.export.sheets import symbols
from symcost.export.sheets.derivation import sums_of
from symcost.formula import symbol
from symcost.questions import questions


def page(wish: Wish) -> Page:
    """The text of the model and of what it calls, then the questions.

    Raises TooManyBlocks.
    """
    parts = list(_parts(wish))
    return Page(f"Exercise: {wish.model.name}", parts=lambda: parts, symbols=symbols(wish))


def _parts(wish: Wish) -> Iterator[Part]:
    doc = " ".join((wish.model.doc or "").split())
    if doc:
        yield Paragraph(doc)
    yield Verbatim(text_of(wish.model))
    for number, asked in enumerate(asked_of(wish), 1):
        yield Heading(f"Question {number}")
        yield Paragraph(_question(asked, wish))
        yield from _answer(asked, wish) if wish.solutions else [Gap("answer")]


def _question(asked: Asked, wish: Wish) -> Line:
    words = questions()[asked.quantity].words
    letters: list[Piece] = []
    for info in wish.model.symbols:
        letters += [", ", symbol(info.name)]
    if asked.grows:
        return ("How do they grow in each of ", *(letters[1:] or ["its sizes"]), f": {words}?")
    over = (" over ", *letters[1:]) if letters else ()
    return (f"How many {words}? Give a formula", *over, ".")


def _answer(asked: Asked, wish: Wish) -> Iterator[Part]:
    if asked.grows:
        yield Paragraph(_growth(asked, wish))
    elif questions()[asked.quantity].kind == "plain":
        yield Formula(wish.ordered(wish.model.quantity(asked.quantity, convention=wish.convention).form))
    else:
        yield from sums_of(wish, asked.quantity)


def _growth(asked: Asked, wish: Wish) -> Line:
    """`linear in T, fixed in H`"""
    quantity = wish.model.quantity(asked.quantity, convention=wish.convention)
    known: list[Piece] = []
    for info in wish.model.symbols:
        if info.name in wish.model.values:
            continue
        try:
            grown = quantity.growth(info.name).growth
        except UnderivedGrowth:
            continue
        known += [", ", grown, " in ", symbol(info.name)]
    return (*known[1:], ".")
