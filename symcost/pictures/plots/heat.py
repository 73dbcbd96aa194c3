"""A quantity of one model over two dimensions: cells from light to dark, and lines along which it is the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
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
MOST_LINES, MOST_STEPS, FEW = 8, 6, 2
WHITE = "FFFFFF"
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

    def demand_known(self) -> None:
        """Raises UnknownDimension where the model has not both dimensions."""
        for axis in (self.across, self.up):
            if not self.one.knows(axis.name):
                raise unknown(axis.name, [self.one])


@dataclass(frozen=True, slots=True)
class Field:
    """Numbers on a grid, a row for each of `ys`; 0 where sizes are against what is assumed."""

    plane: Plane
    xs: Sequence[int]
    ys: Sequence[int]
    rows: Sequence[Row]

    @property
    def known(self) -> list[float]:
        """Those above 0."""
        return [number for row in self.rows for number in row if number > 0]

    @property
    def least(self) -> float:
        """The least of these."""
        return min(self.known)

    @property
    def most(self) -> float:
        """The largest."""
        return max(self.known)

    def colour(self, number: float) -> str:
        """By the logarithm, or by the number; white where there is none."""
        if number <= 0:
            return WHITE
        low, own, high = (log10(one) if self.plane.log else one for one in (self.least, number, self.most))
        return _mixed(0.0 if low == high else (own - low) / (high - low))


def heat(plane: Plane, quantities: Sequence[str]) -> Chart:
    """A panel for each quantity. Raises UnknownDimension, MissingValue, NothingToPlot, ValueTooLarge."""
    plane.demand_known()
    xs = _some(plane.one, plane.across, log=plane.log_x)
    ys = _some(plane.one, plane.up, log=plane.log_y)
    notes: list[str] = []
    panels = tuple(_panel(plane, name, xs, ys, notes) for name in quantities)
    axis = worded([plane.one], plane.across.name)
    return Chart(axis, panels, plane.log_x, tuple(notes), _outer(xs, log=plane.log_x))


def _some(one: Subject, axis: Axis, *, log: bool) -> list[int]:
    """Some of the sizes, both ends among them, in equal steps or ratios."""
    last = len(axis) - 1
    if last < MOST:
        return kept(sorted(set(axis.sizes)), axis, one, log=log)
    shown = [axis.sizes[place * last // (MOST - 1)] for place in range(MOST)]
    return kept(shown, axis, one, log=log)


def _edges(sizes: Sequence[int], *, log: bool) -> list[float]:
    """Half way between neighbours, and as far beyond the first and the last."""
    if len(sizes) == 1:
        return [sizes[0] / 2, sizes[0] * 2]
    halves = _ratios if log else _steps
    return halves(sizes)


def _ratios(sizes: Sequence[int]) -> list[float]:
    inner = [sqrt(one * other) for one, other in pairwise(sizes)]
    return [sizes[0] ** 2 / inner[0], *inner, sizes[-1] ** 2 / inner[-1]]


def _steps(sizes: Sequence[int]) -> list[float]:
    inner = [(one + other) / 2 for one, other in pairwise(sizes)]
    return [2 * sizes[0] - inner[0], *inner, 2 * sizes[-1] - inner[-1]]


def _outer(sizes: Sequence[int], *, log: bool) -> tuple[float, float]:
    """From where to where an axis goes."""
    edges = _edges(sizes, log=log)
    return edges[0], edges[-1]


def _panel(plane: Plane, quantity: str, xs: Sequence[int], ys: Sequence[int], notes: list[str]) -> Panel:
    field = Field(plane, xs, ys, [_row(plane, quantity, xs, y) for y in ys])
    known = field.known
    if not known:
        raise NothingToPlot(quantity, f"{plane.across.name} and {plane.up.name}")
    if len(known) < len(xs) * len(ys):
        notes.append(f"white: {in_short(quantity)} is 0 there, or the sizes are against what is assumed")
    lines = list(_lines(field))
    ends = " to ".join(si(round(end)) for end in (field.least, field.most))
    return Panel(
        worded([plane.one], plane.up.name),
        tuple(line for line, _ in lines),
        tuple(name for _, name in lines),
        log=plane.log_y,
        cells=tuple(_cells(field)),
        heading=f"{plane.one.label}: {in_short(quantity)}, {ends}",
        ends=_outer(ys, log=plane.log_y),
    )


def _row(plane: Plane, quantity: str, xs: Sequence[int], y: int) -> Row:
    return [_number(plane, quantity, x, y) for x in xs]


def _number(plane: Plane, quantity: str, x: int, y: int) -> float:
    """At a pair of sizes; 0 where these are against what is assumed."""
    try:
        found = value(plane.one, quantity, plane.convention, {plane.across.name: x, plane.up.name: y})
    except ViolatedAssumption:
        return 0.0
    if found > LARGEST:
        raise ValueTooLarge(f"{quantity} at {plane.across.name} = {x} is more than a picture can show")
    return float(found)


# Colours and lines ---------------------------------------------------------------------------------


def _cells(field: Field) -> Iterator[Cell]:
    """The rows from below."""
    plane = field.plane
    across = _edges(field.xs, log=plane.log_x)
    rows = pairwise(_edges(field.ys, log=plane.log_y))
    for row, up in zip(field.rows, rows, strict=True):
        yield from _cells_of_row(list(map(field.colour, row)), across, up)


def _cells_of_row(colours: Sequence[str], across: Sequence[float], up: tuple[float, float]) -> Iterator[Cell]:
    """Neighbours of one colour are one cell."""
    begun = 0
    for colour, alike in groupby(colours):
        end = begun + len(list(alike))
        yield Cell((across[begun], across[end]), up, colour)
        begun = end


def _mixed(part: float) -> str:
    """The colour at a part of the way from the lightest to the darkest."""
    place = round(part * SHADES) / SHADES * (len(COLOURS) - 1)
    first = min(int(place), len(COLOURS) - 2)
    ends = zip(_channels(COLOURS[first]), _channels(COLOURS[first + 1]), strict=True)
    mixed = (round(low + (place - first) * (high - low)) for low, high in ends)
    return "".join(f"{channel:02X}" for channel in mixed)


def _channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour))


def _lines(field: Field) -> Iterator[tuple[Curve, Dot]]:
    """Lines of equal numbers, each with its number in its middle."""
    for level in _levels(field.least, field.most, log=field.plane.log):
        for line in contour(field.xs, field.ys, field.rows, level):
            curve = Curve("", [(Fraction(x), Fraction(y)) for x, y in line], series=BLACK_ONE, thin=True)
            x, y = curve.points[len(line) // 2]
            yield curve, Dot(x, y, _short(level), marked=False)


def _short(level: float) -> str:
    """`10 M`: a level has no digits behind the point."""
    return re.sub(r"\.0+(?= )", "", si(round(level)))


def _levels(least: float, most: float, *, log: bool) -> list[float]:
    """Powers of ten, or 1, 2 and 5 of a few; without powers, steps that are few."""
    if least == most:
        return []
    if not log:
        return _even_levels(least, most)
    low, high = floor(log10(least)), floor(log10(most))
    finer = [digit * 10.0**power for power in range(low, high + 1) for digit in (1, 2, 5)]
    powers = _between(finer[::3], least, most)
    if len(powers) <= FEW:
        return _between(finer, least, most)
    return powers[:: ceil(len(powers) / MOST_LINES)]


def _even_levels(least: float, most: float) -> list[float]:
    """In steps of 1, 2 or 5 of a power of ten."""
    finest = (most - least) / MOST_STEPS
    power = 10.0 ** floor(log10(finest))
    step = next(digit * power for digit in (1, 2, 5, 10) if digit * power >= finest)
    return _between([step * number for number in range(1, ceil(most / step))], least, most)


def _between(levels: Sequence[float], least: float, most: float) -> list[float]:
    return [level for level in levels if least < level < most]
