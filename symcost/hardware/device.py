"""Device: the peaks, memory and power of a machine, each figure with its source and date.

A file of schema 2 holds quantities with their units, so that none can be taken for another:

    [matrix]
    bf16 = { value = "312 TFLOP/s", source = "NVIDIA A100 data sheet", date = "2020-11" }

A figure without a date of its own has that of its file: shipped ones were collected then, from sources that they name.

What may be left out is either derived in a way that is said (see `Device.rate`), or asked for by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from symcost.arguments import DATA, NAME, taking
from symcost.conventions import load as convention
from symcost.errors import MissingFigure, UnknownNumberType
from symcost.hardware.reading import (
    DTYPES as DTYPES,
    LEVELS,
    LINKS,
    SHELF,
    SPECIAL,
    WIDTHS as WIDTHS,
    Description,
    Figure,
    read,
)
from symcost.hardware.units import EXAMPLES
from symcost.records import dataclass

FLOP_PER_MAC = 2
"""Data sheets count a multiply-accumulate as two; device files keep their figures."""

CLOCKS = ("boost", "load")
"""At the highest clock, and at the one that is promised under load."""


@dataclass(frozen=True, slots=True)
class Level:
    """A level of memory: bytes of all its copies together, bytes a second of all of them; None where not known."""

    name: str
    size: Fraction | None
    bandwidth: Fraction | None


@dataclass(frozen=True, slots=True)
class Link:
    """A link to other devices or to the host: bytes a second in one direction, seconds until the first arrives."""

    name: str
    bandwidth: Fraction | None
    latency: Fraction | None


@dataclass(frozen=True, slots=True)
class Device:
    """A machine as its data sheets describe it: peaks, never what is reached in practice.

    `figures` holds every number under its entry, in base units (operations/s, bytes, bytes/s, Hz, s, W, USD/h):
    `matrix.bf16` (dense products, one MAC is two operations), `vector.fp32` and `special.exp` (lone operations),
    `memory.main.size`, `memory.main.bandwidth`, `clock.boost`, `power.limit`, `links.nvlink.bandwidth`, ...
    """

    description: Description
    figures: Mapping[str, Figure]

    @property
    def id(self) -> str:
        """What it is called after `--on`."""
        return self.description.id

    @property
    def name(self) -> str:
        """Its full name."""
        return self.description.name

    @property
    def vendor(self) -> str:
        """Who makes it."""
        return self.description.vendor

    @property
    def kind(self) -> str:
        """`gpu`, `cpu`, `tpu`, `mcu`, ..."""
        return self.description.kind

    @property
    def notes(self) -> str:
        """What else has to be known."""
        return self.description.notes

    def __repr__(self) -> str:
        return f"<Device {self.id}: {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _put_together, (self.description, dict(self.figures))

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

        Raises UnknownDevice, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry, OldSchema, NewerSchema,
        MissingUnit, OtherUnit, SparseFigure, LevelTooLarge, FigureTooHigh.
        """
        return cls(*read(name_or_path))

    # Rates ----------------------------------------------------------------------------------------

    @property
    def dtypes(self) -> tuple[str, ...]:
        """The number types with a peak for matrix products."""
        return tuple(dtype for dtype in DTYPES if f"matrix.{dtype}" in self.figures)

    @taking(dtype=NAME)
    def known(self, dtype: str) -> None:
        """Raises UnknownNumberType where the device has no peak for the type."""
        if dtype not in self.dtypes:
            raise UnknownNumberType(dtype, self.id, self.dtypes)

    @taking(dtype=NAME)
    def width(self, dtype: str) -> Fraction:
        """Bytes of one number of a type that the device multiplies.

        Raises UnknownNumberType.
        """
        self.known(dtype)
        return WIDTHS[dtype]

    @taking(operation=NAME, dtype=NAME)
    def rate(self, operation: str, dtype: str) -> Fraction:
        """Peak operations per second of one class, as the data sheet has it; for `mac`, multiply-accumulates.

        Approximations: a number type without a vector rate of its own computes as fast as fp32; a rate in
        `special` holds for all types; a class without one takes as many vector operations as it weighs in
        ITU-T G.191 (a division 18, exp 25, sqrt 10).

        Raises UnknownNumberType, MissingFigure.
        """
        self.known(dtype)
        if operation == "mac":
            return self.figures[f"matrix.{dtype}"].value / FLOP_PER_MAC
        special = self.figures.get(f"special.{operation}")
        if special is not None:
            return special.value
        own = self.figures.get(f"vector.{dtype}")
        vector = self.figure("vector.fp32", "operations outside matrix products") if own is None else own
        return vector.value / _software(operation) if operation in SPECIAL else vector.value

    @taking(dtype=NAME)
    def depthwise(self, dtype: str) -> Fraction | None:
        """MACs a second that are reached where each channel is convolved by itself; None where the file has no rate."""
        figure = self.figures.get(f"depthwise.{dtype}")
        return None if figure is None else figure.value / FLOP_PER_MAC

    @taking(operation=NAME, dtype=NAME)
    def ceiling(self, operation: str, dtype: str) -> Fraction:
        """Operations per second of one class that are never exceeded, at the boost clock; for `mac`, MACs.

        Where a figure is missing, what is derived errs to the fast side: lanes of a narrower type are taken to be as
        many more as it is narrower than the widest that is known, and a special function without a unit of its own to
        take one operation.

        Raises UnknownNumberType, MissingFigure.
        """
        self.known(dtype)
        if operation == "mac":
            return self.at_clock(f"matrix.{dtype}", "boost") / FLOP_PER_MAC
        if f"special.{operation}" in self.figures:
            return self.at_clock(f"special.{operation}", "boost")
        return self._vector_ceiling(dtype)

    def _vector_ceiling(self, dtype: str) -> Fraction:
        if f"vector.{dtype}" in self.figures:
            return self.at_clock(f"vector.{dtype}", "boost")
        lanes = [
            self.at_clock(f"vector.{other}", "boost") * max(Fraction(1), WIDTHS[other] / WIDTHS[dtype])
            for other in DTYPES
            if f"vector.{other}" in self.figures
        ]
        if not lanes:
            self.figure("vector.fp32", "operations outside matrix products")
        return max(lanes)

    @taking(entry=NAME, clock=NAME)
    def at_clock(self, entry: str, clock: str) -> Fraction:
        """A rate at the `boost` clock or the one under `load`; as it is where the file does not give both clocks."""
        figure = self.figures[entry]
        wanted, given = (self.figures.get(f"clock.{name}") for name in (clock, figure.at))
        if figure.at == clock or wanted is None or given is None:
            return figure.value
        return figure.value * wanted.value / given.value

    @taking(operation=NAME)
    def unit(self, operation: str) -> str:
        """What performs operations of a class: units run at the same time."""
        if operation == "mac":
            return "matrix products"
        return "special functions" if f"special.{operation}" in self.figures else "lone operations"

    @taking(dtype=NAME)
    def ridge(self, dtype: str) -> Fraction:
        """The roofline's ridge point: FLOP per byte at which products and memory are equally slow.

        Raises UnknownNumberType, MissingFigure.
        """
        return self.rate("mac", dtype) * FLOP_PER_MAC / self.bandwidth

    # Memory ---------------------------------------------------------------------------------------

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels of memory that are known, from the nearest to the main memory."""
        found: list[Level] = []
        for name in LEVELS:
            size, speed = (self.figures.get(f"memory.{name}.{key}") for key in ("size", "bandwidth"))
            if size is not None or speed is not None:
                found.append(Level(name, None if size is None else size.whole, None if speed is None else speed.value))
        return tuple(found)

    @property
    def bandwidth(self) -> Fraction:
        """Peak bytes per second between main memory and processor.

        Raises MissingFigure.
        """
        return self.figure("memory.main.bandwidth", "memory bandwidth").value

    @property
    def size(self) -> Fraction:
        """Bytes of the main memory.

        Raises MissingFigure.
        """
        return self.figure("memory.main.size", "the size of its memory").value

    @property
    def on_chip(self) -> Fraction | None:
        """Bytes on the chip, all levels before the main memory together; None where no level is known."""
        sizes = [level.size for level in self.levels if level.name != "main" and level.size is not None]
        return sum(sizes, Fraction(0)) if sizes else None

    @property
    def links(self) -> Mapping[str, Link]:
        """The links that are known by their names: `nvlink`, `fabric`, `ici`, `pcie`, `usb`, `network`."""
        found: dict[str, Link] = {}
        for name in LINKS:
            speed = self._known(f"links.{name}.bandwidth")
            latency = self._known(f"links.{name}.latency")
            if speed is not None or latency is not None:
                found[name] = Link(name, speed, latency)
        return found

    def _known(self, entry: str) -> Fraction | None:
        """A figure, if there is one."""
        figure = self.figures.get(entry)
        return None if figure is None else figure.value

    # Power and the rest ---------------------------------------------------------------------------

    @property
    def power(self) -> Fraction:
        """Watts at its limit.

        Raises MissingFigure.
        """
        return self.figure("power.limit", "power").value

    def figure(self, entry: str, words: str) -> Figure:
        """A figure by its entry. Raises MissingFigure, which calls it by these words."""
        if entry not in self.figures:
            raise MissingFigure(words, self.id, entry, EXAMPLES[dimension(entry)])
        return self.figures[entry]


def dimension(entry: str) -> str:
    """What an entry measures: `bytes` for `memory.main.size`."""
    group, _, key = entry.partition(".")
    by_group = {"matrix": "rate", "vector": "rate", "special": "rate", "depthwise": "rate", "clock": "clock"}
    by_key = {"size": "bytes", "bandwidth": "bandwidth", "latency": "time", "hour": "price"}
    if group in by_group:
        return by_group[group]
    return by_key.get(key.rpartition(".")[2], "power" if group == "power" else "time")


def _software(operation: str) -> Fraction:
    """How many vector operations one of a class takes that the hardware does not have."""
    return Fraction(convention("wmops").weights[operation].evaluate({}))


def _put_together(description: Description, figures: Mapping[str, Figure]) -> Device:
    """A device that was pickled: a view of a table is not."""
    return Device(description, MappingProxyType(figures))
