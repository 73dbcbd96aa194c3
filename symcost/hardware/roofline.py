"""The roofline of a device, and where the blocks of a model stand below it.

A ceiling is the peak of a unit, whatever is moved; below the roof the bandwidth binds: intensity times bandwidth. What
a block reaches at most is set by the unit that is busy longest, or by memory: special functions and lone operations
have ceilings of their own.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009, section 4
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from fractions import Fraction

from symcost.analysis.memory.traffic import Moved
from symcost.errors import MissingFigure
from symcost.hardware.bound import Bound, busy
from symcost.hardware.device import FLOP_PER_MAC, Device
from symcost.hardware.estimate import Costed
from symcost.hardware.reading import SPECIAL
from symcost.hardware.types import Types
from symcost.records import dataclass
from symcost.values import bounded

MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A peak in operations a second, a MAC as two; `intensity`: operations a byte from which on it binds."""

    name: str
    rate: Fraction
    intensity: Fraction


@dataclass(frozen=True, slots=True)
class Point:
    """A block: its operations, a MAC as two, bytes, and seconds of each unit and of memory at their peaks."""

    label: str
    kind: str
    operations: Fraction
    bytes: Fraction
    seconds: Mapping[str, Fraction]
    children: tuple[Point, ...] = ()

    @property
    def intensity(self) -> Fraction | None:
        """Operations a byte; None where nothing is moved."""
        return self.operations / self.bytes if self.bytes else None

    @property
    def time(self) -> Fraction:
        """Seconds of what is busy longest."""
        return max(self.seconds.values(), default=Fraction(0))

    @property
    def binds(self) -> str:
        """What is busy longest: a unit, or `memory`; nothing where there is nothing to do."""
        return max(self.seconds, key=self.seconds.__getitem__) if self.time else ""

    @property
    def reached(self) -> Fraction:
        """Operations a second at most."""
        return self.operations / self.time if self.time else Fraction(0)

    @property
    def ridge(self) -> Fraction | None:
        """Operations a byte from which on memory does not bind this mix of operations; None without arithmetic."""
        units = max((time for name, time in self.seconds.items() if name != MEMORY), default=Fraction(0))
        if not units or not self.bytes:
            return None
        return self.operations / units * self.seconds[MEMORY] / self.bytes


def ceilings(device: Device, dtype: str) -> tuple[Ceiling, ...]:
    """The ceilings of products, lone operations and special functions that are known.

    Raises UnknownNumberType, MissingFigure without a bandwidth.
    """
    found = []
    for words, operation in _kinds(device):
        with suppress(MissingFigure):
            rate = device.ceiling(operation, dtype) * (FLOP_PER_MAC if operation == "mac" else 1)
            found.append(Ceiling(words, rate, rate / device.bandwidth))
    return tuple(found)


def _kinds(device: Device) -> Iterator[tuple[str, str]]:
    """What each ceiling is called, and a class below it; special functions of one rate share theirs."""
    yield device.unit("mac"), "mac"
    yield device.unit("add"), "add"
    special = {name: device.figures[f"special.{name}"].value for name in SPECIAL if f"special.{name}" in device.figures}
    for rate in dict.fromkeys(special.values()):
        alike = [name for name, own in special.items() if own == rate]
        yield ", ".join(alike), alike[0]


@dataclass(frozen=True, slots=True)
class Roof:
    """A device with its types, and the sizes of one case."""

    device: Device
    types: Types
    values: Mapping[str, int]
    batch: int = 1

    def whole(self, label: str, tree: Costed, least: Bound) -> Point:
        """All operations, and only the bytes that have to be moved: what the best fusion comes to."""
        with bounded(self.values):
            operations = _operations(self._counts(tree))
        return Point(label, tree.kind, operations, least.bytes, {**least.units, MEMORY: least.memory})

    def apart(self, tree: Costed, depth: float) -> Point:
        """A block and those inside it down to a depth, if each operation is by itself."""
        with bounded(self.values):
            return self._point(tree, depth, Moved())

    def _counts(self, block: Costed) -> dict[str, Fraction]:
        forms = block.cost.counts
        return {name: Fraction(form.evaluate(self.values)) * self.batch for name, form in forms.items()}

    def _point(self, block: Costed, depth: float, moved: Moved) -> Point:
        crossing = block.moved(moved)
        learned, others = (Fraction(form.evaluate(self.values)) for form in (crossing.parameters, crossing.others))
        data = learned * self.types.bytes("params") + others * self.types.bytes("activations") * self.batch
        counts = self._counts(block)
        units = busy(counts, self.device, self.types.products)
        children = tuple(self._inside(block, depth - 1, moved)) if depth > 0 else ()
        seconds = {**units, MEMORY: data / self.device.bandwidth}
        return Point(block.label, block.kind, _operations(counts), data, seconds, children)

    def _inside(self, block: Costed, depth: float, moved: Moved) -> Iterator[Point]:
        inside = [self._point(part, depth, moved) for part in block.inside]
        if any(part.kind != "own" for part in inside):
            yield from (part for part in inside if part.time or part.kind != "own")


def _operations(counts: Mapping[str, Fraction]) -> Fraction:
    """All operations, a MAC as two."""
    return sum((count * (FLOP_PER_MAC if name == "mac" else 1) for name, count in counts.items()), Fraction(0))
