"""What a plot shows, before anything is drawn: panels of curves, bands, fields and dots over one axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from fractions import Fraction

from symcost.records import dataclass

Number = int | Fraction

COLOURS = ("0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9", "000000")
"""Okabe and Ito's, the darkest on white first.

Source  Okabe & Ito, Color Universal Design, 2002
"""
FILLS = (*COLOURS[:-1], "F0E442")
"""The same for areas, where black would hide all and yellow is seen."""
BLACK, REST = "000000", "BBBBBB"
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.5), (1.2, 1.2), (5, 1.5, 1.2, 1.5), (3, 1.5), (8, 2))
"""How lines are told apart in print without colours: points of line and gap."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A name beside the right end of something, at the place that it speaks of; `remark` stands below it."""

    label: str
    remark: str
    colour: str
    place: tuple[Number, Number]


@dataclass(frozen=True, slots=True)
class Curve:
    """Exact numbers along a dimension; `label` is its name, `remark` what stands below it. `thin`: as a help only."""

    label: str
    points: Sequence[tuple[Number, Number]]
    remark: str = ""
    series: int = 0
    thin: bool = False

    @property
    def colour(self) -> str:
        """Six hexadecimal digits."""
        return COLOURS[self.series % len(COLOURS)]

    @property
    def dashes(self) -> tuple[float, ...]:
        """Nothing for a line without gaps."""
        return DASHES[self.series % len(DASHES)]

    @property
    def ending(self) -> Ending:
        """Where its name stands."""
        return Ending(self.label, self.remark, self.colour, self.points[-1])


@dataclass(frozen=True, slots=True)
class Band:
    """What lies between two numbers at each size: a part of several that stand on each other."""

    label: str
    points: Sequence[tuple[Number, Number, Number]]
    """Size, lower and upper end."""
    remark: str = ""
    series: int | None = 0

    @property
    def colour(self) -> str:
        """Six hexadecimal digits; grey for what is left over."""
        return REST if self.series is None else FILLS[self.series % len(FILLS)]

    @property
    def ending(self) -> Ending:
        """Its name, in black: letters in the colours of areas are hard to read."""
        size, low, high = self.points[-1]
        return Ending(self.label, self.remark, BLACK, (size, (low + Fraction(high)) / 2))


@dataclass(frozen=True, slots=True)
class Cell:
    """A rectangle of one colour, by its ends along both axes."""

    x: tuple[float, float]
    y: tuple[float, float]
    colour: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A place with a name; `marked`: with a point that can be seen."""

    x: Number
    y: Number
    label: str
    series: int | None = None
    marked: bool = True

    @property
    def colour(self) -> str:
        """Black where it belongs to no series."""
        return BLACK if self.series is None else COLOURS[self.series % len(COLOURS)]


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of the axis with a background of its own."""

    low: Number
    high: Number
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes. `heading` stands above it; `ends`: from where to where the axis of values goes."""

    words: str
    curves: tuple[Curve, ...] = ()
    dots: tuple[Dot, ...] = ()
    shades: tuple[Shade, ...] = ()
    log: bool = True
    bands: tuple[Band, ...] = ()
    cells: tuple[Cell, ...] = ()
    heading: str = ""
    ends: tuple[float, float] | None = None

    @property
    def endings(self) -> list[Ending]:
        """The names that stand beside the axes."""
        curves = [curve.ending for curve in self.curves if curve.label]
        return curves + [band.ending for band in self.bands]

    @property
    def places(self) -> Iterator[tuple[Number, Number]]:
        """All that has to be within the axes."""
        for curve in self.curves:
            yield from curve.points
        for band in self.bands:
            yield from ((x, y) for x, *ends in band.points for y in ends)
        for dot in self.dots:
            yield dot.x, dot.y

    @property
    def colours(self) -> set[str]:
        """All that it is drawn with, letters included."""
        drawn = {curve.colour for curve in self.curves} | {band.colour for band in self.bands}
        drawn |= {dot.colour for dot in self.dots} | {cell.colour for cell in self.cells}
        return drawn | {ending.colour for ending in self.endings}


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels below each other over one axis. `notes` say what is left out."""

    axis: str
    panels: tuple[Panel, ...]
    log: bool = True
    notes: tuple[str, ...] = field(default=())
    ends: tuple[float, float] | None = None
    """From where to where the common axis goes; None: as far as there is anything."""
