"""Profiles: how a kind of program uses a device: what it joins, what it reaches of the peaks, what launches take.

Each is a TOML file with the measurements that it was fitted on, and how far it missed those that were held back.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from symcost.datafile import Shelf, Table
from symcost.errors import MissingUnit, OtherUnit, UnknownProfile, WrongEntry
from symcost.hardware.kernels import Joined
from symcost.hardware.units import EXAMPLES, WORDS, measured
from symcost.records import dataclass

SHELF = Shelf(f"{__package__}.profiles", UnknownProfile)


@dataclass(frozen=True, slots=True)
class Sample:
    """A measurement: what was run, seconds, where it was published, and whether the profile was fitted on it."""

    id: str
    seconds: Fraction
    source: str
    fitted: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A program: parts of the peaks that it reaches, seconds of a launch and of a run, and how far that can be trusted.

    `narrow`: of the peak of products of 8 bits or less. `overlap`: how much of the shorter of arithmetic and memory
    goes on during the longer one. `run`: seconds of the host for each run; each round of a loop that hands something
    on from run to run, such as a token that is written, is one. `range`: factors on the likely time between which most
    of the measurements lay. `reserved`: bytes of memory that it takes for itself. `warm`: runs follow one another, so
    that what fits in a cache is there already. `beginning`: seconds of a launch with products in it. `packing`: MACs in
    whose time a parameter is copied before several rows are multiplied with it. `samples` are the measurements.
    """

    id: str
    words: str
    joined: Joined
    matrix: Fraction
    narrow: Fraction
    vector: Fraction
    memory: Fraction
    overlap: Fraction
    latency: Fraction
    run: Fraction
    range: tuple[Fraction, Fraction]
    reserved: Fraction
    source: str
    samples: tuple[Sample, ...]
    warm: bool = False
    beginning: Fraction | None = None
    packing: Fraction = Fraction(0)

    def launch(self, product: bool) -> Fraction:
        """Seconds of a launch, with products in it or without."""
        return self.beginning if product and self.beginning is not None else self.latency

    def of_products(self, bytes_each: Fraction) -> Fraction:
        """The part of the peak of matrix products that is reached in a type of so many bytes."""
        return self.narrow if bytes_each <= 1 else self.matrix

    def __repr__(self) -> str:
        return f"<Profile {self.id}: {self.words}>"

    @staticmethod
    def available() -> tuple[str, ...]:
        """The names of the shipped profiles."""
        return SHELF.available()

    @classmethod
    def load(cls, name_or_path: str | Path) -> Profile:
        """A shipped profile by its name, or one's own by the path of a `.toml` file.

        >>> Profile.load("none").matrix
        Fraction(1, 1)

        Raises UnknownProfile, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry, MissingUnit, OtherUnit.
        """
        id, table = SHELF.read(name_or_path)
        table.only(("words", "source", "joins", "efficiency", "latency", "range", "memory", "measured"))
        reached, latency, memory = (table.table(key) for key in ("efficiency", "latency", "memory"))
        reached.only(("matrix", "narrow", "vector", "memory", "overlap", "packing"))
        latency.only(("launch", "product", "run"))
        memory.only(("reserved", "warm"))
        return cls(
            id=id,
            words=table.text("words"),
            joined=_joins(table.table("joins")),
            matrix=_part(reached, "matrix"),
            narrow=_part(reached, "narrow" if "narrow" in reached else "matrix"),
            vector=_part(reached, "vector"),
            memory=_part(reached, "memory"),
            overlap=_part(reached, "overlap") if "overlap" in reached else Fraction(1),
            latency=_quantity(latency, "launch", "time"),
            run=_quantity(latency, "run", "time"),
            range=_range(table.table("range")),
            reserved=_quantity(memory, "reserved", "bytes") if "reserved" in memory else Fraction(0),
            source=table.text("source"),
            samples=tuple(_samples(table)),
            warm=_yes(memory, "warm"),
            beginning=_quantity(latency, "product", "time") if "product" in latency else None,
            packing=_packing(reached),
        )


def _joins(table: Table) -> Joined:
    table.only(("calls", "pointwise"))
    calls = table.entries.get("calls", [])
    if not isinstance(calls, list) or not all(isinstance(name, str) for name in calls):
        raise WrongEntry("calls", calls, "a list of names", table.span("calls"), 'calls = ["attention"]')
    return Joined(frozenset(calls), _yes(table, "pointwise"))


def _yes(table: Table, key: str) -> bool:
    """Whether something is said to be so; where it is left out, not."""
    value = table.entries.get(key, False)
    if not isinstance(value, bool):
        raise WrongEntry(key, value, "true or false", table.span(key), f"{key} = true")
    return value


def _part(table: Table, key: str) -> Fraction:
    """A part of a peak, above 0 and at most 1."""
    part = table.number(key)
    if not 0 < part <= 1:
        raise WrongEntry(key, table.entries[key], "above 0 and at most 1", table.span(key), f"{key} = 0.7")
    return part


def _packing(table: Table) -> Fraction:
    """None where it is left out, never negative."""
    if "packing" not in table:
        return Fraction(0)
    packing = table.number("packing")
    if packing < 0:
        raise WrongEntry("packing", table.entries["packing"], "0 or more", table.span("packing"), "packing = 8")
    return packing


def _quantity(table: Table, key: str, dimension: str) -> Fraction:
    text = table.text(key)
    found = measured(text)
    if found is None:
        raise MissingUnit(key, text, WORDS[dimension], EXAMPLES[dimension], table.span(key))
    if found.dimension != dimension:
        told = (WORDS[found.dimension], WORDS[dimension], EXAMPLES[dimension])
        raise OtherUnit(key, text, *told, table.span(key))
    return found.value


def _range(table: Table) -> tuple[Fraction, Fraction]:
    table.only(("low", "high"))
    low, high = table.number("low"), table.number("high")
    if not 0 < low <= 1 <= high:
        raise WrongEntry(
            "low", table.entries["low"], "at most 1, and `high` at least 1", table.span("low"), "low = 0.8"
        )
    return low, high


def _samples(table: Table) -> Iterator[Sample]:
    """Measurements by their names; those that were held back say so."""
    entries = table.table("measured")
    for id in entries:
        entry = entries.table(id)
        entry.only(("time", "source", "fitted"))
        fitted = entry.entries.get("fitted", True)
        yield Sample(id, _quantity(entry, "time", "time"), entry.text("source"), fitted is not False)
