"""Looks for contradictions for as long as it is given: `python -m tests.metamorphic.run --minutes 10 --seed 1`.

`relations`: texts written otherwise, and formulas against graphs built with the numbers, over random architectures, the
examples and mutants of them. `mutants`: an example with one number, operator or name exchanged has an answer or a fault
in words, in bounded time. What is found is printed once for each kind; the exit status is 1 if there is any.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import FrameType

import networkx  # noqa: F401  # imported while no alarm can interrupt it
from hypothesis import HealthCheck, Phase, given, seed, settings

import symcost
from symcost.questions import questions
from tests.metamorphic.relations import CHANGES, differences, formula_differences, loop_differences
from tests.oracle.sentences import TOKEN, kind
from tests.oracle.strategies import Architecture, architectures

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").rglob("*.arch"))
SIZES = (1, 1, 2, 3, 4, 5, 8)
SECONDS = 20
"""So long may one question take, or one change of a text with all questions."""

SLOW = frozenset({"scalar_depth"})
"""Takes minutes for some examples."""


class TooLate(BaseException):
    """Nothing in the package catches it."""


def say(words: str) -> None:
    """At once, as a long run is watched."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def stop(number: int, frame: FrameType | None) -> None:
    raise TooLate


class Findings:
    """What was found, by kind, and how much was looked at."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.looked: Counter[str] = Counter()

    def add(self, kind_: str, words: str) -> None:
        self.kinds[kind_] += 1
        if self.kinds[kind_] <= 3:
            say(f"--- {kind_}\n{words}\n")

    def watch(self, what: str, place: str, look: Callable[[], Iterator[str]]) -> None:
        """Look, in bounded time; a traceback is a finding, too."""
        try:
            self._watch(what, place, look)
        except TooLate:  # while it was said what was found
            signal.alarm(0)
            self.add(f"{what}: too late", place)

    def _watch(self, what: str, place: str, look: Callable[[], Iterator[str]]) -> None:
        self.looked[what] += 1
        signal.alarm(SECONDS)
        try:
            for words in look():
                self.add(":".join(words.split(":")[:2]), f"{place}\n{words}")
        except symcost.SymcostError:
            self.looked[f"{what}, refused"] += 1
        except TooLate:
            self.add(f"{what}: too late", place)
        except Exception:
            last = traceback.format_exc().splitlines()
            self.add(f"{what}: {last[-1][:80]}", f"{place}\n" + "\n".join(last[-4:]))
        finally:
            signal.alarm(0)


def drawn(number: int, count: int = 10) -> list[Architecture]:
    """Random architectures, the same for the same number."""
    found: list[Architecture] = []

    @seed(number)
    @settings(max_examples=count, phases=[Phase.generate], database=None, suppress_health_check=list(HealthCheck))
    @given(architectures())
    def collect(architecture: Architecture) -> None:
        found.append(architecture)

    collect()
    return found


def mutant(text: str, rng: Random) -> str:
    """One number, operator or name exchanged for another of the text, or a number for one near it."""
    parts = TOKEN.findall(re.sub(r"#.*", "", text))  # what a comment says is all the same
    places = [place for place, part in enumerate(parts) if kind(part) in ("number", "operator", "value")]
    place = rng.choice(places)
    if kind(parts[place]) == "number" and rng.random() < 0.7:
        parts[place] = rng.choice(["0", "1", "2", "3", "0.5", str(10**9)])
    else:
        parts[place] = rng.choice([part for part in parts if kind(part) == kind(parts[place])])
    return "".join(parts)


def relations(rng: Random, findings: Findings, until: float) -> None:
    """Random architectures, then an example and mutants of it, in turn."""
    while time.monotonic() < until:
        number = rng.randrange(10**9)
        for architecture in drawn(number):
            for name in CHANGES:
                findings.watch(name, "", lambda: differences(name, architecture, rng))  # noqa: B023
            _formulas(architecture.text, architecture.text, rng, findings)
            if time.monotonic() > until:
                return
        findings.watch("loops", "", lambda: loop_differences(rng))

        path = rng.choice(EXAMPLES)
        text = path.read_text(encoding="utf-8")
        _formulas(text, path.name, rng, findings, path)
        changed = mutant(text, rng)
        _formulas(changed, f"{path.name}: {_changed(text, changed)}", rng, findings)


def _formulas(text: str, place: str, rng: Random, findings: Findings, path: Path | None = None) -> None:
    """Formulas of the models of a text against numbers, at three choices of small sizes."""
    try:
        document = symcost.loads(text) if path is None else symcost.load(path)
    except symcost.SymcostError:
        return
    for model in list(document.models.values())[:3]:
        for _ in range(3):
            findings.watch("formulas", place, lambda: _at_sizes(model, rng, path is not None))  # noqa: B023


def _at_sizes(model: symcost.Model, rng: Random, whole: bool) -> Iterator[str]:
    values = {info.name: rng.choice(SIZES) for info in model.symbols}
    model.at(**values)  # refuses what does not keep the assumptions
    return formula_differences(model, values, skip=SLOW if whole else frozenset())


def _changed(text: str, changed: str) -> str:
    """The first line that is another."""
    pairs = zip(text.splitlines(), changed.splitlines(), strict=False)
    return next((f"{old.strip()}  ->  {new.strip()}" for old, new in pairs if old.split("#")[0] != new), "nothing")


def mutants(rng: Random, findings: Findings, until: float) -> None:
    """Mutants of examples, asked everything."""
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLES]
    alone = [text for text in texts if not re.search(r'^use "', text, re.MULTILINE)]
    while time.monotonic() < until:
        text = rng.choice(alone)
        changed = mutant(text, rng)
        place = _changed(text, changed)
        for name in questions():
            if name not in SLOW:
                findings.watch("mutants", f"{name}: {place}", lambda: _everything(changed, name, rng))  # noqa: B023


def _everything(text: str, question: str, rng: Random) -> Iterator[str]:
    """A question to all models of a text, with open dimensions and with numbers; faults are as good as answers."""
    for model in symcost.loads(text).models.values():
        try:
            str(model.quantity(question))
            model.quantity(question)(**{info.name: rng.choice(SIZES) for info in model.symbols})
        except symcost.SymcostError as fault:
            str(fault)
    return iter(())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["relations", "mutants", "both"], default="both")
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, stop)
    findings, rng = Findings(), Random(options.seed)
    looks = [look for look in (relations, mutants) if options.what in (look.__name__, "both")]
    for look in looks:
        look(rng, findings, time.monotonic() + 60 * options.minutes / len(looks))
    say(f"looked at: {dict(findings.looked)}")
    say(f"found: {dict(findings.kinds) or 'nothing'}")
    sys.exit(1 if findings.kinds else 0)


if __name__ == "__main__":
    main()
