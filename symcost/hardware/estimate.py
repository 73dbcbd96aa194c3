"""How long a graph takes on a device: at least, and block by block if every operation is by itself.

At least (`bound`) is what any machine with these peaks takes, however much memory it has on the chip: all units run at
their peak, arithmetic and memory at the same time, launching takes nothing, and only what has to be moved is moved.

By itself (`estimate`) each operation reads its inputs and writes its results, which says where fusing helps. Because
arithmetic and traffic overlap completely within a block, the times of its parts can add up to more than its own.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import inf
from types import MappingProxyType
from typing import Protocol

from symcost.analysis.memory.traffic import Crossing, Moved
from symcost.cost import Cost
from symcost.formula import Form
from symcost.hardware.device import Device
from symcost.hardware.types import Types
from symcost.records import dataclass
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
    def moved(self, fold: Moved, /) -> Crossing: ...


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


def estimate(
    tree: Costed, device: Device, types: Types, values: Mapping[str, int], depth: float = inf, batch: int = 1
) -> Estimate:
    """The time of a block and of the blocks inside it, down to a depth, if each operation is by itself.

    Time    max(sum over classes of operations / peak rate, numbers moved · width / bandwidth)

    Raises UnknownNumberType, MissingFigure, DivisionByZero, ValueTooLarge.
    """
    with bounded(values):
        return _Machine(device, types, values, Moved(), batch).least(tree, depth)


@dataclass(frozen=True, slots=True)
class _Machine:
    """A device that computes in some number types, with the sizes of one case, and how many examples at once."""

    device: Device
    types: Types
    values: Mapping[str, int]
    moved: Moved
    batch: int

    def least(self, block: Costed, depth: float) -> Estimate:
        """The least time of a block; of the blocks inside it, as many levels as `depth` says."""
        crossing = block.moved(self.moved)
        learned, others = (Fraction(form.evaluate(self.values)) for form in (crossing.parameters, crossing.others))
        data = learned * self.types.bytes("params") + others * self.types.bytes("activations") * self.batch
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
        return count.evaluate(self.values) * self.batch / self.device.rate(operation, self.types.products)
