"""How a total comes about, block by block."""

from __future__ import annotations

from symcost.export.kinds import Wish
from symcost.export.page import Page
from symcost.export.parts import Line, Sum
from symcost.export.sheets import explained, symbols
from symcost.export.steps import Statement, statements
from symcost.formula import symbol
from symcost.questions import question


def page(wish: Wish) -> Page:
    """One block after the other, the last is the total.

    Raises UnknownQuantity, TooManyBlocks.
    """
    sums = list(sums_of(wish, wish.quantity))
    return Page(title(wish), parts=lambda: explained(wish, sums), symbols=symbols(wish))


def title(wish: Wish) -> str:
    """`Multiply-accumulates of Elman`"""
    words = question(wish.quantity).words
    return f"{words[0].upper()}{words[1:]} of {wish.model.name}"


def sums_of(wish: Wish, quantity: str) -> list[Sum]:
    """The steps of a derivation, as parts of a page."""
    return list(map(_sum, statements(wish.model, quantity, wish.convention)))


def _sum(block: Statement) -> Sum:
    place = f" ({block.place})" if block.place else ""
    terms = tuple((term.label, term.form) for term in block.terms)
    says_total = bool(terms) and block.says_all and not block.is_loop
    totals = block.numbers if says_total else (block.total, *block.numbers)
    return Sum(f"{block.name}{place}", terms, totals, _lead(block))


def _lead(block: Statement) -> Line:
    """What stands before the total."""
    if block.rounds is not None:
        return ("× ", block.rounds, " = ")
    if block.summed:
        return ("summed over ", symbol(block.summed), ": ")
    return "= "
