"""How long a graph takes on a device: at least, and block by block if every operation is by itself.

At least (`bound`) is what any machine with these peaks takes, however much memory it has on the chip: all units run at
their peak, arithmetic and memory at the same time, launching takes nothing, and only what has to be moved is moved.

By itself (`estimate`) each operation reads its inputs and writes its results, which says where fusing helps. Because
arithmetic and traffic overlap completely within a block, the times of its parts can add up to more than its own.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import Protocol

from symcost.analysis.memory.traffic import Moved
from symcost.cost import Cost
from symcost.formula import Form
from symcost.hardware.device import Device
from symcost.values import bounded


class Costed(Protocol):
    """A block with its operations and what it moves, all rounds around it included.

    What is `inside` adds up to it: the blocks in it, and what it does itself.
    """

    @property
    def label(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def cost(self) -> Cost: ...
    @property
    def inside(self) -> Sequence[Costed]: ...
    def moved(self, fold: Moved, /) -> Form: ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """The time of a block if each operation is by itself, in seconds, exact for the figures of the device."""

    label: str
    kind: str
    seconds: Mapping[str, Fraction]
    """By operation class: how many, over the peak rate."""
    bytes: Fraction
    """Bytes moved, each operation by itself."""
    memory: Fraction
    """Seconds: these bytes over the bandwidth."""
    children: tuple[Estimate, ...]

    @property
    def compute(self) -> Fraction:
        """Seconds of arithmetic, one class after the other."""
        return sum(self.seconds.values(), Fraction(0))

    @property
    def time(self) -> Fraction:
        """The larger of arithmetic and traffic."""
        return max(self.compute, self.memory)

    @property
    def bound(self) -> str:
        """Which of the two binds: `compute-bound` or `memory-bound`; neither where there is `nothing to do`."""
        return _binding(self.compute, self.memory)


def _binding(compute: Fraction, memory: Fraction) -> str:
    if not compute and not memory:
        return "nothing to do"
    return "compute-bound" if compute >= memory else "memory-bound"


def estimate(tree: Costed, device: Device, dtype: str, values: Mapping[str, int], depth: float = inf) -> Estimate:
    """The time of a block and of the blocks inside it, down to a depth, if each operation is by itself.

    Time    max(sum over classes of operations / peak rate, numbers moved · width / bandwidth)

    Raises UnknownNumberType, MissingFigure, DivisionByZero, ValueTooLarge.
    """
    with bounded(values):
        return _Machine(device, dtype, values, Moved()).least(tree, depth)


@dataclass(frozen=True, slots=True)
class Bound:
    """The least time of a whole model: seconds of each unit, and bytes that have to be moved, with their seconds."""

    units: Mapping[str, Fraction]
    bytes: Fraction
    memory: Fraction

    @property
    def compute(self) -> Fraction:
        """Seconds of arithmetic: those of the busiest unit."""
        return max(self.units.values(), default=Fraction(0))

    @property
    def busiest(self) -> str:
        """The unit with the most to do; nothing without arithmetic."""
        return max(self.units, key=self.units.__getitem__, default="")

    @property
    def time(self) -> Fraction:
        """The larger of arithmetic and memory."""
        return max(self.compute, self.memory)

    @property
    def binds(self) -> str:
        """Which of the two binds: `compute-bound` or `memory-bound`; neither where there is `nothing to do`."""
        return _binding(self.compute, self.memory)


NARROWEST = {"masks": 1, "rows": 4}
"""Bytes of truth values and row numbers, where other numbers are wider."""


def bound(cost: Cost, moved: Mapping[str, Form], device: Device, dtype: str, values: Mapping[str, int]) -> Bound:
    """The least time of a model, given its operations and the numbers, by role, that it has to move.

    Units run at the same time: attention kernels take exponentials while matrix units multiply (Shah et al.,
    FlashAttention-3, 2024, section 3.2). All operations of the text are taken to be performed, also those whose
    results nobody reads.

    Time    max(operations / peak rate, added up for each unit; bytes / bandwidth)

    Raises UnknownNumberType, MissingFigure.
    """
    width, machine = device.width(dtype), _Machine(device, dtype, values, Moved())
    data = Fraction(0)
    for role, form in moved.items():
        data += Fraction(form.evaluate(values)) * min(width, NARROWEST.get(role, width))

    units: dict[str, Fraction] = {}
    for name, count in cost.counts.items():
        unit = device.unit(name)
        units[unit] = units.get(unit, Fraction(0)) + machine.seconds(name, count)
    return Bound(MappingProxyType(units), data, data / device.bandwidth)


@dataclass(frozen=True, slots=True)
class _Machine:
    """A device that computes in one number type, with the sizes of one case."""

    device: Device
    dtype: str
    values: Mapping[str, int]
    moved: Moved

    def least(self, block: Costed, depth: float) -> Estimate:
        """The least time of a block; of the blocks inside it, as many levels as `depth` says."""
        width = self.device.width(self.dtype)
        data = Fraction(block.moved(self.moved).evaluate(self.values) * width)
        seconds = {name: self.seconds(name, count) for name, count in block.cost.counts.items()}
        return Estimate(
            label=block.label,
            kind=block.kind,
            seconds=MappingProxyType(seconds),
            bytes=data,
            memory=data / self.device.bandwidth,
            children=self._inside(block, depth - 1) if depth > 0 else (),
        )

    def _inside(self, block: Costed, depth: float) -> tuple[Estimate, ...]:
        """The blocks inside of a block, and what it does itself where both take time."""
        inside = [self.least(part, depth) for part in block.inside]
        blocks = [part for part in inside if part.kind != "own"]
        return tuple(part for part in inside if blocks and (part.time or part.kind != "own"))

    def seconds(self, operation: str, count: Form) -> Fraction:
        """So many operations of a class at their peak rate."""
        return count.evaluate(self.values) / self.device.rate(operation, self.dtype)
