"""From a definition and the values of its names to a graph: with open dimensions, or with all numbers put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from symcost.analysis.fold import Folds
from symcost.diagnostics import Span
from symcost.errors import SymcostError
from symcost.formula import Form, Symbol, num, symbol
from symcost.graph.build import build
from symcost.graph.files import Defined
from symcost.graph.frame import Frame
from symcost.graph.graph import Graph
from symcost.graph.values import ListValue
from symcost.ops.sizes import Sizes
from symcost.records import dataclass
from symcost.roomy import roomy
from symcost.values import Given, Plain, Port, is_number


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """The graph of a model and what is known of its sizes; `fixed` where the numbers had to be put in to build it.

    Models that share a graph share the folds over it.
    """

    graph: Graph
    frame: Frame
    sizes: Sizes
    fixed: bool
    folds: Folds = field(default_factory=Folds)


def with_dimensions(defined: Defined, ports: Mapping[str, Port], given: Given, *, inline: bool = False) -> Built:
    """The graph with open dimensions; where that cannot be decided, with the numbers there are.

    Raises SymcostError with every fault found in it.
    """
    read = {name: value for name, value in given.items() if not ports[name].stays_open(value)}
    try:
        return _built(defined, read, fixed=False, inline=inline)
    except SymcostError as fault:
        if read == given or not any(single.undecided for single in fault.faults):
            raise
    return with_numbers(defined, given, inline=inline)


def with_numbers(defined: Defined, given: Given, *, inline: bool = False) -> Built:
    """The graph with all numbers put in: what has one is nowhere left to prove.

    Raises SymcostError with every fault found in it.
    """
    return _built(defined, given, fixed=True, inline=inline)


def _built(defined: Defined, values: Given, *, fixed: bool, inline: bool) -> Built:
    numbers = {symbol(name): num(value) for name, value in values.items() if is_number(value)}
    known = {name: _value(value, numbers, defined.definition.name.span) for name, value in values.items()}
    frame = roomy(build, defined, known, inline=inline)
    return Built(frame.graph, frame, frame.sizes, fixed)


def _value(
    value: Plain | Form | tuple[Plain, ...], numbers: Mapping[Symbol, Form], span: Span
) -> bool | str | Form | ListValue:
    """As the builder has it: a size over other dimensions with their numbers put in; lists stand nowhere, but here."""
    match value:
        case tuple():
            return ListValue(tuple((_value(item, numbers, span), span) for item in value))
        case bool() | str():
            return value
        case Form():
            return value.substitute(numbers)
        case _:
            return num(value)
