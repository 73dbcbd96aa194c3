"""Slides as plain pages: a block of the derivation on each, and the table that closes it."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.export.kinds import Wish
from symcost.export.page import Page
from symcost.export.parts import Gap, Heading, Part
from symcost.export.sheets import explained, symbols
from symcost.export.sheets.derivation import sums_of, title
from symcost.export.sheets.table import drawn


def page(wish: Wish) -> Page:
    """A page for each step.

    Raises UnknownQuantity, TooManyBlocks.
    """
    parts = list(_parts(wish))
    return Page(title(wish), parts=lambda: parts, symbols=symbols(wish))


def _parts(wish: Wish) -> Iterator[Part]:
    sums = sums_of(wish, wish.quantity)
    for one in sums:
        yield one
        yield Gap("page")
    yield from list(explained(wish, sums))[len(sums) :]
    yield Gap("page")
    yield Heading(f"{wish.model.name} by block" if wish.caption is None else wish.caption)
    yield drawn(wish)
