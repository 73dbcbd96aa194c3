"""What a page is drawn on: the width and the colours of a terminal, by rich.

rich takes as long to load as a report takes to work out. Where nothing has a colour and all lines fit, there is nothing
to break: such a page is set by hand, to the same characters.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from symcost.export.width import columns_of_terminal
from symcost.once import once
from symcost.records import dataclass

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

NARROWEST = 40
"""No line is broken to be shorter than this, whatever the terminal."""

USUAL = 80
"""Columns where there is no terminal."""

GAP = 2
"""Blanks between columns."""

SINGLE = re.compile(r"[ -~¡-¬®-˿Ͱ-҂–—‘’“”…⌈⌉⌊⌋√≤≥≠≈∞─-◼]*")
"""Characters that take a column each; those that are known, the others rich is asked for."""

FORCED = ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
"""Surroundings that ask for colours where there is no terminal."""


def cell_len(text: str) -> int:
    """How many columns a text takes."""
    if SINGLE.fullmatch(text):
        return len(text)
    from rich.cells import cell_len as asked

    return asked(text)


def padded(text: str, width: int, right: bool = False) -> str:
    """A text in so many columns."""
    blanks = " " * (width - cell_len(text))
    return blanks + text if right else text + blanks


def cut(text: str, room: int) -> str:
    """A text in so many columns, with `…` for what goes."""
    if cell_len(text) <= room:
        return text
    from rich.cells import set_cell_size

    return set_cell_size(text, room - 1).rstrip() + "…"


class Styled(NamedTuple):
    """A stretch of text, and how it looks."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its title, its cells, and whether they stand at its right edge."""

    title: str
    cells: Sequence[str]
    right: bool = False


class Screen:
    """Standard output: its width and colours, 80 columns without colour when piped; `plain` for files."""

    def __init__(self, width: int | None = None, *, plain: bool = False) -> None:
        # rich would take a width of 0 and draw nothing.
        self.width = max(columns_of_terminal(USUAL), NARROWEST) if width is None else width
        self._plain = plain

    def text(self, parts: Iterable[Styled]) -> str:
        """Words, broken where the terminal would break them."""
        parts = list(parts)
        whole = "".join(part.text for part in parts)
        if self._is_bare and self._has_room(whole):
            return "\n".join(line.rstrip() for line in whole.split("\n"))
        from rich.text import Text

        return self._drawn(Text.assemble(*parts))

    def _has_room(self, text: str) -> bool:
        """Whether no line has to be broken, as far as that is plain: each sign takes one column."""
        lines = text.split("\n")
        return all(len(line) <= self.width and SINGLE.fullmatch(line) for line in lines)

    def table(self, columns: Sequence[Column], *, stiff: bool = False) -> str:
        """Columns below their titles. A stiff one wider than the terminal is left to the terminal."""
        if self._is_bare and (stiff or self.measured(columns) <= self.width) and _is_simple(columns):
            return _by_hand(columns)
        # rich would drop columns of a stiff table that is too wide.
        return self._drawn(_of_rich(columns, stiff), self.measured(columns) if stiff else 0)

    def measured(self, columns: Sequence[Column]) -> int:
        """How wide a table is where there is room."""
        return sum(map(_wide, columns)) + GAP * (len(columns) - 1)

    @once
    def _is_bare(self) -> bool:
        """Whether nothing has a colour, nor a weight."""
        if self._plain:
            return True
        return not (sys.stdout.isatty() or "ipykernel" in sys.modules or any(map(os.environ.get, FORCED)))

    @once
    def _console(self) -> Console:
        from rich.console import Console

        return Console(
            width=self.width, highlight=False, emoji=False, markup=False, no_color=self._plain,
            force_terminal=False if self._plain else None,
        )  # fmt: skip

    def _drawn(self, part: Text | RichTable, least: int = 0) -> str:
        """As rich draws it, without blanks at the ends of lines."""
        on: Any = self._console
        with on.capture() as captured:
            on.width = max(self.width, least)
            on.print(part, crop=False)
            on.width = self.width
        return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _wide(column: Column) -> int:
    """How wide a column is where there is room."""
    lines = [line for cell in (column.title, *column.cells) for line in cell.split("\n")]
    return max(map(cell_len, lines))


def _is_simple(columns: Sequence[Column]) -> bool:
    """Whether every cell is one line of characters that take a column each."""
    return all(SINGLE.fullmatch(cell) for column in columns for cell in (column.title, *column.cells))


def _by_hand(columns: Sequence[Column]) -> str:
    """The lines of a table that fits."""
    set_columns = []
    for column in columns:
        width = _wide(column)
        set_columns.append([padded(cell.rstrip(), width, column.right) for cell in (column.title, *column.cells)])
    return "\n".join((" " * GAP).join(line).rstrip() for line in zip(*set_columns, strict=True))


def _of_rich(columns: Sequence[Column], stiff: bool) -> RichTable:
    from rich.table import Table

    drawn = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style="bold")
    for column in columns:
        drawn.add_column(column.title, justify="right" if column.right else "left", no_wrap=stiff)
    for line in zip(*(column.cells for column in columns), strict=True):
        drawn.add_row(*line)
    return drawn
