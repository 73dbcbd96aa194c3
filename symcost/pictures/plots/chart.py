"""What a plot shows, before anything is drawn: panels of curves and dots over one axis."""

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
DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.5), (1.2, 1.2), (5, 1.5, 1.2, 1.5), (3, 1.5), (8, 2))
"""How lines are told apart in print without colours: points of line and gap."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Exact numbers along a dimension; `label` is its name, `remark` what stands below it."""

    label: str
    points: Sequence[tuple[Number, Number]]
    remark: str = ""
    series: int = 0

    @property
    def colour(self) -> str:
        """Six hexadecimal digits."""
        return COLOURS[self.series % len(COLOURS)]

    @property
    def dashes(self) -> tuple[float, ...]:
        """Nothing for a line without gaps."""
        return DASHES[self.series % len(DASHES)]


@dataclass(frozen=True, slots=True)
class Dot:
    """A place with a name."""

    x: Number
    y: Number
    label: str
    series: int | None = None

    @property
    def colour(self) -> str:
        """Black where it belongs to no series."""
        return "000000" if self.series is None else COLOURS[self.series % len(COLOURS)]


@dataclass(frozen=True, slots=True)
class Shade:
    """A stretch of the axis with a background of its own."""

    low: Number
    high: Number
    label: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    words: str
    curves: tuple[Curve, ...] = ()
    dots: tuple[Dot, ...] = ()
    shades: tuple[Shade, ...] = ()
    log: bool = True

    @property
    def places(self) -> Iterator[tuple[Number, Number]]:
        """All that has to be within the axes."""
        for curve in self.curves:
            yield from curve.points
        for dot in self.dots:
            yield dot.x, dot.y


@dataclass(frozen=True, slots=True)
class Chart:
    """Panels below each other over one axis. `notes` say what is left out."""

    axis: str
    panels: tuple[Panel, ...]
    log: bool = True
    notes: tuple[str, ...] = field(default=())
