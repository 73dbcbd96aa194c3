"""Depth: the longest chain of operations that must follow one another.

A number is ready one step after the last of the numbers that it is made from. Every operation with arithmetic is one
step, whatever it does at one entry (a sum of n, a product of matrices, tanh); operations that only move numbers take
none. Numbers are followed one by one: an entry of a result waits for the entries that it is made from, not for the
tensor (`reads.py` says which these are), so that the second of two scans runs one round behind the first.

A loop is its body written out, round behind round; what it carries is handed on entry by entry. Parameters, inputs and
constants are ready at the beginning. The depth is when the last number of all is ready.

`measure="products"` counts the contractions (matrix products, convolutions) only, as papers count sequential steps;
`measure="scalars"` counts what happens inside an operation too, ⌈log2 n⌉ additions for a sum of n (`scalars.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from symcost.analysis.depth.chains import BEGINNING, Chain, Chains, Order, Start, Underived
from symcost.analysis.depth.recurrences import Recurrence
from symcost.analysis.depth.scalar_steps import Scalars, Unsteady
from symcost.analysis.window.reads import Axes, Read, reads
from symcost.errors import UnderivedDepth
from symcost.formula import Assumptions, AtLeast, Divides, Form, Symbol, add, counter, num
from symcost.formula.parts import apart, mentions
from symcost.formula.poly import denominator
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

MOST_SHAPES = 6
"""How often a body is followed until what it carries rises along its axes as it did before."""
MOST_OPERATIONS = 100_000
"""Operations followed for one graph."""
OTHER_ORDER = "what it carries is ready in another order after every round"

Ready = dict[Tensor, Chains]
Outputs = tuple[tuple[Tensor, Chains], ...]
Measure = Literal["operations", "products", "scalars"]


Place = tuple[tuple[Block, ...], Operation]
"""An operation, and the calls around it."""


@dataclass(frozen=True, slots=True, eq=False)
class LongestPath:
    """The operations on a longest chain, each with how many steps it takes on it, over all rounds of all loops.

    It is there where the facts hold.
    """

    steps: Form
    waits: Mapping[Place, Form]
    where: tuple[AtLeast | Divides, ...]


@dataclass(frozen=True, slots=True)
class _Slope:
    """How chains differ along the axes of a tensor, apart from the length they share, for which `start` stands."""

    place: tuple[int, ...]
    start: Start
    steps: Form
    needs: tuple[Form, ...]

    @property
    def chain(self) -> Chain:
        return Chain(self.start, self.steps, self.needs)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for inputs behind which all chains are alike."""
        return (self.place, self.start.late)


@dataclass(frozen=True, slots=True)
class _Passage:
    """What passing a block does: chains to its results and to anything inside, from the starts of its inputs."""

    starts: tuple[Start, ...]
    outputs: Outputs
    inside: Chains


class Depth:
    """The depth of graphs."""

    def __init__(self, assumptions: Assumptions, measure: Measure = "operations") -> None:
        self._assumptions = assumptions
        self._steps = _Steps(assumptions, measure)
        self._lengths: dict[Graph, Form] = {}

    def of(self, graph: Graph) -> Form:
        """The depth of a graph whose ports are ready at the beginning.

        Raises UnderivedDepth where no formula is found.
        """
        if graph not in self._lengths:
            self._lengths[graph] = self._length(graph)
        return self._lengths[graph]

    def _length(self, graph: Graph) -> Form:
        order, axes = Order(self._assumptions), dict[Tensor, Axes]()
        most = _Follower(order, axes, self._steps, doubtful=True)
        found = most.depth(graph)
        if most.doubts:
            least = _Follower(order, axes, self._steps, doubtful=False)
            if self._assumptions.compare(least.depth(graph), found).kind != "equal":
                block, why = most.doubts[0]
                raise UnderivedDepth(f"`{_words(block)}`", why, block.span)
        return found

    def paths(self, graph: Graph) -> tuple[LongestPath, ...]:
        """The longest chain itself; several, where it depends on the sizes which one it is.

        How often an operation is on it is how much the depth rises with each step that the operation takes, so every
        operation has a mark that stands for one step.

        Raises UnderivedDepth.
        """
        depth, marks = self.of(graph), _Marks()
        # Of what is certain alone: no chain that may not be there, and yet as long as the depth.
        least = _Follower(Order(self._assumptions, marks.plain), {}, self._steps, doubtful=False, marks=marks)
        found = [(chain, marks.plain(chain.steps).expand()) for chain in least.longest(graph)]
        whole = [(chain, steps) for chain, steps in found if self._assumptions.compare(steps, depth).kind == "equal"]
        return tuple(self._path(chain, steps, marks.waits(chain.steps)) for chain, steps in whole[:1] or found)

    def _path(self, chain: Chain, steps: Form, waits: Mapping[Place, Form]) -> LongestPath:
        where: list[AtLeast | Divides] = [_at_least_0(need) for need in chain.needs]
        # Where loops take turns, an operation stands in every second round: so the rounds come out even.
        for form in sorted(waits.values(), key=lambda form: form.size):
            if not self._assumptions.with_(*where).is_integer(form):
                below = denominator(form.poly).form
                where.append(Divides(below, (form * below).expand()))
        return LongestPath(steps, waits, tuple(where))


def _at_least_0(form: Form) -> AtLeast:
    """`L >= 3` for `L - 3`."""
    constant = form.poly.constant
    return AtLeast(add(form, -constant).expand(), num(-constant))


class _Marks:
    """A symbol for each operation in each place, to stand for one of its steps."""

    def __init__(self) -> None:
        self._marks: dict[Place, Symbol] = {}
        self._ones: dict[Symbol, Form] = {}

    def of(self, place: Place) -> Symbol:
        if place not in self._marks:
            self._marks[place] = counter("step", 1)
            self._ones[self._marks[place]] = num(1)
        return self._marks[place]

    def plain(self, form: Form) -> Form:
        """The length that is meant."""
        return form.substitute(self._ones)

    def waits(self, steps: Form) -> dict[Place, Form]:
        """How many steps each operation takes part with, where there are any."""
        none = dict.fromkeys(self._ones, num(0))
        there = {symbol.key for symbol in steps.free_symbols}
        marks = ((place, mark) for place, mark in self._marks.items() if mark.key in there)
        found = ((place, steps.substitute({**none, mark: num(1)}).expand()) for place, mark in marks)
        return {place: form for place, form in found if form != 0}


class _Steps:
    """How many steps an operation takes, by a measure."""

    def __init__(self, assumptions: Assumptions, measure: Measure) -> None:
        self._measure = measure
        self._scalars = Scalars(assumptions)

    def of(self, operation: Operation) -> Form:
        match self._measure:
            case "operations":
                return num(int(bool(operation.cost.counts)))
            case "products":
                return num(int("mac" in operation.cost.counts))
        try:
            return self._scalars.of(operation)
        except Unsteady:
            why = "how many of its numbers meet differs from entry to entry"
            raise UnderivedDepth(f"`{_words(operation)}`", why, operation.span) from None


class _Follower:
    """Follows the chains of a graph; a graph that stands in several places is followed once and remembered.

    Where it cannot be said which entries a chain leads to, a follower with `doubtful` takes it to lead to all of them,
    another one forgets it: so the depth lies between the two, and where they agree it is certain.
    """

    def __init__(
        self, order: Order, axes: dict[Tensor, Axes], steps: _Steps, doubtful: bool, marks: _Marks | None = None
    ) -> None:
        self.doubts: list[tuple[Block, str]] = []
        self._order = order
        self._steps = steps
        self._doubtful = doubtful
        self._axes = axes
        self._filled: dict[Tensor, bool] = {}
        self._passages: dict[object, _Passage] = {}
        self._left = MOST_OPERATIONS
        self._marks = marks
        self._calls: tuple[Block, ...] = ()

    def depth(self, graph: Graph) -> Form:
        """When the last number of a graph is ready. Raises UnderivedDepth."""
        return self._order.value(self.longest(graph))

    def longest(self, graph: Graph) -> Sequence[Chain]:
        """The chains to the last number of a graph, of which one is the longest. Raises UnderivedDepth."""
        try:
            with room_to_recurse():
                return self._order.contenders(self._graph(graph, dict.fromkeys(graph.ports, (BEGINNING,))))
        except Underived as why:
            raise UnderivedDepth("the model", str(why), graph.results[-1].span) from None

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

    # Graphs ---------------------------------------------------------------------------------------

    def _graph(self, graph: Graph, ready: Ready) -> Chains:
        """Say when every tensor of a graph is ready; returns the longest chains in it."""
        longest: Chains = (BEGINNING,)
        for node in graph:
            match node:
                case Parameter(tensor=tensor):
                    ready[tensor] = (BEGINNING,)
                    continue
                case Operation():
                    inside: Chains = ()
                    self._operation(node, ready)
                    if self._steps.of(node) == 0:
                        continue
                case Block(kind="layer"):
                    continue
                case Block(kind="choose"):
                    inside = self._graph(node.graph, ready)
                    for each in node.emitted:
                        _, *axes = self.axes(each.stacked)
                        ready[each.stacked] = tuple(self._moved(ready[each.each], self.axes(each.each), axes))
                case Block():
                    inside = self._block(node, ready)
            ends = (end for out in node.outputs for chain in ready[out] for end in self._whole(chain, out, node))
            longest = self._order.longest((*longest, *inside, *ends))
        return longest

    def _settled(self, chain: Chain, axes: Axes, block: Block) -> Chains:
        """A chain to a carried value, which leads to some entries of it only: to all of them, or to none."""
        certain = tuple(need for need in chain.needs if not mentions(need, axes))
        if len(certain) == len(chain.needs):
            return (chain,)
        self.doubts.append((block, OTHER_ORDER))
        return (Chain(chain.start, chain.steps, certain),) if self._doubtful else ()

    def _whole(self, chain: Chain, tensor: Tensor, node: Operation | Block) -> Chains:
        if not self._uneven(chain, tensor):
            return (chain,)
        try:
            return self._order.whole(chain, self.axes(tensor))
        except Underived as why:
            raise UnderivedDepth(f"`{_words(node)}`", str(why), node.span) from None

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation, ready: Ready) -> None:
        self._left -= 1
        if self._left < 0:
            raise UnderivedDepth(f"`{_words(operation)}`", "there are too many operations to follow", operation.span)
        steps = self._steps.of(operation)
        if self._marks is not None and steps != 0:
            steps = steps * self._marks.of((self._calls, operation))
        uneven = any(self._uneven(chain, tensor) for tensor in operation.inputs for chain in ready[tensor])
        for number, out in enumerate(operation.outputs):
            chains = [BEGINNING]
            if uneven:
                for read in reads(operation, number, self.axes(out)):
                    chains += (c for chain in ready[read.tensor] for c in self._read(chain, read, operation))
            else:
                chains += (chain for tensor in operation.inputs for chain in ready[tensor])
            ready[out] = self._order.longest(chain.longer(steps) for chain in chains)

    def _read(self, chain: Chain, read: Read, operation: Operation) -> Chains:
        """A chain as an entry of the result meets it."""
        own = self.axes(read.tensor)
        if read.axis is not None and chain.mentions((own[read.axis],)):
            chain = chain.longer(0, read.needs)
        found = self._moved(self._order.chain(chain.start, chain.steps, chain.needs + read.there), own, read.positions)
        for symbol in read.over:
            found = [c for one in found for c in self._summed(one, symbol, operation)]
        return tuple(found)

    def _summed(self, chain: Chain, symbol: Symbol, operation: Operation) -> Chains:
        try:
            return self._order.whole(chain, (symbol,))
        except Underived as why:
            raise UnderivedDepth(f"`{_words(operation)}`", str(why), operation.span) from None

    # Blocks ---------------------------------------------------------------------------------------

    def _block(self, block: Block, ready: Ready) -> Chains:
        """Pass a block: followed once for every way in which its inputs rise along their axes."""
        ports = block.graph.ports if block.kind == "call" else block.inputs
        found: list[tuple[Tensor, _Slope, list[Chain]]] = []
        for outer, port in zip(block.inputs, ports, strict=True):
            if ready[outer] != (BEGINNING,):
                slopes = _Slopes(self.axes(port), self._order)
                for chain in self._moved(ready[outer], self.axes(outer), self.axes(port)):
                    slopes.take(chain)
                found += ((port, slope, chains) for slope, chains in slopes.sorted())
        place = (*self._calls, block) if self._marks is not None else ()
        key = (place, block.graph, *((ports.index(port), slope.key) for port, slope, _ in found))
        starts = tuple(slope.start for _, slope, _ in found)
        try:
            passage = self._passages.get(key) or _Passage(starts, *self._follow(block, self._begun(ports, found)))
            self._passages[key] = passage
        except UnderivedDepth:
            if block.kind == "call":
                raise
            # Perhaps it matters that its inputs come from the same chains.
            passage = _Passage((), *self._follow(block, {tensor: ready[tensor] for tensor in ports}))
        before = dict(zip(passage.starts, (chains for _, _, chains in found), strict=bool(passage.starts)))
        for tensor, (made, chains) in zip(block.outputs, passage.outputs, strict=True):
            behind = self._moved(self._order.behind(chains, before), self.axes(made), self.axes(tensor))
            ready[tensor] = self._order.longest((BEGINNING, *behind))
        return self._order.longest(self._order.behind(passage.inside, before))

    def _begun(self, ports: Sequence[Tensor], found: Iterable[tuple[Tensor, _Slope, list[Chain]]]) -> Ready:
        """When the inputs of a block are ready, from starts that stand for what leads to them."""
        begun: Ready = {}
        for port, slope, _ in found:
            begun[port] = (*begun.get(port, ()), slope.chain)
        return {port: begun.get(port, (BEGINNING,)) for port in ports}

    def _follow(self, block: Block, ready: Ready) -> tuple[Outputs, Chains]:
        return self._call(block, ready) if block.kind == "call" else self._loop(block, ready)

    def _call(self, block: Block, ready: Ready) -> tuple[Outputs, Chains]:
        around, self._calls = self._calls, (*self._calls, block)
        inside = self._graph(block.graph, ready)
        self._calls = around
        return tuple((result, ready[result]) for result in block.graph.results), inside

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, ready: Ready) -> tuple[Outputs, Chains]:
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
        carried = [_Slopes(self.axes(one.start), self._order, block.counter) for one in block.carried]
        for one, slopes in zip(block.carried, carried, strict=True):
            for chain in self._moved((BEGINNING, *ready[one.initial]), self.axes(one.initial), slopes.axes):
                for settled in (chain,) if exactly else self._settled(chain, slopes.axes, block):
                    slopes.take(settled)
        first = {slope.start: chains for slopes in carried for slope, chains in slopes.sorted()}
        inside, ends = self._round(block, ready, carried, exactly)
        recurrence = Recurrence(self._order, block.counter, first)
        recurrence.solve(ends, block.count)
        last = recurrence.held(block.count)
        outputs: list[tuple[Tensor, Chains]] = []
        for one, slopes in zip(block.carried, carried, strict=True):
            held = self._order.behind([slope.chain for slope, _ in slopes.sorted()], last)
            outputs.append((one.last, tuple(self._moved(held, slopes.axes, self.axes(one.last)))))
        for each in block.emitted:
            place, *axes = self.axes(each.stacked)
            chains = self._moved(ready[each.each], self.axes(each.each), axes)
            outputs.append((each.stacked, tuple(recurrence.leaving(chains, place))))
        at = counter(block.counter.name, 0, block.count)
        leaving = recurrence.leaving(inside, at)
        most = add(block.count, -1)
        return tuple(outputs), tuple(end for c in leaving for end in self._order.over(c, at, num(0), most))

    def _round(
        self, block: Block, ready: Ready, carried: Sequence[_Slopes], exactly: bool
    ) -> tuple[Chains, dict[Start, list[Chain]]]:
        """Follow the body, again while it shapes what it carries in a way not seen before.

        Returns the longest chains in it, and the chains to every carried value. Raises Underived.
        """
        for _ in range(MOST_SHAPES // 2 if exactly else MOST_SHAPES):
            before = [len(slopes) for slopes in carried]
            for one, slopes in zip(block.carried, carried, strict=True):
                ready[one.start] = tuple(slope.chain for slope, _ in slopes.sorted())
                slopes.forget()
            inside = self._graph(block.graph, ready)
            for one, slopes in zip(block.carried, carried, strict=True):
                for chain in self._moved((BEGINNING, *ready[one.end]), self.axes(one.end), slopes.axes):
                    for settled in (chain,) if exactly else self._settled(chain, slopes.axes, block):
                        slopes.take(settled)
            if before == [len(slopes) for slopes in carried]:
                return inside, {slope.start: chains for slopes in carried for slope, chains in slopes.sorted()}
        raise Underived(OTHER_ORDER)


class _Slopes:
    """The ways in which chains differ along some axes, each with the chains that do, less that difference.

    In a loop, where no round is like another, the differences may not change with its counter.
    """

    def __init__(self, axes: Axes, order: Order, counter: Symbol | None = None) -> None:
        self.axes = axes
        self._order = order
        self._counter = counter
        self._slopes: dict[tuple[int, ...], _Slope] = {}
        self._chains: dict[tuple[int, ...], list[Chain]] = {}

    def __len__(self) -> int:
        return len(self._slopes)

    def take(self, chain: Chain) -> None:
        """Raises Underived where the difference changes from round to round."""
        steps, rest = apart(chain.steps, self.axes)
        needs = tuple(need for need in chain.needs if mentions(need, self.axes))
        others = tuple(need for need in chain.needs if not mentions(need, self.axes))
        if self._counter is not None and any(mentions(form, (self._counter,)) for form in (steps, *needs)):
            raise Underived(OTHER_ORDER)
        key = (steps.key, *sorted(need.key for need in needs))
        late = self._late(chain) if self._counter is None else not needs and steps == 0
        known = self._slopes.get(key)
        if known is None or (late and not known.start.late):
            self._slopes[key] = _Slope(key, Start(late), steps, needs)
        self._chains.setdefault(key, []).append(Chain(chain.start, rest, others))

    def _late(self, chain: Chain) -> bool:
        started = chain.start is None or chain.start.late
        return started and not chain.needs and bool(self._order.at_least(chain.steps, num(0)))

    def forget(self) -> None:
        """Keep the differences, without the chains."""
        self._chains = {}

    def sorted(self) -> list[tuple[_Slope, list[Chain]]]:
        """In an order that does not depend on where the chains come from."""
        return [(self._slopes[key], self._chains.get(key, [])) for key in sorted(self._slopes)]


def _words(node: Operation | Block) -> str:
    return node.name if isinstance(node, Block) else node.kind
