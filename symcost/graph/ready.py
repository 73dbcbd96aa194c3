"""Layers of the library that were built before, for equal arguments and equal knowledge of sizes.

A search over architectures builds the same few layers thousands of times. A layer of the library depends on nothing but
what it is given and what is known of sizes where it is called, so that what was built for one document serves for all.
It is built with places in its own text only: of the document that asked first nothing stays.

What is alike is spelt alike: of equal sizes that are written in another way another formula is made.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from symcost.diagnostics import Span
from symcost.formula import Form, Num, Symbol
from symcost.graph.files import Defined, library_definition
from symcost.graph.frame import Context, Frame
from symcost.graph.graph import Graph, Tensor
from symcost.graph.values import Builtin, Value
from symcost.ops.sizes import Fact

MOST = 256
"""Graphs that are kept; twice as many at times."""

MOST_FACTS = 8
"""Assumptions under which something is looked up; among more it is rarely found again."""

LONGEST = 60
"""Nodes of a form that is looked up."""

DEEP = 100
"""Levels of nesting from which on nothing is looked up: the last ones are counted one by one."""


class Unlike(Exception):
    """Something that no other document has, such as a definition of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A graph, with what is known of sizes after it was built, and how many statements that took."""

    graph: Graph
    facts: tuple[Fact, ...]
    found: frozenset[Fact]
    steps: int

    def into(self, context: Context, span: Span) -> Graph:
        """As if it had been built here, for the call that stands at `span`. Raises Exhausted."""
        context.sizes.learn(self.facts, self.found, span)
        context.steps += self.steps - 1
        context.step(span)
        return self.graph


class Shelf:
    """What was built, the older half of it on its way out; threads that meet build a thing twice at worst."""

    def __init__(self) -> None:
        self._recent: dict[Hashable, Ready] = {}
        self._older: dict[Hashable, Ready] = {}

    def get(self, key: Hashable) -> Ready | None:
        """What was built for this key."""
        found = self._recent.get(key)
        if found is None and (found := self._older.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: Hashable, ready: Ready) -> None:
        """Keep it for those that come."""
        if len(self._recent) >= MOST:
            self._older, self._recent = self._recent, {}
        self._recent[key] = ready

    def clear(self) -> None:
        """Forget everything."""
        self._recent, self._older = {}, {}


SHELF = Shelf()


# What is alike ------------------------------------------------------------------------------------


def key_of(callee: Defined, frame: Frame) -> Hashable | None:
    """What this call has in common with those of other documents; None where nothing.

    `frame` is that of the definition, its ports bound.
    """
    context = frame.context
    if library_definition(callee.name) is not callee or callee.unit.own_dims or context.depth > DEEP:
        return None
    if context.resumed is not None:  # behind which tokens a text goes on is told nowhere in its ports
        return None
    if len(context.sizes.assumptions) > MOST_FACTS:
        return None
    if context.resumed is not None or not context.sizes.unnamed:
        return None  # what goes on behind other tokens, and what has names of its own, is another model's business
    try:
        names = tuple((name, _spelt(value)) for name, value in frame.names.items())
        leading = tuple((name, _shape(shape)) for name, shape in frame.leading.items())
        facts = tuple(_facts(context.sizes.assumptions))
        found = frozenset(_facts(context.sizes.found))
    except Unlike:
        return None
    return callee.name, context.frozen, names, leading, facts, found


def _spelt(value: Value) -> Hashable:
    """A value of a name as it is written. Raises Unlike."""
    match value:
        case Form():
            return _form(value)
        case Tensor():
            return "tensor", value.parameter, _shape(value.shape)
        case bool() | str():
            return type(value), value
        case Builtin(name):
            return "builtin", name
        case Defined() if library_definition(value.name) is value:
            return "library", value.name
        case _:
            raise Unlike


def _shape(shape: Sequence[Form]) -> Hashable:
    return tuple(map(_form, shape))


def _form(form: Form) -> Hashable:
    """How a form is made, the order of its parts included. Raises Unlike for what is long, and for loop counters."""
    match form:
        case Symbol(uid=0, name=name):
            return name
        case Num(value=value):
            return value
        case Symbol():
            raise Unlike
    if form.size > LONGEST:
        raise Unlike
    return type(form), *(_part(getattr(form, part)) for part in form.made_of)


def _part(part: object) -> Hashable:
    if isinstance(part, tuple):
        return tuple(map(_part, part))
    return _form(part) if isinstance(part, Form) else part


def _facts(facts: Iterable[Fact]) -> Iterator[Hashable]:
    for fact in facts:
        yield type(fact), *map(_form, fact.forms)
