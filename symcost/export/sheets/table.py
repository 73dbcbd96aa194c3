"""Parameters and multiply-accumulates by block, or several models side by side."""

from __future__ import annotations

from fractions import Fraction

from symcost.export.kinds import Wish
from symcost.export.kinds.table import tabled
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Row, Table
from symcost.export.sheets import explained, symbols
from symcost.export.typesetting.tables import Cell, Marked, Number
from symcost.formula import Form


def page(wish: Wish) -> Page:
    """The table with a caption, which says what the letters mean and what is assumed.

    Raises TooManyBlocks.
    """
    table = drawn(wish)
    return Page("", parts=lambda: explained(wish, [table]), symbols=symbols(wish))


def drawn(wish: Wish) -> Table:
    """The table alone."""
    made = tabled(wish)
    grid = made.grid(wish.units)
    rows = tuple(Row(tuple(map(_cell, row.cells)), row.level) for row in grid.rows)
    layout = Layout.TREE if len(wish.models) == 1 else Layout.MODELS
    return Table(grid.head, rows, layout, caption=made.what if wish.caption is None else wish.caption)


def _cell(cell: Cell) -> Line:
    match cell:
        case str() | Form():
            return cell
        case Number(digits=digits):
            # Rounded already, where that was wished: as many digits as there are.
            return digits if "." in digits else Figure(Fraction(digits).numerator, digits=None)
        case Marked():
            raise TypeError("no cell of these tables is marked")
