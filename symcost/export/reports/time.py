"""What a model takes on a device at least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from symcost.blocks import OWN
from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Notes, Paragraph, Row, Strong, Table
from symcost.export.shares import shares
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.hardware import Bound, Estimate, Footprint
    from symcost.timing import Measured

LEAST = "at least: every unit at its peak, all of them and memory at once, no launches, data in main memory first"
ALL = "arithmetic: all operations of the text, also those whose results nobody reads; to move: only what is read"
ALIKE = "alternatives of a `choose`: at least as many as one position takes, where all positions choose alike"
APART = "blocks: each operation by itself reads its inputs and writes its results; fused ones move less"
ALIVE = "needs: parameters and what is carried; what lives at once besides, if nothing is written over, is told apart"


def page(found: Measured, depth: int, *, every: bool = False) -> Page:
    """The least time, with what binds it; whether it fits; by block and by class, if each operation is by itself.

    Blocks that take no time are for programs, or where `every` one is wanted.
    """
    where = f"on {found.device.name}, {found.types}{_batched(found.batch)}"
    tables = (_least(found), _blocks(found.apart, depth, every), _classes(found.apart))
    notes = Notes(tuple(_notes(found)))
    return Page(
        f"{found.model} {where}",
        parts=lambda: (*tables, notes),
        brief=lambda: (Paragraph((Strong(found.model), f"  {where}")), *tables, notes),
        records=lambda: _records(found.least, found.apart, depth),
        data=lambda: _data(found),
        folds=True,
    )


def _batched(batch: int) -> str:
    return "" if batch == 1 else f", {batch} at a time"


def _notes(found: Measured) -> Iterator[str]:
    """What has to be known of the figures."""
    longer, shorter = _by_length(found.apart)
    yield LEAST
    yield ALL
    if found.least != found.every:
        yield ALIKE
    if found.least.left_out:
        yield f"{found.device.id} has no rate for {', '.join(found.least.left_out)}: the least time is without them"
    if found.profile is not None:
        yield f"likely: profile {found.profile.id}, {found.profile.source}"
    yield ALIVE
    yield APART
    yield f"time: a block's part of all {longer}, which takes longer than all {shorter}, each operation by itself"


def _least(found: Measured) -> Table:
    """The least time, and the two of which it is the larger; and the memory that is needed."""
    least, every = found.least, found.every
    moved = ("to move ", Figure(least.bytes, "B"), ": what is read of inputs and parameters, and results, once")
    rows = [
        Row(("at least", Figure(least.time, "s"), least.binds)),
        Row(("  arithmetic", Figure(least.compute, "s"), least.busiest)),
        Row(("  memory", Figure(least.memory, "s"), moved)),
    ]
    if least.again:
        times = least.memory * least.again / least.bytes
        again = ("of these ", Figure(least.again, "B"), " in further rounds of loops: more than stays on the chip")
        rows.append(Row(("  again", Figure(times, "s"), again)))
    if found.likely is not None and found.profile is not None:
        around = (Figure(found.likely.low, "s"), " to ", Figure(found.likely.high, "s"), f", {found.profile.words}")
        rows.append(Row(("likely", Figure(found.likely.time, "s"), around)))
    if every != least:
        chosen = ("to move ", Figure(every.bytes, "B"), " where every alternative is chosen")
        rows.append(Row(("  or", Figure(every.memory, "s"), chosen)))
    for rated in found.rated:
        lasts = (Figure(rated.seconds, "s"), f" of {rated.name}: the least time is so much of it")
        rows.append(Row(("real time", Figure(least.time / rated.seconds, digits=3), lasts)))
    if found.batch > 1 and least.time:
        rows.append(Row(("at most", Figure(found.batch / least.time, "/s"), "examples a second")))
    rows.append(Row(("needs", Figure(found.footprint.least, "B"), _fits(found.footprint))))
    return Table(("", "time", "what"), tuple(rows), Layout.LINES)


def _fits(footprint: Footprint) -> Line:
    """`does not fit: 811 GB of 24.0 GB`"""
    if footprint.size is None:
        return "needed; how much there is the device file does not say"
    needed, there = Figure(footprint.least, "B"), Figure(footprint.size, "B")
    match footprint.verdict:
        case "does not fit":
            return ("does not fit: ", needed, " of ", there)
        case "fits":
            return ("fits: ", Figure(footprint.most, "B"), " of ", there, " with all that lives at once")
        case _ if footprint.alive is None:
            return ("fits without what lives at once besides: ", needed, " of ", there)
        case _:
            return (
                "for parameters and state alone, of ",
                there,
                "; ",
                Figure(footprint.most, "B"),
                " if no result is written over another",
            )


def _records(least: Bound, apart: Estimate, depth: int) -> Table:
    """The blocks, and before them the least time of all."""
    blocks = _blocks(apart, depth, every=True)
    times = (Figure(least.time, "s"), Figure(least.compute, "s"), Figure(least.memory, "s"))
    return replace(blocks, rows=(Row(("(at least)", *times, least.binds)), *blocks.rows))


def _by_length(apart: Estimate) -> tuple[str, str]:
    """What the whole waits for, and what goes on in the meantime."""
    return ("arithmetic", "traffic") if apart.bound == "compute-bound" else ("traffic", "arithmetic")


def _blocks(least: Estimate, depth: int, every: bool) -> Table:
    """Arithmetic and memory of each block, and its part of the time of the whole.

    That is its part of what binds the whole, so that the parts add up: the larger of the two in each block would not.
    """
    gathered = list(_gathered(least, 1, 0, depth, every))
    parts = [times * (part.compute if least.compute >= least.memory else part.memory) for *_, times, part in gathered]
    tenths = shares([level for level, *_ in gathered], parts)
    rows = []
    for (level, label, times, part), seconds, share in zip(gathered, parts, tenths, strict=True):
        # Of nothing there are no shares.
        spent = Figure(seconds, "s", whole=least.time, tenths=share) if least.time else Figure(seconds, "s")
        apart = (Figure(times * part.compute, "s"), Figure(times * part.memory, "s"))
        rows.append(Row((label, spent, *apart, part.bound), level))
    return Table(("block", "time", "arithmetic", "memory", "bound"), tuple(rows), stiff=True)


def _classes(least: Estimate) -> Table:
    rows = [Row((name, Figure(seconds, "s"), question(name).words)) for name, seconds in least.seconds.items()]
    moved = ("to move ", Figure(least.bytes, "B"), ", each operation by itself")
    rows.append(Row(("memory", Figure(least.memory, "s"), moved)))
    return Table(("class", "time", "what it counts"), tuple(rows), Layout.LINES, stiff=True)


def _gathered(
    block: Estimate, times: int, level: int, depth: int, every: bool
) -> Iterator[tuple[int, str, int, Estimate]]:
    """Level, name, how many, and one of them: equal neighbours are one row, what takes no time none."""
    yield level, _counted(block, times), times, block
    inside = _told(block.children, every)
    if level >= depth or _only_own(inside):
        return

    for _, group in groupby(inside, key=lambda child: (child.label, child.seconds, child.bytes)):
        first, *others = group
        yield from _gathered(first, times * (1 + len(others)), level + 1, depth, every)


def _told(blocks: Iterable[Estimate], every: bool) -> list[Estimate]:
    """Those that take time, unless `every` block is wanted."""
    return [block for block in blocks if every or block.time]


def _only_own(inside: Iterable[Estimate]) -> bool:
    """Whether there is nothing inside that the row of the block does not say already."""
    return all(child.kind == OWN for child in inside)


def _counted(block: Estimate, times: int) -> str:
    """`12 × Layer`; operations of a block itself are not counted."""
    return f"{times} × {block.label}" if times > 1 and block.kind != OWN else _name(block)


def _name(block: Estimate) -> str:
    """What takes time of what a block does itself are operations, though they only move its parameters."""
    return "(own operations)" if block.kind == OWN else block.label


def _data(found: Measured) -> Mapping[str, Any]:
    """The least time, and under `by_itself` the blocks if each operation is by itself."""
    least, footprint = found.least, found.footprint
    return {
        "model": found.model,
        "device": found.device.id,
        "dtype": found.types.products,
        "types": {**found.types.widths.types, "products": found.types.products},
        "batch": found.batch,
        "least_seconds": plain_number(least.time),
        "bound": least.binds,
        "arithmetic_seconds": plain_number(least.compute),
        "unit_seconds": {name: plain_number(time) for name, time in least.units.items()},
        "memory_seconds": plain_number(least.memory),
        "bytes": plain_number(least.bytes),
        "bytes_again": plain_number(least.again),
        "left_out": list(least.left_out),
        "likely": _likely_data(found),
        "real_time_factors": {rated.name: plain_number(least.time / rated.seconds) for rated in found.rated},
        "fits": footprint.verdict,
        "needed_bytes": plain_number(footprint.least),
        "alive_bytes": None if footprint.alive is None else plain_number(footprint.alive),
        "memory_bytes": None if footprint.size is None else plain_number(footprint.size),
        "by_itself": _block_data(found.apart),
    }


def _likely_data(found: Measured) -> Mapping[str, Any] | None:
    """The likely time with its range, and the profile; nothing without one."""
    if found.likely is None or found.profile is None:
        return None
    return {
        "profile": found.profile.id,
        "seconds": plain_number(found.likely.time),
        "low_seconds": plain_number(found.likely.low),
        "high_seconds": plain_number(found.likely.high),
    }


def _block_data(block: Estimate) -> dict[str, Any]:
    """A block with its seconds and bytes, and the blocks inside it."""
    return {
        "name": _name(block),
        "kind": block.kind,
        "seconds": plain_number(block.time),
        "bound": block.bound,
        "arithmetic_seconds": {name: plain_number(time) for name, time in block.seconds.items()},
        "memory_seconds": plain_number(block.memory),
        "bytes": plain_number(block.bytes),
        "blocks": [_block_data(child) for child in block.children],
    }
