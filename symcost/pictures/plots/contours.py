"""Contour lines of a grid of numbers: marching squares, the place on an edge by its logarithms or by its numbers.

Source  Lorensen & Cline, Marching Cubes, SIGGRAPH 1987, in two dimensions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import exp, log

Place = tuple[float, float]
Segment = tuple[Place, Place]
Corner = tuple[float, float, float]
"""Where a point of the grid is, and its number."""


def contour(
    xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[float]], level: float
) -> list[list[Place]]:
    """Lines on which numbers have this level; `rows` has one of them for each of `ys`, positive numbers all.

    >>> contour([1, 4], [1, 4], [[1, 4], [4, 16]], 2)
    [[(2.0, 1.0), (1.0, 2.0)]]
    """
    segments = [segment for corners in _squares(xs, ys, rows) for segment in _through(corners, level)]
    return _joined(segments)


def _squares(xs: Sequence[float], ys: Sequence[float], rows: Sequence[Sequence[float]]) -> Iterator[list[Corner]]:
    """The corners of each square, in turn around it; nothing where a number is missing (0)."""
    for row, (low, high) in enumerate(pairwise(ys)):
        for column, (left, right) in enumerate(pairwise(xs)):
            corners = [
                (left, low, rows[row][column]),
                (right, low, rows[row][column + 1]),
                (right, high, rows[row + 1][column + 1]),
                (left, high, rows[row + 1][column]),
            ]
            if all(number > 0 for _, _, number in corners):
                yield corners


def _through(corners: Sequence[Corner], level: float) -> Iterator[Segment]:
    """Where a level goes through a square: the edges on which it is, two and two in turn."""
    met = []
    for one, other in pairwise([*corners, corners[0]]):
        if (one[2] < level) != (other[2] < level):
            met.append(_place(one, other, level))
    for number in range(0, len(met), 2):
        yield met[number], met[number + 1]


def _place(one: Corner, other: Corner, level: float) -> Place:
    """Where between two corners a level is reached, if numbers grow like powers of sizes."""
    # From the same end whichever square asks: so neighbours meet in the same place.
    first, last = sorted((one, other))
    part = (log(level) - log(first[2])) / (log(last[2]) - log(first[2]))
    x, y = (_between(first[axis], last[axis], part) for axis in (0, 1))
    return x, y


def _between(low: float, high: float, part: float) -> float:
    if low == high:
        return float(low)
    return exp(log(low) + part * (log(high) - log(low)))


def _joined(segments: Sequence[Segment]) -> list[list[Place]]:
    """Segments that meet, as lines from end to end."""
    waiting = dict.fromkeys(segments)
    at: dict[Place, list[Segment]] = {}
    for segment in segments:
        for place in segment:
            at.setdefault(place, []).append(segment)
    lines = []
    while waiting:
        segment = next(iter(waiting))
        del waiting[segment]
        forth, back = list(segment), [segment[0]]
        _follow(forth, at, waiting)
        _follow(back, at, waiting)
        lines.append([*reversed(back[1:]), *forth])
    return lines


def _follow(line: list[Place], at: dict[Place, list[Segment]], waiting: dict[Segment, None]) -> None:
    """Take what is waiting at the end of a line, as far as it goes."""
    while True:
        further = [segment for segment in at[line[-1]] if segment in waiting]
        if not further:
            return
        segment = further[0]
        del waiting[segment]
        line.append(segment[1] if segment[0] == line[-1] else segment[0])
