"""What a model takes on a device at least, and which devices there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Notes, Paragraph, Part, Piece, Row, Strong, Table
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.hardware import Bound, Device, Estimate

LEAST = "at least: every unit at its peak, all of them and memory at the same time, nothing for launches"
ALIKE = "alternatives of a `choose`: at least as many as one position takes, where all positions choose alike"
APART = "blocks: each operation by itself reads its inputs and writes its results; fused ones move less"
PEAK = "peak: operations per second of matrix products, one MAC being two"


def page(model: str, device: Device, dtype: str, bounds: tuple[Bound, Bound], apart: Estimate, depth: int) -> Page:
    """The least time, with what binds it; by block and by class, if each operation is by itself.

    `bounds`: under `choose` with the alternatives of one position, and with all of them.
    """
    where = f"on {device.name}, {dtype}"
    tables = (_least(*bounds), _blocks(apart, depth), _classes(apart))
    notes = Notes((LEAST, *((ALIKE,) if bounds[0] != bounds[1] else ()), APART))
    return Page(
        f"{model} {where}",
        parts=lambda: (*tables, notes),
        brief=lambda: (Paragraph((Strong(model), f"  {where}")), *tables, notes),
        records=lambda: tables[1],
        data=lambda: _data(model, device, dtype, bounds[0], apart),
        folds=True,
    )


def _least(least: Bound, every: Bound) -> Table:
    """The least time, and the two of which it is the larger."""
    moved = ("to move ", Figure(least.bytes, "B"), ": what is read of inputs and parameters, and results, once")
    rows = [
        Row(("at least", Figure(least.time, "s"), least.binds)),
        Row(("  arithmetic", Figure(least.compute, "s"), least.busiest)),
        Row(("  memory", Figure(least.memory, "s"), moved)),
    ]
    if every != least:
        chosen = ("to move ", Figure(every.bytes, "B"), " where every alternative is chosen")
        rows.append(Row(("  or", Figure(every.memory, "s"), chosen)))
    return Table(("", "time", "what"), tuple(rows), Layout.LINES, stiff=True)


def _blocks(least: Estimate, depth: int) -> Table:
    rows = []
    for level, label, times, part in _gathered(least, 1, 0, depth):
        spent = Figure(times * part.time, "s", whole=least.time)
        apart = (Figure(times * part.compute, "s"), Figure(times * part.memory, "s"))
        rows.append(Row((label, spent, *apart, part.bound), level))
    return Table(("block", "time", "arithmetic", "memory", "bound"), tuple(rows), stiff=True)


def _classes(least: Estimate) -> Table:
    rows = [Row((name, Figure(seconds, "s"), question(name).words)) for name, seconds in least.seconds.items()]
    moved = ("to move ", Figure(least.bytes, "B"), ", each operation by itself")
    rows.append(Row(("memory", Figure(least.memory, "s"), moved)))
    return Table(("class", "time", "what it counts"), tuple(rows), Layout.LINES, stiff=True)


def _gathered(block: Estimate, times: int, level: int, depth: int) -> Iterator[tuple[int, str, int, Estimate]]:
    """Level, name, how many, and one of them: equal neighbours are one row."""
    yield level, f"{times} × {block.label}" if times > 1 else block.label, times, block
    if level < depth:
        for _, group in groupby(block.children, key=lambda child: (child.label, child.seconds, child.bytes)):
            first, *others = group
            yield from _gathered(first, times * (1 + len(others)), level + 1, depth)


def _data(model: str, device: Device, dtype: str, least: Bound, apart: Estimate) -> Mapping[str, Any]:
    """The least time, and under `by_itself` the blocks if each operation is by itself."""
    return {
        "model": model,
        "device": device.id,
        "dtype": dtype,
        "least_seconds": least.time,
        "bound": least.binds,
        "arithmetic_seconds": least.compute,
        "memory_seconds": least.memory,
        "bytes": least.bytes,
        "by_itself": _block_data(apart),
    }


def _block_data(block: Estimate) -> dict[str, Any]:
    """A block with exact seconds and bytes, and the blocks inside it."""
    return {
        "name": block.label,
        "kind": block.kind,
        "seconds": block.time,
        "bound": block.bound,
        "arithmetic_seconds": dict(block.seconds),
        "memory_seconds": block.memory,
        "bytes": block.bytes,
        "blocks": [_block_data(child) for child in block.children],
    }


# The shelf -------------------------------------------------------------------------------------


def devices(shelf: Iterable[Device]) -> Page:
    """What `--on` knows: name, peak rates of matrix products, bandwidth."""
    known = tuple(shelf)

    def parts() -> Iterator[Part]:
        rows = (Row((one.id, one.name, _peaks(one), Figure(one.bandwidth, "B/s"))) for one in known)
        yield Table(("name", "device", "peak", "bandwidth"), tuple(rows), side="left")
        yield Notes((PEAK,))

    return Page("Devices", parts, brief=parts, data=lambda: {one.id: _device_data(one) for one in known}, folds=True)


def _peaks(device: Device) -> tuple[Piece, ...]:
    """`bf16 989 T, int8 1.98 P`"""
    listed: list[Piece] = []
    for dtype in device.dtypes:
        listed += [f", {dtype} " if listed else f"{dtype} ", Figure(2 * device.rate("mac", dtype))]
    return tuple(listed)


def _device_data(device: Device) -> dict[str, Any]:
    return {
        "name": device.name,
        "vendor": device.vendor,
        "peak_flop_per_s": {dtype: 2 * device.rate("mac", dtype) for dtype in device.dtypes},
        "bandwidth_bytes_per_s": device.bandwidth,
        "sources": {entry: figure.source for entry, figure in device.figures.items()},
    }
