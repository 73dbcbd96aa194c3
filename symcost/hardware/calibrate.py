"""A device file and a profile for the machine one sits at, from its microbenchmarks.

What is measured are rates that are reached, not peaks: a bound on such a device says what these benchmarks would take,
and a program that is better than NumPy may be faster.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from symcost.errors import MissingExtra
from symcost.hardware.benchmarks import PRODUCT, ROWS, Answer, answers
from symcost.hardware.migrate import quoted
from symcost.records import dataclass

SMALLEST = 0.02
"""Times are not told apart below that."""

BEGINNINGS = ("tiny", "one-product")
"""Benchmarks of one number, which is all beginning."""

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
    def best(self) -> tuple[Answer, ...]:
        """Of each benchmark the run that took less: what the machine can do."""
        pairs = zip(self.first, self.second, strict=True)
        return tuple(min(pair, key=lambda answer: answer.seconds) for pair in pairs)

    @property
    def rates(self) -> Mapping[str, Answer]:
        """The best of each benchmark, without what it takes to begin something."""
        tiny, product = (next(one.seconds for one in self.best if one.name == name) for name in BEGINNINGS)
        begins = {"product": product, "rows": product}
        return {one.name: _beyond(one, begins.get(one.name, tiny)) for one in self.best if one.name not in BEGINNINGS}

    @property
    def begins(self) -> tuple[Answer, Answer]:
        """What one number takes: an operation, and a product."""
        first, second = (next(one for one in self.best if one.name == name) for name in BEGINNINGS)
        return first, second

    @property
    def packing(self) -> float:
        """MACs in whose time a number of a matrix is copied before few rows are multiplied with it.

        A product of m rows takes (m + packing)·k·n MACs: of two of them it follows.
        """
        return max(0.0, self.rates["rows"].seconds / self.row - ROWS)

    @property
    def row(self) -> float:
        """Seconds that a further row of a product takes: what is copied before is not in it."""
        many, few = self.rates["product"].seconds, self.rates["rows"].seconds
        return max((many - few) / (PRODUCT - ROWS), many / PRODUCT / 2)

    @property
    def products(self) -> Answer:
        """The rate of products with many rows."""
        many = self.rates["product"]
        words = f"each further row of products of {ROWS} and {PRODUCT} rows by {PRODUCT} by {PRODUCT} in fp32"
        return replace(many, words=words, seconds=self.row, work=many.work / PRODUCT)

    @property
    def noise(self) -> float:
        """The largest noise that a benchmark tells of itself."""
        return max(answer.noise for answer in (*self.first, *self.second))

    @property
    def agree(self) -> int:
        """How many benchmarks the second time were within their own noise of the first, or 2 %."""
        pairs = zip(self.pairs, self.second, strict=True)
        return sum(apart <= max(one.noise, other.noise, SMALLEST) for (one, apart), other in pairs)


def _beyond(answer: Answer, begins: float) -> Answer:
    """An answer without the time of a beginning; half of it is left at least, for noise may be as large."""
    return replace(answer, seconds=max(answer.seconds - begins, answer.seconds / 2))


def calibrated() -> Calibration:
    """Run the benchmarks twice, in some 16 s. Raises MissingExtra without NumPy."""
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
    by_name = found.rates
    name = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, calibrated"
    yield "schema = 2"
    yield f"name = {quoted(name)}"
    yield 'vendor = "calibrated"'
    yield 'class = "cpu"'
    yield f'date = "{date.today()}"'
    yield 'notes = "Rates that NumPy reaches, no peaks: better programs may be faster than a bound from them."'
    for group, key, answer in (
        ("matrix", "fp32", found.products), ("depthwise", "fp32", by_name["depthwise"]),
        ("special", "exp", by_name["exp"]),
    ):  # fmt: skip
        yield f"\n[{group}]"
        yield f"{key} = {_figure(answer.rate, 'OP/s', answer)}"
    ladder = [answer for name, answer in by_name.items() if name.startswith("add-")]
    fastest = max(ladder, key=lambda answer: answer.rate)
    yield "\n[vector]"
    yield f"fp32 = {_figure(fastest.rate / 12, 'OP/s', fastest)}"
    yield from _memory(ladder, by_name["read"])
    yield "\n[launch]"
    yield f"queued = {_figure(found.begins[0].seconds, 's', found.begins[0])}"


def _memory(ladder: Sequence[Answer], read: Answer) -> Iterator[str]:
    """Caches of which the system says how large they are, with the rate of the middle of the sets that each holds."""
    nearer = 0
    for level, size in _cache_sizes().items():
        yield f"\n[memory.{level}]"
        yield f'size = {{ value = "{size} B", source = "what the system says" }}'
        held = [answer for answer in ladder if nearer < answer.work <= size]
        if held:
            middle = held[len(held) // 2]
            yield f"bandwidth = {_figure(middle.rate, 'B/s', middle)}"
        nearer = size
    yield "\n[memory.main]"
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield f'size = {{ value = "{total} B", source = "what the system says" }}'
    fastest = max(ladder[-1], read, key=lambda answer: answer.rate)
    yield f"bandwidth = {_figure(fastest.rate, 'B/s', fastest)}"


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
    tiny, product = found.begins
    spread = max([found.noise, *(apart for _, apart in found.pairs)])
    low, high = max(0.5, 1 - spread), 1 + spread
    samples = "\n".join(
        f'{answer.name} = {{ time = "{_scaled(answer.seconds)}s", source = "measured here: {answer.words}" }}'
        for answer in found.best
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
packing = {found.packing:.2f}

[latency]
launch = "{_scaled(tiny.seconds)}s"
product = "{_scaled(product.seconds)}s"
run = "0 s"

[memory]  # runs follow one another: what fits in a cache is there
warm = true

[range]  # how far two runs of the benchmarks were apart; networks may lie farther off
low = {low:.3f}
high = {high:.3f}

[measured]
{samples}
"""
