"""A quantity of one model over two dimensions: cells from light to dark, and lines along which it is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10, sqrt

from symcost.errors import NothingToPlot, ValueTooLarge, ViolatedAssumption
from symcost.export.numbers import si
from symcost.export.subject import Subject, unknown
from symcost.pictures.plots.chart import Cell, Chart, Curve, Dot, Panel
from symcost.pictures.plots.contours import contour
from symcost.pictures.plots.over import LARGEST, in_short, kept, value, worded
from symcost.records import dataclass
from symcost.sweeping.grid import Axis

MOST = 32
"""Sizes along either axis: a thousand cells are drawn as fast by TeX as by a browser."""
COLOURS = ("FFFFD9", "EDF8B1", "C7E9B4", "7FCDBB", "41B6C4", "1D91C0")
"""YlGnBu without its darkest: safe for colour-blind readers, and black is read on each.

Source  Brewer & Harrower, ColorBrewer 2, sequential, nine classes
"""
SHADES = 64
"""Colours between the lightest and the darkest."""
MOST_LINES, MOST_STEPS = 8, 6
BLACK_ONE = 6
"""The place of black among the colours of lines."""

Row = list[float]


@dataclass(frozen=True, slots=True)
class Plane:
    """A model along the sizes of two dimensions."""

    one: Subject
    across: Axis
    up: Axis
    log_x: bool
    log_y: bool
    convention: str = "default"

    @property
    def log(self) -> bool:
        """Whether colours and lines go by powers, as one of the axes does."""
        return self.log_x or self.log_y


def heat(plane: Plane, quantities: Sequence[str]) -> Chart:
    """A panel for each quantity. Raises UnknownDimension, MissingValue, NothingToPlot, ValueTooLarge."""
    for axis in (plane.across, plane.up):
        if not plane.one.knows(axis.name):
            raise unknown(axis.name, [plane.one])
    xs, ys = _some(plane.one, plane.across, log=plane.log_x), _some(plane.one, plane.up, log=plane.log_y)
    notes: list[str] = []
    panels = tuple(_panel(plane, name, xs, ys, notes) for name in quantities)
    ends = _edges(xs, log=plane.log_x)
    return Chart(worded([plane.one], plane.across.name), panels, plane.log_x, tuple(notes), (ends[0], ends[-1]))


def _some(one: Subject, axis: Axis, *, log: bool) -> list[int]:
    """Some of the sizes, both ends among them, in equal steps or ratios."""
    count, shown = len(axis), sorted(set(axis.sizes)) if len(axis) <= MOST else []
    if not shown:
        shown = [axis.sizes[place * (count - 1) // (MOST - 1)] for place in range(MOST)]
    return kept(shown, axis, one, log=log)


def _edges(sizes: Sequence[int], *, log: bool) -> list[float]:
    """Half way between neighbours, and as far beyond the first and the last."""
    if len(sizes) == 1:
        return [sizes[0] / 2, sizes[0] * 2]
    inner = [sqrt(one * other) if log else (one + other) / 2 for one, other in pairwise(sizes)]
    first, last = sizes[0], sizes[-1]
    low = first * first / inner[0] if log else 2 * first - inner[0]
    high = last * last / inner[-1] if log else 2 * last - inner[-1]
    return [low, *inner, high]


def _panel(plane: Plane, quantity: str, xs: Sequence[int], ys: Sequence[int], notes: list[str]) -> Panel:
    rows = [[_number(plane, quantity, x, y) for x in xs] for y in ys]
    known = [number for row in rows for number in row if number > 0]
    if not known:
        raise NothingToPlot(quantity, f"{plane.across.name} and {plane.up.name}")
    if len(known) < len(xs) * len(ys):
        notes.append(f"white: {in_short(quantity)} is 0 there, or the sizes are against what is assumed")
    cells = tuple(_cells(plane, xs, ys, rows, min(known), max(known)))
    lines = list(_lines(plane, xs, ys, rows, min(known), max(known)))
    heading = f"{plane.one.label}: {in_short(quantity)}, {si(_whole(min(known)))} to {si(_whole(max(known)))}"
    ends = _edges(ys, log=plane.log_y)
    return Panel(
        worded([plane.one], plane.up.name),
        tuple(line for line, _ in lines),
        tuple(name for _, name in lines),
        log=plane.log_y,
        cells=cells,
        heading=heading,
        ends=(ends[0], ends[-1]),
    )


def _number(plane: Plane, quantity: str, x: int, y: int) -> float:
    """At a pair of sizes; 0 where these are against what is assumed."""
    try:
        found = value(plane.one, quantity, plane.convention, {plane.across.name: x, plane.up.name: y})
    except ViolatedAssumption:
        return 0.0
    if found > LARGEST:
        raise ValueTooLarge(f"{quantity} at {plane.across.name} = {x} is more than a picture can show")
    return float(found)


def _whole(number: float) -> int:
    return round(number)


# Colours and lines ---------------------------------------------------------------------------------


def _cells(
    plane: Plane, xs: Sequence[int], ys: Sequence[int], rows: Sequence[Row], least: float, most: float
) -> Iterator[Cell]:  # fmt: skip
    """Neighbours of one colour are one cell."""
    across = _edges(xs, log=plane.log_x)
    for row, (low, high) in zip(rows, pairwise(_edges(ys, log=plane.log_y)), strict=True):
        begun = 0
        colours = [_colour(number, least, most, log=plane.log) for number in row]
        for place in range(1, len(row) + 1):
            if place == len(row) or colours[place] != colours[begun]:
                yield Cell((across[begun], across[place]), (low, high), colours[begun])
                begun = place


def _colour(number: float, least: float, most: float, *, log: bool) -> str:
    """By the logarithm, or by the number; white where there is none."""
    if number <= 0:
        return "FFFFFF"
    low, own, high = (log10(one) if log else one for one in (least, number, most))
    part = 0.0 if low == high else (own - low) / (high - low)
    part = round(part * SHADES) / SHADES * (len(COLOURS) - 1)
    first = min(int(part), len(COLOURS) - 2)
    mixed = [
        round(low + (part - first) * (high - low))
        for low, high in zip(_channels(COLOURS[first]), _channels(COLOURS[first + 1]), strict=True)
    ]
    return "".join(f"{channel:02X}" for channel in mixed)


def _channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour))


def _lines(
    plane: Plane, xs: Sequence[int], ys: Sequence[int], rows: Sequence[Row], least: float, most: float
) -> Iterator[tuple[Curve, Dot]]:  # fmt: skip
    """Lines of equal numbers, each with its number in its middle."""
    if len(xs) < 2 or len(ys) < 2:
        return
    for level in _levels(least, most, log=plane.log):
        for line in contour(xs, ys, rows, level):
            curve = Curve("", [(Fraction(x), Fraction(y)) for x, y in line], series=BLACK_ONE, thin=True)
            x, y = curve.points[len(line) // 2]
            yield curve, Dot(x, y, _short(level), marked=False)


def _short(level: float) -> str:
    """`10 M`: a level has no digits behind the point."""
    return re.sub(r"\.0+(?= )", "", si(_whole(level)))


def _levels(least: float, most: float, *, log: bool) -> list[float]:
    """Powers of ten, or 1, 2 and 5 of a few; without powers, steps of 1, 2 or 5 that are few."""
    if not log:
        finest = (most - least) / MOST_STEPS
        power = 10.0 ** floor(log10(finest)) if finest > 0 else 1.0
        step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= finest)
        return [step * number for number in range(1, ceil(most / step)) if least < step * number < most]
    low, high = floor(log10(least)), floor(log10(most))
    powers = [10.0**power for power in range(low, high + 1) if least < 10.0**power < most]
    if len(powers) <= 2:
        finer = [digit * 10.0**power for power in range(low, high + 1) for digit in (1, 2, 5)]
        return [level for level in finer if least < level < most]
    return powers[:: ceil(len(powers) / MOST_LINES)]
