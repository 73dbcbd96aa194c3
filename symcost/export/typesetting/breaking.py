"""Where a long formula is broken: before the operators a mathematician would break at, the outermost first.

A printer marks in its text where a line may begin; `broken` chooses the places. A break costs the more the deeper it
stands in brackets, and before a factor more than before a term. Fewer lines are better, and even ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from symcost.errors import TooNarrow
from symcost.formula import Printer
from symcost.records import dataclass

OPEN, CLOSE, TERM, FACTOR, LISTED, SUMMED = "\x01", "\x02", "\x03", "\x04", "\x05", "\x07"
"""What printers put into their text: the beginning and the end of what stands in brackets, and places to break at.
`SUMMED` stands before what a sum adds up: only where there is no other way, a line ends with its sign.

No name has such a character: a text is read as `.arch` before it comes here.
"""

_MARKS = re.compile(f"[{OPEN}{CLOSE}{TERM}{FACTOR}{LISTED}{SUMMED}]")
_HOLE = "\x06"
_COSTS = {TERM: 0.0, LISTED: 4.0, FACTOR: 12.0, SUMMED: 200.0}
DEEPER = 20.0
"""What a break costs more for each bracket around it."""
A_LINE = 8.0
"""What a further line costs: less than a break before a factor."""
RAGGED = 4.0
"""What an empty line would cost for being short."""
QUAD = 10.0
"""How far a line is set in for each bracket that is open there, in points."""
DEEPEST = 3
"""No line is set in by more quads than this."""


class Marks(Printer):
    """To be put before a printer: the same text with marks in it. Its `dot` has a `FACTOR` in front."""

    def group(self, text: str) -> str:
        """Brackets that a line may be broken inside of."""
        left, right = super().group(_HOLE).split(_HOLE)
        return f"{left}{OPEN}{text}{CLOSE}{right}"

    def terms(self, terms: Sequence[tuple[bool, str]]) -> str:
        """Each term may begin a line, with its sign."""
        (first_negative, first), *rest = terms
        text = self.negative(first) if first_negative else first
        return text + "".join(f" {TERM}{'-' if negative else '+'} {term}" for negative, term in rest)

    def minimum(self, args: Sequence[str]) -> str:
        """And each argument."""
        return super().minimum([f", {LISTED}".join(args)])

    def maximum(self, args: Sequence[str]) -> str:
        """Likewise."""
        return super().maximum([f", {LISTED}".join(args)])


def unmarked(text: str) -> str:
    """The text as it is written."""
    return _MARKS.sub("", text)


def has_terms(text: str, *marks: str) -> bool:
    """Whether some of these marks stand outside of all brackets."""
    depth = 0
    for mark in _MARKS.findall(text):
        if mark in (OPEN, CLOSE):
            depth += 1 if mark == OPEN else -1
        elif depth == 0 and mark in marks:
            return True
    return False


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line of a broken formula, and how many quads it is set in, besides what all are but the first."""

    text: str
    quads: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never broken; `cost` is that of a line that begins with it."""

    text: str
    width: float
    depth: int
    cost: float


def broken(
    marked: str, measure: Callable[[str], float], width: float, *, indent: float = QUAD, first: float = 0.0
) -> list[SetLine]:
    """The lines of a formula that is as wide as `width` at most, all in points.

    `first` is what stands before its first line, `indent` how far the others are set in.
    Raises TooNarrow where a piece that cannot be broken is wider.
    """
    pieces = list(_pieces(marked, measure))
    starts = _starts(pieces, width, indent, first)
    ends = [*starts[1:], len(pieces)]
    lines = []
    for start, end in zip(starts, ends, strict=True):
        text = "".join(piece.text for piece in pieces[start:end]).strip()
        lines.append(SetLine(text, _quads(pieces[start])))
    return lines


def _quads(piece: _Piece) -> int:
    return min(piece.depth, DEEPEST)


def _pieces(marked: str, measure: Callable[[str], float]) -> list[_Piece]:
    pieces: list[_Piece] = []
    text, depth, begun, cost = "", 0, 0, 0.0
    for part in re.split(f"({_MARKS.pattern})", marked):
        if part == OPEN:
            depth += 1
        elif part == CLOSE:
            depth -= 1
        elif part in _COSTS:
            pieces.append(_Piece(text, measure(text), begun, cost))
            text, begun, cost = "", depth, _COSTS[part] + DEEPER * depth
        else:
            text += part
    pieces.append(_Piece(text, measure(text), begun, cost))
    return pieces


def _starts(pieces: Sequence[_Piece], width: float, indent: float, first: float) -> list[int]:
    """The numbers of the pieces that begin a line, the cheapest way.

    Raises TooNarrow.
    """
    best: list[tuple[float, int]] = [(0.0, 0)]  # for each end: what it costs up to there, and where its line begins
    for end in range(1, len(pieces) + 1):
        is_last = end == len(pieces)
        ways = []
        for start, left in _lines_to(end, pieces, width, indent, first):
            short = 0.0 if is_last else RAGGED * (left / width) ** 2
            ways.append((best[start][0] + A_LINE + pieces[start].cost + short, start))
        if not ways:
            raise TooNarrow(unmarked(pieces[end - 1].text).strip(), width)
        best.append(min(ways))
    starts, end = [], len(pieces)
    while end > 0:
        end = best[end][1]
        starts.append(end)
    return starts[::-1]


def _lines_to(
    end: int, pieces: Sequence[_Piece], width: float, indent: float, first: float
) -> Iterator[tuple[int, float]]:
    """The pieces that may begin a line up to `end`, the nearest first, and what is left of such a line."""
    used = 0.0
    nearest = end - 1
    for start in range(nearest, -1, -1):
        piece = pieces[start]
        used += piece.width
        room = width - (first if start == 0 else indent + QUAD * _quads(piece))
        if used <= room:
            yield start, room - used
        elif start < nearest:  # The last piece alone may be too wide where it is set in, and fit behind others.
            break
