"""Peak: the most numbers that live at once when a model is used, in the order of the text.

A tensor lives from the operation that makes it to the last one that reads it: at each operation its inputs and results
are there together, and what comes later. Nothing is computed in place. Inputs of the model live until they are read for
the last time, results to the end; parameters are there anyway and not counted.

- Views (see activations) lie where the tensor lies that they look at; a part keeps the whole alive.
- A product of more than two tensors makes the products on the way, one after the other.
- The rounds of a loop run one after the other. A value that is handed from round to round has room of its own, from the
  beginning of a round to its last use; it takes over the room of the value before the loop if that is not needed
  longer. What is handed on or emitted lives to the end of its round, and every round leaves what it emits.
- Calls are as if their text stood there.

Source  Aho, Lam, Sethi & Ullman, Compilers (2007), section 9.2.5 (liveness)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from symcost.analysis.memory.largest import Candidate, Largest
from symcost.analysis.memory.rooms import NOWHERE, Plan, Plans, Room, Rooms, entered, handed_on, size_of
from symcost.analysis.memory.state import caches_then
from symcost.analysis.memory.uses import port_kinds
from symcost.errors import UndecidedPeak
from symcost.formula import Assumptions, Form, Symbol, add, counter, minimum, mul, num
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Carried, Graph, GraphNode, Operation, Tensor
from symcost.records import dataclass

ZERO, ONE = num(0), num(1)

FEW_ROUNDS = 64
"""Where rounds are neither larger nor smaller one after the other, so many are looked at one by one: each leaves a
candidate of its own, and every two candidates are compared."""

MOST_ROUNDS = 100_000
"""Of so many rounds the largest is found by numbers, if what lives in them depends on the round alone: a second or
two, in which nothing is proven."""


@dataclass(frozen=True, slots=True)
class Ports:
    """What a caller hands to the ports of a call: only rooms that it gives up are counted inside.

    `sizes` are those of the rooms; `places` says for each port in which of them it lies, `narrowed` whether it is only
    a part of what lies there.
    """

    sizes: tuple[Form, ...]
    places: tuple[tuple[int, ...], ...]
    narrowed: tuple[bool, ...]


class Peak:
    """The most numbers that live at once; with `widths` their bytes, by kind (numbers, masks, rows)."""

    def __init__(self, assumptions: Assumptions, widths: Mapping[str, Form] | None = None) -> None:
        self._assumptions = assumptions
        self._widths = widths or {}
        self._plans = Plans(self._wide)
        self._known: dict[tuple[Graph, Ports], list[Candidate]] = {}
        self._some_rounds: dict[Form, Symbol] = {}
        self._never_more: dict[Symbol, Form] = {}
        self._largest = Largest(assumptions, self._never_more)

    def candidates(self, graph: Graph) -> list[Candidate]:
        """What may be the peak of a whole model, each with the place in the text where so much lives.

        Raises UndecidedPeak.
        """
        # What goes in lies apart, each port in a room of its own.
        room_to_recurse()
        kinds = zip(graph.ports, port_kinds(graph), strict=True)
        sizes = tuple(self._wide(port.size, kind) for port, kind in kinds)
        alone = tuple((number,) for number in range(len(sizes)))
        candidates = self._call(graph, Ports(sizes, alone, (False,) * len(sizes)))

        # Names for loops that may have no round are put in once the largest is found.
        happens = {symbol: form for form, symbol in self._some_rounds.items()}
        kept = self._wide(caches_then().of(graph))  # caches live all the time, as large as they are in the end
        return [candidate.changed(lambda form: add(form.substitute(happens), kept)) for candidate in candidates]

    def _wide(self, size: Form, kind: str = "numbers") -> Form:
        return mul(self._widths[kind], size) if kind in self._widths else size

    # Definitions ----------------------------------------------------------------------------------

    def _call(self, graph: Graph, ports: Ports) -> list[Candidate]:
        """The candidates for the peak of a call: what lives at each of its operations, beside the caller's."""
        key = (graph, ports)
        if key not in self._known:
            self._known[key] = self._largest.of(self._called(graph, ports))
        return self._known[key]

    def _called(self, graph: Graph, ports: Ports) -> Iterator[Candidate]:
        plan = self._plans.of(graph)
        given = [Room(size) for size in ports.sizes]
        outer: dict[Room, Rooms] = {}
        narrowed: set[Room] = set()
        for room, places, less in zip(plan.ports, ports.places, ports.narrowed, strict=True):
            outer[room] = frozenset(given[place] for place in places)
            if less:
                narrowed.add(room)
        here = entered(plan, outer, narrowed)
        stay = frozenset(here.rooms(graph.results))
        return self._walk(graph, here, given, stay)

    def _walk(self, graph: Graph, plan: Plan, entering: Iterable[Room], stay: Rooms) -> Iterator[Candidate]:
        """What lives at each node of a graph, of the rooms that enter it and those that it makes.

        What is in `stay` outlives the graph.
        """
        life = _Life(graph, plan, entering, stay)
        yield Candidate(life.size)
        for number, node in enumerate(life.nodes):
            dying = life.dying(number)
            made = life.made(node)

            # While the node runs, what it reads is still there.
            if isinstance(node, Operation):
                yield from (Candidate(add(life.size, extra), node.span) for extra in self._during(node, made))
            else:
                yield from self._at_block(node, plan, life, dying)

            # A block has given up what it was the last to read before its results are all there.
            life.enter(made)
            if isinstance(node, Block):
                yield Candidate(life.size_without(dying), node.span)
            life.leave(number)

    def _during(self, operation: Operation, made: Iterable[Room]) -> Iterator[Form]:
        """What lives at an operation beside what was there: its results, and products on the way to them."""
        result = size_of(made)
        yield result
        already: Form = ZERO
        for sizes in operation.primitive.memory.on_the_way(operation):
            way = [self._wide(size) for size in sizes]
            yield from _step_by_step(already, way)
            yield add(result, *way[-1:])
            already = result

    def _at_block(self, block: Block, plan: Plan, life: _Life, dying: set[Room]) -> Iterator[Candidate]:
        if block.kind == "call":
            return self._at_call(block, plan, life, dying)
        return self._loop(block, plan, life, dying)

    def _at_call(self, block: Block, plan: Plan, life: _Life, dying: set[Room]) -> Iterator[Candidate]:
        """What lives inside a call, which may give up the rooms that nobody reads after it."""
        given_up = [room for room in plan.rooms(block.inputs) if room in dying]
        sizes = tuple(room.size for room in given_up)
        places = tuple(_places(plan.of.get(tensor, NOWHERE), given_up) for tensor in block.inputs)
        narrowed = tuple(tensor in plan.parts for tensor in block.inputs)
        around = life.size_without(given_up)
        inside = self._call(block.graph, Ports(sizes, places, narrowed))
        return (replace(one, form=add(around, one.form), inside=(block.name, *one.inside)) for one in inside)

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, plan: Plan, life: _Life, dying: set[Room]) -> Iterator[Candidate]:
        """What lives before the first round, and in the largest round beside what is around the loop."""
        happens = self._happens(block)
        read = plan.rooms(_read(block))
        begun = self._begun(block, plan, dying - read.keys())
        yield Candidate(add(life.size, *(mul(happens, size) for size in begun)), block.span)

        # The room of a value before the loop is taken over, where nothing else needs that value.
        initial = plan.rooms(each.initial for each in block.carried)
        taken_over = dying & initial.keys() - read.keys()
        around = life.size_without(taken_over)

        # Where there are no rounds, nothing of them lives.
        for candidate in self._rounds(block, plan):
            yield candidate.changed(lambda form: add(around, mul(happens, form)))

    def _begun(self, block: Block, plan: Plan, free: set[Room]) -> Iterator[Form]:
        """Room for values to begin with, except for those that take over room that is free then."""
        used = _used(block)
        first = {} if block.counter is None else {block.counter: block.counter.low}
        for number in plan.without_room([each.initial for each in used], free):
            yield self._wide(used[number].start.size).substitute(first)

    def _rounds(self, block: Block, plan: Plan) -> list[Candidate]:
        """What lives in the largest round, of what the rounds make themselves."""
        starts = plan.rooms(each.start for each in block.carried)
        ends = _ends(block)
        at_end = plan.rooms(ends)
        inside = self._largest.of(self._walk(block.graph, plan, starts, frozenset(at_end)))

        # What is handed on or emitted gets room of its own, or keeps the room in which it lies alone.
        inner = at_end.keys() - plan.rooms(block.inputs).keys()
        copies = [self._wide(ends[number].size) for number in plan.without_room(ends, inner)]
        inside = self._largest.of([*inside, Candidate(add(size_of(inner), *copies), block.span)])

        # Rounds before the largest have left what they emitted.
        left_behind = add(ZERO, *(self._wide(each.each.size) for each in block.emitted))
        latest: list[Candidate] = []
        for candidate in inside:
            forms = self._latest(block, candidate.form, left_behind)
            latest += (replace(candidate, form=form) for form in forms)
        return self._largest.of(latest)

    def _latest(self, block: Block, form: Form, left_behind: Form) -> list[Form]:
        """The largest value over the rounds, of which each leaves something behind."""
        at = block.counter
        if at is None or at not in form.free_symbols:
            # Rounds alike: in the last one all others have left something.
            return [add(mul(add(block.count, -1), left_behind), form)]

        # Rounds that differ: the last one if they grow, the first if they shrink.
        assert at.high is not None
        form = add(mul(add(at, -at.low), left_behind), form)
        rise = (form.substitute({at: add(at, 1)}) - form).expand()
        if self._assumptions.at_least(rise, ZERO):
            return [form.substitute({at: add(at.high, -1)})]
        if self._assumptions.at_least(-rise, ZERO):
            return [form.substitute({at: at.low})]
        return self._each_round(block, form, at)

    def _each_round(self, block: Block, form: Form, at: Symbol) -> list[Form]:
        """The candidates where rounds neither rise nor fall: by number, or one for each of few rounds.

        Raises UndecidedPeak.
        """
        turns = _turns(at)
        if turns is None:
            raise UndecidedPeak(block.name, block.span, at.name)

        # A form over the round alone is a number in each of them: no proof is needed.
        if form.free_symbols == (at,):
            largest = max(form.evaluate({at: turn}) for turn in turns)
            return [num(largest)]

        # Others are compared by proofs, each with each.
        if len(turns) > FEW_ROUNDS:
            raise UndecidedPeak(block.name, block.span, at.name)
        return [form.substitute({at: num(turn)}) for turn in turns]

    def _happens(self, block: Block) -> Form:
        """1 where a loop has rounds, else 0: a name for that, until the largest is found.

        Raises UndecidedPeak where that depends on the round of a loop around it.
        """
        if self._assumptions.at_least(block.count, ONE):
            return ONE
        for symbol in block.count.free_symbols:
            if symbol.uid:
                raise UndecidedPeak(block.name, block.span, symbol.name)
        some = self._some_rounds.setdefault(minimum(block.count, ONE), counter("some", 0, num(2)))
        self._never_more.setdefault(some, add(ONE, -counter("none", 0, num(2))))
        return some


def _step_by_step(already: Form, way: Sequence[Form]) -> Iterator[Form]:
    """What lives while one product after the other is made, each from the one before it."""
    for before, after in pairwise([ZERO, *way]):
        yield add(already, before, after)


class _Life:
    """Which rooms are occupied, while the nodes of a graph run one after the other."""

    def __init__(self, graph: Graph, plan: Plan, entering: Iterable[Room], stay: Rooms) -> None:
        self.nodes = list(_running(graph))
        self._plan = plan
        self._stay = stay
        self._last_reader: dict[Room, int] = {}
        for number, node in enumerate(self.nodes):
            self._last_reader.update(dict.fromkeys(plan.rooms(node.inputs), number))
        # Nodes are numbered from 0: what nobody reads leaves at once.
        self.live = dict.fromkeys(room for room in entering if self._stays(room, -1))
        self._seen = set(self.live)

    def _stays(self, room: Room, number: int) -> bool:
        """Whether a room is still needed after a node."""
        return room in self._stay or self._last_reader.get(room, -1) > number

    @property
    def size(self) -> Form:
        """What is occupied now."""
        return size_of(self.live)

    def size_without(self, rooms: Collection[Room]) -> Form:
        """What is occupied now beside these rooms."""
        return size_of(room for room in self.live if room not in rooms)

    def dying(self, number: int) -> set[Room]:
        """The rooms that this node is the last to read."""
        read = {room for room in self.live if self._last_reader.get(room) == number}
        return read - self._stay

    def made(self, node: GraphNode) -> dict[Room, None]:
        """The rooms that the results of a node are the first to occupy."""
        known = self._seen | self._plan.rooms(node.inputs).keys()
        return dict.fromkeys(room for room in self._plan.rooms(node.outputs) if room not in known)

    def enter(self, made: dict[Room, None]) -> None:
        """Results of a node are there."""
        self._seen |= made.keys()
        self.live |= made

    def leave(self, number: int) -> None:
        """What nobody reads after this node is given up."""
        self.live = dict.fromkeys(room for room in self.live if self._stays(room, number))


def _running(graph: Graph) -> Iterator[Operation | Block]:
    """The nodes that do something where they stand; parameters and named layers only are there."""
    for node in graph:
        if isinstance(node, Operation) or (isinstance(node, Block) and node.kind != "layer"):
            yield node


def _turns(at: Symbol) -> range | None:
    """The rounds of a loop by number; None where that is open, or there are too many to go through."""
    assert at.high is not None
    low, high = at.low.number, at.high.number
    if low is None or high is None or high - low > MOST_ROUNDS:
        return None
    return range(int(low), int(high))


def _places(rooms: Rooms, given_up: Sequence[Room]) -> tuple[int, ...]:
    """Which of the rooms that are given up a tensor lies in."""
    return tuple(place for place, room in enumerate(given_up) if room in rooms)


def _ends(block: Block) -> list[Tensor]:
    """What a round of a loop hands on and emits."""
    return [each.end for each in block.carried] + [each.each for each in block.emitted]


def _read(block: Block) -> list[Tensor]:
    """The inputs of a loop that its rounds read themselves, not only begin with."""
    needed = {*block.graph.captured(), *_ends(block)}
    return [tensor for tensor in block.inputs if tensor in needed]


def _used(block: Block) -> list[Carried]:
    """The carried values whose start is read or handed on."""
    captured = block.graph.captured()
    return [each for each in block.carried if each.start in captured or handed_on(each, block)]
