"""The least time of a model on a device: what no machine with these peaks undercuts, as a formula and as a number.

All units run at their peak at the boost clock, all of them and memory at the same time; launching takes nothing; only
what has to be moved is moved. All data lie in the main memory before: of runs that follow one another, what stays on
the chip can make the later ones faster. It is for the products as the text has them: algorithms with fewer (Winograd,
Strassen) may be faster.

Source  Williams, Waterman & Patterson, Roofline, CACM 52(4), 2009
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import chain, combinations
from types import MappingProxyType

from symcost.errors import MissingFigure
from symcost.formula import Form, add, maximum, mul, num
from symcost.hardware.device import Device
from symcost.hardware.types import Types
from symcost.hardware.workload import Workload
from symcost.records import dataclass

LONE = "lone operations"

FUSED = ("add", "mul", "cmp")
"""Classes that do not wait for each other: an addition is fused with a multiplication, comparisons have units of their
own."""


@dataclass(frozen=True, slots=True)
class Term:
    """Some work of a unit: how much, how much of it in a second at most, and what it is called."""

    name: str
    amount: Form
    rate: Fraction

    @property
    def seconds(self) -> Form:
        """At the highest rate."""
        return mul(num(1 / self.rate), self.amount)


@dataclass(frozen=True, slots=True)
class Limits:
    """The least time over open sizes.

    `units`: of each unit the sets of terms that it works off one behind the other; it takes as long as the longest set.
    `once` are the bytes that have to be moved, `again` for each loop those that its further rounds fetch once more, if
    that is not negative; all at `bandwidth`. `left_out` are operation classes for which the device has no rate.
    """

    units: Mapping[str, tuple[tuple[Term, ...], ...]]
    once: Form
    again: tuple[Form, ...]
    bandwidth: Fraction
    left_out: tuple[str, ...] = ()

    def of_unit(self, name: str) -> tuple[Form, ...]:
        """Seconds of a unit: the largest of these."""
        return tuple(add(*(term.seconds for term in terms)) for terms in self.units[name])

    @property
    def arithmetic(self) -> tuple[Form, ...]:
        """Seconds of arithmetic: the largest of these."""
        return tuple(form for name in self.units for form in self.of_unit(name))

    @property
    def memory(self) -> tuple[Form, ...]:
        """Seconds of memory: the largest of these, one for each set of loops that fetch something again."""
        sets = chain.from_iterable(combinations(self.again, count) for count in range(len(self.again) + 1))
        return tuple(mul(num(1 / self.bandwidth), add(self.once, *some)) for some in sets)

    @property
    def bytes(self) -> Form:
        """What has to be moved in all."""
        return add(self.once, *(maximum(num(0), form) for form in self.again))

    @property
    def time(self) -> Form:
        """Seconds: the largest of all."""
        return maximum(*self.arithmetic, mul(num(1 / self.bandwidth), self.bytes))

    def each(self, values: Mapping[str, int]) -> Bound:
        """With numbers in place of all sizes."""
        units = {name: max(Fraction(form.evaluate(values)) for form in self.of_unit(name)) for name in self.units}
        once = Fraction(self.once.evaluate(values))
        again = sum((max(Fraction(0), Fraction(form.evaluate(values))) for form in self.again), Fraction(0))
        data = once + again
        return Bound(MappingProxyType(units), data, again, data / self.bandwidth, self.left_out)


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
    units, left_out = _units(work, device, types.products, devices)
    again = () if device.on_chip is None else work.fetched_again(types, device.on_chip * devices)
    return Limits(MappingProxyType(units), work.compulsory(types), again, device.bandwidth * devices, left_out)


def bound(work: Workload, device: Device, types: Types, values: Mapping[str, int]) -> Bound:
    """The least time with numbers in place of all sizes. Raises UnknownNumberType, MissingFigure."""
    return limits(work, device, types).each(values)


def busy(counts: Mapping[str, Fraction], device: Device, dtype: str) -> Mapping[str, Fraction]:
    """Seconds of each unit for so many operations of each class, at peaks that are never exceeded.

    Classes for which the device has no rate are left out. Raises UnknownNumberType.
    """
    terms = []
    for name, count in counts.items():
        with suppress(MissingFigure):
            terms.append(Term(name, num(count), device.ceiling(name, dtype)))
    units = _by_unit(terms, device)
    return {name: max(_longest(sets)) for name, sets in units.items()}


def _longest(sets: Sequence[tuple[Term, ...]]) -> Iterator[Fraction]:
    """Seconds of each set of terms, one behind the other."""
    for terms in sets:
        yield sum((Fraction(term.seconds.evaluate({})) for term in terms), Fraction(0))


def _units(
    work: Workload, device: Device, dtype: str, devices: int
) -> tuple[dict[str, tuple[tuple[Term, ...], ...]], tuple[str, ...]]:
    """The work of each unit, and the classes for which there is no rate."""
    terms: list[Term] = []
    left_out: list[str] = []
    for name in work.cost.counts:
        try:
            terms.append(Term(name, work.operations(name), device.ceiling(name, dtype) * devices))
        except MissingFigure:
            left_out.append(name)
    return _by_unit(terms, device), tuple(left_out)


def _by_unit(terms: Sequence[Term], device: Device) -> dict[str, tuple[tuple[Term, ...], ...]]:
    """The classes of a unit one behind the other; those of lone operations that are fused beside each other."""
    beside: list[Term] = []
    behind: dict[str, list[Term]] = {}
    for term in terms:
        if term.name in FUSED:
            beside.append(term)
        else:
            behind.setdefault(device.unit(term.name), []).append(term)

    found: dict[str, tuple[tuple[Term, ...], ...]] = {unit: (tuple(one),) for unit, one in behind.items()}
    if beside:
        rest = tuple(behind.get(LONE, ()))
        found[LONE] = tuple((term, *rest) for term in beside)
    return found
