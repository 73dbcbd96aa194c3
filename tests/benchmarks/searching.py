"""A search over architectures: each is written by `symcost.build`, loaded, asked, and forgotten.

`python -m tests.benchmarks.searching` prints how long one takes in processor time, beside a loop of Python's own on the
same machine, and how much memory the process has after each thousand. With `--own-names` no two have a dimension in
common, so that nothing that was worked out for one can serve for another.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import symcost
from symcost.build import File


def perceptron(number: int, own: str = "") -> File:
    """Three to seven layers of other widths."""
    file = File()
    net = file.model("Net", x=[f"T{own}", f"I{own}"])
    value = net.x
    for layer in range(3 + number % 5):
        value = value.then("Linear", 8 * (1 + (7 * number + 3 * layer) % 40)).then("relu")
    net.returns(value)
    return file


def transformer(number: int, own: str = "") -> File:
    """A decoder with a block of its own, up to twelve of them."""
    file = File()
    T, D, F = (f"{letter}{own}" for letter in "TDF")
    block = file.module("Block", x=[T, D], heads=None, **{F: None})
    block.assume("heads", divides=D)
    q, k, v = block.let("q, k, v", block.x.then("LayerNorm").then("Linear", f"3*{D}").then("split", 3, axis=-1))
    seen = block.call("attention", *(part.then("split_heads", "heads") for part in (q, k, v)))
    x = block.let("x", block.x + seen.then("merge_heads").then("Linear", D))
    block.returns(x + x.then("LayerNorm").then("Linear", F).then("gelu").then("Linear", D))
    net = file.model("Net", tokens=[T], V=None, heads=None, **{D: None, F: None})
    x = net.let("x", net.tokens.then("Embedding", "V", D))
    with net.repeat(1 + number % 12):
        net.let("x", x.then(block, "heads", F))
    net.returns(x.then("Linear", "V", bias=False))
    return file


def asked(file: File) -> symcost.Model:
    """What a search wants to know."""
    model = file.document().model()
    _ = model.params, model.macs
    return model


def seconds(work: Callable[[], object]) -> float:
    """Of the processor, not of the clock."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def calibration() -> float:
    """A million rounds of a loop."""

    def loop() -> None:
        total = 0
        for number in range(1_000_000):
            total += number * number

    return min(seconds(loop) for _ in range(3))


def resident() -> float:
    """Megabytes that the process has; the most that it had where the system does not say."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def say(words: str) -> None:
    """At once, as a long run is watched."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """As the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--own-names", action="store_true")
    given = parser.parse_args()

    for make in (perceptron, transformer):
        asked(make(0))
        per_loop = calibration()
        taken = 0.0
        for number in range(1, given.count + 1):
            own = f"_{number}" if given.own_names else ""
            taken += seconds(partial(_one, make, number, own))
            if number % 1_000 == 0:
                say(f"{make.__name__}: {number} took {1e3 * taken / number:.2f} ms each, {resident():.1f} MB")
        say(f"  a million rounds of a loop: {1e3 * per_loop:.0f} ms")
        _number(asked(make(1)))


def _one(make: Callable[[int, str], File], number: int, own: str) -> None:
    asked(make(number, own))


def _number(model: symcost.Model) -> None:
    """One numeric question."""
    sizes = {name: 4 if name == "heads" else 8 for name in model.ports}
    macs = model.macs
    taken = seconds(lambda: [macs(**{**sizes, "T": number + 1}) for number in range(1_000)])
    say(f"  a number of a quantity: {1e3 * taken:.0f} µs")


if __name__ == "__main__":
    main()
