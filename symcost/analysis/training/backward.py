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
from itertools import compress
from operator import neg

from symcost.analysis.counts.operations import Operations
from symcost.analysis.fold import all_rounds, rounds
from symcost.analysis.training.derivatives import Derivatives, carrying
from symcost.cost import NOTHING, Cost, cost, total
from symcost.errors import UnderivedBackward
from symcost.formula import Assumptions, Form, add, maximum, minimum, mul, num
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor

ZERO, ONE = num(0), num(1)

Uses = dict[Tensor, Form]
"""How many gradients come back to a tensor whole; one that is there with 0 gets them in parts only."""


Link = tuple[Tensor, Tensor]
"""Two tensors, the second of which depends on the first."""

Neighbours = Mapping[Tensor, list[Tensor]]


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What going back through a graph costs by its nodes: each by itself, and of blocks where to look further."""

    own: Mapping[GraphNode, Cost]
    inside: Mapping[Block, Passage | Rounds]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What going back through a graph costs, and how many gradients reach each port; None: none at all."""

    cost: Cost
    ports: tuple[Form | None, ...]
    ledger: Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """What going back through one round costs, what it asks of the tensors around, and which have a gradient in it.

    `handed` is the part of the cost that no node inside has: the gradients that rounds hand to each other.
    """

    cost: Cost
    uses: Uses
    live: set[Tensor]
    ledger: Ledger
    handed: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Rounds:
    """The rounds of a loop: all cost as the steady one, but for the first, which are different."""

    different: Sequence[Round]
    steady: Round


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """A part of the cost, and the node that has it: by itself, or in all that is `inside`."""

    node: GraphNode
    cost: Cost
    inside: Passage | Rounds | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the ways back from a result end: at ports, by their number, and whether at a trained parameter."""

    ports: frozenset[int]
    trained: bool


class Backward:
    """The backward pass of graphs; calls alike, with the same gradients wanted, are worked out once."""

    def __init__(self, assumptions: Assumptions, operations: Operations, *, inputs: bool = False) -> None:
        self._assumptions = assumptions
        self._derivatives = Derivatives(assumptions)
        self._operations = operations
        self._inputs = inputs
        self._passages: dict[object, Passage] = {}
        self._sources: dict[Graph, tuple[Sources, ...]] = {}
        self._rounds: dict[object, Round] = {}
        self._bodies: dict[Graph, tuple[list[Link], set[Tensor]]] = {}

    def of(self, graph: Graph) -> Cost:
        """The operations of the backward pass of a whole model."""
        with room_to_recurse():
            needs = (self._inputs,) * len(graph.ports)
            gets = (True,) * len(graph.results)
            passage = self._passage(graph, needs, gets)
            leading = self._leading(graph)
        spent = [passage.cost]
        for port, uses in zip(graph.ports, passage.ports, strict=True):
            if uses is not None:
                spent.append(self._derivatives.joined(port, uses))
        for result, sources in zip(graph.results, leading, strict=True):
            if sources.trained:
                spent.append(_added_to_parameter(result))
        return total(spent)

    def ledger(self, graph: Graph) -> Ledger:
        """The same by nodes, but for what joins the gradients of the inputs of the model: they are no node.

        Raises UnderivedBackward.
        """
        with room_to_recurse():
            gets = (True,) * len(graph.results)
            passage = self._passage(graph, (self._inputs,) * len(graph.ports), gets)
            leading = self._leading(graph)
        own = dict(passage.ledger.own)
        for result, sources in zip(graph.results, leading, strict=True):
            node = graph.source(result)
            if sources.trained and node is not None:
                own[node] = total([own.get(node, NOTHING), _added_to_parameter(result)])
        return Ledger(own, passage.ledger.inside)

    # Which tensors have a gradient ----------------------------------------------------------------

    def _links(self, graph: Graph) -> Iterator[Link]:
        """Pairs of tensors, the second of which depends on the first; those inside of loops too."""
        for node in graph:
            match node:
                case Operation():
                    yield from _links_of_operation(node)
                case Block(kind="call"):
                    yield from self._links_of_call(node)
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._links(node.graph)
                    yield from _links_of_rounds(node)

    def _links_of_call(self, block: Block) -> Iterator[Link]:
        for out, sources in zip(block.outputs, self._leading(block.graph), strict=True):
            for place in sorted(sources.ports):
                yield block.inputs[place], out

    def _trained(self, graph: Graph) -> Iterator[Tensor]:
        """Trained parameters, and what calls make of parameters of their own."""
        for node in graph:
            match node:
                case Parameter(frozen=False, tensor=tensor):
                    yield tensor
                case Block(kind="call"):
                    leading = zip(node.outputs, self._leading(node.graph), strict=True)
                    yield from (out for out, sources in leading if sources.trained)
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._trained(node.graph)

    def _leading(self, graph: Graph) -> tuple[Sources, ...]:
        """Where the ways back from each result end."""
        if graph not in self._sources:
            before = _neighbours(_reversed(self._links(graph)))
            trained = set(self._trained(graph))
            self._sources[graph] = tuple(_sources(graph, result, before, trained) for result in graph.results)
        return self._sources[graph]

    def live(self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool]) -> set[Tensor]:
        """The tensors that have a gradient, for the ports that need one and the results that get one."""
        links = list(self._links(graph))
        wanted = compress(graph.ports, needs)
        given = compress(graph.results, gets)
        behind_trained = _reached([*wanted, *self._trained(graph)], _neighbours(links))
        before_results = _reached(given, _neighbours(_reversed(links)))
        return behind_trained & before_results

    # The way back ---------------------------------------------------------------------------------

    def _passage(self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...]) -> Passage:
        key = (graph, needs, gets)
        if key not in self._passages:
            live = self.live(graph, needs, gets)
            uses: Uses = {}
            for result in compress(graph.results, gets):
                _use(uses, result, live)
            entries = list(self._back(graph, uses, live))
            ports = tuple(uses.get(port) for port in graph.ports)
            self._passages[key] = Passage(_sum(entries), ports, _ledger(entries))
        return self._passages[key]

    def _back(self, graph: Graph, uses: Uses, live: set[Tensor]) -> Iterator[_Entry]:
        """Go through a graph from its end; `uses` grows by what its nodes ask of the tensors that they read."""
        for node in reversed(list(graph)):
            if isinstance(node, Parameter) or live.isdisjoint(node.outputs):
                continue

            # All that reads the results has been passed: their gradients are complete.
            for out in node.outputs:
                if out in uses:
                    yield _Entry(node, self._derivatives.joined(out, uses[out]))
            if node.recomputed:
                yield _Entry(node, self._operations.of_node(node))

            if isinstance(node, Operation):
                for spent in self._operation(node, uses, live):
                    yield _Entry(node, spent)
            elif node.kind == "call":
                passage = self._call(node, uses, live)
                yield _Entry(node, passage.cost, passage)
            else:
                yield from self._loop(node, uses, live)

    def _operation(self, operation: Operation, uses: Uses, live: set[Tensor]) -> Iterator[Cost]:
        for gradient in self._derivatives.of(operation):
            if any(operation.inputs[place] in live for place in gradient.inputs):
                yield gradient.cost
        whole = ZERO if operation.primitive.gradient.in_place else ONE
        for place in carrying(operation):
            _use(uses, operation.inputs[place], live, whole)

    def _call(self, block: Block, uses: Uses, live: set[Tensor]) -> Passage:
        needs, gets = (tuple(t in live for t in tensors) for tensors in (block.inputs, block.outputs))
        passage = self._passage(block.graph, needs, gets)
        for tensor, count in zip(block.inputs, passage.ports, strict=True):
            if count is not None:
                _use(uses, tensor, live, count)
        return passage

    def _loop(self, block: Block, uses: Uses, live: set[Tensor]) -> Iterator[_Entry]:
        """What every round does, and what is different in the first ones, whose carried values may need no gradient."""
        first_starts = {each.start for each in block.carried if each.start in live and each.initial in live}
        different, steady = self._until_steady(block, first_starts, live)

        # Every round costs as the steady ones; the first differ from that by what is added here.
        spent = [all_rounds(block, steady.cost)]
        for number, other in enumerate(different):
            difference = total([other.cost, steady.cost.each(neg)])
            spent.append(difference.each(partial(self.once, block, number)))
        yield _Entry(block, total(spent), Rounds(different, steady))

        self._use_around(block, different, steady, uses, live)
        for each in block.carried:
            if each.start in first_starts:
                _use(uses, each.initial, live)
                yield _Entry(block, _added_to_parameter(each.initial))

    def _until_steady(self, block: Block, starts: set[Tensor], live: set[Tensor]) -> tuple[list[Round], Round]:
        """The first rounds, and the one like which all others are.

        A value that a round has changed may need a gradient although the initial one does not, so that more carried
        values have one from round to round. Raises UnderivedBackward where that comes back to an earlier state.
        """
        seen = [starts]
        different: list[Round] = []
        while True:
            this = self._round(block, starts, live)
            following = {each.start for each in block.carried if each.start in live and each.end in this.live}
            if following == starts:
                return different, this
            if following in seen:
                raise UnderivedBackward(block.name, block.span)
            different.append(this)
            seen.append(following)
            starts = following

    def _use_around(
        self, block: Block, different: Sequence[Round], steady: Round, uses: Uses, live: set[Tensor]
    ) -> None:
        """What all rounds together ask of the tensors around the loop."""
        everything = (*different, steady)
        for tensor in dict.fromkeys(tensor for each in everything for tensor in each.uses):
            usual = steady.uses.get(tensor, ZERO)
            count = rounds(block, usual)
            for number, other in enumerate(different):
                more = (other.uses.get(tensor, ZERO) - usual).expand()
                count = add(count, self.once(block, number, more))
            _use(uses, tensor, live, count)

    def once(self, block: Block, number: int, form: Form) -> Form:
        """What one of the first rounds counts; nothing where there are fewer rounds."""
        if block.counter is not None:
            form = form.substitute({block.counter: add(block.counter.low, number)})
        return mul(form.expand(), self._happens(block, number))

    def _happens(self, block: Block, number: int) -> Form:
        """1 where a loop has a round of this number, else 0."""
        if self._assumptions.at_least(block.count, num(number + 1)):
            return ONE
        least = minimum(add(block.count, -number), ONE)
        return maximum(least, ZERO) if number else least

    def _round(self, block: Block, starts: set[Tensor], live: set[Tensor]) -> Round:
        """One round, in which these carried values need a gradient; alike rounds are gone through once.

        Gradients come from the next round, even into the last one.
        """
        _, inside = self._inside(block.graph)
        here = self.live_in(block, starts, live)
        ends = [end for end in _ends(block, live) if end in here]
        key = (block, frozenset(here & inside), tuple(ends))
        if key not in self._rounds:
            self._rounds[key] = self._worked_out(block, starts, ends, here)
        return self._rounds[key]

    def _worked_out(self, block: Block, starts: set[Tensor], ends: Sequence[Tensor], here: set[Tensor]) -> Round:
        uses: Uses = {}
        for end in ends:
            _use(uses, end, here)
        to_parameters = [_added_to_parameter(end) for end in ends]
        entries = list(self._back(block.graph, uses, here))
        joined = [self._derivatives.joined(start, uses.get(start, ZERO)) for start in starts]
        spent = total([*to_parameters, _sum(entries), *joined])

        # What the body neither makes nor carries comes from around the loop.
        carried = {each.start for each in block.carried}
        around: Uses = {}
        for tensor, count in uses.items():
            if block.graph.source(tensor) is None and tensor not in carried:
                around[tensor] = count
        return Round(spent, around, here, _ledger(entries), total([*to_parameters, *joined]))

    def live_in(self, block: Block, starts: Iterable[Tensor], live: set[Tensor]) -> set[Tensor]:
        """The tensors that have a gradient in a round in which these carried values have one at its start."""
        graph = block.graph
        links, _ = self._inside(graph)
        carried = {each.start for each in block.carried}
        around = set()
        for tensor in (*graph.captured(), *_ends(block, live)):
            if graph.source(tensor) is None and tensor in live and tensor not in carried:
                around.add(tensor)
        return live & _reached([*around, *self._trained(graph), *starts], _neighbours(links))

    def _inside(self, graph: Graph) -> tuple[list[Link], set[Tensor]]:
        """What depends on what in the body of a loop, and all the tensors that it makes or reads."""
        if graph not in self._bodies:
            links = list(self._links(graph))
            tensors = set(self._trained(graph))
            for link in links:
                tensors.update(link)
            self._bodies[graph] = links, tensors
        return self._bodies[graph]


def _sum(entries: Iterable[_Entry]) -> Cost:
    return total(entry.cost for entry in entries)


def _ledger(entries: Iterable[_Entry]) -> Ledger:
    """The entries by node."""
    own: dict[GraphNode, list[Cost]] = defaultdict(list)
    inside: dict[Block, Passage | Rounds] = {}
    for entry in entries:
        if entry.inside is None:
            own[entry.node].append(entry.cost)
        elif isinstance(entry.node, Block):
            inside[entry.node] = entry.inside
    return Ledger({node: total(costs) for node, costs in own.items()}, inside)


def _links_of_operation(operation: Operation) -> Iterator[Link]:
    for place in carrying(operation):
        for out in operation.outputs:
            yield operation.inputs[place], out


def _links_of_rounds(block: Block) -> Iterator[Link]:
    """From round to round, and from the last one to what is read after the loop."""
    for each in block.carried:
        yield each.initial, each.start
        yield each.end, each.start
        yield each.end, each.last
    for emitted in block.emitted:
        yield emitted.each, emitted.stacked


def _sources(graph: Graph, result: Tensor, before: Neighbours, trained: set[Tensor]) -> Sources:
    """The ports and trained parameters that a result depends on."""
    reached = _reached([result], before)
    ports = frozenset(place for place, port in enumerate(graph.ports) if port in reached)
    return Sources(ports, not trained.isdisjoint(reached))


def _ends(block: Block, live: set[Tensor]) -> list[Tensor]:
    """What a round of a loop hands on that gets a gradient from the next one or from after the loop."""
    ends = [one.end for one in block.carried if one.start in live or one.last in live]
    return ends + [each.each for each in block.emitted if each.stacked in live]


def _use(uses: Uses, tensor: Tensor, live: set[Tensor], count: Form = ONE) -> None:
    """Gradients come back to a tensor, if it has one."""
    if tensor in live:
        uses[tensor] = add(uses[tensor], count) if tensor in uses else count


def _added_to_parameter(tensor: Tensor) -> Cost:
    """A gradient that reaches a parameter not through an operation is added to its sum."""
    return cost({"add": tensor.size} if tensor.parameter else {})


def _reversed(links: Iterable[Link]) -> Iterator[Link]:
    return ((after, before) for before, after in links)


def _neighbours(links: Iterable[Link]) -> Neighbours:
    """What depends on each tensor directly."""
    after: dict[Tensor, list[Tensor]] = defaultdict(list)
    for tensor, dependent in links:
        after[tensor].append(dependent)
    return after


def _reached(start: Iterable[Tensor], neighbours: Neighbours) -> set[Tensor]:
    """Everything that can be reached."""
    seen = set(start)
    waiting = list(seen)
    while waiting:
        for tensor in neighbours.get(waiting.pop(), ()):
            if tensor not in seen:
                seen.add(tensor)
                waiting.append(tensor)
    return seen
