"""Demands: what a part of a model has to read of its inputs and parameters at least, from its results backwards.

Every operation of which anything is wanted runs, and reads its inputs as a whole, but for what a stride skips.
Views and copies read nothing by themselves: what is wanted of their result is wanted of what they look at. A gather
reads its rows, which are taken to differ, but no more than the table holds. Parameters of rounds that run one after
another are read for each of them, those of a scan once; under `choose` all positions are taken to choose alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.memory.demand import NOTHING_READ, WHOLE, Box, Demand, in_last_round
from symcost.formula import Assumptions, Form, add, maximum, mul, num
from symcost.graph.calls import owned
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.ops.memory import View

ZERO, ONE = num(0), num(1)

SETTLING = 4
"""So often a loop is gone through: what a round needs of the one before it is nearly always known after two."""

Asked = dict[Tensor, Demand]
Learned = dict[str, Form]
"""Numbers read of parameters, by their role."""


class Demands:
    """What graphs read; one that is called several times, and of which the same is wanted, is gone through once.

    With `every` each alternative of a `choose` is chosen by some position; else by all positions the same ones.
    """

    def __init__(self, assumptions: Assumptions, *, every: bool = False) -> None:
        self._assumptions = assumptions
        self._parameters = Parameters(active=not every)
        self._known: dict[object, tuple[Asked, Learned]] = {}

    def of(self, graph: Graph, wanted: Iterable[Demand]) -> tuple[Asked, Learned]:
        """What is read of the ports of a graph if so much of its results is wanted, and of its parameters."""
        demands = tuple(wanted)
        key = (graph, demands)
        if key not in self._known:
            asked: Asked = {}
            for result, demand in zip(graph.results, demands, strict=True):
                _ask(asked, result, demand)
            learned = self._walk(graph, asked, None)
            self._known[key] = {port: asked.get(port, NOTHING_READ) for port in graph.ports}, learned
        return self._known[key]

    def of_block(self, block: Block, wanted: Iterable[Tensor]) -> tuple[Asked, Learned]:
        """The same for a block by itself: what is read of its inputs."""
        asked: Asked = dict.fromkeys(wanted, WHOLE)
        return asked, self._block(block, asked, by_itself=True)

    def of_round(self, loop: Block, wanted: Asked) -> Asked:
        """What one round of a loop reads, if this is wanted of its tensors."""
        asked = dict(wanted)
        self._walk(loop.graph, asked, None)
        return asked

    def named_around(self, block: Block) -> Learned:
        """What a block reads of layers that are named around it, each once."""
        found: dict[object, Graph] = {}
        for call in _blocks(block.graph, "call"):
            if not call.owns:
                found.setdefault(_places(call.graph), call.graph)

        # Those that are named in the block itself are read there.
        for layer in _blocks(block.graph, "layer"):
            for call in _blocks(layer.graph, "call"):
                found.pop(_places(call.graph), None)

        return learned_together(map(self._wholly, found.values()))

    def _wholly(self, graph: Graph) -> Learned:
        """What is read of the parameters of a graph of which all results are wanted."""
        return self.of(graph, (WHOLE,) * len(graph.results))[1]

    def amount(self, demand: Demand, tensor: Tensor) -> Form:
        """How many numbers of a tensor that are."""
        return demand.amount(tensor.size, self._assumptions)

    # Nodes ----------------------------------------------------------------------------------------

    def _walk(self, graph: Graph, asked: Asked, loop: Block | None) -> Learned:
        """Go through a graph from its end: by the time a node is met, all that is wanted of it is known."""
        found: list[Learned] = []
        for node in reversed(list(graph)):
            match node:
                case Parameter():
                    found.append({node.role: self._parameter(node, asked, loop)})
                case Operation():
                    _operation(node, asked, self.amount)
                case Block():
                    found.append(self._block(node, asked))
        return learned_together(reversed(found))

    def _parameter(self, node: Parameter, asked: Asked, loop: Block | None) -> Form:
        """What is read of a parameter; one that all rounds of a loop share, by all of them."""
        demand = asked.get(node.tensor, NOTHING_READ)
        if loop is not None and (loop.kind == "scan" or loop.shared):
            demand = demand.over_rounds(loop, _from_outside(loop), self._assumptions)
        return self.amount(demand, node.tensor)

    def _block(self, block: Block, asked: Asked, *, by_itself: bool = False) -> Learned:
        if block.kind == "layer":
            return self._layer(block)
        if not any(asked.get(out) for out in block.outputs):
            return {}  # nobody reads what it makes
        return self._call(block, asked, by_itself) if block.kind == "call" else self._loop(block, asked)

    def _layer(self, layer: Block) -> Learned:
        """A named layer is read where it stands: once, as its first call reads it."""
        calls = (call for call in layer.graph if isinstance(call, Block))
        return learned_together(self._wholly(call.graph) for call in calls)

    def _call(self, block: Block, asked: Asked, by_itself: bool) -> Learned:
        ports, learned = self.of(block.graph, tuple(asked.get(out, NOTHING_READ) for out in block.outputs))
        given = dict(zip(block.graph.ports, block.inputs, strict=True))

        def told(key: object) -> object:
            return given.get(key, (block, key)) if isinstance(key, Tensor) else (block, key)

        for port, demand in ports.items():
            _ask(asked, given[port], demand.by_numbers_of(told))
        return learned if block.owns or by_itself else {}

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, asked: Asked) -> Learned:
        """What all rounds read: of what they carry, each wants of the one before it what it reads itself."""
        at, after = block.counter, self._after(block, asked)
        wanted = after
        for _ in range(SETTLING):
            inside = dict(wanted)
            learned = self._walk(block.graph, inside, block)
            before = dict(after)
            for value in block.carried:
                following = inside.get(value.start, NOTHING_READ)
                _ask(before, value.end, following.anywhere(at, ZERO if at is None else add(at, 1)))
            if before == wanted:
                break
            wanted = before
        self._ask_around(block, inside, asked)
        return self._over_rounds(block, learned)

    def _after(self, block: Block, asked: Asked) -> Asked:
        """What is wanted of the last round, and of what every round emits: of a part of it all, an equal share."""
        wanted: Asked = {}
        for value in block.carried:
            _ask(wanted, value.end, asked.get(value.last, NOTHING_READ).anywhere(None, ZERO))
        for emitted in block.emitted:
            demand = asked.get(emitted.stacked, NOTHING_READ)
            share = _somewhere(self.amount(demand, emitted.stacked) / block.count) if demand else NOTHING_READ
            _ask(wanted, emitted.each, WHOLE if demand.whole else share)
        return wanted

    def _ask_around(self, block: Block, inside: Asked, asked: Asked) -> None:
        """What a loop reads of tensors around it, and of what it begins with."""
        fixed = _from_outside(block)
        for tensor in block.from_around(inside):
            _ask(asked, tensor, inside[tensor].over_rounds(block, fixed, self._assumptions))

        # The first round begins with what was there before the loop.
        first = ZERO if block.counter is None else block.counter.low
        for value in block.carried:
            _ask(asked, value.initial, inside.get(value.start, NOTHING_READ).anywhere(block.counter, first))

    def _over_rounds(self, block: Block, learned: Learned) -> Learned:
        """Parameters of one round, over all rounds: as those are counted that take part."""
        if block.kind == "repeat" and not block.shared:
            return {role: self._parameters.around(block, form) for role, form in learned.items()}
        last = {role: in_last_round(block, form) for role, form in learned.items()}
        return {role: self._parameters.around(block, form) for role, form in last.items()}


def _from_outside(block: Block) -> Callable[[object], bool]:
    """Whether what says which rows is made outside of a loop, so that it is the same in all rounds."""
    starts = {value.start for value in block.carried}

    def fixed(key: object) -> bool:
        while isinstance(key, tuple) and not isinstance(key[0], Block):
            key = key[-1]  # the table is looked at through a view
        return isinstance(key, Tensor) and block.graph.source(key) is None and key not in starts

    return fixed


# Operations -------------------------------------------------------------------------------------------


def _operation(operation: Operation, asked: Asked, amount: Callable[[Demand, Tensor], Form]) -> None:
    """What an operation reads of its inputs, if anything is wanted of its results."""
    wanted = [asked.get(out, NOTHING_READ) for out in operation.outputs]
    if not any(wanted):
        return
    if not looks_only(operation):
        _computing(operation, asked)
        return
    for tensor in dict.fromkeys(operation.inputs):
        _ask(asked, tensor, _looked_at(operation, tensor, wanted, amount))


def _computing(operation: Operation, asked: Asked) -> None:
    """What computes reads its inputs as a whole, rows of them, or what a stride does not skip."""
    moves = operation.primitive.memory.moves(operation) or {}
    for place, size in moves.items():
        _ask(asked, operation.inputs[place], WHOLE if size is None else _partly(operation, place, size))


def _partly(operation: Operation, place: int, size: Form) -> Demand:
    """So many numbers of an input: rows that are told by number, or wherever they lie."""
    takes = operation.primitive.memory.takes
    if any(takes(operation, other) == "rows" for other, _ in enumerate(operation.inputs)):
        return Demand(rows=((_row_numbers(operation, place), size),))
    return _somewhere(size)


def looks_only(operation: Operation) -> bool:
    """Whether the numbers of its results are those of its inputs: a view, or a copy."""
    memory = operation.primitive.memory
    return memory.copies(operation) is not None or memory.view(operation) is not View.NONE


def so_often(operation: Operation) -> Form:
    """How often a number of an input stands in the result of a view or copy."""
    times = operation.primitive.memory.copies(operation)
    return ONE if times is None else times


def _row_numbers(operation: Operation, place: int) -> object:
    """What says which rows are taken: the other input."""
    others = [tensor for other, tensor in enumerate(operation.inputs) if other != place]
    return others[0] if others else operation


def _looked_at(
    operation: Operation, tensor: Tensor, wanted: list[Demand], amount: Callable[[Demand, Tensor], Form]
) -> Demand:
    """What is wanted of a tensor of which a view or a copy is wanted."""
    memory = operation.primitive.memory
    if len(operation.outputs) > 1 or memory.box(operation, 0) is not None:
        return _parts(operation, wanted, amount)
    (out,) = operation.outputs
    (demand,) = wanted
    view = memory.view(operation)
    if view is View.PART:
        return _somewhere(amount(demand, out)) if demand else NOTHING_READ
    if demand.whole:
        return WHOLE
    if view is View.WHOLE and len(operation.inputs) == 1:
        return demand.seen_through(operation)

    return _put_together(operation, tensor, amount(demand, out))


def _put_together(operation: Operation, tensor: Tensor, part: Form) -> Demand:
    """What so many numbers of a result take of one of the tensors that it is put together from.

    Only so much is known to come from there as nothing else in it can hold.
    """
    (out,) = operation.outputs
    times = so_often(operation)
    beside = add(out.size, -mul(tensor.size, times))
    return _somewhere(maximum(ZERO, add(part, -beside)) / times)


def _parts(operation: Operation, wanted: list[Demand], amount: Callable[[Demand, Tensor], Form]) -> Demand:
    """What is wanted of a tensor of which parts are wanted, each in its place."""
    cut_up = len(wanted) > 1
    if cut_up and all(demand.whole for demand in wanted):
        return WHOLE

    found = NOTHING_READ
    for number, demand in enumerate(wanted):
        found = found.joined(_part(operation, number, demand, amount))
    return found


def _part(operation: Operation, number: int, demand: Demand, amount: Callable[[Demand, Tensor], Form]) -> Demand:
    """What is wanted of a tensor of which one part is wanted: the box, or so many numbers of it."""
    box = operation.primitive.memory.box(operation, number)
    if demand.whole and box is not None:
        return Demand(boxes=(Box((), tuple(box)),))
    return _somewhere(amount(demand, operation.outputs[number])) if demand else NOTHING_READ


def _blocks(graph: Graph, kind: str) -> Iterator[Block]:
    """The blocks of a kind in a graph, and in all blocks inside it."""
    for node in graph:
        if isinstance(node, Block):
            if node.kind == kind:
                yield node
            yield from _blocks(node.graph, kind)


def _places(graph: Graph) -> tuple[object, ...]:
    """Where the parameters of a layer are written: the same for all its calls."""
    return tuple(parameter.span for parameter in owned(graph))


def _somewhere(size: Form) -> Demand:
    return Demand(somewhere=(size,))


def _ask(asked: Asked, tensor: Tensor, demand: Demand) -> None:
    if demand and demand.covers(tensor.size):
        asked[tensor] = WHOLE
    elif demand:
        asked[tensor] = asked.get(tensor, NOTHING_READ).joined(demand)


def learned_together(several: Iterable[Mapping[str, Form]]) -> Learned:
    """Numbers of several parts, by role, in the order of the text."""
    found: dict[str, list[Form]] = {}
    for one in several:
        for role, form in one.items():
            found.setdefault(role, []).append(form)
    return {role: add(*forms) for role, forms in found.items()}
