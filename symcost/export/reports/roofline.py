"""Where the blocks of a model stand below the roofline of a device."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from symcost.blocks import OWN
from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Notes, Paragraph, Row, Strong, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from symcost.hardware.roofline import Ceiling, Point
    from symcost.timing import Timing

OPERATIONS = "operations: a multiply-accumulate is two, all others are one, special functions too"
INTENSITY = "intensity, ridge: operations a byte; memory binds below the ridge, which is that of the block's own mix"
MOST = "at most: operations a second below the roof; the ceiling is what is busy longest, all of them at their peak"
WHOLE = "(fused): what the least time counts, only the bytes that have to be moved"
APART = "blocks: each operation by itself reads its inputs and writes its results; fused ones stand farther right"
RATE = "OP/s"
DIGITS = 3
WHOLE_FROM = 1000
"""Larger ratios have no digits behind the point."""


def page(timing: Timing, ceilings: Sequence[Ceiling], points: tuple[Point, Point], depth: int, *, every: bool) -> Page:
    """The ceilings, and below them the whole and the blocks; blocks that take no time only where `every` is wanted."""
    where = f"below the roof of {timing.device.name}, {timing.types}"
    tables = (_ceilings(timing, ceilings), _blocks(points, depth, every))
    notes = Notes((OPERATIONS, INTENSITY, MOST, *_left_out(timing), WHOLE, APART))
    return Page(
        f"{timing.model.name} {where}",
        parts=lambda: (*tables, notes),
        brief=lambda: (Paragraph((Strong(timing.model.name), f"  {where}")), *tables, notes),
        records=lambda: tables[1],
        data=lambda: _data(timing, ceilings, points),
        folds=True,
    )


def _left_out(timing: Timing) -> Iterator[str]:
    left_out = timing.bound().left_out
    if left_out:
        yield f"{timing.device.id} has no rate for {', '.join(left_out)}: no ceiling stands for them"


def _ceilings(timing: Timing, ceilings: Sequence[Ceiling]) -> Table:
    rows = [Row((each.name, Figure(each.rate, RATE), _ratio(each.intensity))) for each in ceilings]
    memory = Row(("memory", Figure(timing.device.bandwidth, "B/s"), ""))
    return Table(("ceiling", "peak", "binds from"), (*rows, memory), stiff=True)


def _blocks(points: tuple[Point, Point], depth: int, every: bool) -> Table:
    fused, apart = points
    rows = [Row(("(fused)", *_figures(fused, 1)))]
    rows += [Row((label, *_figures(point, times)), level) for level, label, times, point in _told(apart, depth, every)]
    return Table(("block", "operations", "intensity", "ridge", "at most", "ceiling"), tuple(rows), stiff=True)


def _figures(point: Point, times: int) -> tuple[Line, ...]:
    """Of so many alike the operations together; all else is that of one."""
    work = Figure(times * point.operations, "")
    reached = Figure(point.reached, RATE) if point.reached else ""
    return (work, _ratio(point.intensity), _ratio(point.ridge), reached, point.binds)


def _ratio(value: Fraction | None) -> Line:
    if value is None:
        return ""
    return Figure(round(value)) if value >= WHOLE_FROM else Figure(value, digits=DIGITS)


def _told(
    point: Point, depth: int, every: bool, times: int = 1, level: int = 0
) -> Iterator[tuple[int, str, int, Point]]:
    """Level, name, how many, and one of them: equal neighbours are one row."""
    name = "(own operations)" if point.kind == OWN else point.label
    yield level, f"{times} × {name}" if times > 1 and point.kind != OWN else name, times, point
    inside = [child for child in point.children if every or child.time]
    if level < depth and any(child.kind != OWN for child in inside):
        for _, group in groupby(inside, key=lambda child: (child.label, child.operations, child.bytes)):
            first, *others = group
            yield from _told(first, depth, every, times * (1 + len(others)), level + 1)


def _data(timing: Timing, ceilings: Sequence[Ceiling], points: tuple[Point, Point]) -> Mapping[str, Any]:
    fused, apart = points
    return {
        "model": timing.model.name,
        "device": timing.device.id,
        "dtype": timing.types.products,
        "bandwidth": plain_number(timing.device.bandwidth),
        "ceilings": [
            {
                "name": each.name,
                "operations_per_second": plain_number(each.rate),
                "binds_from": plain_number(each.intensity),
            }
            for each in ceilings
        ],
        "fused": _point_data(fused),
        "by_itself": _point_data(apart),
    }


def _point_data(point: Point) -> dict[str, Any]:
    return {
        "name": point.label,
        "kind": point.kind,
        "operations": plain_number(point.operations),
        "bytes": plain_number(point.bytes),
        "intensity": None if point.intensity is None else plain_number(point.intensity),
        "ridge": None if point.ridge is None else plain_number(point.ridge),
        "operations_per_second": plain_number(point.reached),
        "ceiling": point.binds,
        "seconds": {name: plain_number(time) for name, time in point.seconds.items()},
        "blocks": [_point_data(child) for child in point.children],
    }
