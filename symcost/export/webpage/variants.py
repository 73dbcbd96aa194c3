"""The graphs of a model on a page: that of its signature, and others where a configuration decides more than sizes.

`text_layers = 4` takes the place of a default and is read while the graph is built: its formulas are others. Of such
configurations those that give the same have one graph together. All sizes that the graph leaves open stay open in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import islice, product
from typing import TYPE_CHECKING

from symcost.errors import MissingValue, SymcostError
from symcost.formula import Equal, Form, Symbol
from symcost.records import dataclass
from symcost.values import is_number, is_settled, keeps

if TYPE_CHECKING:
    from symcost.model import Model
    from symcost.ops.sizes import Fact

USUAL = (64, 128, 32, 16, 8, 4, 2, 256, 512, 1024, 1, 3, 5, 7, 12)
"""Sizes that are tried where nothing says which, the likeliest first."""

MOST_TRIED = 3000
"""Choices of sizes that are tried until one keeps all assumptions."""


@dataclass(frozen=True, slots=True, eq=False)
class Config:
    """A configuration: which of the graphs has its formulas, and its numbers for the sizes that are open there."""

    name: str
    variant: int
    values: Mapping[str, int]


@dataclass(slots=True, eq=False)
class Variants:
    """A model with what the page has of it. `start` are the numbers that it begins with; a size may lack one."""

    name: str
    graphs: list[Model] = field(default_factory=list)
    configs: list[Config] = field(default_factory=list)
    variant: int = 0
    start: dict[str, int] = field(default_factory=dict)
    config: str = ""
    """The configuration that it begins with, if it does with one."""
    whole: bool = True
    """Whether it can be built without any configuration."""

    def place(self, model: Model) -> int:
        """The number of a graph, with its sizes open."""
        for number, known in enumerate(self.graphs):
            if known.given == model.given:
                return number
        self.graphs.append(model)
        return len(self.graphs) - 1


def variants(model: Model) -> Variants:
    """What a page has of a model; the numbers that it has already are what the page begins with.

    Raises SymcostError with what is wrong with it, MissingValue where it cannot be built without a number that no
    configuration has.
    """
    found = Variants(model.name)
    wrong = _enter(found, model, None)
    found.whole = wrong is None
    for name in model.unit.configs:
        _enter(found, model, name)
    if not found.graphs:
        assert wrong is not None
        raise wrong
    _begin(found, model)
    return found


def _enter(found: Variants, model: Model, config: str | None) -> SymcostError | None:
    """Adds the graph of a model, or of a configuration that speaks of it; what is wrong with it, if something is."""
    try:
        with_numbers = model if config is None else model.configured(config)
        opened = with_numbers.opened(with_numbers.values)
        _ = opened.graph
    except SymcostError as wrong:
        return wrong
    said = {name: value for name, value in with_numbers.values.items() if name not in opened.values}
    if config is None:
        found.place(opened)
    elif with_numbers.given != model.given:
        found.configs.append(Config(config, found.place(opened), said))
    return None


def _begin(found: Variants, model: Model) -> None:
    """Chooses the numbers that the page begins with."""
    fixed = found.graphs[0].values
    own = {name: value for name, value in model.values.items() if name not in fixed}

    # Without numbers of its own it is the first configuration that there is.
    fits = next((config for config in found.configs if own.items() <= config.values.items()), None)
    if fits is not None:
        found.variant, found.config = fits.variant, fits.name
        own = dict(fits.values)
    found.start = filled(found.graphs[found.variant], own)


def filled(graph: Model, known: Mapping[str, int]) -> dict[str, int]:
    """Numbers for all open sizes that keep what is assumed; only those that are known where no others are found."""
    facts = tuple(graph.built.sizes.assumptions)
    known = {**known, **_equal(facts, known)}
    open_names = [info.name for info in graph.symbols if info.name not in graph.values]
    missing = [name for name in open_names if name not in known]
    settled = [fact for fact in facts if is_settled(fact, known)]
    undecided = [fact for fact in facts if not is_settled(fact, known)]
    if not _all_kept(known, settled):
        # No choice of the others would make up for it.
        return dict(known)
    for chosen in islice(_choices(missing, facts), MOST_TRIED):
        values = {**known, **dict(zip(missing, chosen, strict=True))}
        if _all_kept(values, undecided):
            return values
    return dict(known)


def _all_kept(values: Mapping[str, int], facts: list[Fact]) -> bool:
    """Whether numbers keep all facts; one that they do not keep is moved to the front, as the next fail it likely."""
    for number, fact in enumerate(facts):
        if not _kept(values, fact):
            facts.insert(0, facts.pop(number))
            return False
    return True


def _equal(facts: tuple[Fact, ...], known: Mapping[str, int]) -> dict[str, int]:
    """The sizes that are equal to what is known: `G == kv_heads*D/heads`."""
    found: dict[str, int] = {}
    for fact in facts:
        if isinstance(fact, Equal):
            left, right = fact.forms
            found |= _solved(left, right, known) | _solved(right, left, known)
    return found


def _solved(unknown: Form, other: Form, known: Mapping[str, int]) -> dict[str, int]:
    """A size by what it is equal to, where that is known and can be a size."""
    names = {size.name for size in other.free_symbols}
    if not isinstance(unknown, Symbol) or unknown.name in known or not names <= known.keys():
        return {}

    value = other.evaluate(known)
    is_size = value.denominator == 1 and value > 0
    return {unknown.name: int(value)} if is_size else {}


def _choices(missing: list[str], facts: tuple[Fact, ...]) -> Iterator[tuple[int, ...]]:
    """All sizes alike, then every choice, of those first that something is assumed of."""
    yield from ((size,) * len(missing) for size in USUAL)
    spoken_of = {one.name for fact in facts for form in fact.forms for one in form.free_symbols}
    yield from product(*(USUAL if name in spoken_of else USUAL[:1] for name in missing))


def _kept(values: Mapping[str, int], fact: Fact) -> bool:
    try:
        return keeps(values, fact)
    except (ArithmeticError, SymcostError):
        return False


def lacks_values(fault: SymcostError) -> bool:
    """Whether nothing is wrong with a model but that it has to have values that it was not given."""
    return all(isinstance(one, MissingValue) for one in fault.faults)


def settings(graph: Model) -> list[tuple[str, str]]:
    """What was given of a graph that is no open size: `text_layers = 4`."""
    return [(name, _said(value)) for name, value in graph.given.items()]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_said, value))}]"
    if isinstance(value, Form) or is_number(value):
        return str(value)
    return f'"{value}"' if isinstance(value, str) else str(value)
