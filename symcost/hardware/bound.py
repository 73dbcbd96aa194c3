"""The least time of a model on a device: what no machine with these peaks undercuts, as a formula and as a number.

All units run at their peak at the boost clock, all of them and memory at the same time; launching takes nothing; only
what has to be moved is moved. It is for the products as the text has them: algorithms with fewer (Winograd, Strassen)
may be faster.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from symcost.errors import MissingFigure
from symcost.formula import Form, add, maximum, mul, num
from symcost.hardware.device import Device
from symcost.hardware.types import Types
from symcost.hardware.workload import Workload

LONE = "lone operations"

FUSED = ("add", "mul", "cmp")
"""Classes that do not wait for each other: an addition is fused with a multiplication, comparisons have units of their
own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The least time over open sizes, in seconds: of each unit, and of memory; with the bytes.

    `left_out` are operation classes for which the device has no rate.
    """

    units: Mapping[str, Form]
    bytes: Form
    again: Form
    memory: Form
    left_out: tuple[str, ...] = ()

    @property
    def compute(self) -> Form:
        """Seconds of the busiest unit."""
        return maximum(*self.units.values()) if self.units else num(0)

    @property
    def time(self) -> Form:
        """The largest of all."""
        return maximum(*self.units.values(), self.memory)

    def each(self, change: Mapping[str, int]) -> Bound:
        """With numbers in place of all sizes."""
        units = {name: Fraction(form.evaluate(change)) for name, form in self.units.items()}
        data, again, memory = (Fraction(form.evaluate(change)) for form in (self.bytes, self.again, self.memory))
        return Bound(MappingProxyType(units), data, again, memory, self.left_out)


@dataclass(frozen=True, slots=True)
class Bound:
    """The least time of a whole model: seconds of each unit, bytes that have to be moved, and their seconds.

    `again`: those of the bytes that further rounds of loops fetch once more.
    """

    units: Mapping[str, Fraction]
    bytes: Fraction
    again: Fraction
    memory: Fraction
    left_out: tuple[str, ...] = ()

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
        if not self.time:
            return "nothing to do"
        return "compute-bound" if self.compute >= self.memory else "memory-bound"


def limits(work: Workload, device: Device, types: Types, devices: int = 1) -> Limits:
    """The least time of a workload as a formula; on several devices that share it evenly, over links that take nothing.

    Units run at the same time: attention kernels take exponentials while matrix units multiply (Shah et al.,
    FlashAttention-3, 2024, section 3.2). All operations of the text are taken to be performed, also those whose
    results nobody reads.

    Time    max(operations / peak rate, for each unit; bytes / bandwidth)

    Raises UnknownNumberType, MissingFigure.
    """
    device.known(types.products)
    units, left_out = _units(work, device, types.products)
    share = num(Fraction(1, devices))
    shared = {unit: mul(share, form) for unit, form in units.items()}
    again = num(0) if device.on_chip is None else work.fetched_again(types, device.on_chip * devices)
    data = add(work.compulsory(types), again)
    memory = mul(num(1 / (device.bandwidth * devices)), data)
    return Limits(MappingProxyType(shared), data, again, memory, left_out)


def bound(work: Workload, device: Device, types: Types, values: Mapping[str, int]) -> Bound:
    """The least time with numbers in place of all sizes. Raises UnknownNumberType, MissingFigure."""
    return limits(work, device, types).each(values)


def _units(work: Workload, device: Device, dtype: str) -> tuple[dict[str, Form], tuple[str, ...]]:
    """Seconds of each unit at its peak, and the classes for which there is no rate."""
    seconds: dict[str, Form] = {}
    left_out: list[str] = []
    for name in work.cost.counts:
        try:
            rate = device.ceiling(name, dtype)
        except MissingFigure:
            left_out.append(name)
            continue
        seconds[name] = mul(num(1 / rate), work.operations(name))
    return _by_unit(seconds, device), tuple(left_out)


def _by_unit(seconds: Mapping[str, Form], device: Device) -> dict[str, Form]:
    """What the classes of a unit take together."""
    parts: dict[str, list[Form]] = {}
    for name, form in seconds.items():
        if name not in FUSED:
            parts.setdefault(device.unit(name), []).append(form)
    beside = [form for name, form in seconds.items() if name in FUSED]
    if beside:
        parts.setdefault(LONE, []).append(maximum(*beside))
    return {unit: add(*forms) for unit, forms in parts.items()}
