"""A page for the eye: tables where they fit, else stacked; plain where it is piped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest

from symcost.export.numbers import share
from symcost.export.parts import (
    Breaks,
    Entry,
    Figure,
    Formula,
    Heading,
    Layout,
    Legend,
    Letter,
    Line,
    Listing,
    Notes,
    Paragraph,
    Part,
    Row,
    Section,
    Strong,
    Table,
    Verbatim,
    pieces,
)
from symcost.export.screen import GAP, NARROWEST, Column, Screen, Styled, cell_len, cut, padded
from symcost.export.writer import Lines, Parts, numeric

NARROWEST_SOURCE = 24
"""A source line is cut to no fewer characters."""

SLIMMEST = 16
"""A formula behind a long name is broken into lines of no less: those that stay longer the screen itself breaks."""

COMMENT = re.compile(r"\s\s+#[^\"]*$")
"""What goes first where a source line is too long."""

MOST_LINES = 6
"""A table in which some row needs more lines is stacked."""

NARROW = 14
"""A column is broken to no fewer characters; a table that would need it is stacked."""


words: Callable[[Line], str] = Lines().line
"""A line as text, its numbers rounded."""


class Drawing(Parts[str]):
    """Draws the parts of one page; `folds` says that the terminal's width is kept whatever it takes."""

    def __init__(self, on: Screen, *, folds: bool = False) -> None:
        self._on = on
        self._folds = folds
        self._width = max(on.width, NARROWEST)

    def page(self, parts: Iterable[Part]) -> str:
        """The parts below each other, an empty line between them."""
        return self._joined(parts, "\n\n") + "\n"

    def _joined(self, parts: Iterable[Part], between: str) -> str:
        return between.join(drawn for part in parts if (drawn := self.part(part)))

    def _folded(self, text: str) -> str:
        """Lines on a page that keeps its width, broken where the terminal would break them."""
        return self._on.text([Styled(text)]) if self._folds else text

    # Words -------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> str:
        return self._folded(words(part.line))

    def paragraph(self, part: Paragraph) -> str:
        margin = " " * part.indent
        text = words(part.line)
        if part.breaks is Breaks.WORDS:
            from textwrap import fill  # slow to load, and most pages have no words to break

            return fill(text, self._on.width, initial_indent=margin, subsequent_indent=margin)
        if part.breaks is Breaks.FORMULA:
            return hanging(margin, text, self._on.width, part.inset)
        if not self._folds:
            return "".join(margin + line if line.strip() else line for line in text.splitlines(keepends=True))
        styled = [Styled(words(piece), "bold" if isinstance(piece, Strong) else "") for piece in pieces(part.line)]
        return self._on.text([Styled(margin), *styled])

    def formula(self, part: Formula) -> str:
        return hanging("", str(part.form), self._width)

    def verbatim(self, part: Verbatim) -> str:
        return part.text

    def notes(self, part: Notes) -> str:
        return "\n".join(self._folded(words(line)) for line in part.lines)

    def section(self, part: Section) -> str:
        inside = self._joined(part.parts, "\n")
        return "\n".join(text for text in (words(part.heading), inside) if text)

    def legend(self, part: Legend) -> str:
        """A line for each letter, with its number where there is one."""
        names = [_letter(letter) for letter in part.letters]
        pad = max(map(cell_len, names), default=0)
        lines = []
        for name, letter in zip(names, part.letters, strict=True):
            if letter.words or part.complete:
                lines.append((padded(name, pad) + " " * GAP + letter.words).rstrip())
        return "\n".join(lines)

    # Tables ------------------------------------------------------------------------------------

    def table(self, table: Table) -> str:
        match table.layout:
            case Layout.LINES:
                return self._lines(table)
            case Layout.ENTRIES:
                return self._lines(_entries(table))
            case Layout.MODELS:
                return self._models(table)
            case Layout.TREE if _is_of_formulas(table):
                return self._tree(table)
            case _:
                return self._on.table(_columns(table), stiff=table.stiff)

    def _lines(self, table: Table) -> str:
        """One row below the other: the first cells in columns, the last as long as it is."""
        rows = [row for row in table.rows if not row.again]
        leads = _aligned(rows, table.lead)
        text = "\n".join(self._line(table, row, lead) for row, lead in zip(rows, leads, strict=True))
        return text if table.stiff else self._folded(text)

    def _line(self, table: Table, row: Row, lead: str) -> str:
        start, last = " " * table.indent + lead, words(row.cells[-1])
        return (start + last).rstrip() if table.stiff else hanging(start, last, self._width)

    def _tree(self, table: Table) -> str:
        """Blocks beside their formulas if that fits, else above them."""
        side_by_side = _columns(table)
        if self._on.measured(side_by_side) <= self._width:
            return self._on.table(side_by_side, stiff=table.stiff)
        blank = [Styled("\n\n")]
        stacked = [blank + self._stacked_block(row, table.head) for row in table.rows]
        return self._on.text([part for block in stacked for part in block][1:])

    def _stacked_block(self, row: Row, head: Sequence[str]) -> list[Styled]:
        """A block over its formulas; what it has none of is left out."""
        margin = "  " * row.level
        stack = [Styled(margin + words(row.cells[0]), "bold")]
        pad = max(map(len, head[1:])) + 1
        for title, cell in zip(head[1:], row.cells[1:], strict=True):
            formula = _exact(cell)
            if formula != "0":
                stack.append(Styled("\n" + hanging(f"{margin}  {title:<{pad}}", formula, self._width)))
        return stack

    def _models(self, table: Table) -> str:
        """Columns where they fit, formulas broken if need be; else the models below each other."""
        rows = [list(table.head), *([words(cell) for cell in row.cells] for row in table.rows)]
        lines = _broken_columns(rows, self._on.width) or self._stacked_models(rows)
        return "\n".join(line.rstrip() for line in lines)

    def _stacked_models(self, rows: list[list[str]]) -> list[str]:
        head, *models = rows
        pad = max(map(len, head))
        lines: list[str] = []
        for model in models:
            lines += ["", model[0]] if lines else [model[0]]
            for title, cell in zip(head[1:], model[1:], strict=True):
                lines.append(hanging(f"  {title:<{pad}}  ", cell, self._width))
        return lines

    # Listings ----------------------------------------------------------------------------------

    def listing(self, part: Listing) -> str:
        """Each line of the text behind its place, its count at the right edge; then the total."""
        gutter = max((len(entry.place) for entry in part.entries), default=0)
        lines: list[str] = []
        for entry in part.entries:
            lines += self._entry(entry, f"{entry.place:<{gutter}}  {'  ' * entry.level}")
        return "\n".join([*(lines or ["no line counts any"]), "", *self._entry(part.total, "")])

    def _entry(self, entry: Entry, lead: str) -> list[str]:
        """The count stands below the text where there is no room beside it."""
        width, count = self._on.width, words(entry.count)
        line = lead + _fitting(entry.text, max(width - cell_len(lead), NARROWEST_SOURCE))
        if not count:
            return [line.rstrip()]
        free = width - cell_len(line) - cell_len(count)
        needed = GAP if entry.text else 0
        if free >= needed:
            return [f"{line}{' ' * free}{count}"]
        below = hanging(" " * (cell_len(lead) + 2), count, width).splitlines()
        return [line.rstrip(), *below] if entry.text else below


def _fitting(source: str, room: int) -> str:
    """A source line in so many columns; its comment goes first."""
    return source if cell_len(source) <= room else cut(COMMENT.sub("", source), room)


def _letter(letter: Letter) -> str:
    return letter.name if letter.value is None else f"{letter.name} = {letter.value}"


# Columns ---------------------------------------------------------------------------------------


def _entries(table: Table) -> Table:
    """Each cell that says something as a row: `forward  MACs  9·T`."""
    rows = []
    for row in table.rows:
        told = [(title, cell) for title, cell in zip(table.head[1:], row.cells[1:], strict=True) if words(cell)]
        rows += [Row(("" if number else row.cells[0], *pair)) for number, pair in enumerate(told)]
    return Table(("", "", ""), tuple(rows), Layout.LINES)


def _aligned(rows: Sequence[Row], least: int) -> list[str]:
    """All cells of each row but the last, as columns of one width; the first is at least so wide."""
    leads = [""] * len(rows)
    for number in range(len(rows[0].cells) - 1 if rows else 0):
        column = [words(row.cells[number]) for row in rows]
        width = max([*map(cell_len, column), 0 if number else least])
        right = numeric(rows, number)
        leads = [lead + padded(cell, width, right) + " " * GAP for lead, cell in zip(leads, column, strict=True)]
    return leads


def _all_shares(table: Table) -> bool:
    """Whether every figure is known, and what it is a share of."""
    return all(isinstance(c, Figure) and c.whole is not None for row in table.rows for c in row.cells[1:])


def _exact(cell: Line) -> str:
    """A figure in a column of formulas is one: all its digits."""
    return str(cell.form) if isinstance(cell, Figure) else words(cell)


def _columns(table: Table) -> list[Column]:
    """Cells under their titles; a share stands in a column of its own behind its figure."""
    columns = [Column(table.head[0], ["  " * row.level + words(row.cells[0]) for row in table.rows])]
    for number, title in enumerate(table.head[1:], 1):
        cells = [row.cells[number] for row in table.rows]
        right = _is_right(table, number)
        for heading, texts in _with_share(title, cells, exact=_is_of_formulas(table)):
            columns.append(Column(heading, texts, right))
    return columns


def _is_of_formulas(table: Table) -> bool:
    """Whether blocks have formulas beside them, which are never rounded."""
    return table.layout is Layout.TREE and not _all_shares(table)


def _with_share(title: str, cells: Sequence[Line], *, exact: bool) -> Iterator[tuple[str, list[str]]]:
    """A column, and behind it one without a title for the shares, where there are any."""
    write = _exact if exact else words
    yield title, [write(cell) for cell in cells]
    if any(map(_has_share, cells)):
        yield "", [_share(cell) for cell in cells]


def _has_share(cell: Line) -> bool:
    return isinstance(cell, Figure) and cell.whole is not None


def _share(cell: Line) -> str:
    if isinstance(cell, Figure) and cell.value is not None and cell.whole is not None:
        return share(cell.value, cell.whole, cell.tenths)
    return ""


def _is_right(table: Table, column: int) -> bool:
    """Whether a column stands at its right edge: numbers do, formulas do not."""
    if _is_of_formulas(table):
        return False
    if table.side:
        return table.side == "right"
    return numeric(table.rows, column)


def _broken_columns(rows: list[list[str]], width: int) -> list[str]:
    """The rows as lines of a table, all but the names broken where need be; none where they are too long for one."""
    first, *natural = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    cap = _widest(natural, width - first - GAP * len(natural))
    if cap is None:
        return []
    widths = [first, *(min(wide, cap) for wide in natural)]
    lines: list[str] = []
    for name, *formulas in rows:
        broken = [wrapped(formula, cap) for formula in formulas]
        if not _fits(broken, cap):
            return []
        lines += _in_columns([[name], *broken], widths)
    return lines


def _in_columns(cells: list[list[str]], widths: Sequence[int]) -> Iterator[str]:
    """The lines of a row whose cells have several lines each."""
    for parts in zip_longest(*cells, fillvalue=""):
        yield (" " * GAP).join(map(padded, parts, widths))


def _fits(cells: list[list[str]], cap: int) -> bool:
    """Whether broken formulas are narrow and low enough to stand beside each other."""
    low = all(len(lines) <= MOST_LINES for lines in cells)
    return low and all(cell_len(line) <= cap for lines in cells for line in lines)


def _widest(natural: list[int], room: int) -> int | None:
    """How wide the columns may be at most so that all find room; None where that is too narrow to read."""
    for cap in range(max(natural, default=0), NARROW - 1, -1):
        if sum(min(wide, cap) for wide in natural) <= room:
            return cap or None
    return None


# Long lines ------------------------------------------------------------------------------------


def hanging(lead: str, text: str, width: int, inset: int = 0) -> str:
    """A formula or signature behind its name, later lines below the first; broken far outside if possible."""
    below = cell_len(lead) + inset
    lines = wrapped(text, max(width - below, SLIMMEST))
    return (lead + f"\n{' ' * below}".join(lines)).rstrip()


DEEPER = {"(": 1, ")": -1, "[": 100, "]": -100}
"""How much deeper a parenthesis leads; a shape is so deep that it is never broken."""

FACTOR = "\x01"
"""Marks where a line may begin with a factor; no text has it."""


def wrapped(text: str, room: int) -> list[str]:
    """The lines of a formula in a column; broken far outside if possible: before a factor sooner than deeper inside."""
    for deepest, factors in ((0, -1), (0, 0), (1, 0), (1, 1), (2, 1), (2, 2), (99, 99)):
        lines = _wrapped(text, room, deepest, factors)
        if max(map(len, lines)) <= room:
            break
    return lines


def _wrapped(text: str, room: int, deepest: int, factors: int) -> list[str]:
    """Lines that begin, not end, in an operator, and break within at most so many parentheses.

    Before a factor in parentheses they break within at most `factors`.
    """
    from textwrap import wrap  # slow to load, and most formulas fit

    glued = _glued(text, deepest, factors)
    lines = wrap(glued, room, break_on_hyphens=False, break_long_words=False)
    return [_without_marks(line) for line in lines] or [""]


def _glued(text: str, deepest: int, factors: int) -> str:
    """The text with a mark for each blank at which it is not broken, and wherever a line may begin with a factor."""
    glued, depth = "", 0
    for before, char, after in zip(f" {text}", text, f"{text} "[1:], strict=False):
        depth += DEEPER.get(char, 0)
        stays = char == " " and (depth > deepest or before in "+-=:>" or after in "=")
        may_break = char == "·" and after == "(" and depth <= factors
        glued += f" {FACTOR}" * may_break + ("\0" if stays else char)
    return glued


def _without_marks(line: str) -> str:
    return line.replace("\0", " ").replace(f" {FACTOR}", "").removeprefix(FACTOR)
