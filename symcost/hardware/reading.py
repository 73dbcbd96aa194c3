"""A device file, schema 2: which entries there are, what each measures, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from symcost.analysis.memory.widths import WIDTHS as ALL_WIDTHS
from symcost.datafile import Shelf, Table
from symcost.errors import (
    FigureTooHigh,
    LevelTooLarge,
    MissingUnit,
    NewerSchema,
    OldSchema,
    OtherUnit,
    SparseFigure,
    UnknownDevice,
    WrongEntry,
)
from symcost.hardware.units import EXAMPLES, WORDS, measured
from symcost.records import dataclass

SCHEMA = 2
"""The version of the device files that this code reads."""

DTYPES = ("fp64", "fp32", "tf32", "fp16", "bf16", "fp8", "fp4", "int16", "int8", "int4")
"""Number types that devices multiply."""

WIDTHS: Mapping[str, Fraction] = MappingProxyType({name: ALL_WIDTHS[name] for name in DTYPES})
"""Bytes of one number in memory, by number type. TF32 is stored as FP32."""

SPECIAL = ("div", "exp", "sqrt")
LEVELS = ("l1", "l2", "l3", "main")
"""Memory from the nearest to the farthest; `l1` is all that a core has for itself, registers of a GPU included."""

LINKS = ("nvlink", "fabric", "ici", "pcie", "usb", "network")
"""Links to other devices and to the host; bytes a second in one direction."""

GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "clock": ("clock", ("load", "boost")),
        "matrix": ("rate", DTYPES),
        "depthwise": ("rate", DTYPES),
        "vector": ("rate", DTYPES),
        "special": ("rate", SPECIAL),
        "launch": ("time", ("alone", "queued", "graph")),
        "power": ("power", ("idle", "typical", "limit")),
        "price": ("price", ("hour",)),
    }
)
"""Tables of figures: what these measure, and their keys. `launch`: a kernel that is waited for, one behind others,
one of a captured graph."""

RISING = (
    ("clock", "load", "boost"),
    ("power", "idle", "typical"),
    ("power", "typical", "limit"),
    ("power", "idle", "limit"),
)
"""A table, and two figures of it of which the first is never above the second."""

NESTED: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = MappingProxyType(
    {
        "memory": (LEVELS, {"size": "bytes", "bandwidth": "bandwidth"}),
        "links": (LINKS, {"bandwidth": "bandwidth", "latency": "time"}),
    }
)
"""Tables of tables: the inner ones, and what their keys measure."""

RATES = ("matrix", "depthwise", "vector", "special")
SPARSE = re.compile(r"\bspars\w*", re.IGNORECASE)
DATE = re.compile(r"(19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")

SHELF = Shelf(f"{__package__}.devices", UnknownDevice)


@dataclass(frozen=True, slots=True)
class Description:
    """What a device is: its name on the command line, its full name, vendor, class, when it came out, what to know."""

    id: str
    name: str
    vendor: str
    kind: str
    released: str
    notes: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a data sheet in base units, as it is written there, where and when it was read.

    `at`: the clock for which it holds, `boost` or `load`. `copies`: how many there are of what it measures.
    """

    value: Fraction
    text: str
    source: str
    date: str
    note: str = ""
    at: str = "boost"
    copies: int = 1

    @property
    def whole(self) -> Fraction:
        """All copies together."""
        return self.value * self.copies


def read(name_or_path: str | Path) -> tuple[Description, Mapping[str, Figure]]:
    """A shipped device by its name, or one's own by a path; see `Device.load`."""
    id, table = SHELF.read(name_or_path)
    demand_schema(table, str(name_or_path))
    table.only(("schema", "name", "vendor", "class", "released", "date", "notes", *GROUPS, *NESTED))
    name, vendor, kind = (table.text(key) for key in ("name", "vendor", "class"))
    released = _date(table, "released") if "released" in table else ""
    date = _date(table, "date") if "date" in table else ""
    figures = dict(_figures(table, date))
    _demand_order(table, figures)
    return Description(id, name, vendor, kind, released, table.text("notes", "")), MappingProxyType(figures)


def demand_schema(table: Table, path: str) -> None:
    """Raises MissingEntry, OldSchema, NewerSchema."""
    schema = table.number("schema")
    if schema < SCHEMA:
        raise OldSchema(str(table.entries["schema"]), SCHEMA, path, table.span("schema"))
    if schema > SCHEMA:
        raise NewerSchema(str(table.entries["schema"]), SCHEMA, table.span("schema"))


def _figures(table: Table, date: str) -> Iterator[tuple[str, Figure]]:
    """Every figure of a file under its entry."""
    for group, (dimension, keys) in GROUPS.items():
        entries = table.table(group)
        entries.only(keys)
        for key in entries:
            yield f"{group}.{key}", _figure(entries, key, dimension, date)
    for group, (names, dimensions) in NESTED.items():
        tables = table.table(group)
        tables.only(names)
        for name in tables:
            inner = tables.table(name)
            inner.only(tuple(dimensions))
            for key in inner:
                yield f"{group}.{name}.{key}", _figure(inner, key, dimensions[key], date)


def _figure(table: Table, key: str, dimension: str, date: str) -> Figure:
    """One figure; `date` is that of the file, for those without one of their own."""
    entry = table.table(key)
    keys = ["value", "source", "date", "note"]
    if table.keys[-1] in RATES:
        keys.append("at")
    if dimension == "bytes":
        keys.append("copies")
    entry.only(tuple(keys))

    text = _value(entry, key, dimension)
    found = measured(text)
    if found is None:
        raise MissingUnit(key, text, WORDS[dimension], EXAMPLES[dimension], entry.span("value"))
    if found.dimension != dimension:
        told = (WORDS[found.dimension], WORDS[dimension], EXAMPLES[dimension])
        raise OtherUnit(key, text, *told, entry.span("value"))
    if found.value == 0:
        raise WrongEntry("value", text, "above 0", entry.span("value"), EXAMPLES[dimension])
    read_on = _date(entry, "date") if "date" in entry or not date else date
    return Figure(
        found.value, text, entry.text("source"), read_on, entry.text("note", ""), _clock(entry), _copies(entry)
    )


def _value(entry: Table, key: str, dimension: str) -> str:
    """The text of a figure. Raises MissingUnit for a bare number, SparseFigure, WrongEntry for a negative one."""
    value = entry.entries.get("value", "")
    if not isinstance(value, str):
        raise MissingUnit(key, str(value), WORDS[dimension], EXAMPLES[dimension], entry.span("value"))
    text = entry.text("value")
    if SPARSE.search(text):
        raise SparseFigure(key, text, entry.span("value"))
    if text.startswith("-"):
        raise WrongEntry("value", text, "above 0", entry.span("value"), f'value = "{EXAMPLES[dimension]}"')
    return text


def _clock(entry: Table) -> str:
    at = entry.text("at", "boost")
    if at not in ("boost", "load"):
        raise WrongEntry("at", at, "`boost` or `load`", entry.span("at"), 'at = "load"')
    return at


def _copies(entry: Table) -> int:
    if "copies" not in entry:
        return 1
    copies = entry.number("copies")
    if copies.denominator != 1 or copies < 1:
        raise WrongEntry("copies", entry.entries["copies"], "a whole number from 1", entry.span("copies"), "copies = 4")
    return int(copies)


def _date(table: Table, key: str) -> str:
    """A year, a month or a day."""
    date = table.text(key)
    if not DATE.fullmatch(date):
        raise WrongEntry(key, date, "a date", table.span(key), f'{key} = "2026-11-28"')
    return date


def _demand_order(table: Table, figures: Mapping[str, Figure]) -> None:
    """Raises LevelTooLarge and FigureTooHigh.

    Registers and shared memory of many units may hold more than the cache behind them, but not than the main memory.
    """
    for near, far in _behind(figures):
        inner, outer = figures[f"memory.{near}.size"], figures[f"memory.{far}.size"]
        if inner.value > outer.whole:
            raise LevelTooLarge(near, inner.text, far, outer.text, table.table("memory").span(near))

    for group, lower, higher in RISING:
        less, more = figures.get(f"{group}.{lower}"), figures.get(f"{group}.{higher}")
        if less is None or more is None or less.value <= more.value:
            continue
        raise FigureTooHigh(
            f"{group}.{lower}", less.text, f"{group}.{higher}", more.text, table.table(group).span(lower)
        )


def _behind(figures: Mapping[str, Figure]) -> Iterator[tuple[str, str]]:
    """Each memory whose size is known, with the next one behind it."""
    for chain in (("l1", "main"), ("l2", "l3", "main")):
        yield from pairwise(name for name in chain if f"memory.{name}.size" in figures)
