"""A device file and a profile for the machine one sits at, from its microbenchmarks.

What is measured are rates that are reached, not peaks: a bound on such a device says what these benchmarks would take,
and a program that is better than NumPy may be faster.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from symcost.errors import MissingExtra
from symcost.hardware.benchmarks import Answer, answers
from symcost.hardware.migrate import quoted

SMALLEST = 0.02
"""Times are not told apart below that."""

KNOWN = ("1", "2", "3")
"""Levels of caches."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What two runs of the benchmarks found, the second to see how far one can be trusted."""

    first: tuple[Answer, ...]
    second: tuple[Answer, ...]

    @property
    def pairs(self) -> Iterator[tuple[Answer, float]]:
        """Each answer, and how far the second run was from it, as a part."""
        for one, other in zip(self.first, self.second, strict=True):
            yield one, abs(other.seconds - one.seconds) / one.seconds

    @property
    def noise(self) -> float:
        """The largest noise that a benchmark tells of itself."""
        return max(answer.noise for answer in (*self.first, *self.second))

    @property
    def agree(self) -> int:
        """How many benchmarks the second time were within their own noise of the first, or 2 %."""
        pairs = zip(self.pairs, self.second, strict=True)
        return sum(apart <= max(one.noise, other.noise, SMALLEST) for (one, apart), other in pairs)


def calibrated() -> Calibration:
    """Run the benchmarks twice, in some 10 s. Raises MissingExtra without NumPy."""
    numpy = _numpy()
    return Calibration(tuple(answers(numpy)), tuple(answers(numpy)))


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise MissingExtra("numpy") from None
    return numpy


def device_text(found: Calibration) -> str:
    """The device file: schema 2, each figure with its benchmark as its source."""
    return "\n".join(_device_lines(found)) + "\n"


def _device_lines(found: Calibration) -> Iterator[str]:
    by_name = {answer.name: answer for answer in found.first}
    name = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, calibrated"
    yield "schema = 2"
    yield f"name = {quoted(name)}"
    yield 'vendor = "calibrated"'
    yield 'class = "cpu"'
    yield f'date = "{date.today()}"'
    yield 'notes = "Rates that NumPy reaches, no peaks: better programs may be faster than a bound from them."'
    for group, key, benchmark in (
        ("matrix", "fp32", "product"), ("depthwise", "fp32", "depthwise"), ("special", "exp", "exp"),
    ):  # fmt: skip
        yield f"\n[{group}]"
        yield f"{key} = {_figure(by_name[benchmark].rate, 'OP/s', by_name[benchmark])}"
    fastest = max((answer for answer in found.first if answer.name.startswith("add-")), key=lambda answer: answer.rate)
    yield "\n[vector]"
    yield f"fp32 = {_figure(fastest.rate / 12, 'OP/s', fastest)}"
    yield from _memory(found.first)
    yield "\n[launch]"
    yield f"queued = {_figure(by_name['tiny'].seconds, 's', by_name['tiny'])}"


def _memory(found: Sequence[Answer]) -> Iterator[str]:
    """Caches of which the system says how large they are, with the rate of the largest working set that fits."""
    ladder = [answer for answer in found if answer.name.startswith("add-")]
    for level, size in _cache_sizes().items():
        yield f"\n[memory.{level}]"
        yield f'size = {{ value = "{size} B", source = "what the system says" }}'
        fitting = [answer for answer in ladder if answer.work <= size]
        if fitting:
            yield f"bandwidth = {_figure(fitting[-1].rate, 'B/s', fitting[-1])}"
    yield "\n[memory.main]"
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield f'size = {{ value = "{total} B", source = "what the system says" }}'
    yield f"bandwidth = {_figure(ladder[-1].rate, 'B/s', ladder[-1])}"


def _cache_sizes() -> Mapping[str, int]:
    """Bytes of the caches that one core sees, as far as the system tells, each larger than the one before."""
    sizes: dict[str, int] = {}
    for level, size in sorted(_told_caches()):
        if size > max(sizes.values(), default=0):
            sizes[f"l{level}"] = size
    return sizes


def _told_caches() -> Iterator[tuple[int, int]]:
    """Level and bytes of the caches for data, as Linux tells them; nothing elsewhere."""
    for place in Path("/sys/devices/system/cpu/cpu0/cache").glob("index*"):
        with suppress(OSError, ValueError):
            level, kind, size = ((place / name).read_text().strip() for name in ("level", "type", "size"))
            if kind != "Instruction" and size.endswith("K") and level in KNOWN:
                yield int(level), 1024 * int(size.removesuffix("K"))


def _figure(value: float, unit: str, answer: Answer) -> str:
    """A figure with its benchmark; so many digits as a measurement has."""
    source = f"measured: {answer.words}, noise {answer.noise:.0%}"
    return f'{{ value = "{_scaled(value)}{unit}", source = {quoted(source)} }}'


def _scaled(value: float) -> str:
    """`12.3 G`"""
    for prefix, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0), ("m", 1e-3), ("u", 1e-6)):
        if value >= size:
            return f"{value / size:.4g} {prefix}"
    return f"{value / 1e-9:.4g} n"


def profile_text(found: Calibration) -> str:
    """The profile of a program that calls one operation after the other on this machine, as NumPy does."""
    tiny = next(answer for answer in found.first if answer.name == "tiny")
    spread = max([found.noise, *(apart for _, apart in found.pairs)])
    low, high = max(0.5, 1 - spread), 1 + spread
    samples = "\n".join(
        f'{answer.name} = {{ time = "{_scaled(answer.seconds)}s", source = "measured here: {answer.words}" }}'
        for answer in found.first
    )
    return f"""words = "operation by operation, as NumPy runs them on this machine"
source = "six microbenchmarks of this machine, which the device file already holds: parts of its rates are 1"

[joins]
calls = []
pointwise = false

[efficiency]
matrix = 1
vector = 1
memory = 1

[latency]
launch = "{_scaled(tiny.seconds)}s"
run = "0 s"

[memory]  # runs follow one another: what fits in a cache is there
warm = true

[range]  # how far two runs of the benchmarks were apart; networks may lie farther off
low = {low:.3f}
high = {high:.3f}

[measured]
{samples}
"""
