"""Every question asked twice: of the formula with the numbers put in, and of the graph built with these numbers.

A formula that is told for some sizes only is asked where it is told to hold. Run as a module it draws programs and
writes a line of JSON for each difference: `python -m tests.oracle.openly 60 --seed 3 > differences.jsonl`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from random import Random
from types import FrameType
from typing import Any

import symcost
from tests.oracle import latest, strategies
from tests.oracle.layered import Layered
from tests.oracle.strategies import Architecture

QUESTIONS = (
    "depth", "scalar_depth", "steps", "peak", "activations", "masks", "backward", "training_flops", "backward_early",
    "backward_depth", "traffic", "fused", "state", "receptive_field", "look_ahead", "path_length",
)  # fmt: skip

AT_LEAST = ("fused",)
"""Not more than is moved: of parts that may lie one over the other numbers may know that they do not."""

SECONDS = 10
"""For one question of one program."""

Sizes = Mapping[str, int]


class TooLate(BaseException):
    """Not an `Exception`, so that nothing on the way takes it for something else."""


@contextmanager
def ended(seconds: float) -> Iterator[None]:
    """Raises TooLate after so long."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooLate

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def attempt(question: Callable[[], Any]) -> Any:
    """The answer, or the code of the fault."""
    try:
        return question()
    except symcost.SymcostError as fault:
        return f"error {fault.faults[0].code}"


def points(sizes: Sizes) -> list[dict[str, int]]:
    """As drawn, all alike, and one above the other, small and larger."""
    names = list(sizes)
    rising = {name: 2 + place for place, name in enumerate(names)}
    falling = {name: 6 - place for place, name in enumerate(names)}
    alike = [dict.fromkeys(names, size) for size in (1, 2, 3)]
    ones = [{**rising, name: 1} for name in names]
    return [dict(sizes), *alike, rising, falling, *ones]


def differences(
    text: str, runs: Iterable[Sizes], asked: Iterable[str], tally: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Where a formula says something else than the graph built with the numbers."""
    model, runs = symcost.loads(text).model("M"), list(runs)
    numbered = [attempt(lambda: _with_numbers(text, run)) for run in runs]  # noqa: B023
    for name in asked:
        try:
            with ended(SECONDS):
                yield from _of_question(model, name, zip(runs, numbered, strict=True), tally)
        except TooLate:
            tally[f"{name} too late"] += 1


def _with_numbers(text: str, run: Sizes) -> symcost.Model:
    """Loaded anew: `at` numbers, a model that was asked for a formula shares its graph, and says that."""
    model = symcost.loads(text).model("M")
    return model.at(**{info.name: run[info.name] for info in model.symbols}).settled()


def _of_question(
    model: symcost.Model, name: str, runs: Iterable[tuple[Sizes, Any]], tally: Counter[str]
) -> Iterator[dict[str, Any]]:
    formula = attempt(lambda: model.quantity(name).form)
    if isinstance(formula, str):
        tally[f"{name} {formula}"] += 1
        return
    facts = (*model.assumed_for(name),)
    names = [info.name for info in model.symbols]
    for run, numeric in runs:
        values = {each: run[each] for each in names}
        if isinstance(numeric, str):
            tally[f"{name} sizes refused"] += 1
            continue
        if not all(fact.holds(values) for fact in facts if hasattr(fact, "holds")):
            tally[f"{name} not told"] += 1
            continue
        found = attempt(lambda: numeric.quantity(name).form.number)  # noqa: B023
        said = attempt(lambda: model.at(**values).number(formula))  # noqa: B023
        tally[f"{name} compared"] += 1
        if str(found).startswith("error window"):
            tally[f"{name} numbers refused"] += 1
        elif found != said and not (name in AT_LEAST and found > said):
            yield {"question": name, "values": values, "formula": str(said), "numbers": str(found), "as": str(formula)}


WRITERS: tuple[Callable[[Random], Architecture], ...] = (
    lambda dice: latest.written(Layered(None, newer=True, dice=dice)),
    lambda dice: latest.written(latest.Later(None, newer=True, dice=dice)),
    lambda dice: strategies.written(strategies.Writer(None, newer=True, dice=dice)),
)


def drawn(writer: Callable[[Random], Architecture], number: int, start: int) -> Iterator[Architecture]:
    """So many programs; by dice, as what hypothesis draws is much alike from one program to the next."""
    for one in range(number):
        yield writer(Random(f"{start} {one}"))


def main() -> None:
    """Draw, compare, write: what differs to stdout, how far it is to stderr."""
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--of", nargs="*", default=QUESTIONS)
    told = parser.parse_args()
    tally: Counter[str] = Counter()
    begun = time.time()
    for writer in WRITERS:
        for architecture in drawn(writer, told.programs, told.seed):
            tally["programs"] += 1
            for found in differences(architecture.text, points(architecture.values), told.of, tally):
                tally[f"{found['question']} differs"] += 1
                sys.stdout.write(json.dumps({**found, "text": architecture.text}) + "\n")
                sys.stdout.flush()
            sys.stderr.write(f"{tally['programs']} {time.time() - begun:.0f} s\r")
    for what, times in sorted(tally.items()):
        sys.stderr.write(f"{what:40}{times}\n")


if __name__ == "__main__":
    main()
