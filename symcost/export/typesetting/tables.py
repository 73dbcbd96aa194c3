"""Tables that are no wider than a line: cells are broken, all is set smaller, or cells have lines of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from symcost.errors import TooNarrow
from symcost.export import notation
from symcost.export.typesetting.latex import Setting, rows as aligned
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import Form

SEPARATION = 12.0
"""Points between two columns."""
SPARE = 6.0
"""Points that are left over: widths are those of one font."""
SIZES = ((1.0, ""), (1.07, r"\small"), (1.16, r"\footnotesize"), (1.24, r"\scriptsize"))
"""What fits into a line at these sizes, of what fits at 10 points: small letters are wider for their height."""
INDENT = 10.0
"""How far a row is set in for each level, in points."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, already rounded: digits, perhaps with a point."""

    digits: str


NARROWEST_WORDS = 60.0
"""Points that a column of words has at least."""
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+_*|_+|.")

Cell = str | Form | Number
"""Words, a formula, or a number."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells; `level` says how deep the first stands, `rule` that a line is drawn above."""

    cells: tuple[Cell, ...]
    level: int = 0
    rule: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Titles and rows. All cells of a column are of one kind, but for empty words."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


def tabular(grid: Grid, setting: Setting, width: float) -> list[str]:
    """The lines of a `tabular` that is as wide as `width` at most, in points of 10 point text.

    Raises TooNarrow.
    """
    for scale, size in SIZES:
        between = SEPARATION * (len(grid.head) - 1)
        widths = _Columns(grid, setting).fitted((width - SPARE - between) * scale)
        if widths is not None:
            written = list(_side_by_side(grid, setting, widths))
            return [size, *written] if size else written
    return [r"\footnotesize", *_one_below_the_other(grid, setting, (width - SPARE - SEPARATION) * SIZES[2][0])]


def pages_of(grid: Grid, setting: Setting, width: float, most: int) -> list[list[str]]:
    """The same in as many tables as it takes for none to have more than so many lines.

    Raises TooNarrow.
    """
    written = tabular(grid, setting, width)
    lines = sum(line.count(r"\\") for line in written)
    if lines <= most or len(grid.rows) < 2:
        return [written]
    middle = len(grid.rows) // 2
    halves = (grid.rows[:middle], grid.rows[middle:])
    return [page for rows in halves for page in pages_of(Grid(grid.head, rows), setting, width, most)]


class _Columns:
    """How wide columns want to be, and must be."""

    def __init__(self, grid: Grid, setting: Setting) -> None:
        self._setting = setting
        self._columns = [
            [(grid.head[number], 0), *((row.cells[number], row.level if number == 0 else 0) for row in grid.rows)]
            for number in range(len(grid.head))
        ]

    def fitted(self, room: float) -> list[float] | None:
        """The width of each column, the widest cut first; None where they do not fit."""
        wanted = [self._natural(number) for number in range(len(self._columns))]
        if sum(wanted) <= room:
            return wanted
        least = [self._least(number, wide) for number, wide in enumerate(wanted)]
        if sum(least) > room:
            return None
        low, high = 0.0, max(wanted)
        for _ in range(30):
            middle = (low + high) / 2
            if sum(_cut(wanted, least, middle)) <= room:
                low = middle
            else:
                high = middle
        return _cut(wanted, least, low)

    def _natural(self, number: int) -> float:
        return max(_wide(cell, self._setting) + INDENT * level for cell, level in self._columns[number])

    def _least(self, number: int, wide: float) -> float:
        """The narrowest that all cells of a column can be broken to, not much less than a few words."""
        cells = self._columns[number]
        if any(isinstance(cell, Number) for cell, _ in cells):
            return wide
        if all(isinstance(cell, str) for cell, _ in cells):
            return min(wide, max(NARROWEST_WORDS, *(_longest(str(cell)) + INDENT * level for cell, level in cells)))
        low, high = min(wide, 50.0), wide
        if self._breakable(cells, low):
            return low
        while high - low > 4.0:
            middle = (low + high) / 2
            if self._breakable(cells, middle):
                high = middle
            else:
                low = middle
        return high

    def _breakable(self, cells: Sequence[tuple[Cell, int]], width: float) -> bool:
        try:
            for cell, level in cells:
                if isinstance(cell, Form) and not self._is_well_broken(cell, width - INDENT * level):
                    return False
        except TooNarrow:
            return False
        return True

    def _is_well_broken(self, form: Form, width: float) -> bool:
        """Whether lines begin with terms only: a cell in which they do not is hard to read."""
        _, *others = self._setting.lines(form, width)
        return all(line.quads == 0 and line.text.startswith(("+", "-")) for line in others)


def _longest(text: str) -> float:
    """The widest part of words that are parted where a new one begins inside of a name."""
    return max((of_words(part) for word in text.split() for part in _PARTS.findall(word)), default=0.0)


def _cut(wanted: Sequence[float], least: Sequence[float], most: float) -> list[float]:
    return [max(low, min(high, most)) for high, low in zip(wanted, least, strict=True)]


def _wide(cell: Cell, setting: Setting) -> float:
    match cell:
        case str():
            return of_words(cell)
        case Number(digits=digits):
            return of_words(digits) + 1.7 * (len(digits) // 3)
        case _:
            return of_formula(setting.plain(cell))


# One row beside the other ------------------------------------------------------------------------


def _has_numbers(row: Row) -> bool:
    return any(isinstance(cell, Number) for cell in row.cells)


def _side_by_side(grid: Grid, setting: Setting, widths: Sequence[float]) -> Iterator[str]:
    columns = "".join(_column(grid, number) for number in range(len(grid.head)))
    yield rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
    yield r"  \toprule"
    head = [
        _head(title, number, grid, wide) for number, (title, wide) in enumerate(zip(grid.head, widths, strict=True))
    ]
    yield f"  {' & '.join(head)} \\\\"
    yield r"  \midrule"
    several = False
    for row in grid.rows:
        if row.rule:
            yield r"  \midrule"
        cells = [
            _cell(cell, setting, wide, row.level if number == 0 else 0)
            for number, (cell, wide) in enumerate(zip(row.cells, widths, strict=True))
        ]
        if several and not row.rule:
            yield r"  \addlinespace"
        several = any(r"\\" in cell for cell in cells)
        yield f"  {' & '.join(cells)} \\\\"
    yield r"  \bottomrule"
    yield r"\end{tabular}"


def _column(grid: Grid, number: int) -> str:
    """Numbers by their points, all else to the left."""
    found = [row.cells[number] for row in grid.rows]
    numbers = [cell.digits for cell in found if isinstance(cell, Number)]
    if not numbers:
        return "l"
    parts = [digits.partition(".") for digits in numbers]
    whole = max(len(before) for before, _, _ in parts)
    behind = max(len(after) for _, _, after in parts)
    return f"S[table-format={whole}.{behind},group-minimum-digits=5]"


def _head(title: str, number: int, grid: Grid, width: float) -> str:
    text = _words(title, width)
    return f"{{{text}}}" if any(isinstance(row.cells[number], Number) for row in grid.rows) else text


def _cell(cell: Cell, setting: Setting, width: float, level: int) -> str:
    inset = rf"\hspace{{{level}em}}" if level else ""
    match cell:
        case Number(digits=digits):
            return digits
        case str():
            return inset + _words(cell, width - INDENT * level)
        case _:
            return inset + _formula(cell, setting, width - INDENT * level)


def _formula(form: Form, setting: Setting, width: float) -> str:
    lines = setting.lines(form, max(width, 1.0))
    if len(lines) == 1:
        return f"${lines[0].text}$"
    listed = r" \\ ".join(aligned(lines, hanging=True))
    return rf"$\begin{{aligned}}[t] {listed} \end{{aligned}}$"


def _words(text: str, width: float) -> str:
    """Words in as many lines as they take; a word that is wider than a line is parted."""
    lines = [notation.text(line) for line in wrapped(text, max(width, 12.0))]
    if len(lines) == 1:
        return _guarded(lines[0])
    listed = r" \\ ".join(_guarded(line) for line in lines)
    return rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{listed}\end{{tabular}}"


def _guarded(text: str) -> str:
    """Behind the end of a line, TeX would read a bracket as how far to skip and a star as a command's."""
    return "{}" + text if text.startswith(("[", "*")) else text


def wrapped(text: str, width: float, measure: Callable[[str], float] = of_words) -> list[str]:
    """Words in lines of so many points."""
    lines = [""]
    for word in text.split() or [""]:
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if measure(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        while measure(word) > width and len(word) > 1:
            fits = _fitting(word, width, measure)
            lines[-1:] = [word[:fits], ""]
            word = word[fits:]
        lines[-1] = word
    return lines


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of a word fit; as `LearnedPositions` is made of two, those of the first."""
    ends = [found.end() for found in _PARTS.finditer(word)]
    fitting = [end for end in ends[:-1] if measure(word[:end]) <= width]
    return max(fitting or [end for end in range(1, len(word)) if measure(word[:end]) <= width] or [1])


# One cell below the other ------------------------------------------------------------------------


def _one_below_the_other(grid: Grid, setting: Setting, width: float) -> Iterator[str]:
    """For what is too narrow for columns: each row with its cells on lines of their own, behind their titles.

    Raises TooNarrow.
    """
    titles = min(max(map(of_words, grid.head[1:]), default=0.0), width / 3)
    room = width - titles
    yield r"\begin{tabular}{@{}ll@{}}"
    yield r"  \toprule"
    for place, row in enumerate(grid.rows):
        if place:
            yield r"  \midrule"
        yield rf"  \multicolumn{{2}}{{@{{}}l@{{}}}}{{{_cell(row.cells[0], setting, width, row.level)}}} \\"
        for title, cell in zip(grid.head[1:], row.cells[1:], strict=True):
            if isinstance(cell, Form) and cell.number is not None and _has_numbers(row):
                continue  # the number itself comes next
            written = rf"\num{{{cell.digits}}}" if isinstance(cell, Number) else _cell(cell, setting, room, 0)
            yield rf"  {_words(title, titles)} & {written} \\"
    yield r"  \bottomrule"
    yield r"\end{tabular}"
