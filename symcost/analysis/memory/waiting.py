"""Waiting: what of a round of a loop waits for the round before, and is waited for by the next.

In `tanh(x[t] @ W + h @ U)` the product with U waits for h, the one with W does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TypeGuard

from symcost.analysis.fold import NONE, ONCE
from symcost.formula import Form, add, mul
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.ops.memory import View
from symcost.records import dataclass

Place = tuple[object, ...]
"""Where a parameter stands: the blocks that own it, outermost first, and its node; or a tensor from around the loop."""


@dataclass
class _Read:
    """What is read of one parameter: all of it, or rows."""

    role: str
    size: Form
    times: Form
    whole: bool
    rows: list[Form] = field(default_factory=list)

    @property
    def amount(self) -> Form:
        return mul(self.times, self.size if self.whole else add(NONE, *self.rows))


class Waiting:
    """The operations of one round that wait for the round before and are waited for by the next."""

    def __init__(self, loop: Block, around: Graph) -> None:
        after, before = _After(), _Before()
        starts = _starts(loop)
        hot = after.of(loop.graph, set(starts))
        needed = before.of(loop.graph, {value.end for value in loop.carried})
        self._found: dict[Place, _Read] = {}
        self.starts: list[Tensor] = [start for start in starts if start in needed]
        outside = _Frame(around, (), {}, mul())
        self._gather(_Frame(loop.graph, (loop,), {}, mul(), outside), hot, needed, after, before)

    def parameters(self) -> Iterator[tuple[str, Form]]:
        """Numbers of parameters that such operations read, by role, each parameter once."""
        roles: dict[str, list[Form]] = {}
        for read in self._found.values():
            roles.setdefault(read.role, []).append(read.amount)
        for role, amounts in roles.items():
            yield role, add(*amounts)

    def _gather(self, frame: _Frame, hot: set[Tensor], needed: set[Tensor], after: _After, before: _Before) -> None:
        for node in _between(frame.graph, hot, needed):
            if isinstance(node, Operation):
                self._operation(frame, node)
            elif _is_looked_into(node):
                self._block(frame, node, (hot, needed), after, before)

    def _block(
        self, frame: _Frame, block: Block, around: tuple[set[Tensor], set[Tensor]], after: _After, before: _Before
    ) -> None:
        hot, needed = around
        inner = frame.inside(block)
        self._gather(inner, after.inside(block, hot), before.inside(block, needed), after, before)

    def _operation(self, frame: _Frame, operation: Operation) -> None:
        moves = operation.primitive.memory.moves(operation) or {}
        for place, size in moves.items():
            tensor = operation.inputs[place]
            owner = frame.owner(tensor) if tensor.parameter else None
            if owner is not None:
                self._note(owner, tensor.size, size)

    def _note(self, owner: _Owner, seen: Form, rows: Form | None) -> None:
        """That so much of a parameter is read, of which so many numbers are looked at; None: all of these."""
        read = self._found.setdefault(owner.place, _Read(owner.role, owner.size, owner.times, False))
        if rows is not None:
            read.rows.append(rows)
        elif seen == owner.size:
            read.whole = True
        else:
            read.rows.append(seen)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A parameter: where it stands, as what it is stored, how many numbers it has and how many such there are."""

    place: Place
    role: str
    size: Form
    times: Form


@dataclass
class _Frame:
    """A graph in its place: which blocks own what stands in it, what its ports are, and how often it runs."""

    graph: Graph
    path: Place
    bound: dict[Tensor, tuple[_Frame, Tensor]]
    times: Form
    around: _Frame | None = None

    def inside(self, block: Block) -> _Frame:
        """The same for the graph of a block in it."""
        if block.kind == "call":
            return self._inside_call(block)
        given = {value.start: (self, value.initial) for value in block.carried}
        times = self.times
        if block.kind == "repeat" and not block.shared:
            times = mul(times, block.count)
        return _Frame(block.graph, (*self.path, block), given, times, self)

    def _inside_call(self, block: Block) -> _Frame:
        given = {port: (self, tensor) for port, tensor in zip(block.graph.ports, block.inputs, strict=True)}
        owner = block if block.owns else block.home
        return _Frame(block.graph, (*self.path, owner), given, self.times)

    def owner(self, tensor: Tensor) -> _Owner | None:
        """The parameter that a tensor is a look at; None where it is computed."""
        node = self.graph.source(tensor)
        while isinstance(node, Operation) and _looks(node):
            tensor = node.inputs[0]
            node = self.graph.source(tensor)
        if node is None:
            return self._owner_outside(tensor)
        if isinstance(node, Parameter):
            return _Owner((*self.path, node), node.role, node.tensor.size, self.times)
        return None

    def _owner_outside(self, tensor: Tensor) -> _Owner | None:
        """The same of a tensor that no node here makes."""
        if tensor in self.bound:
            outer, given = self.bound[tensor]
            return outer.owner(given)
        if self.around is not None:
            return self.around.owner(tensor)

        # A port of the whole, which is a parameter of whoever calls it.
        if tensor.parameter:
            return _Owner((tensor,), "params", tensor.size, self.times)
        return None


def _between(graph: Graph, hot: set[Tensor], needed: set[Tensor]) -> Iterator[GraphNode]:
    """The nodes that read something hot and make something needed."""
    for node in graph:
        is_reading = not hot.isdisjoint(node.inputs)
        if is_reading and not needed.isdisjoint(node.outputs):
            yield node


def _starts(loop: Block) -> list[Tensor]:
    """What a round begins with of each value that is carried."""
    return [value.start for value in loop.carried]


def _is_looked_into(node: GraphNode) -> TypeGuard[Block]:
    """Whether what is inside of a node is followed; of a choice it is not known which branch runs."""
    return isinstance(node, Block) and node.kind != "choose"


def _looks(operation: Operation) -> bool:
    return operation.primitive.memory.view(operation) is not View.NONE and bool(operation.inputs)


def _beside(some: Iterable[Tensor], others: Iterable[Tensor], chosen: set[Tensor]) -> Iterator[Tensor]:
    """Those of the others that have one of the chosen at their place among some."""
    for one, other in zip(some, others, strict=True):
        if one in chosen:
            yield other


class _After:
    """What depends on some tensors."""

    def of(self, graph: Graph, hot: set[Tensor]) -> set[Tensor]:
        """All tensors of a graph that depend on these, these included."""
        found = set(hot)
        for node in graph:
            found |= set(self._made(node, found))
        return found

    def _made(self, node: GraphNode, hot: set[Tensor]) -> Iterable[Tensor]:
        if hot.isdisjoint(node.inputs):
            return ()
        if not _is_looked_into(node):
            return node.outputs
        inner = self.inside(node, hot)
        if node.kind in ONCE:
            return _beside(node.graph.results, node.outputs, inner)
        return self._left(node, inner, hot)

    def _left(self, loop: Block, inner: set[Tensor], hot: set[Tensor]) -> Iterator[Tensor]:
        """What a loop leaves behind that depends on them."""
        for value in loop.carried:
            if value.end in inner or value.initial in hot:
                yield value.last
        for emitted in loop.emitted:
            if emitted.each in inner:
                yield emitted.stacked

    def inside(self, block: Block, hot: set[Tensor]) -> set[Tensor]:
        """The tensors inside of a block that depend on what is hot around it, in some round."""
        if block.kind == "call":
            return self.of(block.graph, set(_beside(block.inputs, block.graph.ports, hot)))
        begin = hot | set(_beside([value.initial for value in block.carried], _starts(block), hot))
        ends = [value.end for value in block.carried]
        while True:
            found = self.of(block.graph, begin)
            # What a round leaves, the next one begins with.
            more = set(_beside(ends, _starts(block), found))
            if more <= begin:
                return found
            begin |= more


class _Before:
    """What some tensors depend on."""

    def of(self, graph: Graph, needed: set[Tensor]) -> set[Tensor]:
        """All tensors of a graph that these depend on, these included."""
        found = set(needed)
        for node in reversed(list(graph)):
            if not found.isdisjoint(node.outputs):
                found |= set(self._read(node, found))
        return found

    def _read(self, node: GraphNode, needed: set[Tensor]) -> Iterable[Tensor]:
        if not _is_looked_into(node):
            return node.inputs
        inner = self.inside(node, needed)
        if node.kind in ONCE:
            return _beside(node.graph.ports, node.inputs, inner)
        return self._read_by_loop(node, inner, needed)

    def _read_by_loop(self, loop: Block, inner: set[Tensor], needed: set[Tensor]) -> Iterator[Tensor]:
        """What a loop reads from around it for what is needed of it."""
        for value in loop.carried:
            if value.start in inner or value.last in needed:
                yield value.initial
        yield from inner.intersection(loop.inputs)

    def inside(self, block: Block, needed: set[Tensor]) -> set[Tensor]:
        """The tensors inside of a block that are needed around it, in some round."""
        if block.kind == "call":
            return self.of(block.graph, set(_beside(block.outputs, block.graph.results, needed)))
        ends = [value.end for value in block.carried]
        wanted = set(self._asked(block, needed))
        while True:
            found = self.of(block.graph, wanted)
            # What a round begins with, the one before has left.
            more = set(_beside(_starts(block), ends, found))
            if more <= wanted:
                return found
            wanted |= more

    def _asked(self, loop: Block, needed: set[Tensor]) -> Iterator[Tensor]:
        """What is asked of the rounds of a loop by what is needed around it."""
        for value in loop.carried:
            if value.last in needed:
                yield value.end
        for emitted in loop.emitted:
            if emitted.stacked in needed:
                yield emitted.each
