"""Times of this machine, through NumPy, beside the least and the likely time on its calibrated device.

    python -m tests.hardware.here

Needs NumPy. Each case is a text and the same in NumPy, operation by operation; a time is the best of several rounds.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import symcost
from symcost.hardware import Device
from symcost.hardware.benchmarks import _best
from symcost.hardware.calibrate import calibrated, device_text, profile_text
from symcost.hardware.profile import Profile
from symcost.timing import Timing


@dataclass(frozen=True)
class Case:
    """A text with its sizes, and the same as NumPy runs it."""

    name: str
    text: str
    sizes: dict[str, int]
    run: Callable[[], object]


def cases(numpy: Any) -> Iterator[Case]:
    yield from _products(numpy)
    yield from _networks(numpy)
    yield from _pointwise(numpy)


def _filled(numpy: Any, *shape: int) -> Any:
    return numpy.full(shape, 0.01, numpy.float32)


def _products(numpy: Any) -> Iterator[Case]:
    text = "model M(x: [B, I]) { param W: [I, O] return x @ W }".replace("(x: [B, I])", "(x: [B, I], O)")
    for batch in (1, 16, 128, 512):
        for side in (128, 256, 512, 1024, 2048):
            x, w, out = _filled(numpy, batch, side), _filled(numpy, side, side), _filled(numpy, batch, side)

            def run(x: Any = x, w: Any = w, out: Any = out) -> None:
                numpy.matmul(x, w, out=out)

            yield Case(f"product {batch}x{side}x{side}", text, {"B": batch, "I": side, "O": side}, run)


def _networks(numpy: Any) -> Iterator[Case]:
    text = """model Mlp(x: [B, D]) {
      param W: [D, D], U: [D, D], b: [D], c: [D]
      return relu(x @ W + b) @ U + c
    }"""
    for batch in (1, 8, 64, 256):
        for side in (64, 128, 256, 512, 1024):
            x, w, u = _filled(numpy, batch, side), _filled(numpy, side, side), _filled(numpy, side, side)
            b, c = _filled(numpy, side), _filled(numpy, side)

            def run(x: Any = x, w: Any = w, u: Any = u, b: Any = b, c: Any = c) -> Any:
                return numpy.maximum(x @ w + b, 0) @ u + c

            yield Case(f"two layers {batch}x{side}", text, {"B": batch, "D": side}, run)


def _pointwise(numpy: Any) -> Iterator[Case]:
    for power in range(8, 24, 2):
        x = _filled(numpy, 2**power)
        out, part = numpy.empty_like(x), numpy.empty_like(x)

        def added(x: Any = x, out: Any = out) -> None:
            numpy.add(x, x, out=out)

        def raised(x: Any = x, out: Any = out) -> None:
            numpy.exp(x, out=out)

        def chained(x: Any = x, out: Any = out, part: Any = part) -> None:
            numpy.multiply(x, x, out=part)
            numpy.add(part, x, out=out)
            numpy.maximum(out, 0, out=out)

        sizes = {"N": 2**power}
        yield Case(f"sum 2^{power}", "model M(x: [N]) { return x + x }", sizes, added)
        yield Case(f"exp 2^{power}", "model M(x: [N]) { return exp(x) }", sizes, raised)
        yield Case(f"chain 2^{power}", "model M(x: [N]) { return relu(x*x + x) }", sizes, chained)


def main() -> int:
    """Print every case; 1 where a bound lies above a time by more than the noise."""
    import numpy

    found = calibrated()
    with tempfile.TemporaryDirectory() as folder:
        device_file, profile_file = Path(folder) / "here.toml", Path(folder) / "numpy.toml"
        device_file.write_text(device_text(found), encoding="utf-8")
        profile_file.write_text(profile_text(found), encoding="utf-8")
        device, profile = Device.load(device_file), Profile.load(profile_file)
    misses, above = [], 0
    noise = median(answer.noise for answer in (*found.first, *found.second))
    print(f"noise {noise:.1%}; data are in caches where they fit, while the bound begins in main memory")
    for case in cases(numpy):
        case.run()
        seconds = _best(case.run)
        timing = Timing(symcost.loads(case.text).model().at(**case.sizes), device, "fp32")
        least, likely = float(timing.bound().time), float(timing.likely(profile).time)
        over = least > seconds * (1 + noise)
        above += over
        misses.append(abs(likely / seconds - 1))
        told = f"{case.name:24} {seconds:10.4g} {least:10.4g} {likely:10.4g} {likely / seconds:6.2f}"
        print(told, "above" if over else "")
    misses.sort()
    print(f"{len(misses)} cases: median miss {median(misses):.0%}, 90th percentile {misses[len(misses) * 9 // 10]:.0%}")
    print(f"bound above what was measured: {above}")
    return int(above > 0)


if __name__ == "__main__":
    sys.exit(main())
