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

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice

from symcost.analysis.memory.activations import is_view, port_kinds
from symcost.errors import UndecidedPeak
from symcost.formula import Assumptions, Form, Symbol, TooLarge, add, counter, maximum, minimum, mul, num
from symcost.formula.form import Rational
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Carried, Graph, Operation, Tensor
from symcost.ops.memory import View

ZERO, ONE = num(0), num(1)

CASES, FEW, LARGE = 20, 2, 10**6
"""Candidates are compared at so many sets of small numbers, and at a few with one number so many times larger, before
their order is proven."""

FEW_ROUNDS, MOST_ROUNDS = 64, 100_000
"""Of so many rounds each is looked at where they are neither larger nor smaller one after the other; of more, if what
lives in them are numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Memory that one or several tensors lie in."""

    size: Form


Rooms = frozenset[Room]
NOWHERE: Rooms = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Where the tensors of a definition lie, those of its loops included; its ports in one room each.

    `parts` are those that may be less than what lies there.
    """

    of: dict[Tensor, Rooms]
    parts: set[Tensor]
    ports: tuple[Room, ...]


class Peak:
    """The most numbers that live at once; with `widths` their bytes, by kind (numbers, masks, rows)."""

    def __init__(self, assumptions: Assumptions, widths: Mapping[str, Form] | None = None) -> None:
        self._assumptions = assumptions
        self._widths = widths or {}
        self._plans: dict[Graph, Plan] = {}
        self._known: dict[object, list[Form]] = {}
        self._open: dict[Form, Symbol] = {}
        self._proven: dict[Symbol, Form] = {}

    def of(self, graph: Graph) -> Form:
        """The peak of a whole model.

        Raises UndecidedPeak.
        """
        with room_to_recurse():
            kinds = zip(graph.ports, port_kinds(graph), strict=True)
            sizes = tuple(self._wide(port.size, kind) for port, kind in kinds)
            found = self._call(graph, tuple((n,) for n in range(len(sizes))), sizes)
        return maximum(*(form.substitute({some: happens for happens, some in self._open.items()}) for form in found))

    def _wide(self, size: Form, kind: str = "numbers") -> Form:
        return mul(self._widths[kind], size) if kind in self._widths else size

    # Where tensors lie ----------------------------------------------------------------------------

    def _plan(self, graph: Graph) -> Plan:
        if graph not in self._plans:
            ports = tuple(Room(self._wide(port.size)) for port in graph.ports)
            plan = Plan({port: frozenset([room]) for port, room in zip(graph.ports, ports, strict=True)}, set(), ports)
            self._place(graph, plan)
            self._plans[graph] = plan
        return self._plans[graph]

    def _place(self, graph: Graph, plan: Plan) -> None:
        for node in graph:
            match node:
                case Operation() if is_view(node):
                    rooms = NOWHERE.union(*(plan.of.get(tensor, NOWHERE) for tensor in node.inputs))
                    plan.of.update(dict.fromkeys(node.outputs, rooms))
                    if node.primitive.memory.view(node) is View.PART or not plan.parts.isdisjoint(node.inputs):
                        plan.parts.update(node.outputs)
                case Operation():
                    kind = "masks" if node.primitive.memory.makes == "masks" else "numbers"
                    plan.of.update({out: self._room(out, kind) for out in node.outputs})
                case Block(kind="call"):
                    self._place_call(node, plan)
                case Block(kind="scan" | "repeat" | "choose"):
                    plan.of.update({one.start: self._room(one.start) for one in node.carried})
                    self._place(node.graph, plan)
                    plan.of.update({out: self._room(out) for out in node.outputs})

    def _room(self, tensor: Tensor, kind: str = "numbers") -> Rooms:
        return NOWHERE if tensor.parameter else frozenset([Room(self._wide(tensor.size, kind))])

    def _place_call(self, block: Block, plan: Plan) -> None:
        """Results lie where the called definition puts them; its ports are the inputs here."""
        called = self._plan(block.graph)
        inputs = [plan.of.get(tensor, NOWHERE) for tensor in block.inputs]
        outer: dict[Room, Rooms] = dict(zip(called.ports, inputs, strict=True))
        cut = {room for room, tensor in zip(called.ports, block.inputs, strict=True) if tensor in plan.parts}
        for out, result in zip(block.outputs, block.graph.results, strict=True):
            inner = called.of.get(result, NOWHERE)
            for room in inner:
                outer.setdefault(room, frozenset([Room(room.size)]))
            plan.of[out] = NOWHERE.union(*(outer[room] for room in inner))
            if result in called.parts or inner & cut:
                plan.parts.add(out)

    # What lives when ------------------------------------------------------------------------------

    def _call(
        self, graph: Graph, ports: tuple[tuple[int, ...], ...], sizes: tuple[Form, ...], cut: tuple[bool, ...] = ()
    ) -> list[Form]:
        """The candidates for the peak of a call: what lives at each of its operations.

        Only rooms that the caller gives up are counted: these sizes; for each port which of them it lies in, and
        whether it is only a part of them (`cut`).
        """
        key = (graph, ports, sizes, cut)
        if key not in self._known:
            plan, given = self._plan(graph), [Room(size) for size in sizes]
            outer = {room: frozenset(given[n] for n in places) for room, places in zip(plan.ports, ports, strict=True)}
            where = {t: NOWHERE.union(*(outer.get(r, {r}) for r in rooms)) for t, rooms in plan.of.items()}
            short = {room for room, less in zip(plan.ports, cut, strict=False) if less}
            parts = plan.parts | {t for t, rooms in plan.of.items() if rooms & short}
            stay = NOWHERE.union(*(where.get(result, NOWHERE) for result in graph.results))
            self._known[key] = self._largest(self._walk(graph, Plan(where, parts, plan.ports), given, stay))
        return self._known[key]

    def _walk(self, graph: Graph, plan: Plan, entering: Iterable[Room], stay: Rooms) -> Iterator[Form]:
        """What lives at each node of a graph, of the rooms that enter it and those that it makes."""
        where = plan.of
        nodes = [n for n in graph if isinstance(n, Operation) or (isinstance(n, Block) and n.kind != "layer")]
        last = {room: n for n, node in enumerate(nodes) for room in _rooms(where, node.inputs)}
        live = dict.fromkeys(room for room in entering if room in last or room in stay)
        yield _sum(live)
        seen = set(live)
        for n, node in enumerate(nodes):
            dying = {room for room in live if last.get(room) == n and room not in stay}
            known = seen | _rooms(where, node.inputs).keys()
            made = dict.fromkeys(room for room in _rooms(where, node.outputs) if room not in known)
            if isinstance(node, Operation):
                yield from (add(_sum(live), extra) for extra in self._during(node, made))
            elif node.kind == "call":
                gone = [room for room in _rooms(where, node.inputs) if room in dying]
                places = tuple(tuple(gone.index(r) for r in gone if r in where.get(t, ())) for t in node.inputs)
                around = _sum(room for room in live if room not in gone)
                cut = tuple(tensor in plan.parts for tensor in node.inputs)
                inside = self._call(node.graph, places, tuple(room.size for room in gone), cut)
                yield from (add(around, form) for form in inside)
            else:
                yield from self._loop(node, plan, live, dying)
            seen |= made.keys()
            live |= made
            if not isinstance(node, Operation):
                yield _sum(room for room in live if room not in dying)
            live = {room: None for room in live if room in stay or last.get(room, -1) > n}

    def _during(self, operation: Operation, made: Iterable[Room]) -> Iterator[Form]:
        """What lives at an operation beside what was there: its results, and products on the way to them."""
        result = _sum(made)
        yield result
        for number, sizes in enumerate(operation.primitive.memory.on_the_way(operation)):
            way = [self._wide(size) for size in sizes]
            already = result if number else ZERO
            for before, after in zip([ZERO, *way], way, strict=False):
                yield add(already, before, after)
            yield add(result, *way[-1:])

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, plan: Plan, live: Iterable[Room], dying: set[Room]) -> Iterator[Form]:
        inside = {*block.graph.captured(), *(one.end for one in block.carried), *(each.each for each in block.emitted)}
        read = _rooms(plan.of, (tensor for tensor in block.inputs if tensor in inside))
        initial = _rooms(plan.of, (one.initial for one in block.carried))
        happens = self._happens(block)
        yield add(_sum(live), *(mul(happens, size) for size in self._begun(block, plan, dying - read.keys())))
        around = _sum(room for room in live if not (room in dying and room in initial and room not in read))
        for form in self._rounds(block, plan):
            yield add(around, mul(happens, form))

    def _begun(self, block: Block, plan: Plan, free: set[Room]) -> Iterator[Form]:
        """Room for values to begin with, except for those that take over room that is free then."""
        first = {} if block.counter is None else {block.counter: block.counter.low}
        used = [one for one in block.carried if one.start in block.graph.captured() or _handed_on(one, block)]
        for one in _copied([one.initial for one in used], plan, free):
            yield self._wide(used[one].start.size).substitute(first)

    def _rounds(self, block: Block, plan: Plan) -> list[Form]:
        """What lives in the largest round, of what the rounds make themselves."""
        starts = _rooms(plan.of, (one.start for one in block.carried))
        ends = [one.end for one in block.carried] + [each.each for each in block.emitted]
        inner = _rooms(plan.of, ends).keys() - _rooms(plan.of, block.inputs).keys()
        # What is handed on or emitted gets room of its own, or keeps the room in which it lies alone.
        copies = (self._wide(ends[one].size) for one in _copied(ends, plan, inner))
        inside = self._largest(self._walk(block.graph, plan, starts, frozenset(_rooms(plan.of, ends))))
        inside = self._largest([*inside, add(_sum(inner), *copies)])
        left = add(ZERO, *(self._wide(each.each.size) for each in block.emitted))
        return self._largest(largest for form in inside for largest in self._latest(block, form, left))

    def _latest(self, block: Block, form: Form, left: Form) -> Iterator[Form]:
        """The largest value over the rounds, of which each leaves something behind."""
        at = block.counter
        if at is None or at not in form.free_symbols:
            yield add(mul(add(block.count, -1), left), form)
            return
        form = add(mul(add(at, -at.low), left), form)
        rise = (form.substitute({at: add(at, 1)}) - form).expand()
        assert at.high is not None
        low, high = at.low.number, at.high.number
        if self._assumptions.at_least(rise, ZERO):
            yield form.substitute({at: add(at.high, -1)})
        elif self._assumptions.at_least(-rise, ZERO):
            yield form.substitute({at: at.low})
        elif low is not None and high is not None and high - low <= MOST_ROUNDS and form.free_symbols == (at,):
            yield num(max(form.evaluate({at: turn}) for turn in range(int(low), int(high))))
        elif low is not None and high is not None and high - low <= FEW_ROUNDS:
            yield from (form.substitute({at: num(turn)}) for turn in range(int(low), int(high)))
        else:
            raise UndecidedPeak(block.name, block.span, at.name)

    def _happens(self, block: Block) -> Form:
        """1 where a loop has rounds, else 0: a name for that, until the largest is found."""
        if self._assumptions.at_least(block.count, ONE):
            return ONE
        some = self._open.setdefault(minimum(block.count, ONE), counter("some", 0, num(2)))
        self._proven.setdefault(some, add(ONE, -counter("none", 0, num(2))))
        return some

    # The largest ----------------------------------------------------------------------------------

    def _largest(self, forms: Iterable[Form]) -> list[Form]:
        """The forms of which none is known to be at most another.

        Numbers are tried first: a proof is looked for only where no case speaks against it.
        """
        forms = list(dict.fromkeys(min(form.expand(), form, key=lambda one: one.size) for form in forms))
        cases = self._cases(forms) if len(forms) > 1 else []
        found: dict[Form, list[Rational | None]] = {}
        for form in forms:
            values = [_value(form, case) for case in cases]
            if not any(self._covers(other, found[other], form, values) for other in found):
                found = {o: known for o, known in found.items() if not self._covers(form, values, o, known)}
                found[form] = values
        return list(found) or [ZERO]

    def _cases(self, forms: Sequence[Form]) -> list[dict[Symbol, int]]:
        """Sizes that keep the assumptions: small ones, and those with one dimension that is much larger."""
        small = list(islice(self._assumptions.samples(*forms), CASES))
        large = [case | {name: LARGE * case[name]} for case in small[:FEW] for name in case if not name.uid]
        return small + [case for case in large if self._allowed(case)]

    def _allowed(self, case: Mapping[Symbol, int]) -> bool:
        """Whether sizes keep the assumptions that speak of them."""
        about = (fact for fact in self._assumptions if all(set(f.free_symbols) <= case.keys() for f in fact.forms))
        try:
            return all(fact.holds(case) for fact in about)
        except (TooLarge, ZeroDivisionError):
            return False

    def _covers(
        self, large: Form, many: Sequence[Rational | None], small: Form, few: Sequence[Rational | None]
    ) -> bool:
        """Whether one form is known to be at least another."""
        if any(a is not None and b is not None and a < b for a, b in zip(many, few, strict=True)):
            return False
        # Of `f - some·f = none·f` it shows that it is never below 0.
        return self._assumptions.at_least(*(form.substitute(self._proven).expand() for form in (large, small))) is True


def _value(form: Form, case: Mapping[Symbol, int]) -> Rational | None:
    """None where it is too large to be computed."""
    try:
        return form.evaluate(case)
    except (TooLarge, ZeroDivisionError):
        return None


def _rooms(where: Mapping[Tensor, Rooms], tensors: Iterable[Tensor]) -> dict[Room, None]:
    return {room: None for tensor in tensors for room in where.get(tensor, ())}


def _sum(rooms: Iterable[Room]) -> Form:
    return add(ZERO, *(room.size for room in rooms))


def _copied(tensors: Sequence[Tensor], plan: Plan, free: Set[Room]) -> Iterator[int]:
    """Which of the tensors cannot keep their room, because it is not free, larger, or another one's already."""
    for number, tensor in enumerate(tensors):
        rooms = plan.of.get(tensor, NOWHERE)
        if rooms and rooms <= free and tensor not in plan.parts:
            free = free - rooms
        else:
            yield number


def _handed_on(one: Carried, block: Block) -> bool:
    """Whether the value at the start is handed on itself."""
    return any(one.start is other.end for other in block.carried) or any(one.start is e.each for e in block.emitted)
