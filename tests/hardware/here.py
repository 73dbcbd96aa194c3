"""Times of this machine, through NumPy, beside the least and the likely time on its calibrated device.

    OMP_NUM_THREADS=1 python -m tests.hardware.here

Needs NumPy. Each case is a text and the same in NumPy, operation by operation, and is timed twice: over so many sets of
data, one after the other, that no cache holds them, for the least time, which begins in main memory; and over one set,
for the likely time of runs that follow one another. A time is the best of several rounds, by the clock or of the
processor, whichever is less.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import prod
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import symcost
from symcost.hardware import Device
from symcost.hardware.benchmarks import ROUND_SECONDS, _best, _round
from symcost.hardware.calibrate import Calibration, calibrated, device_text, profile_text
from symcost.hardware.profile import Profile
from symcost.timing import Timing

POOL = 192 * 2**20
"""Bytes of the data that are gone through before the first set comes again: six times the largest cache."""

FEWEST = 3
"""Sweeps over all sets, at least."""


@dataclass(frozen=True)
class Case:
    """A text with its sizes; the same as NumPy runs it, on arrays of these shapes."""

    name: str
    text: str
    sizes: dict[str, int]
    shapes: tuple[tuple[int, ...], ...]
    run: Callable[..., object]

    def sets(self, numpy: Any, many: int) -> list[tuple[Any, ...]]:
        """So many sets of arrays, those of one shape behind each other."""
        pools = [numpy.full((many, *shape), 0.01, numpy.float32) for shape in self.shapes]
        return [tuple(pool[number] for pool in pools) for number in range(many)]

    def cold(self, numpy: Any) -> float:
        """Seconds of one run on data that come from main memory."""
        each = 4 * sum(prod(shape) for shape in self.shapes)
        sets = self.sets(numpy, max(2, -(-POOL // each)))
        sweep = partial(self._sweep, sets)
        sweep()
        best, end, done = float("inf"), perf_counter() + ROUND_SECONDS, 0
        while perf_counter() < end or done < FEWEST:
            best = min(best, _round(sweep, 1) / len(sets))
            done += 1
        return best

    def _sweep(self, sets: list[tuple[Any, ...]]) -> None:
        for arrays in sets:
            self.run(*arrays)

    def warm(self, numpy: Any) -> float:
        """Seconds of one run on data that were used just before."""
        arrays = self.sets(numpy, 1)[0]
        once = partial(self.run, *arrays)
        once()
        return min(_best(once), _best(once))


def cases(numpy: Any) -> Iterator[Case]:
    yield from _products(numpy)
    yield from _networks(numpy)
    yield from _pointwise(numpy)


def _products(numpy: Any) -> Iterator[Case]:
    text = "model M(x: [B, I], O) { param W: [I, O] return x @ W }"

    def run(x: Any, w: Any, out: Any) -> None:
        numpy.matmul(x, w, out=out)

    for batch in (1, 16, 128, 512):
        for side in (128, 256, 512, 1024, 2048):
            shapes = ((batch, side), (side, side), (batch, side))
            yield Case(f"product {batch}x{side}x{side}", text, {"B": batch, "I": side, "O": side}, shapes, run)


def _networks(numpy: Any) -> Iterator[Case]:
    text = """model Mlp(x: [B, D]) {
      param W: [D, D], U: [D, D], b: [D], c: [D]
      return relu(x @ W + b) @ U + c
    }"""

    def run(x: Any, w: Any, u: Any, b: Any, c: Any) -> Any:
        return numpy.maximum(x @ w + b, 0) @ u + c

    for batch in (1, 8, 64, 256):
        for side in (64, 128, 256, 512, 1024):
            shapes = ((batch, side), (side, side), (side, side), (side,), (side,))
            yield Case(f"two layers {batch}x{side}", text, {"B": batch, "D": side}, shapes, run)


def _pointwise(numpy: Any) -> Iterator[Case]:
    def added(x: Any, out: Any) -> None:
        numpy.add(x, x, out=out)

    def raised(x: Any, out: Any) -> None:
        numpy.exp(x, out=out)

    def chained(x: Any, out: Any, between: Any) -> None:
        numpy.multiply(x, x, out=between)
        numpy.add(between, x, out=out)
        numpy.maximum(out, 0, out=out)

    for power in range(8, 24, 2):
        sizes, shape = {"N": 2**power}, (2**power,)
        yield Case(f"sum 2^{power}", "model M(x: [N]) { return x + x }", sizes, (shape, shape), added)
        yield Case(f"exp 2^{power}", "model M(x: [N]) { return exp(x) }", sizes, (shape, shape), raised)
        yield Case(f"chain 2^{power}", "model M(x: [N]) { return relu(x*x + x) }", sizes, (shape,) * 3, chained)


def loaded(found: Calibration) -> tuple[Device, Profile]:
    """Device and profile of a calibration, through their files."""
    with tempfile.TemporaryDirectory() as folder:
        device_file, profile_file = Path(folder) / "here.toml", Path(folder) / "numpy.toml"
        device_file.write_text(device_text(found), encoding="utf-8")
        profile_file.write_text(profile_text(found), encoding="utf-8")
        return Device.load(device_file), Profile.load(profile_file)


def main() -> int:
    """Print every case; 1 where a bound lies above a time by more than the noise."""
    import numpy

    found = calibrated()
    device, profile = loaded(found)
    noise = median(apart for _, apart in found.pairs)
    misses, above, largest = [], 0, 0.0
    print(f"noise: the benchmarks' second run is {noise:.1%} from their first (median)")
    print(f"{'case':24} {'cold':>10} {'at least':>10} {'of it':>6} {'warm':>10} {'likely':>10} {'of it':>6}")
    for case in cases(numpy):
        cold, warm = case.cold(numpy), case.warm(numpy)
        timing = Timing(symcost.loads(case.text).model().at(**case.sizes), device, "fp32")
        least, likely = float(timing.bound().time), float(timing.likely(profile).time)
        over = least > cold * (1 + noise)
        above, largest = above + over, max(largest, least / cold)
        misses.append(abs(likely / warm - 1))
        told = f"{case.name:24} {cold:10.4g} {least:10.4g} {least / cold:6.2f} {warm:10.4g} {likely:10.4g}"
        print(f"{told} {likely / warm:6.2f} {'above' if over else ''}".rstrip())
    misses.sort()
    print(f"{len(misses)} cases: median miss {median(misses):.0%}, 90th percentile {misses[len(misses) * 9 // 10]:.0%}")
    print(f"bound above what was measured: {above}; at most {largest:.2f} of it")
    return int(above > 0)


if __name__ == "__main__":
    sys.exit(main())
