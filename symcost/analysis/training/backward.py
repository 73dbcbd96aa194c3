"""Backward: the operations that carry gradients from the results of a graph to what is trained.

A tensor needs a gradient if it depends on a parameter that is trained (or, with `inputs`, on an input) and a result
depends on it. For everything else no gradient is worked out: not for the input of a first layer, not for what is
frozen, not through comparisons and row numbers. What one operation costs is said in `derivatives.py`.

- A tensor that is used k times adds up k gradients: k - 1 additions for each of its numbers.
- A part (a row, a slice) of a tensor adds its gradient to that of the whole: one addition for each number of the part.
- Parameters are sums that run on (see Derivatives): every product of a contraction is one MAC more.
- Backpropagation through time goes back through the rounds of a loop (Werbos, Backpropagation through time, 1990).
  What a round carries to the next brings a gradient back; the first round asks none of an initial value that needs
  none. The last round does as all others: where nothing uses its value after the loop, zeros come back. What a loop
  leaves behind needs a gradient if it does so after many rounds, however few there are.
- Recomputed operations are performed once more (Chen et al., Training deep nets with sublinear memory cost, 2016).
- The gradient of the results themselves, from a loss, is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import neg

from symcost.analysis.counts.operations import Operations
from symcost.analysis.fold import rounds
from symcost.analysis.training.derivatives import Derivatives, carrying
from symcost.cost import Cost, cost, total
from symcost.errors import UnderivedBackward
from symcost.formula import Assumptions, Form, add, maximum, minimum, mul, num
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

ZERO, ONE = num(0), num(1)

Uses = dict[Tensor, Form]
"""How many gradients come back to a tensor whole; one that is there with 0 gets them in parts only."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What going back through a graph costs, and how many gradients reach each port; None: none at all."""

    cost: Cost
    ports: tuple[Form | None, ...]


@dataclass(frozen=True, slots=True)
class Paths:
    """From where a gradient of a result goes: to ports, by their number, and whether to a trained parameter."""

    ports: frozenset[int]
    trained: bool


@dataclass(frozen=True, slots=True)
class _Round:
    """What going back through one round costs, what it asks of the tensors around, and which have a gradient in it."""

    cost: Cost
    uses: Uses
    live: set[Tensor]


class Backward:
    """The backward pass of graphs; calls alike, with the same gradients wanted, are worked out once."""

    def __init__(self, assumptions: Assumptions, operations: Operations, *, inputs: bool = False) -> None:
        self._assumptions = assumptions
        self._derivatives = Derivatives(assumptions)
        self._operations = operations
        self._inputs = inputs
        self._passages: dict[object, Passage] = {}
        self._paths: dict[Graph, tuple[Paths, ...]] = {}
        self._rounds: dict[object, _Round] = {}
        self._bodies: dict[Graph, tuple[list[tuple[Tensor, Tensor]], set[Tensor]]] = {}

    def of(self, graph: Graph) -> Cost:
        """The operations of the backward pass of a whole model."""
        with room_to_recurse():
            passage = self._passage(graph, (self._inputs,) * len(graph.ports), (True,) * len(graph.results))
            trained = [path.trained for path in self._leading(graph)]
        ports = zip(graph.ports, passage.ports, strict=True)
        joined = (self._derivatives.joined(port, uses) for port, uses in ports if uses is not None)
        kept = (_kept(result) for result, path in zip(graph.results, trained, strict=True) if path)
        return total([passage.cost, *joined, *kept])

    # Which tensors have a gradient ----------------------------------------------------------------

    def _links(self, graph: Graph) -> Iterator[tuple[Tensor, Tensor]]:
        """Pairs of tensors, the second of which depends on the first; those inside of loops too."""
        for node in graph:
            match node:
                case Operation():
                    yield from ((node.inputs[place], out) for place in carrying(node) for out in node.outputs)
                case Block(kind="call"):
                    for out, paths in zip(node.outputs, self._leading(node.graph), strict=True):
                        yield from ((node.inputs[place], out) for place in sorted(paths.ports))
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._links(node.graph)
                    for one in node.carried:
                        yield from ((one.initial, one.start), (one.end, one.start), (one.end, one.last))
                    yield from ((each.each, each.stacked) for each in node.emitted)

    def _sources(self, graph: Graph) -> Iterator[Tensor]:
        """Trained parameters, and what calls make of parameters of their own."""
        for node in graph:
            match node:
                case Parameter(frozen=False, tensor=tensor):
                    yield tensor
                case Block(kind="call"):
                    found = zip(node.outputs, self._leading(node.graph), strict=True)
                    yield from (out for out, paths in found if paths.trained)
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._sources(node.graph)

    def _leading(self, graph: Graph) -> tuple[Paths, ...]:
        """The paths back from each result."""
        if graph not in self._paths:
            back = _neighbours((after, before) for before, after in self._links(graph))
            sources = set(self._sources(graph))
            found = []
            for result in graph.results:
                reached = _reached([result], back)
                ports = frozenset(place for place, port in enumerate(graph.ports) if port in reached)
                found.append(Paths(ports, not sources.isdisjoint(reached)))
            self._paths[graph] = tuple(found)
        return self._paths[graph]

    def live(self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool]) -> set[Tensor]:
        """The tensors that have a gradient, for the ports that need one and the results that get one."""
        links = list(self._links(graph))
        wanted = [port for port, need in zip(graph.ports, needs, strict=True) if need]
        given = [result for result, get in zip(graph.results, gets, strict=True) if get]
        after = _reached([*wanted, *self._sources(graph)], _neighbours(links))
        return after & _reached(given, _neighbours((b, a) for a, b in links))

    # The way back ---------------------------------------------------------------------------------

    def _passage(self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...]) -> Passage:
        key = (graph, needs, gets)
        if key not in self._passages:
            live = self.live(graph, needs, gets)
            uses: Uses = {}
            for result, get in zip(graph.results, gets, strict=True):
                if get:
                    _use(uses, result, live)
            spent = total(self._back(graph, uses, live))
            self._passages[key] = Passage(spent, tuple(uses.get(port) for port in graph.ports))
        return self._passages[key]

    def _back(self, graph: Graph, uses: Uses, live: set[Tensor]) -> Iterator[Cost]:
        """Go through a graph from its end; `uses` grows by what its nodes ask of the tensors that they read."""
        for node in reversed(list(graph)):
            if isinstance(node, Parameter) or live.isdisjoint(node.outputs):
                continue
            yield from (self._derivatives.joined(out, uses[out]) for out in node.outputs if out in uses)
            if node.recomputed:
                yield self._operations.of_node(node)
            if isinstance(node, Operation):
                yield from self._operation(node, uses, live)
            elif node.kind == "call":
                yield self._call(node, uses, live)
            else:
                yield from self._loop(node, uses, live)

    def _operation(self, operation: Operation, uses: Uses, live: set[Tensor]) -> Iterator[Cost]:
        for gradient in self._derivatives.of(operation):
            if any(operation.inputs[place] in live for place in gradient.inputs):
                yield gradient.cost
        whole = ZERO if operation.primitive.gradient.in_place else ONE
        for place in carrying(operation):
            _use(uses, operation.inputs[place], live, whole)

    def _call(self, block: Block, uses: Uses, live: set[Tensor]) -> Cost:
        needs, gets = (tuple(t in live for t in tensors) for tensors in (block.inputs, block.outputs))
        passage = self._passage(block.graph, needs, gets)
        for tensor, count in zip(block.inputs, passage.ports, strict=True):
            if count is not None:
                _use(uses, tensor, live, count)
        return passage.cost

    def _loop(self, block: Block, uses: Uses, live: set[Tensor]) -> Iterator[Cost]:
        """What every round does, and what is different in the first ones, whose carried values may need no gradient."""
        starts = [{one.start for one in block.carried if one.start in live and one.initial in live}]
        went: list[_Round] = []
        while True:
            went.append(self._round(block, starts[-1], live))
            following = {one.start for one in block.carried if one.start in live and one.end in went[-1].live}
            if following == starts[-1]:
                break
            if following in starts:
                raise UnderivedBackward(block.name, block.span)
            starts.append(following)
        *first, steady = went
        yield steady.cost.each(partial(rounds, block))
        for number, other in enumerate(first):
            yield total([other.cost, steady.cost.each(neg)]).each(partial(self._once, block, number))
        for tensor in dict.fromkeys(tensor for each in went for tensor in each.uses):
            counts = [each.uses.get(tensor, ZERO) for each in went]
            once = (self._once(block, n, (count - counts[-1]).expand()) for n, count in enumerate(counts[:-1]))
            _use(uses, tensor, live, add(rounds(block, counts[-1]), *once))
        for one in block.carried:
            if one.start in starts[0]:
                _use(uses, one.initial, live)
                yield _kept(one.initial)

    def _once(self, block: Block, number: int, form: Form) -> Form:
        """What one of the first rounds counts; nothing where there are fewer rounds."""
        if block.counter is not None:
            form = form.substitute({block.counter: add(block.counter.low, number)})
        happens = minimum(add(block.count, -number), ONE)
        if self._assumptions.at_least(block.count, num(number + 1)):
            happens = ONE
        elif number:
            happens = maximum(happens, ZERO)
        return mul(form.expand(), happens)

    def _round(self, block: Block, starts: set[Tensor], live: set[Tensor]) -> _Round:
        """One round, in which these carried values need a gradient; alike rounds are gone through once.

        Gradients come from the next round, even into the last one.
        """
        graph = block.graph
        _, inside = self._inside(graph)
        mine = {one.start for one in block.carried}
        ends = _ends(block, live)
        here = self.live_in(block, starts, live)
        key = (block, frozenset(here & inside), tuple(end for end in ends if end in here))
        if key not in self._rounds:
            found: Uses = {}
            for end in ends:
                _use(found, end, here)
            spent = [_kept(end) for end in ends if end in here]
            spent += self._back(graph, found, here)
            spent += [self._derivatives.joined(start, found.get(start, ZERO)) for start in starts]
            outer = {t: count for t, count in found.items() if graph.source(t) is None and t not in mine}
            self._rounds[key] = _Round(total(spent), outer, here)
        return self._rounds[key]

    def live_in(self, block: Block, starts: Iterable[Tensor], live: set[Tensor]) -> set[Tensor]:
        """The tensors that have a gradient in a round in which these carried values have one at its start."""
        graph = block.graph
        links, _ = self._inside(graph)
        mine = {one.start for one in block.carried}
        read = (t for t in (*graph.captured(), *_ends(block, live)) if graph.source(t) is None)
        around = {tensor for tensor in read if tensor in live and tensor not in mine}
        return live & _reached([*around, *self._sources(graph), *starts], _neighbours(links))

    def _inside(self, graph: Graph) -> tuple[list[tuple[Tensor, Tensor]], set[Tensor]]:
        """What depends on what in the body of a loop, and all the tensors that it makes or reads."""
        if graph not in self._bodies:
            links = list(self._links(graph))
            tensors = {*(t for link in links for t in link), *self._sources(graph)}
            self._bodies[graph] = links, tensors
        return self._bodies[graph]


def _ends(block: Block, live: set[Tensor]) -> list[Tensor]:
    """What a round of a loop hands on that gets a gradient from the next one or from after the loop."""
    ends = [one.end for one in block.carried if one.start in live or one.last in live]
    return ends + [each.each for each in block.emitted if each.stacked in live]


def _use(uses: Uses, tensor: Tensor, live: set[Tensor], count: Form = ONE) -> None:
    """Gradients come back to a tensor, if it has one."""
    if tensor in live:
        uses[tensor] = add(uses[tensor], count) if tensor in uses else count


def _kept(tensor: Tensor) -> Cost:
    """A gradient that reaches a parameter not through an operation is added to its sum."""
    return cost({"add": tensor.size} if tensor.parameter else {})


def _neighbours(links: Iterable[tuple[Tensor, Tensor]]) -> Mapping[Tensor, list[Tensor]]:
    found: dict[Tensor, list[Tensor]] = defaultdict(list)
    for before, after in links:
        found[before].append(after)
    return found


def _reached(start: Iterable[Tensor], neighbours: Mapping[Tensor, list[Tensor]]) -> set[Tensor]:
    """Everything that can be reached."""
    seen = set(start)
    waiting = list(seen)
    while waiting:
        for tensor in neighbours.get(waiting.pop(), ()):
            if tensor not in seen:
                seen.add(tensor)
                waiting.append(tensor)
    return seen
