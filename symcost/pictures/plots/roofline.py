"""The ceilings of a device, and below them the blocks of a model that take the most time.

Ceilings and points are those of `symcost eval --roofline`: every block by itself at the peak of what is busy longest,
and the whole with the bytes that have to be moved. Each level of memory whose bandwidth is known is a slope.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009, section 4
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING

from symcost.blocks import OWN
from symcost.export.numbers import share, si
from symcost.hardware import Device
from symcost.hardware.roofline import Ceiling, Point, ceilings
from symcost.pictures.plots.chart import Chart, Curve, Dot, Panel
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.timing import Timing

MOST = 12
"""Blocks that are drawn: those that take the most time."""
LEAST = Fraction(1, 100)
"""Of the time of all: blocks that take less are left out."""
NEARLY = Fraction(9, 10)
"""Of the time of a block: what takes as much of it is called like it."""
BLACK_ONE = 6
"""The place of black among the colours: memory's."""
BESIDE = 4
"""How much farther than the outermost point the axes go."""
ALONE = 64
"""How far a device without a model goes below its least ridge."""
RATE = "OP/s"


@dataclass(frozen=True, slots=True)
class Named:
    """A point with what it is called."""

    label: str
    point: Point

    @property
    def place(self) -> tuple[Fraction, Fraction]:
        """Operations a byte, operations a second."""
        assert self.point.intensity is not None
        return self.point.intensity, self.point.reached


def of_model(timing: Timing) -> Chart:
    """A model below the roof of its device, all its sizes numbers. Raises MissingValue, MissingFigure."""
    whole, apart = timing.roofline(inf)
    leaves = _distinct(_leaves(apart, apart.label))
    all_time = sum((one.point.time for one in leaves), Fraction(0))
    shown = [one for one in leaves if one.point.time >= LEAST * all_time][:MOST]
    found = ceilings(timing.device, timing.types.products)
    notes = ["a name stands at the one of its blocks that takes longest"]
    if len(leaves) > len(shown):
        left = all_time - sum((one.point.time for one in shown), Fraction(0))
        notes.append(f"left out: {len(leaves) - len(shown)} that take {share(left, all_time)} of the time")
    left_out = timing.bound().left_out
    if left_out:
        notes.append(f"{timing.device.id} has no rate for {', '.join(left_out)}: no ceiling stands for them")
    batch = f", batch {timing.batch}" if timing.batch != 1 else ""
    heading = f"{timing.model.name} on {timing.device.id}, {timing.types}{batch}"
    points = [Named("all, fused", whole), *_named_once(shown)]
    return _chart(timing.device, found, points, heading, notes)


def of_device(device: Device, dtype: str | None = None) -> Chart:
    """A device by itself: its ceilings for a number type, or those of products in all of its types.

    Raises UnknownNumberType, MissingFigure.
    """
    if dtype is not None:
        return _chart(device, ceilings(device, dtype), [], f"{device.name}, {dtype}", [])
    by_rate: dict[Fraction, list[str]] = {}
    for known in device.dtypes:
        products = ceilings(device, known)[0]
        by_rate.setdefault(products.rate, []).append(known)
    found = [Ceiling(f"{', '.join(names)} products", rate, rate / device.bandwidth) for rate, names in by_rate.items()]
    # Lone operations and special functions, as they are in the first of the types that have a rate of their own.
    others = ceilings(device, _with_vectors(device))[1:]
    return _chart(device, [*found, *others], [], device.name, [])


def _with_vectors(device: Device) -> str:
    own = [dtype for dtype in device.dtypes if f"vector.{dtype}" in device.figures]
    return "fp32" if "fp32" in own else (own or list(device.dtypes))[0]


# Points --------------------------------------------------------------------------------------------


def _leaves(point: Point, label: str) -> Iterator[Named]:
    """What has no parts that take time."""
    inside = [part for part in point.children if part.time]
    if not inside and point.operations and point.bytes:
        yield Named(label, point)
    for part in inside:
        yield from _leaves(part, _own(part, point, label) if part.kind == OWN else part.label)


def _own(part: Point, point: Point, label: str) -> str:
    """What a block does itself is called like it where that is nearly all."""
    return label if part.time >= NEARLY * point.time else f"{label} itself"


def _named_once(points: Iterable[Named]) -> Iterator[Named]:
    """The same, without the names that were there before."""
    seen: set[tuple[str, str]] = set()
    for one in points:
        key = (one.label, one.point.binds)
        yield Named("", one.point) if key in seen else one
        seen.add(key)


def _distinct(leaves: Iterable[Named]) -> list[Named]:
    """Of those that are called alike and stand in one place the first."""
    found = {(one.label, one.place): one for one in reversed(list(leaves))}
    return sorted(found.values(), key=lambda one: -one.point.time)


# The chart -----------------------------------------------------------------------------------------


def _chart(
    device: Device, found: Sequence[Ceiling], points: Sequence[Named], heading: str, notes: Sequence[str]
) -> Chart:
    ordered = sorted(found, key=lambda one: -one.rate)
    ends = _ends(ordered, points)
    slopes = list(_slopes(device, ordered, ends))
    names = [_beside(slope, level) for level, slope in slopes]

    curves: list[Curve] = []
    series: dict[str, int] = {}
    for place, ceiling in enumerate(ordered):
        number = place if place < BLACK_ONE else place + 1
        curves.append(_flat(ceiling, ends[1], number))
        series |= dict.fromkeys(_units(ceiling), number)
    dots = [Dot(*one.place, one.label, series.get(one.point.binds)) for one in points]

    drawn = (*curves, *(slope for _, slope in slopes))
    panel = Panel("operations a second", drawn, (*names, *dots), heading=heading)
    notes = [*notes, "operations: a multiply-accumulate is two, all others are one"]
    return Chart("operations a byte", (panel,), notes=tuple(notes), ends=(float(ends[0]), float(ends[1])))


def _units(ceiling: Ceiling) -> Iterator[str]:
    """What a point says that is bound by a ceiling: special functions are told together."""
    yield ceiling.name
    if ceiling.name not in ("matrix products", "lone operations"):
        yield "special functions"


def _ends(found: Sequence[Ceiling], points: Sequence[Named]) -> tuple[Fraction, Fraction]:
    ridges = [one.intensity for one in found]
    if not points:
        return min(ridges) / ALONE, max(ridges) * BESIDE
    places = [one.place[0] for one in points]
    return min(*places, *ridges) / BESIDE, max(*places, *ridges) * BESIDE


def _flat(ceiling: Ceiling, end: Fraction, number: int) -> Curve:
    """From where it binds."""
    points = [(ceiling.intensity, ceiling.rate), (end, ceiling.rate)]
    return Curve(ceiling.name, points, si(ceiling.rate, RATE), number)


def _slopes(
    device: Device, found: Sequence[Ceiling], ends: tuple[Fraction, Fraction]
) -> Iterator[tuple[str, Curve]]:  # fmt: skip
    """Each level of memory up to the highest ceiling: intensity times bandwidth."""
    highest = max(one.rate for one in found)
    for level in device.levels:
        if level.bandwidth is not None:
            name = "" if level.name == "main" else f"{level.name.upper()} "
            top = highest / level.bandwidth
            low = min(ends[0], top / BESIDE)
            slope = Curve("", [(low, low * level.bandwidth), (top, highest)], series=BLACK_ONE)
            yield f"{name}{si(level.bandwidth, 'B/s')}", slope


def _beside(slope: Curve, words: str) -> Dot:
    """A name at three quarters of the way up: there is nothing on its left."""
    (low, below), (top, above) = ((float(x), float(y)) for x, y in slope.points)
    x, y = (Fraction(first**0.25 * last**0.75) for first, last in ((low, top), (below, above)))
    return Dot(x, y, words, marked=False)
