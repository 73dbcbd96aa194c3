"""Which devices there are, and one of them with the source of every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Notes, Paragraph, Part, Piece, Row, Strong, Table
from symcost.hardware.units import measured

if TYPE_CHECKING:
    from symcost.hardware import Device, Figure as Entry

PEAK = "peak: operations per second of dense matrix products, one MAC being two; `symcost devices NAME` has all sources"
SHOWN = {"rate": "OP/s", "bytes": "B", "bandwidth": "B/s", "clock": "Hz", "time": "s", "power": "W", "price": "USD/h"}
"""How figures of a dimension are written."""

TITLES = {
    "clock": "clocks", "matrix": "matrix products, dense", "depthwise": "depthwise convolutions",
    "vector": "lone operations", "special": "special functions", "memory": "memory", "launch": "launches",
    "links": "links, one way", "power": "power", "price": "price",
}  # fmt: skip


def listing(shelf: Iterable[Device]) -> Page:
    """What `--on` knows: name, class, peak rates of matrix products, memory, bandwidth, power."""
    known = tuple(shelf)

    def parts() -> Iterator[Part]:
        heads = ("name", "device", "class", "peak", "memory", "bandwidth", "power")
        yield Table(heads, tuple(map(_row, known)), side="left")
        yield Notes((PEAK,))

    return Page("Devices", parts, brief=parts, data=lambda: {one.id: _summary(one) for one in known}, folds=True)


def _row(device: Device) -> Row:
    rest = (_cell(device, entry) for entry in ("memory.main.size", "memory.main.bandwidth", "power.limit"))
    return Row((device.id, device.name, device.kind, _peaks(device), *rest))


def _cell(device: Device, entry: str) -> Line:
    """A figure, or nothing where it is not known."""
    figure = device.figures.get(entry)
    return "" if figure is None else _shown(figure)


def _shown(figure: Entry) -> Figure:
    found = measured(figure.text)
    assert found is not None  # it was read
    return Figure(figure.value, SHOWN[found.dimension])


LISTED = ("fp32", "fp16", "bf16", "fp8", "int8")
"""The types whose peaks stand in the table."""


def _peaks(device: Device) -> tuple[Piece, ...]:
    """`bf16 989 T, int8 1.98 P`"""
    listed: list[Piece] = []
    for dtype in device.dtypes:
        if dtype in LISTED:
            listed += [f", {dtype} " if listed else f"{dtype} ", Figure(2 * device.rate("mac", dtype))]
    return tuple(listed)


def _summary(device: Device) -> dict[str, Any]:
    return {
        "name": device.name,
        "vendor": device.vendor,
        "class": device.kind,
        "peak_flop_per_s": {dtype: plain_number(2 * device.rate("mac", dtype)) for dtype in device.dtypes},
        "bandwidth_bytes_per_s": _plain(device, "memory.main.bandwidth"),
        "memory_bytes": _plain(device, "memory.main.size"),
        "power_watts": _plain(device, "power.limit"),
        "sources": {entry: figure.source for entry, figure in device.figures.items()},
    }


def _plain(device: Device, entry: str) -> Any:
    figure = device.figures.get(entry)
    return None if figure is None else plain_number(figure.value)


# One device ------------------------------------------------------------------------------------


def page(device: Device) -> Page:
    """Every figure as its file has it, with source, date and remark."""

    def parts() -> Iterator[Part]:
        yield Paragraph((Strong(device.id), f"  {device.name}, {device.kind} by {device.vendor}", _since(device)))
        yield Table(("figure", "value", "source", "read", "remark"), tuple(_figures(device)), side="left")
        yield Notes(tuple(_notes(device)))

    return Page(device.name, parts, brief=parts, data=lambda: _data(device), folds=True)


def _since(device: Device) -> str:
    released = device.description.released
    return f", {released}" if released else ""


def _figures(device: Device) -> Iterator[Row]:
    """Group by group, each under its title."""
    headed = ""
    for entry, figure in device.figures.items():
        group, _, key = entry.partition(".")
        if group != headed:
            yield Row((TITLES[group], "", "", "", ""))
            headed = group
        many = f"{figure.copies} x " if figure.copies > 1 else ""
        under = " under load" if figure.at == "load" else ""
        yield Row((f"  {key}", f"{many}{figure.text}{under}", figure.source, figure.date, figure.note))


def _notes(device: Device) -> Iterator[str]:
    """What is derived where no figure is given, and what the file says."""
    if device.notes:
        yield device.notes
    if not any(f"special.{name}" in device.figures for name in ("exp", "div", "sqrt")):
        yield "no special-function unit: a bound takes them as one operation, an estimate as ITU-T G.191 weighs them"
    if not any(entry.startswith("vector.") for entry in device.figures):
        yield "no rate of lone operations: a bound leaves them out, an estimate asks for `vector.fp32`"
    if device.on_chip is None:
        yield "no size of memory on the chip: a bound adds nothing for what loops read again"


def _data(device: Device) -> dict[str, Any]:
    figures = {
        entry: {"value": plain_number(figure.value), "text": figure.text, "source": figure.source,
                "date": figure.date, "note": figure.note, "copies": figure.copies, "at": figure.at}
        for entry, figure in device.figures.items()
    }  # fmt: skip
    released = device.description.released
    return {"id": device.id, "name": device.name, "vendor": device.vendor, "class": device.kind,
            "released": released, "notes": device.notes, "figures": figures}  # fmt: skip
