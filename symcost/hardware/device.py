"""Device: the peaks, memory and power of a machine, each figure with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from symcost.arguments import DATA, NAME, taking
from symcost.conventions import load as convention
from symcost.datafile import Shelf, Table
from symcost.errors import MissingFigure, UnknownDevice, UnknownNumberType, WrongEntry

SCHEMA = 1
"""The version of the device files that this code reads."""

WIDTHS = {"fp64": 8, "fp32": 4, "tf32": 4, "fp16": 2, "bf16": 2, "fp8": 1, "int16": 2, "int8": 1}
"""Bytes of one number in memory, by number type. TF32 is stored as FP32."""

FLOP_PER_MAC = 2
"""Data sheets count a multiply-accumulate as two; device files keep their figures."""

SPECIAL = ("div", "exp", "sqrt")
UNITS: Mapping[str, Iterable[str]] = {
    "matmul": WIDTHS,
    "vector": WIDTHS,
    "special": SPECIAL,
    "memory": ("bandwidth_gbs", "size_gb"),
    "power": ("peak_w", "idle_w"),
}
TERA, GIGA = 10**12, 10**9

SHELF = Shelf(f"{__package__}.devices", UnknownDevice)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a data sheet, in the unit of its entry, and where it was read."""

    value: Fraction
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Device:
    """A machine as its data sheets describe it: peaks, never what is reached in practice.

    `figures` holds every number under its entry: `matmul.bf16` (TFLOP/s, dense, one MAC is two FLOP),
    `vector.fp32` and `special.exp` (T operations/s), `memory.bandwidth_gbs`, `memory.size_gb`, `power.peak_w`
    and `power.idle_w`.
    """

    id: str
    name: str
    vendor: str
    kind: str
    figures: Mapping[str, Figure]
    notes: str = ""

    def __repr__(self) -> str:
        return f"<Device {self.id}: {self.name}>"

    @staticmethod
    def available() -> tuple[str, ...]:
        """The names of the shipped devices."""
        return SHELF.available()

    @classmethod
    @taking(name_or_path=DATA)
    def load(cls, name_or_path: str | Path) -> Device:
        """A shipped device by its name, or one's own by the path of a `.toml` file.

        >>> Device.load("h100-sxm").ridge("bf16") > 295
        True

        Raises UnknownDevice, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry.
        """
        id, table = SHELF.read(name_or_path)
        table.only(("schema", "name", "vendor", "class", "notes", *UNITS))
        if table.number("schema") != SCHEMA:
            raise WrongEntry("schema", table.entries["schema"], f"{SCHEMA}", table.span("schema"))
        name, vendor, kind = (table.text(key) for key in ("name", "vendor", "class"))
        return cls(id, name, vendor, kind, _figures(table), table.text("notes", ""))

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The number types with a peak for matrix products."""
        return tuple(dtype for dtype in WIDTHS if f"matmul.{dtype}" in self.figures)

    @taking(dtype=NAME)
    def width(self, dtype: str) -> int:
        """Bytes of one number.

        Raises UnknownNumberType where the device has no peak for the type.
        """
        if dtype not in self.dtypes:
            raise UnknownNumberType(dtype, self.id, self.dtypes)
        return WIDTHS[dtype]

    @taking(operation=NAME, dtype=NAME)
    def rate(self, operation: str, dtype: str) -> Fraction:
        """Peak operations per second of one class; for `mac`, multiply-accumulates.

        Approximations: a number type without a vector rate of its own computes as fast as fp32; a rate in
        `special` holds for all types; a class without one takes as many vector operations as it weighs in
        ITU-T G.191 (a division 18, exp 25, sqrt 10).

        Raises UnknownNumberType, MissingFigure.
        """
        self.width(dtype)
        if operation == "mac":
            return self.figures[f"matmul.{dtype}"].value * TERA / FLOP_PER_MAC
        special = self.figures.get(f"special.{operation}")
        if special is not None:
            return special.value * TERA
        vector = self._vector_rate(dtype)
        return vector / _software(operation) if operation in SPECIAL else vector

    @taking(operation=NAME)
    def unit(self, operation: str) -> str:
        """What performs operations of a class: units run at the same time."""
        if operation == "mac":
            return "matrix products"
        return "special functions" if f"special.{operation}" in self.figures else "lone operations"

    def _vector_rate(self, dtype: str) -> Fraction:
        """Operations per second outside matrix products, by default those of fp32."""
        own = self.figures.get(f"vector.{dtype}")
        figure = own or self._figure("vector.fp32", "operations outside matrix products")
        return figure.value * TERA

    @property
    def bandwidth(self) -> Fraction:
        """Peak bytes per second between memory and processor.

        Raises MissingFigure.
        """
        return self._figure("memory.bandwidth_gbs", "memory bandwidth").value * GIGA

    @property
    def power(self) -> Fraction:
        """Watts at its peak.

        Raises MissingFigure.
        """
        return self._figure("power.peak_w", "power").value

    @taking(dtype=NAME)
    def ridge(self, dtype: str) -> Fraction:
        """The roofline's ridge point: FLOP per byte at which products and memory are equally slow.

        Raises UnknownNumberType, MissingFigure.
        """
        return self.rate("mac", dtype) * FLOP_PER_MAC / self.bandwidth

    def _figure(self, entry: str, words: str) -> Figure:
        if entry not in self.figures:
            raise MissingFigure(words, self.id, entry)
        return self.figures[entry]


def _software(operation: str) -> Fraction:
    """How many vector operations one of a class takes that the hardware does not have."""
    return Fraction(convention("wmops").weights[operation].evaluate({}))


def _figures(table: Table) -> Mapping[str, Figure]:
    figures: dict[str, Figure] = {}
    for unit, known in UNITS.items():
        entries = table.table(unit)
        entries.only(tuple(known))
        figures |= {f"{unit}.{key}": _figure(entries, key) for key in entries}
    return MappingProxyType(figures)


def _figure(table: Table, key: str) -> Figure:
    entry = table.table(key)
    entry.only(("value", "source", "note"))
    value = entry.number("value")
    if value == 0:
        raise WrongEntry("value", value, "above 0", entry.span("value"))
    return Figure(value, entry.text("source"), entry.text("note", ""))
