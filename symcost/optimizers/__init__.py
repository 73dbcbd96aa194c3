"""Optimizers: what an update does to each trained parameter in one step, and what it keeps between steps.

Step sizes and what depends on them alone, such as 1 - b, are known before the step.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from symcost.cost import CLASSES, Cost, cost
from symcost.datafile import Shelf, Table
from symcost.errors import UnknownOptimizer, WrongEntry
from symcost.formula import Form, mul, num
from symcost.records import dataclass

SHELF = Shelf(__name__, UnknownOptimizer)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An update rule: operations and numbers kept for each parameter w with gradient g, and where the rule is from."""

    name: str
    rule: str
    counts: Mapping[str, Form]
    states: int
    source: str

    def update(self, parameters: Form) -> Cost:
        """One step over so many parameters."""
        return cost({name: mul(count, parameters) for name, count in self.counts.items()})


def available() -> tuple[str, ...]:
    """The names of the shipped optimizers."""
    return SHELF.available()


def load(name_or_path: str | Path) -> Optimizer:
    """A shipped optimizer by its name, or one's own by the path of a `.toml` file.

    >>> load("adam").states
    2

    Raises UnknownOptimizer, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry.
    """
    name, table = SHELF.read(name_or_path)
    table.only(("rule", "source", "states", "counts"))
    return Optimizer(name, table.text("rule"), _counts(table.table("counts")), _states(table), table.text("source"))


def _counts(table: Table) -> Mapping[str, Form]:
    """Operations for each parameter, by class; a class that is left out counts nothing."""
    table.only(CLASSES)
    return MappingProxyType({name: num(table.number(name)) for name in CLASSES if name in table})


def _states(table: Table) -> int:
    """Numbers kept for each parameter."""
    states = table.number("states")
    if states.denominator != 1:
        raise WrongEntry("states", states, "a whole number from 0", table.span("states"), "states = 2")
    return states.numerator
