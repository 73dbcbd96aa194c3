"""Programs that train: what they reach on a type of device, as TOML files with the measurements they were fitted on.

A step takes, on each device, one part behind the other:

    products   multiply-accumulates of layers and of what stands outside, over `products` of the peak
    scores     those that grow with the square of the length, masked ones too, over `scores` of the peak
    elsewhere  what layers keep but for scores, `passes` times over the bandwidth of memory: norms, activations, sums
    waiting    of stages: Narayanan et al. (2021), section 2.2
    sending    over the links, between nodes over `network`, which the devices of a node bring together

What is shared out is shared out evenly: norms too, which tensor parallelism without `sequence` does on every device.
Constants hold for devices of one type: those of one type miss those of another by far.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from symcost.datafile import Shelf, Table
from symcost.errors import NotFitted, UnknownProgram, WrongEntry
from symcost.hardware.units import measured
from symcost.records import dataclass
from symcost.runs.kept import Recompute
from symcost.runs.layout import Layout

SHELF = Shelf(f"{__package__}.programs", UnknownProgram)


@dataclass(frozen=True, slots=True)
class Reached:
    """Constants of a program on a type of device, and how far each row that was left out was missed, as parts."""

    products: Fraction
    scores: Fraction
    passes: Fraction
    mean: Fraction
    worst: Fraction


@dataclass(frozen=True, slots=True)
class Measured:
    """A step that was measured: what was trained, on how many devices that share it in what way, and seconds."""

    device: str
    model: str
    length: int
    layout: Layout
    batch: int
    micro: int
    seconds: Fraction
    zero: int = 0
    recompute: Recompute = "none"
    sequence: bool = False
    interleave: int = 1

    @property
    def devices(self) -> int:
        """All of them."""
        return self.layout.devices


@dataclass(frozen=True, slots=True)
class Program:
    """What a program reaches, by the ids of devices, for numbers of one type.

    `node`: so many devices lie in a node, between which `network` bytes a second go, one way, for all of them together.
    """

    id: str
    words: str
    source: str
    dtype: str
    node: int
    network: Fraction
    devices: Mapping[str, Reached]
    samples: tuple[Measured, ...]

    @staticmethod
    def available() -> tuple[str, ...]:
        """The names of the shipped programs."""
        return SHELF.available()

    def on(self, device: str, dtype: str) -> Reached:
        """The constants. Raises NotFitted."""
        if device not in self.devices or dtype != self.dtype:
            raise NotFitted(self.id, f"{device} in {dtype}", [f"{one} in {self.dtype}" for one in self.devices])
        return self.devices[device]

    @classmethod
    def load(cls, name_or_path: str | Path) -> Program:
        """A shipped program by its name, or one's own by the path of a `.toml` file.

        Raises UnknownProgram, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry.
        """
        name, table = SHELF.read(name_or_path)
        table.only(("words", "source", "dtype", "node", "devices", "measured"))
        node, devices = table.table("node"), table.table("devices")
        node.only(("devices", "network"))
        return cls(
            id=name,
            words=table.text("words"),
            source=table.text("source"),
            dtype=table.text("dtype"),
            node=_whole(node, "devices"),
            network=_quantity(node, "network", "bandwidth", "200 GB/s"),
            devices=MappingProxyType({id: _reached(devices.table(id)) for id in devices}),
            samples=tuple(_samples(table.table("measured"))),
        )


def _reached(table: Table) -> Reached:
    table.only(("products", "scores", "passes", "mean", "worst"))
    return Reached(
        products=_part(table, "products"),
        scores=_part(table, "scores"),
        passes=table.number("passes"),
        mean=table.number("mean"),
        worst=table.number("worst"),
    )


def _part(table: Table, key: str) -> Fraction:
    """A part of a peak, above 0 and at most 1."""
    part = table.number(key)
    if not 0 < part <= 1:
        raise WrongEntry(key, table.entries[key], "above 0 and at most 1", table.span(key), f"{key} = 0.7")
    return part


def _whole(table: Table, key: str, default: int | None = None) -> int:
    """A number of things, at least one; `default` where it may be left out."""
    if default is not None and key not in table:
        return default
    number = table.number(key)
    if number < 1 or number.denominator != 1:
        raise WrongEntry(key, table.entries[key], "a whole number from 1", table.span(key), f"{key} = 8")
    return int(number)


def _quantity(table: Table, key: str, dimension: str, example: str) -> Fraction:
    text = table.text(key)
    found = measured(text)
    if found is None or found.dimension != dimension or found.value <= 0:
        raise WrongEntry(key, text, f"a {dimension}, with its unit", table.span(key), f'{key} = "{example}"')
    return found.value


KEYS = ("model", "length", "devices", "tensor", "pipeline", "batch", "micro", "interleave", "zero", "sequence",
        "recompute", "time")  # fmt: skip


def _samples(table: Table) -> Iterator[Measured]:
    """By the ids of devices, each a table of rows by their names."""
    for device in table:
        rows = table.table(device)
        for name in rows:
            row = rows.table(name)
            row.only(KEYS)
            yield _sample(device, row)


def _sample(device: str, row: Table) -> Measured:
    """Ways of sharing that a row does not name are not in it."""
    return Measured(
        device=device,
        model=row.text("model"),
        length=_whole(row, "length"),
        layout=_layout(row),
        batch=_whole(row, "batch"),
        micro=_whole(row, "micro"),
        seconds=_quantity(row, "time", "time", "3.79 s"),
        zero=int(row.number("zero")) if "zero" in row else 0,
        recompute=_recomputed(row),
        sequence=_flag(row, "sequence"),
        interleave=_whole(row, "interleave", default=1),
    )


def _layout(row: Table) -> Layout:
    """Copies are as many as the devices that are left for them."""
    devices = _whole(row, "devices")
    tensor, pipeline = _whole(row, "tensor", default=1), _whole(row, "pipeline", default=1)
    data, left = divmod(devices, tensor * pipeline)
    if left:
        must = f"a multiple of tensor · pipeline, {tensor * pipeline}"
        raise WrongEntry("devices", devices, must, row.span("devices"), f"devices = {(data + 1) * tensor * pipeline}")
    return Layout(tensor, pipeline, data)


def _recomputed(row: Table) -> Recompute:
    given = row.text("recompute", "none")
    known: tuple[Recompute, ...] = get_args(Recompute)
    for one in known:
        if one == given:
            return one
    raise WrongEntry("recompute", given, f"one of {', '.join(known)}", row.span("recompute"), 'recompute = "full"')


def _flag(row: Table, key: str) -> bool:
    given = row.entries.get(key, False)
    if not isinstance(given, bool):
        raise WrongEntry(key, given, "true or false", row.span(key), f"{key} = true")
    return given
