"""Demands: what a part of a model has to read of its inputs and parameters at least, from its results backwards.

Every operation of which anything is wanted runs, and reads its inputs as a whole, but for what a stride skips.
Views and copies read nothing by themselves: what is wanted of their result is wanted of what they look at. A gather
reads its rows, which are taken to differ, but no more than the table holds. Parameters of rounds that run one after
another are read for each of them, those of a scan once; under `choose` all positions are taken to choose alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.memory.demand import NOTHING_READ, WHOLE, Demand, in_last_round, somewhere
from symcost.analysis.memory.looked_at import LookedAt, looks_only
from symcost.formula import Assumptions, Form, Symbol, add, num
from symcost.graph.calls import owned
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

ZERO, ONE = num(0), num(1)

SETTLING = 4
"""So often a loop is gone through: what a round needs of the one before it is nearly always known after two."""

Asked = dict[Tensor, Demand]
Learned = dict[str, Form]
"""Numbers read of parameters, by their role."""


class Demands:
    """What graphs read; one that is called several times, and of which the same is wanted, is gone through once.

    With `every` each alternative of a `choose` is chosen by some position; else by all positions the same ones.
    `once`: loops that are taken to have one round.
    """

    def __init__(self, assumptions: Assumptions, *, every: bool = False, once: Collection[Block] = ()) -> None:
        self._assumptions = assumptions
        self._once = once
        self._parameters = Parameters(active=not every)
        self._known: dict[object, tuple[Asked, Learned]] = {}
        self.going_on: dict[Block, None] = {}
        """The loops of which a second round may want more of the first than what follows the loop."""

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
                    _operation(node, asked, self._assumptions)
                case Block():
                    found.append(self._block(node, asked))
        return learned_together(reversed(found))

    def _parameter(self, node: Parameter, asked: Asked, loop: Block | None) -> Form:
        """What is read of a parameter; one that all rounds of a loop share, by all of them."""
        demand = asked.get(node.tensor, NOTHING_READ)
        if loop is not None and (loop.kind == "scan" or loop.shared):
            demand = demand.over_rounds(loop, _from_outside(loop), self._assumptions)
        return self.amount(demand.learned, node.tensor)

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
        after = self._after(block, asked)
        inside, learned = self._one_round(block, after)
        if block.count != 1 and block not in self._once:
            by_the_last = self._read_of(block, inside), learned
            inside, learned = self._settled(block, after, inside, learned)
            if by_the_last != (self._read_of(block, inside), learned):
                self.going_on[block] = None
        self._ask_around(block, inside, asked)
        return self._over_rounds(block, learned)

    def _one_round(self, block: Block, wanted: Asked) -> tuple[Asked, Learned]:
        inside = dict(wanted)
        learned = self._walk(block.graph, inside, block)
        return inside, learned

    def _settled(self, block: Block, after: Asked, inside: Asked, learned: Learned) -> tuple[Asked, Learned]:
        """What a round reads, behind which another does the same; given what it reads if it is the last one."""
        wanted = after
        for _ in range(SETTLING - 1):
            before = dict(after)
            for value in block.carried:
                following = inside.get(value.start, NOTHING_READ)
                _ask(before, value.end, self._by_the_next(following, value.end, block.counter))
            if before == wanted:
                break
            wanted = before
            inside, learned = self._one_round(block, wanted)
        return inside, learned

    def _read_of(self, block: Block, inside: Asked) -> dict[Tensor, tuple[Form, bool]]:
        """How many numbers a round reads of what comes from around it, and of what it was handed."""
        starts = [value.start for value in block.carried]
        demands = {tensor: inside.get(tensor, NOTHING_READ) for tensor in (*block.from_around(inside), *starts)}
        return {tensor: (self.amount(demand, tensor), bool(demand)) for tensor, demand in demands.items()}

    def _by_the_next(self, demand: Demand, end: Tensor, at: Symbol | None) -> Demand:
        """What the next round wants of the end of one; how much, where that is the same for all rounds."""
        if at is None:
            return demand.anywhere(None, ZERO)
        following = demand.anywhere(at, add(at, 1))
        return WHOLE if following.covers(end.size) else following.of_any_round(at)

    def _after(self, block: Block, asked: Asked) -> Asked:
        """What is wanted of the last round, and of what every round emits: of a part of it all, an equal share."""
        wanted: Asked = {}
        for value in block.carried:
            _ask(wanted, value.end, asked.get(value.last, NOTHING_READ).anywhere(None, ZERO))
        for emitted in block.emitted:
            demand = asked.get(emitted.stacked, NOTHING_READ)
            made = tuple(size / block.count for size in demand.made)
            amount = self.amount(demand, emitted.stacked)
            share = somewhere(amount / block.count) if demand.is_read else NOTHING_READ
            _ask(wanted, emitted.each, WHOLE if demand.whole else share.joined(Demand(made=made)))
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


def _operation(operation: Operation, asked: Asked, assumptions: Assumptions) -> None:
    """What an operation reads of its inputs, if anything is wanted of its results."""
    wanted = [asked.get(out, NOTHING_READ) for out in operation.outputs]
    if looks_only(operation):
        looked_at = LookedAt(operation, wanted, assumptions)
        for tensor in dict.fromkeys(operation.inputs if any(wanted) else ()):
            _ask(asked, tensor, looked_at.of(tensor))
    elif any(wanted):
        _computing(operation, asked)


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
    return somewhere(size)


def _row_numbers(operation: Operation, place: int) -> object:
    """What says which rows are taken: the other input."""
    others = [tensor for other, tensor in enumerate(operation.inputs) if other != place]
    return others[0] if others else operation


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
