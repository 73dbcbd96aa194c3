"""Following chains through a graph: operation by operation, each block once for all the places in which it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symcost.analysis.depth.chains import Chain, Chains, Start, Underived
from symcost.analysis.depth.marks import Marks
from symcost.analysis.depth.measures import Measure
from symcost.analysis.depth.order import Order
from symcost.analysis.depth.recurrences import Recurrence
from symcost.analysis.depth.slopes import OTHER_ORDER, CarriedSlopes, Slope, Slopes
from symcost.analysis.reads import Axes, Read, reads
from symcost.errors import UnderivedDepth
from symcost.formula import Form, Symbol, add, counter, num
from symcost.formula.parts import mentions
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Carried, Graph, Operation, Parameter, Tensor
from symcost.records import dataclass

MOST_SHAPES = 6
"""How often a body is followed until what it carries rises along its axes as it did before: mostly once or twice."""
MOST_OPERATIONS = 100_000
"""Operations followed for one graph: some ten seconds' worth; a network of a thousand layers has a tenth of them."""

Ready = dict[Tensor, Chains]
"""The chains to each tensor so far."""
Outputs = tuple[tuple[Tensor, Chains], ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """Chains that arrive at a port of a block with the same slope."""

    port: Tensor
    slope: Slope
    chains: list[Chain]


@dataclass(frozen=True, slots=True)
class Passage:
    """What passing a block does: chains to its results and to anything inside, from the starts of its inputs."""

    starts: tuple[Start, ...]
    outputs: Outputs
    inside: Chains


class Follower:
    """Follows the chains of a graph; a graph that stands in several places is followed once and remembered.

    Where it cannot be said which entries a chain leads to, a follower with `doubtful` takes it to lead to all of them,
    another one forgets it: so the depth lies between the two, and where they agree it is certain.
    """

    def __init__(
        self, order: Order, axes: dict[Tensor, Axes], measure: Measure, doubtful: bool, marks: Marks | None = None
    ) -> None:
        self.doubts: list[tuple[Block, str]] = []
        self._order = order
        self._measure = measure
        self._given = measure.at_hand
        self._doubtful = doubtful
        self._axes = axes
        self._filled: dict[Tensor, bool] = {}
        self._passages: dict[object, Passage] = {}
        self._left = MOST_OPERATIONS
        self._marks = marks
        self._calls: tuple[Block, ...] = ()

    def depth(self, graph: Graph) -> Form:
        """The length of the longest chain of a graph. Raises UnderivedDepth."""
        return self._order.value(self.longest(graph))

    def longest(self, graph: Graph) -> Sequence[Chain]:
        """The chains of a graph of which one is the longest. Raises UnderivedDepth."""
        ready: Ready = dict.fromkeys(graph.ports, self._given)
        try:
            room_to_recurse()
            longest = self._graph(graph, ready)
            if not self._measure.ends_anywhere:
                longest = self._at_results(graph, ready)
            return self._order.contenders(longest)
        except Underived as why:
            raise UnderivedDepth("the model", str(why), graph.results[-1].span) from None

    def _at_results(self, graph: Graph, ready: Ready) -> Chains:
        """The longest chains to the results."""
        found: list[Chain] = []
        for result in graph.results:
            node = graph.source(result)
            for chain in self._later(ready[result], self._measure.handed(result)):
                found += self._whole(chain, result, node) if isinstance(node, Operation | Block) else (chain,)
        return self._order.longest(found)

    # Tensors --------------------------------------------------------------------------------------

    def axes(self, tensor: Tensor) -> Axes:
        """A symbol for the position along each axis."""
        if tensor not in self._axes:
            self._axes[tensor] = tuple(counter("p", 0, size) for size in tensor.shape)
        return self._axes[tensor]

    def _uneven(self, chain: Chain, tensor: Tensor) -> bool:
        """Whether its length depends on the position, or there may be no positions."""
        if tensor not in self._filled:
            self._filled[tensor] = all(self._order.at_least(size, num(1)) for size in tensor.shape)
        return not self._filled[tensor] or chain.mentions(self.axes(tensor))

    def _moved(self, chains: Iterable[Chain], source: Sequence[Symbol], target: Sequence[Form]) -> list[Chain]:
        """Chains over the positions of another tensor."""
        values = dict(zip(source, target, strict=True))
        return [moved for chain in chains for moved in self._order.put(chain, values)]

    def _later(self, chains: Iterable[Chain], steps: Form) -> list[Chain]:
        """The chains, so many steps longer."""
        return [chain.longer(steps) if steps != 0 else chain for chain in chains]

    def _whole(self, chain: Chain, tensor: Tensor, node: Operation | Block) -> Chains:
        """The longest of a chain to any entry of a tensor that a node makes."""
        if not self._uneven(chain, tensor):
            return (chain,)
        return self._over(chain, self.axes(tensor), node)

    def _over(self, chain: Chain, symbols: Sequence[Symbol], node: Operation | Block) -> Chains:
        """The longest over all values of symbols. Raises UnderivedDepth."""
        try:
            return self._order.whole(chain, symbols)
        except Underived as why:
            raise UnderivedDepth(f"`{_words(node)}`", str(why), node.span) from None

    # Graphs ---------------------------------------------------------------------------------------

    def _graph(self, graph: Graph, ready: Ready) -> Chains:
        """Say when every tensor of a graph is ready; returns the longest chains in it, where chains end anywhere."""
        longest = self._given
        for node in graph:
            if isinstance(node, Parameter):
                ready[node.tensor] = self._measure.parameter(node)
            elif isinstance(node, Block):
                longest = self._longest_so_far(longest, node, ready, inside=self._node(node, ready))
            elif self._operation(node, ready):
                # What only moves numbers is not where the last of all is ready.
                longest = self._longest_so_far(longest, node, ready, inside=())
        return longest

    def _longest_so_far(self, longest: Chains, node: Operation | Block, ready: Ready, inside: Chains) -> Chains:
        """With the chains that end in a node, or inside of it."""
        if not self._measure.ends_anywhere:
            return longest
        ends = (end for output in node.outputs for chain in ready[output] for end in self._whole(chain, output, node))
        return self._order.longest((*longest, *inside, *ends))

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation, ready: Ready) -> bool:
        """Say when the results of an operation are ready; returns whether it takes any steps."""
        self._left -= 1
        if self._left < 0:
            raise UnderivedDepth(f"`{_words(operation)}`", "there are too many operations to follow", operation.span)
        by_entry = self._arrive_unevenly(operation, ready)
        acts = False
        for number, result in enumerate(operation.outputs):
            ways = self._ways(operation, result)
            acts |= _takes_steps(ways)
            chains = self._entry(operation, number, ways, ready) if by_entry else _together(operation, ways, ready)
            begun = (chain.longer(ways[None]) for chain in self._given)
            ready[result] = self._order.longest((*begun, *chains))
        return acts

    def _arrive_unevenly(self, operation: Operation, ready: Ready) -> bool:
        """Whether chains to some operand are longer for some entries than for others."""
        return any(self._uneven(chain, operand) for operand in operation.inputs for chain in ready[operand])

    def _ways(self, operation: Operation, result: Tensor) -> dict[Tensor | None, Form]:
        """The steps from each operand to a result, and from the beginning (None), where there is a way."""
        ways: dict[Tensor | None, Form] = {}
        for operand in (None, *operation.inputs):
            steps = self._measure.steps(operation, operand, result)
            if steps is not None:
                ways[operand] = self._marked(steps, operation)
        return ways

    def _marked(self, steps: Form, node: Operation | Block) -> Form:
        """Steps as those of a node, where it is asked which nodes make up the longest chain."""
        return steps if self._marks is None or steps == 0 else steps * self._marks.of((self._calls, node))

    def _entry(
        self, operation: Operation, number: int, ways: Mapping[Tensor | None, Form], ready: Ready
    ) -> Iterator[Chain]:
        """The chains to an entry of a result: those to the entries of the operands that it is made from."""
        for read in reads(operation, number, self.axes(operation.outputs[number])):
            if read.tensor not in ways:
                continue
            for chain in ready[read.tensor]:
                yield from self._later(self._read(chain, read, operation), ways[read.tensor])

    def _read(self, chain: Chain, read: Read, operation: Operation) -> Chains:
        """A chain as an entry of the result meets it."""
        own = self.axes(read.tensor)
        if read.axis is not None and chain.mentions((own[read.axis],)):
            chain = chain.longer(0, read.needs)
        present = self._order.chain(chain.start, chain.steps, chain.needs + read.there)
        moved = self._moved(present, own, read.positions)
        return tuple(longest for each in moved for longest in self._over(each, read.over, operation))

    # Blocks ---------------------------------------------------------------------------------------

    def _node(self, block: Block, ready: Ready) -> Chains:
        """Say when the outputs of a block are ready; returns the longest chains inside."""
        match block.kind:
            case "layer":
                return ()
            case "choose":
                return self._choose(block, ready)
            case _:
                return self._block(block, ready)

    def _choose(self, block: Block, ready: Ready) -> Chains:
        """Alternatives do not wait for each other: all are ready with the one that is followed."""
        inside = self._graph(block.graph, ready)
        for emitted in block.emitted:
            _, *axes = self.axes(emitted.stacked)
            stacked = self._moved(self._out_of(emitted.each, block, ready), self.axes(emitted.each), axes)
            ready[emitted.stacked] = tuple(self._gathered(stacked, emitted.stacked, block))
        return inside

    def _block(self, block: Block, ready: Ready) -> Chains:
        """Pass a block: followed once for every way in which its inputs rise along their axes."""
        arrivals = self._arrivals(block, ready)
        passage = self._passage(block, arrivals, ready)
        leading = (arrival.chains for arrival in arrivals)
        before = dict(zip(passage.starts, leading, strict=bool(passage.starts)))
        for tensor, (made, chains) in zip(block.outputs, passage.outputs, strict=True):
            behind = self._moved(self._order.behind(chains, before), self.axes(made), self.axes(tensor))
            ready[tensor] = self._order.longest((*self._given, *self._gathered(behind, tensor, block)))
        return self._order.longest(self._order.behind(passage.inside, before))

    def _arrivals(self, block: Block, ready: Ready) -> list[Arrival]:
        """What leads to the inputs of a block, by how it rises along their axes."""
        arrivals: list[Arrival] = []
        for outer, port in zip(block.inputs, _ports(block), strict=True):
            if ready[outer] == self._given:
                continue  # without a start: inside it is what is given everywhere
            slopes = Slopes(self.axes(port), self._order)
            for chain in self._moved(ready[outer], self.axes(outer), self.axes(port)):
                slopes.take(chain)
            arrivals += (Arrival(port, slope, chains) for slope, chains in slopes.sorted())
        return arrivals

    def _passage(self, block: Block, arrivals: Sequence[Arrival], ready: Ready) -> Passage:
        """What passing a block does, known from another place where its inputs arrived alike, or found now."""
        ports = _ports(block)
        measure = self._measure.inside(block) if block.kind == "call" else self._measure
        key = (*self._likeness(block, arrivals), measure)
        if key in self._passages:
            return self._passages[key]
        try:
            starts = tuple(arrival.slope.start for arrival in arrivals)
            passage = Passage(starts, *self._follow(block, self._begun(ports, arrivals), measure))
        except UnderivedDepth:
            if block.kind == "call":
                raise
            # Perhaps it matters that its inputs come from the same chains: true for this place only.
            return Passage((), *self._follow(block, {tensor: ready[tensor] for tensor in ports}, measure))
        self._passages[key] = passage
        return passage

    def _likeness(self, block: Block, arrivals: Sequence[Arrival]) -> tuple[object, ...]:
        """Equal for blocks that are followed once for all, as far as one measure goes."""
        ports = _ports(block)
        arriving = tuple((ports.index(arrival.port), arrival.slope.key) for arrival in arrivals)
        # Where operations are marked, those of each call have marks of their own.
        place = (*self._calls, block) if self._marks is not None else ()
        return place, block.graph, arriving

    def _begun(self, ports: Sequence[Tensor], arrivals: Sequence[Arrival]) -> Ready:
        """When the inputs of a block are ready, from starts that stand for what leads to them."""
        begun: dict[Tensor, list[Chain]] = {}
        for arrival in arrivals:
            begun.setdefault(arrival.port, []).append(arrival.slope.chain)
        return {port: tuple(begun[port]) if port in begun else self._given for port in ports}

    def _follow(self, block: Block, ready: Ready, measure: Measure) -> tuple[Outputs, Chains]:
        return self._call(block, ready, measure) if block.kind == "call" else self._loop(block, ready)

    def _call(self, block: Block, ready: Ready, measure: Measure) -> tuple[Outputs, Chains]:
        around = self._calls, self._measure
        self._calls, self._measure = (*self._calls, block), measure
        try:
            inside = self._graph(block.graph, ready)
        finally:
            self._calls, self._measure = around
        return tuple((result, ready[result]) for result in block.graph.results), inside

    def _out_of(self, tensor: Tensor, block: Block, ready: Ready) -> list[Chain]:
        """The chains to a tensor that a block hands on as it is."""
        return self._later(ready[tensor], self._marked(self._measure.handed(tensor), block))

    def _gathered(self, chains: Iterable[Chain], tensor: Tensor, block: Block) -> list[Chain]:
        """Chains to a tensor that a block makes of what it is handed."""
        return self._later(chains, self._marked(self._measure.gathered(tensor), block))

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, ready: Ready) -> tuple[Outputs, Chains]:
        """Pass a loop, exactly if that is possible."""
        try:
            return self._rounds(block, dict(ready), exactly=True)
        except Underived:
            pass
        try:
            return self._rounds(block, ready, exactly=False)
        except Underived as why:
            raise UnderivedDepth(f"`{_words(block)}`", str(why), block.span) from None

    def _rounds(self, block: Block, ready: Ready, exactly: bool) -> tuple[Outputs, Chains]:
        """All rounds of a loop from one: how chains go round, and what leaves the loop on the way.

        Raises Underived; most often not, where it need not be said `exactly` which entries a chain leads to.
        """
        assert block.counter is not None
        carried = [self._carried(one, block.counter) for one in block.carried]
        for one, slopes in zip(block.carried, carried, strict=True):
            self._sort(slopes, one.initial, block, ready, exactly)
        first = _chains_by_start(carried)
        inside = self._round(block, ready, carried, exactly)
        recurrence = Recurrence(self._order, block.counter, first)
        recurrence.solve(_chains_by_start(carried), block.count)
        outputs = (*self._lasts(block, carried, recurrence), *self._stacks(block, ready, recurrence))
        return outputs, self._in_any_round(block, inside, recurrence)

    def _carried(self, one: Carried, counter: Symbol) -> CarriedSlopes:
        return CarriedSlopes(self.axes(one.start), self._order, counter, held=bool(self._given))

    def _sort(self, slopes: Slopes, tensor: Tensor, block: Block, ready: Ready, exactly: bool) -> None:
        """Sort in the chains to a tensor that becomes a carried value."""
        for chain in self._moved((*self._given, *self._out_of(tensor, block, ready)), self.axes(tensor), slopes.axes):
            for settled in (chain,) if exactly else self._settled(chain, slopes.axes, block):
                slopes.take(settled)

    def _settled(self, chain: Chain, axes: Sequence[Symbol], block: Block) -> Chains:
        """A chain to a carried value, which leads to some entries of it only: to all of them, or to none."""
        certain = tuple(need for need in chain.needs if not mentions(need, axes))
        if len(certain) == len(chain.needs):
            return (chain,)
        self.doubts.append((block, OTHER_ORDER))
        return (Chain(chain.start, chain.steps, certain),) if self._doubtful else ()

    def _round(self, block: Block, ready: Ready, carried: Sequence[Slopes], exactly: bool) -> Chains:
        """Follow the body, again while it shapes what it carries in a way not seen before.

        Returns the longest chains in it; the chains to every carried value are sorted in. Raises Underived.
        """
        # Told exactly, shapes come to rest soon or mostly never: then it is tried less exactly.
        most = MOST_SHAPES // 2 if exactly else MOST_SHAPES
        for _ in range(most):
            before = list(map(len, carried))
            self._begin_round(block, ready, carried)
            inside = self._graph(block.graph, ready)
            self._end_round(block, ready, carried, exactly)
            if before == list(map(len, carried)):
                return inside
        raise Underived(OTHER_ORDER)

    def _begin_round(self, block: Block, ready: Ready, carried: Sequence[Slopes]) -> None:
        """Say when carried values are ready at the beginning of a round: from a start for each way to rise."""
        for one, slopes in zip(block.carried, carried, strict=True):
            chains = [slope.chain for slope, _ in slopes.sorted()]
            ready[one.start] = tuple(self._gathered(chains, one.start, block))
            slopes.forget()

    def _end_round(self, block: Block, ready: Ready, carried: Sequence[Slopes], exactly: bool) -> None:
        """Sort in the chains to what the next round begins with."""
        for one, slopes in zip(block.carried, carried, strict=True):
            self._sort(slopes, one.end, block, ready, exactly)

    def _lasts(
        self, block: Block, carried: Sequence[Slopes], recurrence: Recurrence
    ) -> Iterator[tuple[Tensor, Chains]]:
        """The carried values after the last round."""
        held = recurrence.held(block.count)
        for one, slopes in zip(block.carried, carried, strict=True):
            chains = self._order.behind([slope.chain for slope, _ in slopes.sorted()], held)
            yield one.last, tuple(self._moved(chains, slopes.axes, self.axes(one.last)))

    def _stacks(self, block: Block, ready: Ready, recurrence: Recurrence) -> Iterator[tuple[Tensor, Chains]]:
        """What is emitted, each round at its place along the new axis."""
        for emitted in block.emitted:
            place, *axes = self.axes(emitted.stacked)
            chains = self._moved(self._out_of(emitted.each, block, ready), self.axes(emitted.each), axes)
            yield emitted.stacked, tuple(recurrence.leaving(chains, place))

    def _in_any_round(self, block: Block, inside: Chains, recurrence: Recurrence) -> Chains:
        """The longest chains that end inside of a loop, of all its rounds."""
        assert block.counter is not None
        at = counter(block.counter.name, 0, block.count)
        last = add(block.count, -1)
        leaving = recurrence.leaving(inside, at)
        return tuple(end for chain in leaving for end in self._order.over(chain, at, num(0), last))


def _ports(block: Block) -> tuple[Tensor, ...]:
    """The inputs of a block as they are named inside: a loop reads the tensors around it by themselves."""
    return block.graph.ports if block.kind == "call" else block.inputs


def _takes_steps(ways: Mapping[Tensor | None, Form]) -> bool:
    return any(steps != 0 for steps in ways.values())


def _together(operation: Operation, ways: Mapping[Tensor | None, Form], ready: Ready) -> Iterator[Chain]:
    """The chains to all entries of a result, where those to the operands are the same for all of theirs."""
    for operand in operation.inputs:
        if operand in ways:
            yield from (chain.longer(ways[operand]) for chain in ready[operand])


def _chains_by_start(carried: Iterable[Slopes]) -> dict[Start, list[Chain]]:
    """What leads to the carried values, by the start that stands for it."""
    return {slope.start: chains for slopes in carried for slope, chains in slopes.sorted()}


def _words(node: Operation | Block) -> str:
    return node.name if isinstance(node, Block) else node.kind
