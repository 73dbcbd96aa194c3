"""Conventions: what each operation class weighs when FLOPs are counted, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from symcost.cost import CLASSES, INSIDE, Cost
from symcost.datafile import Shelf, Table
from symcost.errors import MissingEntry, UnknownConvention, WrongEntry
from symcost.formula import Form, add, mul, num, symbol

SHELF = Shelf(__name__, UnknownConvention)


@dataclass(frozen=True, slots=True)
class Convention:
    """How many FLOPs each operation is: a number for each class, or a symbol that stays open.

    The weights `multiplications` and `additions` are for the scalar operations inside MACs; a convention
    gives either these two or `mac`, which counts a MAC as a whole.
    """

    name: str
    title: str
    source: str
    weights: Mapping[str, Form]
    notes: str = ""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The classes that count nothing."""
        return tuple(name for name, weight in self.weights.items() if weight == 0)

    def flops(self, cost: Cost) -> Form:
        """The FLOPs of a cost: each count times its weight, MACs first, equal terms merged."""
        counts = {**cost.inside, **cost.counts}
        return add(*(mul(weight, counts[name]) for name, weight in self.weights.items() if name in counts))


def available() -> tuple[str, ...]:
    """The names of the shipped conventions."""
    return SHELF.available()


def load(name_or_path: str | Path) -> Convention:
    """A shipped convention by its name, or one's own by the path of a `.toml` file.

    >>> load("default").title
    'one MAC is two FLOPs, every other operation one'

    Raises UnknownConvention, UnreadableData, BadToml, UnknownEntry, MissingEntry, WrongEntry.
    """
    name, table = SHELF.read(name_or_path)
    table.only(("title", "source", "notes", "weights"))
    title, source, notes = table.text("title"), table.text("source"), table.text("notes", "")
    return Convention(name, title, source, _weights(table.table("weights")), notes)


def _weights(table: Table) -> Mapping[str, Form]:
    table.only(CLASSES)
    weights: dict[str, Form] = {}
    for name in CLASSES:
        if name not in table:
            raise MissingEntry(name, table.span(), f"`{name} = 0` leaves it out of the count")
        if name == "mac" and isinstance(table.entries[name], dict):
            weights |= _inside(table.table(name))
        else:
            weights[name] = _weight(table, name)
    return MappingProxyType(weights)


def _inside(table: Table) -> dict[str, Form]:
    """`mac = { multiplications = 1, additions = 1 }`: a MAC weighs what it is made of."""
    table.only(INSIDE)
    return {name: _weight(table, name) for name in INSIDE}


def _weight(table: Table, name: str) -> Form:
    """A number, or a name for a weight that stays a symbol."""
    match table.entries.get(name):
        case str() as text if text.isidentifier():
            return symbol(text)
        case str() as text:
            raise WrongEntry(name, text, "a number or the name of a symbol", table.span(name))
        case _:
            return num(table.number(name))
