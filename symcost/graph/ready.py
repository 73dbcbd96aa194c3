"""Layers of the library that were built before, for equal arguments and equal knowledge of sizes.

A search over architectures builds the same few layers thousands of times. A layer of the library depends on nothing but
what it is given and what is known of sizes where it is called, so that what was built for one document serves for all.
It is built with places in its own text only: of the document that asked first nothing stays.

What is alike is spelt alike: of equal sizes that are written in another way another formula is made.

All that a layer is built from is in its key (`key_of`), or nothing is looked up: what it is given, with `...`; what is
known of sizes, how it was found, and whether sizes have names; whether parameters are trained; which primitives there
are.
Whatever else a `Context` gets to hold has to be put there, or stay out of what layers of the library ask for.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from symcost.diagnostics import Span
from symcost.formula import Form, Num, Symbol
from symcost.formula.form import Let
from symcost.graph.files import Defined, library_definition
from symcost.graph.frame import Context, Frame
from symcost.graph.graph import ONE, Graph, Tensor
from symcost.graph.values import Builtin, Value
from symcost.ops.base import changes as changes_of_primitives
from symcost.ops.sizes import Fact
from symcost.records import dataclass

MOST = 1_000
"""Graphs that are kept; twice as many at times, which take some 30 MB where a folder of networks is looked through."""

LARGEST = 1_000
"""Statements that it took to build a graph that is kept: one that was unrolled has thousands, and is rarely wanted."""

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

    @property
    def small(self) -> bool:
        """Whether it can be kept for those that come."""
        return self.steps <= LARGEST

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
    if library_definition(callee.name) is not callee or callee.unit.own_dims:
        return None
    if not _common(context):
        return None
    try:
        names = tuple([(name, _spelt(value)) for name, value in frame.names.items()])
        leading = tuple([(name, _shape(shape)) for name, shape in frame.leading.items()])
        facts = tuple(_facts(context.sizes.assumptions))
        found = frozenset(_facts(context.sizes.found))
    except Unlike:
        return None
    marks = context.frozen, context.sizes.inline, changes_of_primitives()
    return callee.name, marks, names, leading, facts, found


def _common(context: Context) -> bool:
    """Whether what is built here can be what is built in other documents."""
    if not context.looks_up or context.depth > DEEP:
        return False
    sizes = context.sizes
    if not sizes.unnamed or len(sizes.assumptions) > MOST_FACTS:
        return False
    return not _marked_from_outside(context)


def _marked_from_outside(context: Context) -> bool:
    """Whether what is built bears marks of what stands around it, of which its ports say nothing."""
    if context.weight is not ONE and context.weight != 1:  # the operations inside have it in their cost
        return True
    return context.resumed is not None  # behind which tokens a text goes on


def _spelt(value: Value) -> Hashable:
    """A value of a name as it is written. Raises Unlike."""
    if isinstance(value, Num):  # as most are where a configuration is built
        return value.value
    match value:
        case Tensor():
            return "tensor", value.parameter, _shape(value.shape)
        case bool() | str():
            return type(value), value
        case Form():
            return _form(value)
        case Builtin(name):
            return "builtin", name
        case Defined() if library_definition(value.name) is value:
            return "library", value.name
        case _:
            raise Unlike


def _shape(shape: Sequence[Form]) -> Hashable:
    return tuple([size.value if isinstance(size, Num) else _form(size) for size in shape])


def _form(form: Form) -> Hashable:
    """How a form is made, the order of its parts included.

    Raises Unlike for what is long, for loop counters and for sizes with a name of their own.
    """
    if isinstance(form, Symbol):
        if form.uid:
            raise Unlike
        return form.name
    if isinstance(form, Num):
        return form.value
    if isinstance(form, Let) or form.size > LONGEST:
        raise Unlike
    return type(form), *[_part(getattr(form, part)) for part in form.made_of]


def _part(part: object) -> Hashable:
    if isinstance(part, Form):
        return _form(part)
    return tuple([_part(inner) for inner in part]) if isinstance(part, tuple) else part


def _facts(facts: Iterable[Fact]) -> Iterator[Hashable]:
    for fact in facts:
        yield type(fact), *map(_form, fact.forms)
