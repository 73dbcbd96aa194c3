"""Conventions: what each operation class weighs when FLOPs are counted, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType

from symcost.cost import CLASSES, INSIDE, Cost
from symcost.datafile import Shelf, Table
from symcost.errors import MissingEntry, UnknownConvention, WrongEntry
from symcost.formula import Form, add, mul, num, symbol
from symcost.once import once_each
from symcost.records import dataclass

SHELF = Shelf(__name__, UnknownConvention)


PER = ("input", "output", "learned", "inside", "attended", "scores")
"""What a rule for a layer may count besides classes."""


WRITTEN = ("@", "@ vector", "products alone", "products, some alone", "products of three", "products into places")
"""Products that a text writes itself, for which there are rules as for layers: `x @ W`, the same with a vector behind
the sign, and index notation that sums nothing, sums some of its products and not others, multiplies more than two, or
adds products to places that a table says without summing them before.
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a rule holds: `proj != 0`, `pad == same`, `C != D`; of the names in the signature of the layer."""

    name: str
    alike: bool
    """Whether both shall be the same, or shall not."""
    other: str


KINDS = ("definition", "tool")
"""What a convention is: a definition of what is counted, or what a program counts. Listed in this order."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a convention counts a layer as a whole, whatever its text says.

    Its operations by class with weights of their own (a class that is left out counts nothing); `input` and `output`
    for each number that goes in first and comes out first; `learned` as `input`, but only where the layer has
    parameters; `inside` times what the inside counts anyway; `attended` for each multiply-accumulate of an attention
    in which every query looks at every key, `scores` for each of its pairs of these.
    `refused` says why the convention cannot count it.
    `where`: other rules, of which the first one whose condition holds takes the place of this one.
    `within`: rules for what stands inside, where `inside` counts it.
    """

    weights: Mapping[str, Form] = field(default_factory=dict)
    per: Mapping[str, Form] = field(default_factory=dict)
    refused: str = ""
    where: Mapping[Condition, Rule] = field(default_factory=dict)
    within: Mapping[str, Rule] = field(default_factory=dict)

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
    kind: str = KINDS[0]
    order: Fraction | None = None
    """Its place among those of its kind; behind all others where it is left out."""

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
    own = str(name_or_path).endswith(".toml")
    return _read(name_or_path) if own else _shipped(str(name_or_path))


@once_each
def _shipped(name: str) -> Convention:
    """A shipped convention is read once; a file of one's own may have changed."""
    return _read(name)


def _read(name_or_path: str | Path) -> Convention:
    name, table = SHELF.read(name_or_path)
    table.only(("title", "source", "notes", "kind", "order", "weights", "layers"))
    layers = table.table("layers")
    rules = {layer: _rule(layers, layer) for layer in layers}
    return Convention(
        name=name,
        title=table.text("title"),
        source=table.text("source"),
        weights=_weights(table.table("weights")),
        notes=table.text("notes", ""),
        layers=MappingProxyType(rules),
        kind=_kind(table),
        order=table.number("order") if "order" in table else None,
    )


def listed() -> tuple[Convention, ...]:
    """All shipped conventions: definitions first, then tools, each kind in its order."""
    return tuple(sorted(map(load, available()), key=_place))


def several(names: Iterable[str]) -> tuple[Convention, ...]:
    """Conventions by name or path, each once, in this order; `all` stands for those that are shipped.

    Raises UnknownConvention and the faults of reading one.
    """
    chosen: dict[str, Convention] = {}
    for name in names:
        for convention in listed() if name == "all" else (load(name),):
            chosen[convention.name] = convention  # a file of one's own may take the place of a shipped one
    return tuple(chosen.values())


def _place(convention: Convention) -> tuple[int, bool, Fraction, str]:
    order = convention.order
    return KINDS.index(convention.kind), order is None, order or Fraction(0), convention.name


def _complete(table: Table) -> None:
    """Raises MissingEntry for a class without a weight: what is left out of a count is left out on purpose."""
    for name in CLASSES:
        if name not in table:
            raise MissingEntry(name, table.span(), f"`{name} = 0` leaves it out of the count")


def _kind(table: Table) -> str:
    kind = table.text("kind", KINDS[0])
    if kind not in KINDS:
        raise WrongEntry("kind", kind, " or ".join(KINDS), table.span("kind"), f'kind = "{KINDS[0]}"')
    return kind


def _weights(table: Table) -> Mapping[str, Form]:
    table.only(CLASSES)
    _complete(table)
    split = isinstance(table.entries["mac"], dict)
    mac = _inside(table.table("mac")) if split else {"mac": _weight(table, "mac")}
    others = {name: _weight(table, name) for name in CLASSES if name != "mac"}
    return MappingProxyType({**mac, **others})


def _rule(layers: Table, layer: str) -> Rule:
    """`LSTM = 0`, `Linear = { mac = 1, add = 1 }`, or a text that says why there is no number."""
    entry = layers.entries[layer]
    if isinstance(entry, dict):
        return _weighing(layers.table(layer))
    if isinstance(entry, str) and entry.strip():
        return Rule(refused=entry.strip())
    if entry == 0 and entry is not False:
        return Rule()
    wanted = "0, a table of weights or the reason why there is none"
    raise WrongEntry(layer, entry, wanted, layers.span(layer), f"{layer} = {{ mac = 1 }}")


def _weighing(table: Table) -> Rule:
    """The rule that a table of weights states, by class and by number that goes in or comes out."""
    table.only((*CLASSES, *PER, "where", "within"))
    weights = {name: _weight(table, name) for name in CLASSES if name in table}
    per = {name: _weight(table, name) for name in PER if name in table}
    others, inner = table.table("where"), table.table("within")
    where = {_condition(others, key): _rule(others, key) for key in others}
    return Rule(weights, per, where=where, within={layer: _rule(inner, layer) for layer in inner})


def _condition(table: Table, key: str) -> Condition:
    """`proj != 0`, the key of a rule. Raises WrongEntry."""
    read = re.fullmatch(r"(\w+) (==|!=) (\w+)", key)
    if read is None:
        raise WrongEntry(
            "where", key, "a table of conditions such as `proj != 0`", table.span(key), '"proj != 0" = "..."'
        )
    return Condition(read[1], read[2] == "==", read[3])


def _inside(table: Table) -> dict[str, Form]:
    """`mac = { multiplications = 1, additions = 1 }`: a MAC weighs what it is made of."""
    table.only(INSIDE)
    return {name: _weight(table, name) for name in INSIDE}


def _weight(table: Table, name: str) -> Form:
    """A number, or a name for a weight that stays a symbol."""
    entry = table.entries.get(name)
    if not isinstance(entry, str):
        return num(table.number(name))
    if not entry.isidentifier():
        raise WrongEntry(name, entry, "a number or the name of a symbol", table.span(name), f'{name} = "c_{name}"')
    return symbol(entry)
