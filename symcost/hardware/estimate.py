"""How long a graph takes on a device at least: the roofline, for each block and in total.

A lower bound under three assumptions, each of which makes it smaller than a measured time: all units run at
their peak; arithmetic and traffic overlap completely within a block; launching operations takes nothing.
Because they overlap, the times of a block's parts can add up to more than its own.

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
    """The least time of a block, in seconds, exact for the figures of the device."""

    label: str
    kind: str
    seconds: Mapping[str, Fraction]
    """By operation class: how many, over the peak rate."""
    bytes: Fraction
    """Least bytes moved."""
    memory: Fraction
    """Seconds: least bytes moved over the bandwidth."""
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
        """Which of the two binds: `compute-bound` or `memory-bound`."""
        return "compute-bound" if self.compute >= self.memory else "memory-bound"


def estimate(tree: Costed, device: Device, dtype: str, values: Mapping[str, int], depth: float = inf) -> Estimate:
    """The least time of a block and of the blocks inside it, down to a depth.

    Time    max(sum over classes of operations / peak rate, numbers moved · width / bandwidth)

    Raises UnknownNumberType, MissingFigure, DivisionByZero, ValueTooLarge.
    """
    with bounded(values):
        return _Machine(device, dtype, values, Moved()).least(tree, depth)


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
        seconds = {name: self._seconds(name, count) for name, count in block.cost.counts.items()}
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

    def _seconds(self, operation: str, count: Form) -> Fraction:
        return count.evaluate(self.values) / self.device.rate(operation, self.dtype)
