"""Device files of schema 1 as ones of schema 2: the same figures, with their units in the text.

Schema 1 had its units in the names of entries (`bandwidth_gbs`) or nowhere (`[matmul]` was in TFLOP/s), and no dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from symcost.datafile import Table
from symcost.errors import WrongEntry
from symcost.hardware.reading import DTYPES, SCHEMA, SHELF, SPECIAL

OLD = 1

PEAKS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "matmul": ("matrix", "TFLOP/s", DTYPES),
    "vector": ("vector", "TOP/s", DTYPES),
    "special": ("special", "TOP/s", SPECIAL),
}
"""Where the rates of an old table stand now, their unit, and their keys."""

OTHERS: Mapping[str, Mapping[str, tuple[str, str, str]]] = {
    "memory": {"bandwidth_gbs": ("memory.main", "bandwidth", "GB/s"), "size_gb": ("memory.main", "size", "GB")},
    "power": {"peak_w": ("power", "limit", "W"), "idle_w": ("power", "idle", "W")},
}


def migrated(path: str | Path, today: date | None = None) -> str:
    """The text of a file of schema 1, written as one of schema 2; comments are lost.

    Its date is that of today: schema 1 had none. Raises WrongEntry for another schema, and the faults of reading.
    """
    _, table = SHELF.read(path)
    if table.number("schema") != OLD:
        raise WrongEntry("schema", table.entries["schema"], f"{OLD}, to be written anew", table.span("schema"))
    table.only(("schema", "name", "vendor", "class", "notes", *PEAKS, *OTHERS))
    return "\n".join(_lines(table, str(today or date.today()))) + "\n"


def _lines(table: Table, today: str) -> Iterator[str]:
    yield f"schema = {SCHEMA}"
    for key in ("name", "vendor", "class"):
        yield f"{key} = {quoted(table.text(key))}"
    yield f"date = {quoted(today)}  # schema 1 had none: put the day on which the sources were read"
    if "notes" in table:
        yield f"notes = {quoted(table.text('notes'))}"
    for old, (new, unit, keys) in PEAKS.items():
        yield from _rates(table.table(old), new, unit, keys)
    for old, places in OTHERS.items():
        yield from _rest(table.table(old), places)


def _rates(table: Table, name: str, unit: str, keys: tuple[str, ...]) -> Iterator[str]:
    table.only(keys)
    if list(table):
        yield f"\n[{name}]"
    for key in table:
        yield f"{key} = {_figure(table.table(key), unit)}"


def _rest(table: Table, places: Mapping[str, tuple[str, str, str]]) -> Iterator[str]:
    table.only(tuple(places))
    headed = ""
    for key in table:
        group, name, unit = places[key]
        if group != headed:
            yield f"\n[{group}]"
            headed = group
        yield f"{name} = {_figure(table.table(key), unit)}"


def _figure(entry: Table, unit: str) -> str:
    entry.only(("value", "source", "note"))
    entry.number("value")  # raises WrongEntry for what is none
    value = Decimal(str(entry.entries["value"]))
    words = [f'value = "{value:f} {unit}"', f"source = {quoted(entry.text('source'))}"]
    if note := entry.text("note", ""):
        words.append(f"note = {quoted(note)}")
    return f"{{ {', '.join(words)} }}"


def quoted(text: str) -> str:
    """As a TOML string."""
    escaped = "".join(_character(letter) for letter in text)
    return f'"{escaped}"'


def _character(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if letter.isprintable() else f"\\u{ord(letter):04x}"
