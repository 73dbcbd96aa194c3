"""The likely time of a model on a device under a profile of the program that runs it, with a range.

An estimate, fitted to measurements: what carries over to another model of the same kind and size, on the same type of
device, under the same program; constants that were fitted on one type of GPU miss another by some 15 %.

Source  the form of Calculon and LLM-Viewer, a roofline for each kernel: Isaev et al., Calculon (SC 2023), section 3;
        Yuan et al., LLM inference unveiled (2024), section 2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symcost.hardware.device import Device
from symcost.hardware.kernels import Kernel
from symcost.hardware.profile import Profile
from symcost.hardware.types import Types
from symcost.hardware.workload import STORED
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """The time of one kernel in all its launches, in seconds: arithmetic, memory and launches.

    `stored`: the part of memory that parameters take; `product`: whether there are products in it.
    """

    name: str
    launches: Fraction
    arithmetic: Fraction
    memory: Fraction
    latency: Fraction
    overlap: Fraction
    stored: Fraction = Fraction(0)
    product: bool = False

    @property
    def time(self) -> Fraction:
        """The larger of arithmetic and memory, what of the smaller does not go on beside it, and the launches."""
        behind = (1 - self.overlap) * min(self.arithmetic, self.memory)
        return max(self.arithmetic, self.memory) + behind + self.latency


@dataclass(frozen=True, slots=True)
class Likely:
    """The likely time in seconds, the range that held most measurements, and what each kernel takes of it."""

    kernels: tuple[Spent, ...]
    run: Fraction
    """Seconds that all runs take besides, whatever is in them."""
    range: tuple[Fraction, Fraction]
    """Factors on the time."""
    least: Fraction = Fraction(0)
    """Seconds that no program undercuts: what stays in a cache from kernel to kernel came from memory once."""

    @property
    def time(self) -> Fraction:
        """Seconds: all kernels, one after the other; no less than the least time."""
        return max(self.least, sum((kernel.time for kernel in self.kernels), self.run))

    @property
    def low(self) -> Fraction:
        """Seconds at the fast end."""
        return max(self.least, self.time * self.range[0])

    @property
    def high(self) -> Fraction:
        """Seconds at the slow end."""
        return self.time * self.range[1]


@dataclass(frozen=True, slots=True)
class Case:
    """A device, types, a batch, and the sizes."""

    device: Device
    types: Types
    batch: int
    values: Mapping[str, int]


def likely(found: Sequence[Kernel], case: Case, profile: Profile, runs: Fraction | int = 1) -> Likely:
    """The likely time of kernels under a profile.

    Time    sum over kernels of max(a, m) + (1 - overlap)·min(a, m) + the latency of each launch, and that of each run
            a = (MACs + packing·parameters) / (eta·peak) + other operations / (eta_v·rate); packing where several rows
            are multiplied with the same parameters; depthwise convolutions at a rate of their own where the device has
            one, which is reached
            m = bytes / (eta_b·bandwidth of the nearest level which holds what is moved)

    Raises UnknownNumberType, MissingFigure.
    """
    stored = sum((_bytes(kernel, case, STORED) for kernel in found), Fraction(0))
    kept = _bandwidth(case.device, stored) if profile.warm else case.device.bandwidth
    spent = tuple(_spent(kernel, case, profile, kept) for kernel in found)
    return Likely(spent, profile.run * runs, profile.range)


def _spent(kernel: Kernel, case: Case, profile: Profile, kept: Fraction) -> Spent:
    launches = Fraction(kernel.launches.evaluate(case.values))
    arithmetic = _arithmetic(kernel, case, profile)
    memory = _memory(kernel, case, profile, launches, kept)
    latency = launches * profile.launch(kernel.product)
    stored = _bytes(kernel, case, STORED) / kept / profile.memory
    return Spent(kernel.name, launches, arithmetic, memory, latency, profile.overlap, stored, kernel.product)


def _arithmetic(kernel: Kernel, case: Case, profile: Profile) -> Fraction:
    """Products at the part of the peak that is reached, and all other work behind them."""
    seconds = Fraction(0)
    products = profile.of_products(case.device.width(case.types.products))
    for name, form in kernel.cost.counts.items():
        many = Fraction(form.evaluate(case.values)) * case.batch
        if name != "mac":
            seconds += many / (case.device.rate(name, case.types.products) * profile.vector)
        elif kernel.depthwise and (rate := case.device.depthwise(case.types.products)) is not None:
            seconds += many / rate
        else:
            packed = profile.packing * _packed(kernel, case, many) if profile.packing else 0
            seconds += (many + packed) / (case.device.rate(name, case.types.products) * products)
    return seconds


def _packed(kernel: Kernel, case: Case, macs: Fraction) -> Fraction:
    """The parameters that several rows are multiplied with; one row is multiplied as they come."""
    parameters = sum((Fraction(kernel.moved[role].evaluate(case.values)) for role in STORED if role in kernel.moved), 0)
    return Fraction(parameters) if macs > parameters else Fraction(0)


def _memory(kernel: Kernel, case: Case, profile: Profile, launches: Fraction, kept: Fraction) -> Fraction:
    """Parameters at the rate at which they are `kept`, the rest from the level that holds what a launch moves."""
    learned, others = (_bytes(kernel, case, roles) for roles in (STORED, _others(kernel)))
    from_stored = learned / kept
    from_rest = others / _bandwidth(case.device, (learned + others) / max(launches, Fraction(1)))
    return (from_stored + from_rest) / profile.memory


def _others(kernel: Kernel) -> tuple[str, ...]:
    return tuple(role for role in kernel.moved if role not in STORED)


def _bytes(kernel: Kernel, case: Case, roles: Sequence[str]) -> Fraction:
    """Bytes moved of these roles, those of each example for the whole batch."""
    found = Fraction(0)
    for role in roles:
        if role in kernel.moved:
            times = 1 if role in STORED else case.batch
            found += Fraction(kernel.moved[role].evaluate(case.values)) * case.types.bytes(role) * times
    return found


def _bandwidth(device: Device, size: Fraction) -> Fraction:
    """Of the nearest level that is large enough and whose bandwidth is known; else of the main memory."""
    for level in device.levels:
        if level.bandwidth is not None and level.size is not None and size <= level.size:
            return level.bandwidth
    return device.bandwidth
