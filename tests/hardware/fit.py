"""Fit the constants of a profile to published times: two thirds of the rows, the rest held back.

    python -m tests.hardware.fit PATH/measured_inference.csv llm-engine

Prints the constants, the errors on both parts, every row, and the `[measured]` table of the profile. The form of a
profile was chosen with all rows in view; so the errors of each row are told, too, under constants that were fitted to
all others, and under those that were fitted to the other types of devices.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import exp, log
from pathlib import Path

from symcost.hardware.kernels import Joined
from symcost.hardware.likely import Case, likely
from symcost.hardware.profile import Profile
from tests.hardware.measured import ABSENT, Row, rows

ENGINE = Joined(
    frozenset({"attention", "causal_attention", "windowed_attention", "softmax", "RMSNorm", "LayerNorm"}), True
)

IMAGE = Joined(frozenset({"softmax", "BatchNorm", "LayerNorm"}), True)

PARTS: dict[str, tuple[Callable[[Row], bool], Joined]] = {
    "llm-engine": (lambda row: row.entries["arch"].startswith("language") and row.number("devices") == 1, ENGINE),
    "compiled": (
        lambda row: row.task == "image" and "eager" not in row.entries["software"] and row.number("devices") == 1,
        IMAGE,
    ),
    "microcontroller": (lambda row: row.task == "microcontroller", IMAGE),
    "eager": (lambda row: "eager" in row.entries["software"], Joined(frozenset({"softmax", "BatchNorm", "LayerNorm"}))),
}
"""Which rows a profile is fitted on, and what it joins."""


@dataclass(frozen=True)
class Shape:
    """A row: of each kernel seconds of products and of other work at the peaks, of memory, launches; and runs."""

    row: Row
    kernels: tuple[tuple[float, float, float, float], ...]
    runs: int

    def time(self, constants: Sequence[float]) -> float:
        wide, narrow, memory, latency, run, overlap = constants
        matrix = narrow if self.narrow else wide
        spent = 0.0
        for mac, other, data, launches in self.kernels:
            both = (mac / matrix + other, data / memory)
            spent += max(both) + (1 - overlap) * min(both) + latency * launches
        return spent + run * self.runs

    @property
    def narrow(self) -> bool:
        """Whether products are of 8 bits."""
        return self.row.entries["precision"] in ("fp8", "int8")

    def error(self, constants: Sequence[float]) -> float:
        return log(self.time(constants) / self.row.seconds)


def shaped(row: Row, joined: Joined) -> Shape:
    """A row at the peaks."""
    timing = row.timing
    peaks = replace(Profile.load("none"), joined=joined)
    case = Case(timing.device, timing.types, row.number("batch"), timing.model.values)
    found = []
    for kernel in timing.kernels(peaks):
        spent = likely((kernel,), case, peaks).kernels[0]
        many = float(kernel.cost["mac"].evaluate(case.values)) * case.batch
        products = many / float(case.device.rate("mac", case.types.products))
        found.append((products, float(spent.arithmetic) - products, float(spent.memory), float(spent.launches)))
    return Shape(row, tuple(found), timing.runs())


START = (0.6, 0.5, 0.8, 5e-6, 1e-5, 0.5)
LIMITS = ((0.02, 1.0), (0.02, 1.0), (0.02, 0.93), (1e-9, 1e-2), (1e-9, 1e-1), (1e-3, 1.0))
"""Where constants are looked for; a read alone reaches 0.93 of the bandwidth of the sheet at most."""

ALONE = ((0.02, 1.0), (0.02, 1.0), (0.93, 0.93), (0.0, 0.0), (0.0, 0.0), (1.0, 1.0))
"""One constant alone: how much of the peak a microcontroller reaches."""


def fitted(shapes: Sequence[Shape], start: Sequence[float], limits: Sequence[tuple[float, float]]) -> list[float]:
    """Constants with the least squares of the logarithms, by steps along each of them that grow smaller."""
    constants = [*start]

    def badness(at: Sequence[float]) -> float:
        return sum(shape.error(at) ** 2 for shape in shapes)

    step = 1.5
    best = badness(constants)
    while step > 1.001:
        before = best
        for number, (low, high) in enumerate(limits):
            for factor in (step, 1 / step):
                tried = [*constants]
                tried[number] = min(high, max(low, tried[number] * factor))
                if (bad := badness(tried)) < best:
                    constants, best = tried, bad
        if before - best < 1e-9:
            step = step**0.7
    return constants


def told(shapes: Sequence[Shape], constants: Sequence[float]) -> tuple[float, float]:
    """The mean and the largest miss, as parts of what was measured."""
    misses = [abs(exp(shape.error(constants)) - 1) for shape in shapes]
    return sum(misses) / len(misses), max(misses)


Fit = Callable[[Sequence[Shape]], list[float]]
"""How constants are found for some rows."""


def crossed(shapes: Sequence[Shape], fit: Fit, key: Callable[[Shape], str]) -> list[float]:
    """The miss of each row under constants of the rows that are alike in another way: leave one, or one group, out."""
    misses = []
    for group in dict.fromkeys(key(shape) for shape in shapes):
        left = [shape for shape in shapes if key(shape) == group]
        rest = [shape for shape in shapes if key(shape) != group]
        if rest:
            constants = fit(rest)
            misses += [abs(exp(shape.error(constants)) - 1) for shape in left]
    return misses


def tell_crossed(shapes: Sequence[Shape], fit: Fit) -> None:
    ways = {"each row": lambda shape: shape.row.id, "each device": lambda shape: shape.row.entries["device"]}
    for words, key in ways.items():
        misses = crossed(shapes, fit, key)
        if misses:
            mean, worst = sum(misses) / len(misses), max(misses)
            print(f"{words} left out in turn: {len(misses)} rows: mean {mean:.1%}, worst {worst:.1%}")


def main(path: Path, name: str) -> None:
    wanted, joined = PARTS[name]
    chosen = [row for row in rows(path) if row.entries["device"] not in ABSENT and wanted(row)]
    shapes = [shaped(row, joined) for row in sorted(chosen, key=lambda row: row.id)]
    held = [shape for number, shape in enumerate(shapes) if number % 3 == 2]
    train = [shape for shape in shapes if shape not in held]
    alone = name == "microcontroller"
    begin, limits = ((0.1, 0.1, 0.93, 0.0, 0.0, 1.0), ALONE) if alone else (START, LIMITS)
    constants = fitted(shapes if alone else train, begin, limits)
    print("matrix {:.3f}, of 8 bits {:.3f}, memory {:.3f}".format(*constants[:3]))
    print(f"launch {constants[3] * 1e6:.3g} us, run {constants[4] * 1e6:.3g} us, overlap {constants[5]:.2f}")
    for words, part in (("fitted on", train), ("held back", held), ("all", shapes)):
        mean, worst = told(part, constants)
        print(f"{words:10} {len(part):3} rows: mean {mean:.1%}, worst {worst:.1%}")
    tell_crossed(shapes, lambda rest: fitted(rest, begin, limits))
    factors = sorted(shape.row.seconds / shape.time(constants) for shape in shapes)
    edge = len(factors) // 10
    print(f"range {factors[edge]:.2f} to {factors[-1 - edge]:.2f} holds {len(factors) - 2 * edge} of {len(factors)}")
    print("\n[measured]")
    for shape in shapes:
        held_back = ", fitted = false" if shape in held else ""
        time = f"{shape.row.seconds * 1000:.6g} ms"
        print(f'{shape.row.id.replace(".", "_")} = {{ time = "{time}", source = "{shape.row.source}"{held_back} }}')
    print()
    for shape in shapes:
        time = shape.time(constants)
        mark = "held" if shape in held else ""
        print(f"{shape.row.id:28} {shape.row.seconds:10.4g} {time:10.4g} {time / shape.row.seconds:6.2f} {mark}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
