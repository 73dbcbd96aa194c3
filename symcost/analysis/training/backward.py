"""Backward: the operations that carry gradients from the results of a graph to what is trained.

A tensor needs a gradient if it depends on a parameter that is trained (or, with `inputs`, on an input) and a result
depends on it. For everything else no gradient is worked out: not for the input of a first layer, not for what is
frozen, not through comparisons and row numbers. What one operation costs is said in `derivatives.py`.

- A tensor that is used k times adds up k gradients: k - 1 additions for each of its numbers.
- A part (a row, a slice, entries at places that a table says) of a tensor adds its gradient to that of the whole: one
  addition for each number of the part, and none that joins one part with another.
- Parameters are sums that run on (see Derivatives): every product of a contraction is one MAC more.
- Backpropagation through time goes back through the rounds of a loop (Werbos, Backpropagation through time, 1990).
  What a round carries to the next brings a gradient back; the first round asks none of an initial value that needs
  none. Nothing goes back through what nobody reads: a value that the next round overwrites has a gradient in the last
  round alone, one that is not used after the loop has none there. What a loop leaves behind needs a gradient if it does
  so after many rounds, however few there are.
- Recomputed operations are performed once more (Chen et al., Training deep nets with sublinear memory cost, 2016): if
  anything that a `recompute` makes has a gradient, all of it, as PyTorch's checkpoint runs its function again; with
  `early` only up to the last that is needed (see early.py). A `recompute` inside of another is run again with that
  one, and then by itself.
- Where other values have a gradient if a loop has no round, what is told holds only where it has one: `wanted` then
  says so (see without_rounds.py). Where no sizes can say it, as of `repeat l` in a loop over l, it is refused.
- The gradient of the results themselves, from a loss, is given.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import compress, pairwise
from operator import neg

from symcost.analysis.counts.operations import Operations
from symcost.analysis.fold import all_rounds, rounds
from symcost.analysis.training.derivatives import Derivatives, carrying
from symcost.analysis.training.early import Early
from symcost.analysis.training.rounds import EVERY, ZERO, Ledger, Passage, Place, Round, Rounds, Uses
from symcost.analysis.training.without_rounds import differ_around, has_round, is_counted, loops_in
from symcost.cost import NOTHING, Cost, cost, total
from symcost.errors import UnderivedBackward
from symcost.formula import Assumptions, AtLeast, Form, add, maximum, minimum, mul, num
from symcost.formula.named import spread
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.records import dataclass

ONE = num(1)

Link = tuple[Tensor, Tensor]
"""Two tensors, the second of which depends on the first."""

Neighbours = Mapping[Tensor, list[Tensor]]


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

    def __init__(
        self, assumptions: Assumptions, operations: Operations, *, inputs: bool = False, early: bool = False
    ) -> None:
        self.assumptions = assumptions
        self._derivatives = Derivatives(assumptions)
        self._operations = operations
        self._inputs = inputs
        self._early = Early(self, operations) if early else None
        self._passages: dict[object, Passage] = {}
        self._sources: dict[Graph, tuple[Sources, ...]] = {}
        self._rounds: dict[object, Round] = {}
        self._bodies: dict[Graph, tuple[list[Link], set[Tensor]]] = {}
        self._looked_at: dict[object, Block | None] = {}
        self.wanted: dict[AtLeast, None] = {}
        """What has to hold so that the loops have the rounds that they are taken to have."""

    def of(self, graph: Graph) -> Cost:
        """The operations of the backward pass of a whole model."""
        room_to_recurse()
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
        room_to_recurse()
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

    def _links(self, graph: Graph, runs: Mapping[Block, bool] | None = None) -> Iterator[Link]:
        """Pairs of tensors, the second of which depends on the first; those inside of loops too.

        `runs` says of some loops whether they have a round.
        """
        for node in graph:
            match node:
                case Operation():
                    yield from _links_of_operation(node)
                case Block(kind="call"):
                    yield from self._links_of_call(node)
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._links_of_loop(node, runs or {})

    def _links_of_loop(self, block: Block, runs: Mapping[Block, bool]) -> Iterator[Link]:
        """What its rounds do; one that may have none hands on what it begins with."""
        has_round = runs.get(block)
        if has_round is not False:
            yield from self._links(block.graph, runs)
            yield from _links_of_rounds(block)
        if not has_round and self._may_be_empty(block):
            yield from ((each.initial, each.last) for each in block.carried)

    def _links_of_call(self, block: Block) -> Iterator[Link]:
        for out, sources in zip(block.outputs, self._leading(block.graph), strict=True):
            for place in sorted(sources.ports):
                yield block.inputs[place], out

    def _trained(self, graph: Graph, runs: Mapping[Block, bool] | None = None) -> Iterator[Tensor]:
        """Trained parameters, and what calls make of parameters of their own; none of a loop without rounds."""
        for node in graph:
            match node:
                case Parameter(frozen=False, tensor=tensor):
                    yield tensor
                case Block(kind="call"):
                    yield from self._trained_in_call(node)
                case Block(kind="scan" | "repeat" | "choose"):
                    yield from self._trained_in_loop(node, runs)

    def _trained_in_loop(self, loop: Block, runs: Mapping[Block, bool] | None) -> Iterator[Tensor]:
        """Those of its rounds; `runs` says of some loops whether they have any."""
        if runs is None or runs.get(loop) is not False:
            yield from self._trained(loop.graph, runs)

    def _trained_in_call(self, call: Block) -> Iterator[Tensor]:
        """The results of a call that depend on a trained parameter inside of it."""
        for out, sources in zip(call.outputs, self._leading(call.graph), strict=True):
            if sources.trained:
                yield out

    def _leading(self, graph: Graph) -> tuple[Sources, ...]:
        """Where the ways back from each result end."""
        if graph not in self._sources:
            before = _neighbours(_reversed(self._links(graph)))
            trained = set(self._trained(graph))
            self._sources[graph] = tuple(_sources(graph, result, before, trained) for result in graph.results)
        return self._sources[graph]

    def live(self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool]) -> set[Tensor]:
        """The tensors that have a gradient, for the ports that need one and the results that get one."""
        return self._live_if(graph, needs, gets, {})

    def _live_if(
        self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool], runs: Mapping[Block, bool]
    ) -> set[Tensor]:
        """The same, if some loops have a round or none."""
        links = list(self._links(graph, runs))
        wanted = compress(graph.ports, needs)
        given = compress(graph.results, gets)
        behind_trained = _reached([*wanted, *self._trained(graph, runs)], _neighbours(links))
        before_results = _reached(given, _neighbours(_reversed(links)))
        return behind_trained & before_results

    def look_at_rounds(self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...]) -> Block | None:
        """Note which loops of a graph must have a round, because other values have a gradient if they have none.

        Returns one of which no sizes say so.
        """
        key = (graph, needs, gets)
        if key not in self._looked_at:
            wanting = list(self._wanting_a_round(graph, needs, gets))
            self._looked_at[key] = next((block for block in wanting if not self.want_round(block)), None)
        return self._looked_at[key]

    def _wanting_a_round(self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool]) -> Iterator[Block]:
        for block in filter(self.may_have_no_round, loops_in(graph)):
            with_one, without = (self._live_if(graph, needs, gets, {block: runs}) for runs in (True, False))
            if differ_around(block, with_one, without):
                yield block

    def may_have_no_round(self, block: Block) -> bool:
        """Whether it is not known that a loop has a round."""
        return not self.assumptions.at_least(block.count, ONE)

    def want_round(self, block: Block) -> bool:
        """Note that what is told holds where a loop has a round; False where no sizes say so."""
        facts = has_round(block, self.assumptions)
        if facts is not None:
            self.wanted.update(dict.fromkeys(facts))
        return facts is not None

    # The way back ---------------------------------------------------------------------------------

    def _passage(self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...]) -> Passage:
        key = (graph, needs, gets)
        if key not in self._passages:
            never = self.look_at_rounds(graph, needs, gets)
            if never is not None:
                raise _may_be_empty(never)
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
        reached = stretches(graph, live) if self._early is None else set()
        for node in reversed(list(graph)):
            if isinstance(node, Parameter):
                continue

            # Of a stretch all is run again, what has no gradient of its own and what nobody reads too.
            if node.recomputed:
                yield _Entry(node, self._again(node, live, reached))
            if uses.keys().isdisjoint(node.outputs):
                continue

            # All that reads the results has been passed: their gradients are complete.
            for out in node.outputs:
                if out in uses:
                    yield _Entry(node, self._derivatives.joined(out, uses[out]))

            if isinstance(node, Operation):
                for spent in self._operation(node, uses, live):
                    yield _Entry(node, spent)
            elif node.kind == "call":
                passage = self._call(node, uses, live)
                yield _Entry(node, passage.cost, passage)
            else:
                yield from self._loop(node, uses, live)

    def _again(self, node: Operation | Block, live: set[Tensor], reached: set[int]) -> Cost:
        """What a node does once more; `reached` are the recomputed stretches that go on at least to its end."""
        if node.recomputed in reached:
            # The run that the outer stretch brings keeps nothing for the inner one either.
            times = 1 + len(reached.intersection(node.nested))
            return self._operations.of_node(node).times(num(times))
        spent = None if self._early is None else self._early.of_node(node, live)
        if spent is None:
            return NOTHING
        reached.add(node.recomputed)
        return spent

    def _operation(self, operation: Operation, uses: Uses, live: set[Tensor]) -> Iterator[Cost]:
        for gradient in self._derivatives.of(operation):
            if any(operation.inputs[place] in live for place in gradient.inputs):
                yield gradient.cost
        whole = ZERO if operation.primitive.gradient.in_place else ONE
        for place in carrying(operation):
            _use(uses, operation.inputs[place], live, whole)

    def _call(self, block: Block, uses: Uses, live: set[Tensor]) -> Passage:
        needs = tuple(tensor in live for tensor in block.inputs)
        gets = tuple(tensor in live for tensor in block.outputs)
        passage = self._passage(block.graph, needs, gets)
        for tensor, count in zip(block.inputs, passage.ports, strict=True):
            if count is not None:
                _use(uses, tensor, live, count)
        return passage

    def _loop(self, block: Block, uses: Uses, live: set[Tensor]) -> Iterator[_Entry]:
        """What every round does, and what is different in the first ones and in the last ones."""
        firsts = self.firsts(block, live)
        lasts = self._lasts(block, live, uses.keys() & block.outputs)
        grid = [[self._round(block, starts, ends, live) for ends in lasts] for starts in firsts]
        if not self.alike_without_rounds(block, live) and not self.want_round(block):
            raise _may_be_empty(block)
        all_of_them = Rounds(grid)
        yield _Entry(block, self._over_all(block, all_of_them), all_of_them)

        # What the rounds ask of the tensors around the loop, and of the values that it begins with.
        self._use_around(block, all_of_them, uses, live)
        yield from self._use_initial(block, firsts[0], grid[0], uses, live)

    def _may_be_empty(self, block: Block) -> bool:
        return bool(block.carried) and self.may_have_no_round(block)

    def alike_without_rounds(self, block: Block, live: set[Tensor]) -> bool:
        """Whether the same values have a gradient if a loop has no round, and hands on what it begins with.

        One round must not ask for anything else, and nothing have a gradient behind it that has none before it.
        """
        if not self._may_be_empty(block):
            return True
        if any(each.last in live and each.initial not in live for each in block.carried):
            return False
        return self._asks_for_the_same(block, live)

    def _asks_for_the_same(self, block: Block, live: set[Tensor]) -> bool:
        """Whether in a round just those carried values have a gradient that have one on both sides of the loop."""
        starts = self.firsts(block, live)[0]
        ends = self.last_ends(block, live.intersection(block.outputs))
        here = self.live_in(block, starts, live) & self.reaching(block, ends) & starts
        for each in block.carried:
            through = each.last in live and each.initial in live
            if through != (each.start in here):
                return False
        return True

    def _use_initial(
        self, block: Block, starts: set[Tensor], first: Sequence[Round], uses: Uses, live: set[Tensor]
    ) -> Iterator[_Entry]:
        """What a first round, whichever are the last ones, asks of the values that the loop begins with."""
        for each in block.carried:
            asked = [each.start in starts and each.start in round_.live for round_ in first]
            count = self._by_count(block, asked)
            if count != 0:
                _use(uses, each.initial, live, count)
                yield _Entry(block, _added_to_parameter(each.initial).each(partial(mul, count)))

    def _over_all(self, block: Block, rounds_: Rounds) -> Cost:
        """The cost of all rounds."""
        every: list[Cost] = []
        once: dict[Place, list[Cost]] = {}
        for part in rounds_.parts():
            cost = part.round.cost if part.sign > 0 else part.round.cost.each(neg)
            once.setdefault(part.place, []).append(cost)
        for place, costs in once.items():
            spent = total(costs)
            every.append(all_rounds(block, spent) if place == EVERY else spent.each(partial(self.at, block, place)))
        return total(every)

    def firsts(self, block: Block, live: set[Tensor]) -> list[set[Tensor]]:
        """The carried values that need a gradient at the start of the first rounds, and then of all others.

        A value that a round has changed may need a gradient although the initial one does not, so that more carried
        values have one from round to round. Raises UnderivedBackward where that comes back to an earlier state.
        """
        seen = [{each.start for each in block.carried if each.start in live and each.initial in live}]
        while True:
            following = self._following(block, seen[-1], live)

            # From here on all rounds are alike.
            if following == seen[-1]:
                return seen

            if following in seen:
                raise UnderivedBackward(block.name, block.span)
            seen.append(following)

    def _following(self, block: Block, starts: set[Tensor], live: set[Tensor]) -> set[Tensor]:
        """The carried values that need a gradient at the start of a round, after one in which these did."""
        here = self.live_in(block, starts, live)
        return {each.start for each in block.carried if each.start in live and each.end in here}

    def _lasts(self, block: Block, live: set[Tensor], given: Set[Tensor]) -> list[tuple[Tensor, ...]]:
        """What the last round hands on to where it gets a gradient, what the one before, and then all others.

        Raises UnderivedBackward where that comes back to an earlier state.
        """
        seen = [self.last_ends(block, given)]
        while True:
            following = self.ends_before(block, seen[-1], live, given)
            if following == seen[-1]:
                return seen
            if following in seen:
                raise UnderivedBackward(block.name, block.span)
            seen.append(following)

    def last_ends(self, block: Block, given: Set[Tensor]) -> tuple[Tensor, ...]:
        """What the last round hands on that gets a gradient, one of these being given to what the loop leaves."""
        ends = tuple(each.end for each in block.carried if each.last in given)
        return ends + tuple(each.each for each in block.emitted if each.stacked in given)

    def ends_before(
        self, block: Block, ends: Iterable[Tensor], live: set[Tensor], given: Set[Tensor]
    ) -> tuple[Tensor, ...]:
        """What a round hands on that gets a gradient, if the next one gets one for these."""
        got = self.reaching(block, ends)
        handed = tuple(each.end for each in block.carried if each.start in live and each.start in got)
        return handed + tuple(each.each for each in block.emitted if each.stacked in given)

    def reaching(self, block: Block, ends: Iterable[Tensor]) -> set[Tensor]:
        """All that these depend on within a round."""
        links, _ = self._inside(block.graph)
        return _reached(ends, _neighbours(_reversed(links)))

    def _use_around(self, block: Block, rounds_: Rounds, uses: Uses, live: set[Tensor]) -> None:
        """What all rounds together ask of the tensors around the loop."""
        counts: dict[Tensor, dict[Place, list[Form]]] = {}
        for part in rounds_.parts():
            for tensor, count in part.round.uses.items():
                counts.setdefault(tensor, {}).setdefault(part.place, []).append(mul(part.sign, count))
        for tensor, by_place in counts.items():
            asked: list[Form] = []
            for place, forms in by_place.items():
                form = spread(add(ZERO, *forms))
                asked.append(rounds(block, form) if place == EVERY else self.at(block, place, form))
            _use(uses, tensor, live, add(ZERO, *asked))

    def at(self, block: Block, place: Place, form: Form) -> Form:
        """What the round at one place counts; nothing where there is none."""
        counter = block.counter
        if counter is not None and place.number is not None:
            form = form.substitute({counter: add(counter.low, place.number)})
        elif counter is not None and place.left is not None and counter.high is not None:
            form = form.substitute({counter: add(counter.high, -1 - place.left).expand()})
        return mul(spread(form), self._there(block, place))

    def in_last(self, block: Block, cost: Cost) -> Cost:
        """What the last round alone counts; nothing where there is no round."""
        return cost.each(partial(self.at, block, Place(left=0)))

    def _there(self, block: Block, place: Place) -> Form:
        """1 where a loop has a round at a place, else 0."""
        if place.number is None or place.left is None:
            return self._happens(block, (place.number or 0) + (place.left or 0))
        number = place.number + place.left
        return (self._happens(block, number) - self._happens(block, number + 1)).expand()

    def _happens(self, block: Block, number: int) -> Form:
        """1 where a loop has a round of this number, else 0."""
        if self.assumptions.at_least(block.count, num(number + 1)):
            return ONE
        least = minimum(add(block.count, -number), ONE)
        return maximum(least, ZERO) if number else least

    def _by_count(self, block: Block, whether: Sequence[bool]) -> Form:
        """1 where it holds for the number of rounds: one, two, ..., that many or more. Without rounds as with one."""
        steps: list[Form] = [num(int(whether[0]))]
        for number, (before, after) in enumerate(pairwise(whether), 1):
            steps.append(mul(int(after) - int(before), self._happens(block, number)))
        return add(ZERO, *steps).expand()

    def _round(self, block: Block, starts: set[Tensor], ends: Sequence[Tensor], live: set[Tensor]) -> Round:
        """One round, in which these carried values need a gradient and these get one; if alike, worked out once."""
        _, inside = self._inside(block.graph)
        here = self.live_in(block, starts, live) & self.reaching(block, ends)
        given = tuple(end for end in ends if end in here)
        key = (block, frozenset(here & inside), given)
        if key not in self._rounds:
            self._rounds[key] = self._worked_out(block, starts, given, here)
        return self._rounds[key]

    def _worked_out(self, block: Block, starts: set[Tensor], ends: Sequence[Tensor], here: set[Tensor]) -> Round:
        uses: Uses = {}
        for end in ends:
            _use(uses, end, here)
        to_parameters = [_added_to_parameter(end) for end in ends]
        entries = list(self._back(block.graph, uses, here))
        reached = [each.start for each in block.carried if each.start in uses]
        joined = [self._derivatives.joined(start, uses[start]) for start in reached]
        spent = total([*to_parameters, _sum(entries), *joined])

        # What the body neither makes nor carries comes from around the loop.
        around = {tensor: uses[tensor] for tensor in block.from_around(uses)}
        return Round(spent, around, here, _ledger(entries), total([*to_parameters, *joined]))

    def live_in(self, block: Block, starts: Iterable[Tensor], live: set[Tensor]) -> set[Tensor]:
        """The tensors that have a gradient in a round in which these carried values have one at its start."""
        graph = block.graph
        links, _ = self._inside(graph)
        around = live.intersection(block.from_around((*graph.captured(), *_ends(block, live))))
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


def _may_be_empty(block: Block) -> UnderivedBackward:
    return UnderivedBackward(block.name, block.span, may_be_empty=True, counted=is_counted(block))


def _sum(entries: Iterable[_Entry]) -> Cost:
    return total(entry.cost for entry in entries)


def stretches(graph: Graph, live: set[Tensor]) -> set[int]:
    """The recomputed stretches in which something has a gradient."""
    found: set[int] = set()
    for node in graph:
        if not isinstance(node, Parameter) and not live.isdisjoint(node.outputs):
            found |= {node.recomputed, *node.nested}
    return found


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
