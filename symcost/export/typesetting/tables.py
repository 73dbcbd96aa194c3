"""Tables that are no wider than a line: cells are broken, all is set smaller, or cells have lines of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from symcost.errors import TooNarrow
from symcost.export import notation
from symcost.export.typesetting.breaking import SetLine, broken, unmarked
from symcost.export.typesetting.latex import Setting
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import Form
from symcost.records import dataclass

SEPARATION = 12.0
"""Points between two columns."""
SPARE = 6.0
"""Points that are left over: widths are those of one font."""
SIZES = ((1.0, ""), (1.07, r"\small"), (1.16, r"\footnotesize"), (1.24, r"\scriptsize"))
"""What fits into a line at these sizes, of what fits at 10 points: small letters are wider for their height."""
SURE = 0.97
"""What of a line is used: letters of other sizes and fonts are a little wider."""
SMALLEST = 2
"""Columns of a table that is parted no more."""
WHOLE = 3
"""At so many sizes, the greatest first, a table is tried with no cell broken."""
INDENT = 10.0
"""How far a row is set in for each level, in points."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number, already rounded: digits, perhaps with a point."""

    digits: str


DEEPEST = 6
"""Rows are set in by so many levels at most."""
NARROWEST_WORDS = 60.0
"""Points that a column of words has at least."""
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+_*|_+|.")


@dataclass(frozen=True, slots=True)
class Marked:
    """Several things one behind the other, for mathematics mode, with marks where a line may begin."""

    text: str


Cell = str | Form | Number | Marked
"""Words, a formula, a number, or several things in one cell."""


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
    columns = _Columns(grid, setting)
    room = width - SPARE - SEPARATION * (len(grid.head) - 1)
    for scale, size in SIZES[:WHOLE]:
        if columns.natural <= room * scale * SURE:
            return _sized(size, _side_by_side(grid, setting, columns.wanted))
    for scale, size in SIZES:
        widths = columns.fitted(room * scale * SURE)
        if widths is not None:
            return _sized(size, _side_by_side(grid, setting, widths))
    scale, size = SIZES[2]
    narrow = (width - SPARE - SEPARATION) * scale * SURE
    return _sized(size, _one_below_the_other(grid, setting, narrow))


def _sized(size: str, lines: Iterable[str]) -> list[str]:
    """The command of a size, where it is not the one of the text, and the lines."""
    return [size, *lines] if size else list(lines)


def pages_of(grid: Grid, setting: Setting, width: float, most: int) -> list[list[str]]:
    """The same in as many tables as it takes for none to have more than so many lines.

    Raises TooNarrow.
    """
    written = tabular(grid, setting, width)
    lines = sum(line.count(r"\\") for line in written)
    parts = _parts(grid) if lines > most else []
    if not parts:
        return [written]
    pages = []
    for part in parts:
        pages += pages_of(part, setting, width, most)
    return pages


def _parts(grid: Grid) -> list[Grid]:
    """The rows in two halves; one row column by column, each beside the first and with more room; else nothing."""
    if len(grid.rows) > 1:
        middle = len(grid.rows) // 2
        return [Grid(grid.head, grid.rows[:middle]), Grid(grid.head, grid.rows[middle:])]
    if len(grid.head) <= SMALLEST or not grid.rows:
        return []
    (row,) = grid.rows
    columns = range(1, len(grid.head))
    return [Grid((grid.head[0], grid.head[k]), (replace(row, cells=(row.cells[0], row.cells[k])),)) for k in columns]


def fits(grid: Grid, setting: Setting, width: float) -> bool:
    """Whether nothing has to be broken."""
    between = SEPARATION * (len(grid.head) - 1)
    return _Columns(grid, setting).natural <= width - between


class _Columns:
    """How wide columns want to be, and must be."""

    def __init__(self, grid: Grid, setting: Setting) -> None:
        self._setting = setting
        self._columns: list[list[tuple[Cell, int]]] = []
        for number, title in enumerate(grid.head):
            cells = [(row.cells[number], _level(row, number)) for row in grid.rows]
            self._columns.append([(title, 0), *cells])

    @property
    def natural(self) -> float:
        """How wide all of them are together, with nothing broken."""
        return sum(self.wanted)

    @property
    def wanted(self) -> list[float]:
        """How wide each is with nothing broken."""
        return list(map(self._natural, range(len(self._columns))))

    def fitted(self, room: float) -> list[float] | None:
        """The width of each column, the widest cut first; None where they do not fit."""
        wanted = self.wanted
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
        return max(_wide(cell, self._setting) + _inset(level) for cell, level in self._columns[number])

    def _least(self, number: int, wide: float) -> float:
        """The narrowest that all cells of a column can be broken to, not much less than a few words."""
        cells = self._columns[number]
        if any(isinstance(cell, Number) for cell, _ in cells):
            return wide
        if all(isinstance(cell, str) for cell, _ in cells):
            parts = [_longest(str(cell)) + _inset(level) for cell, level in cells]
            return min(wide, max(NARROWEST_WORDS, *parts))
        return self._least_broken(cells, wide)

    def _least_broken(self, cells: Sequence[tuple[Cell, int]], wide: float) -> float:
        """The narrowest for formulas, found by halving, to a few points."""
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
            return all(self._is_well_set(cell, width - _inset(level)) for cell, level in cells)
        except TooNarrow:
            return False

    def _is_well_set(self, cell: Cell, width: float) -> bool:
        match cell:
            case str():
                return _longest(cell) <= width
            case Marked(text=text):
                return bool(broken(text, of_formula, width))
            case Form():
                return self._is_well_broken(cell, width)
            case _:
                return True

    def _is_well_broken(self, form: Form, width: float) -> bool:
        """Whether lines begin with terms only: a cell in which they do not is hard to read."""
        _, *others = self._setting.lines(form, width)
        return all(line.quads == 0 and line.text.startswith(("+", "-")) for line in others)


def _level(row: Row, number: int) -> int:
    """How deep a cell stands: the first of a row does."""
    return row.level if number == 0 else 0


def _inset(level: int) -> float:
    """How far a cell is set in, in points."""
    return INDENT * min(level, DEEPEST)


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
        case Marked(text=text):
            return of_formula(unmarked(text))
        case _:
            return of_formula(setting.plain(cell))


# One row beside the other ------------------------------------------------------------------------


def _has_numbers(row: Row) -> bool:
    return any(isinstance(cell, Number) for cell in row.cells)


def _side_by_side(grid: Grid, setting: Setting, widths: Sequence[float]) -> Iterator[str]:
    numbers = [_digits(grid, number) for number in range(len(grid.head))]
    columns = "".join(map(_column, numbers))
    yield rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
    yield r"  \toprule"
    yield f"  {' & '.join(map(_head, grid.head, numbers, widths))} \\\\"
    yield r"  \midrule"
    is_below_several = False
    for row in grid.rows:
        written = " & ".join(_cells(row, setting, widths))
        if row.rule and row is not grid.rows[0]:
            yield r"  \midrule"
        elif is_below_several:
            yield r"  \addlinespace"
        yield f"  {written} \\\\"
        is_below_several = r"\\" in written
    yield r"  \bottomrule"
    yield r"\end{tabular}"


def _cells(row: Row, setting: Setting, widths: Sequence[float]) -> Iterator[str]:
    for number, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
        yield _cell(cell, setting, width, _level(row, number))


def _digits(grid: Grid, number: int) -> list[str]:
    """The numbers in a column."""
    cells = [row.cells[number] for row in grid.rows]
    return [cell.digits for cell in cells if isinstance(cell, Number)]


def _column(numbers: Sequence[str]) -> str:
    """Numbers by their points, all else to the left."""
    if not numbers:
        return "l"
    parts = [digits.partition(".") for digits in numbers]
    whole = max(len(before) for before, _, _ in parts)
    behind = max(len(after) for _, _, after in parts)
    return f"S[table-format={whole}.{behind},group-minimum-digits=5]"


def _head(title: str, numbers: Sequence[str], width: float) -> str:
    """Words above numbers are in braces, lest they are read as one."""
    text = _words(title, width)
    return f"{{{text}}}" if numbers else text


def _cell(cell: Cell, setting: Setting, width: float, level: int) -> str:
    if isinstance(cell, Number):
        return cell.digits
    return _hspace(level) + _broken(cell, setting, width - _inset(level))


def _broken(cell: str | Form | Marked, setting: Setting, width: float) -> str:
    match cell:
        case str():
            return _words(cell, width)
        case Marked(text=text):
            return _joined(broken(text, of_formula, max(width, 1.0)))
        case _:
            return _joined(setting.lines(cell, max(width, 1.0)))


def _joined(lines: Sequence[SetLine]) -> str:
    """One line below the other, all but the first set in."""
    if len(lines) == 1:
        return f"${lines[0].text}$"
    first, *others = lines
    listed = [f"${first.text}$", *(rf"\hspace{{{1 + line.quads}em}}${{}}{line.text}$" for line in others)]
    separated = r" \\ ".join(listed)
    return rf"\begin{{tabular}}[t]{{@{{}}l@{{}}}}{separated}\end{{tabular}}"


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
        lines[-1:] = _parted(word, width, measure)
    return lines


def _parted(word: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """A word in as many parts as it takes."""
    while measure(word) > width and len(word) > 1:
        end = _fitting(word, width, measure)
        yield word[:end]
        word = word[end:]
    yield word


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """How many letters of a word fit; as `LearnedPositions` is made of two, those of the first."""
    ends = [found.end() for found in _PARTS.finditer(word)]
    fitting = [end for end in ends[:-1] if measure(word[:end]) <= width]
    if not fitting:
        fitting = [end for end in range(1, len(word)) if measure(word[:end]) <= width]
    return max(fitting, default=1)


# One cell below the other ------------------------------------------------------------------------


def _one_below_the_other(grid: Grid, setting: Setting, width: float) -> Iterator[str]:
    """For what is too narrow for columns: each row with its cells on lines of their own, behind their titles.

    All of a row is set in by how deep it stands; a rule is drawn above the outermost ones only.

    Raises TooNarrow.
    """
    titles = min(max(map(of_words, grid.head[1:]), default=0.0), width / 3)
    deepest = max((_inset(row.level) for row in grid.rows), default=0.0)
    room = width - titles - deepest
    yield r"\begin{tabular}{@{}ll@{}}"
    yield r"  \toprule"
    for place, row in enumerate(grid.rows):
        if place:
            yield r"  \midrule" if row.rule or row.level == 0 else r"  \addlinespace"
        yield rf"  \multicolumn{{2}}{{@{{}}l@{{}}}}{{{_cell(row.cells[0], setting, width, row.level)}}} \\"
        inset = _hspace(row.level)
        for title, cell in _told(row, grid.head):
            yield rf"  {inset}{_words(title, titles)} & {_alone(cell, setting, room)} \\"
    yield r"  \bottomrule"
    yield r"\end{tabular}"


def _hspace(level: int) -> str:
    return rf"\hspace{{{min(level, DEEPEST)}em}}" if level else ""


def _told(row: Row, head: Sequence[str]) -> Iterator[tuple[str, Cell]]:
    """The cells below the first, behind their titles, without those that say nothing here."""
    for title, cell in zip(head[1:], row.cells[1:], strict=True):
        is_number = isinstance(cell, Form) and cell.number is not None
        is_said_next = is_number and _has_numbers(row)
        if cell != "" and not is_said_next:
            yield title, cell


def _alone(cell: Cell, setting: Setting, width: float) -> str:
    """A cell that no column aligns."""
    return rf"\num{{{cell.digits}}}" if isinstance(cell, Number) else _cell(cell, setting, width, 0)
