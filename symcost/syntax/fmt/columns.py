"""What stands below what: words that the author put into one column stay in one, however the lines change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise

from symcost.records import dataclass
from symcost.syntax.fmt.breaks import Broken
from symcost.syntax.tokens import COMMENT, DOC

INDENT = 2
FURTHER = 4
"""How far in a statement goes on, where it stood no further in than it began."""


@dataclass(slots=True, eq=False)
class Line:
    """A line that is to be: the numbers of its words."""

    words: list[int]
    blank_before: bool
    base: int = 0
    """Where its first word stands, if that is below no other."""
    kept: int = 0
    """How many of its words stood on one line already, the first as its first: what stood below what is known."""

    @property
    def known(self) -> list[int]:
        return self.words[: self.kept]


@dataclass(slots=True, eq=False)
class _Table:
    """Places of words as they become known; words that stand in one column are led by one of them."""

    leads: dict[int, int] = field(default_factory=dict)
    at: dict[int, int] = field(default_factory=dict)

    def lead(self, number: int) -> int:
        while (up := self.leads.get(number, number)) != number:
            number = up
        return number

    def join(self, one: int, other: int) -> None:
        self.leads[self.lead(other)] = self.lead(one)


def placed(broken: Broken, gaps: Sequence[int]) -> str:
    """The text, its words in lines and columns."""
    lines = _lines(broken)
    table = _Table()
    _tie_neighbours(broken, lines, gaps, table)
    _indent(broken, lines, table)
    _settle(broken, lines, gaps, table)
    return "".join(_written(broken, lines, table))


def _lines(broken: Broken) -> list[Line]:
    lines: list[Line] = []
    for number, ends in enumerate(broken.ends):
        if ends or not lines:
            lines.append(Line([], ends == 2))
        lines[-1].words.append(number)
    for line in lines:
        line.kept = _kept(broken, line)
    return lines


def _kept(broken: Broken, line: Line) -> int:
    first, *others = line.words
    if not broken.places.is_first(first):
        return 0
    moved = (place for place, number in enumerate(others, 1) if broken.places.is_first(number))
    return next(moved, len(line.words))


# Columns -------------------------------------------------------------------------------------------


def _tie_neighbours(broken: Broken, lines: Sequence[Line], gaps: Sequence[int], table: _Table) -> None:
    """Words below one another, one of them set off by more blanks than it needs, were put there."""
    for above, below in pairwise(lines):
        if not below.blank_before:
            _tie(broken, above, below, gaps, table)
    _tie_comments(broken, lines, table)


def _tie_comments(broken: Broken, lines: Sequence[Line], table: _Table) -> None:
    """Comments behind the lines of a paragraph stay in their column, though there be lines without between them."""
    columns: dict[int, int] = {}
    for line in lines:
        if line.blank_before:
            columns = {}
        if len(line.known) < 2:
            continue
        last = line.known[-1]
        if broken.places.words[last].kind == COMMENT:
            other = columns.setdefault(broken.places.column(last), last)
            table.join(other, last)


def _tie(broken: Broken, above: Line, below: Line, gaps: Sequence[int], table: _Table) -> None:
    places = broken.places
    columns = {places.column(number): number for number in above.known[1:]}
    for number in below.known[1:]:
        other = columns.get(places.column(number))
        if other is not None and _were_aligned(broken, other, number, gaps):
            table.join(other, number)


def _were_aligned(broken: Broken, above: int, below: int, gaps: Sequence[int]) -> bool:
    """Whether it is no chance that two words stand below one another."""
    may_move = gaps[above] > 0 and gaps[below] > 0
    return may_move and (_is_set_off(broken, below, gaps) or _is_set_off(broken, above, gaps))


def _is_set_off(broken: Broken, number: int, gaps: Sequence[int]) -> bool:
    return len(broken.places.blanks_before(number)) > gaps[number]


def _indent(broken: Broken, lines: Sequence[Line], table: _Table) -> None:
    """Where lines begin: as far in as they are held, or below a word of the lines that they go on."""
    begun: list[Line] = []  # the lines of what goes on
    depth = 0
    for line in lines:
        first = line.words[0]
        if broken.begins[first]:
            closing = broken.places.words[first].kind == "}"
            line.base = INDENT * (depth - closing)
            if _goes_on(broken, first, begun):
                _hang(broken, line, begun[-1:], table)
            else:
                begun = []
        else:
            line.base = begun[0].base + FURTHER if begun else 0
            _hang(broken, line, begun, table)
        begun.append(line)
        depth += _deeper(broken, line)


def _deeper(broken: Broken, line: Line) -> int:
    kinds = [broken.places.words[number].kind for number in line.words]
    return kinds.count("{") - kinds.count("}")


def _goes_on(broken: Broken, first: int, begun: Sequence[Line]) -> bool:
    """Whether it is a comment that goes on with the one behind the line above: it stands below it."""
    is_comment = broken.places.words[first].kind == COMMENT
    if not is_comment or not begun or not begun[-1].known:
        return False
    last, places = begun[-1].known[-1], broken.places
    is_behind = places.words[last].kind == COMMENT and last != begun[-1].words[0]
    return is_behind and places.column(last) == places.column(first)


def _hang(broken: Broken, line: Line, begun: Sequence[Line], table: _Table) -> None:
    """A line that goes on stands below the nearest word above that it stood below, or as far in as it did."""
    if not line.known or not begun or not begun[0].known:
        return
    first = line.words[0]
    lead = _lead(broken, first, begun)
    if lead is not None:
        table.join(lead, first)
        line.base = 0
        return
    further = broken.places.column(first) - broken.places.column(begun[0].words[0])
    if further >= INDENT:
        line.base = begun[0].base + further


def _lead(broken: Broken, first: int, begun: Sequence[Line]) -> int | None:
    """The word below which a line is to stand: one that it stood below; of an entry else the first of all."""
    above = _word_above(broken, first, begun)
    if above is not None or not broken.is_entry(first):
        return above
    return _first_of_checks(broken, first)


def _first_of_checks(broken: Broken, first: int) -> int | None:
    """The first check of the same `expect`, where a further one stands not left of it."""
    places = broken.places
    if first in places.tables:
        return None
    leading = places.first_entry(first)
    return leading if places.column(leading) <= places.column(first) else None


def _word_above(broken: Broken, first: int, begun: Sequence[Line]) -> int | None:
    """The nearest word above that a word stood below, other than the one with which all began."""
    column, start = broken.places.column(first), begun[0].words[0]
    for above in reversed(begun):
        below = (number for number in above.known if number != start and broken.places.column(number) == column)
        if (nearest := next(below, None)) is not None:
            return nearest
    return None


def _settle(broken: Broken, lines: Sequence[Line], gaps: Sequence[int], table: _Table) -> None:
    """Columns from left to right: each as far in as the one of its words that needs most."""
    before: dict[int, int] = {}
    bases = {line.words[0]: line.base for line in lines}
    for line in lines:
        before.update(zip(line.words[1:], line.words, strict=False))

    def needed(number: int) -> int:
        if number in bases:
            return bases[number]
        left = before[number]
        return table.at[left] + len(broken.places.words[left].text) + gaps[number]

    for column in _by_column(broken, lines):
        least: dict[int, int] = {}
        for number in column:
            lead = table.lead(number)
            least[lead] = max(least.get(lead, 0), needed(number))
        table.at |= {number: least[table.lead(number)] for number in column}

    # What the author had on other lines stands behind these, one word after the other.
    for line in lines:
        for number in line.words[line.kept :]:
            table.at[number] = needed(number)


def _by_column(broken: Broken, lines: Sequence[Line]) -> list[list[int]]:
    """The words of which it is known where they stood, by column, the leftmost first."""
    columns: dict[int, list[int]] = {}
    for line in lines:
        for number in line.known:
            columns.setdefault(broken.places.column(number), []).append(number)
    return [columns[column] for column in sorted(columns)]


# Text ----------------------------------------------------------------------------------------------


def _written(broken: Broken, lines: Sequence[Line], table: _Table) -> Iterator[str]:
    for line in lines:
        if line.blank_before:
            yield "\n"
        text = _set(broken, line, table)
        last = broken.places.words[line.words[-1]]
        # Blanks at the end of a text that documents are its own.
        yield (text if last.kind == DOC else text.rstrip()) + "\n"


def _set(broken: Broken, line: Line, table: _Table) -> str:
    """The words of a line, each in its place."""
    text = ""
    for number in line.words:
        word = broken.places.words[number]
        said = _comment(word.text) if word.kind == COMMENT else word.text
        text += " " * (table.at[number] - len(text)) + said
    return text


def _comment(text: str) -> str:
    """A blank behind its sign, unless it is a line of signs."""
    text = text.rstrip()
    return f"# {text[1:]}" if text[1:2].isalnum() else text
