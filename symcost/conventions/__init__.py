"""Conventions: what each operation class weighs when FLOPs are counted, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from symcost.cost import CLASSES, INSIDE, Cost
from symcost.datafile import Shelf, Table
from symcost.errors import MissingEntry, UnknownConvention, WrongEntry
from symcost.formula import Form, add, mul, num, symbol

SHELF = Shelf(__name__, UnknownConvention)


PER = ("input", "output", "learned", "inside")
"""What a rule for a layer may count besides classes."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a convention counts a layer as a whole, whatever its text says.

    Its operations by class with weights of their own (a class that is left out counts nothing); `input` and `output`
    for each number that goes in first and comes out first; `learned` as `input`, but only where the layer has
    parameters; `inside` times what the inside counts anyway. `refused` says why the convention cannot count it.
    """

    weights: Mapping[str, Form] = field(default_factory=dict)
    per: Mapping[str, Form] = field(default_factory=dict)
    refused: str = ""

    def __str__(self) -> str:
        return ", ".join(f"{name} {weight}" for name, weight in (*self.weights.items(), *self.per.items())) or "0"


@dataclass(frozen=True, slots=True, eq=False)
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
    layers: Mapping[str, Rule] = field(default_factory=dict)
    """Rules for layers by the name of their definition, or of a primitive."""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The classes that count nothing."""
        return tuple(name for name, weight in self.weights.items() if weight == 0)

    def flops(self, cost: Cost) -> Form:
        """The FLOPs of a cost: each count times its weight, MACs first, equal terms merged."""
        return weighed(cost, self.weights)


def weighed(cost: Cost, weights: Mapping[str, Form]) -> Form:
    """Each count times its weight, in the order of the weights, equal terms merged."""
    counts = {**cost.inside, **cost.counts}
    return add(*(mul(weight, counts[name]) for name, weight in weights.items() if name in counts))


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
    table.only(("title", "source", "notes", "weights", "layers"))
    title, source, notes = table.text("title"), table.text("source"), table.text("notes", "")
    layers = table.table("layers")
    rules = {layer: _rule(layers, layer) for layer in layers}
    return Convention(name, title, source, _weights(table.table("weights")), notes, MappingProxyType(rules))


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


def _rule(layers: Table, layer: str) -> Rule:
    """`LSTM = 0`, `Linear = { mac = 1, add = 1 }`, or a text that says why there is no number."""
    match layers.entries[layer]:
        case str() as why if why.strip():
            return Rule(refused=why.strip())
        case dict():
            table = layers.table(layer)
            table.only((*CLASSES, *PER))
            weights = {name: _weight(table, name) for name in CLASSES if name in table}
            return Rule(weights, {name: _weight(table, name) for name in PER if name in table})
        case 0 if layers.entries[layer] is not False:
            return Rule()
        case other:
            raise WrongEntry(layer, other, "0, a table of weights or the reason why there is none", layers.span(layer))


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
