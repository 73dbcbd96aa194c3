"""Where tensors lie: which of them share memory, because one is a view of the other or is handed on as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

from symcost.formula import Form, add, num
from symcost.graph.graph import Block, Carried, Graph, Operation, Tensor
from symcost.ops.memory import View
from symcost.records import dataclass

ZERO = num(0)

Wide = Callable[[Form, str], Form]
"""How much so many numbers of a kind (numbers, masks, rows) take."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Memory that one or several tensors lie in. Compared by identity."""

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

    def rooms(self, tensors: Iterable[Tensor]) -> dict[Room, None]:
        """The rooms of several tensors, each once, in their order."""
        return {room: None for tensor in tensors for room in self.of.get(tensor, NOWHERE)}

    def without_room(self, tensors: Sequence[Tensor], free: Set[Room]) -> list[int]:
        """Which of the tensors cannot keep their room: it is not free, larger, or another one's already."""
        left_over = []
        for number, tensor in enumerate(tensors):
            rooms = self.of.get(tensor, NOWHERE)
            if rooms and rooms <= free and tensor not in self.parts:
                free = free - rooms
            else:
                left_over.append(number)
        return left_over


def _rooms_outside(inside: Rooms, outside: dict[Room, Rooms]) -> Rooms:
    """Where rooms of a definition lie for a caller; those that are made inside are new to each call."""
    found = NOWHERE
    for room in inside:
        found |= outside.setdefault(room, frozenset([Room(room.size)]))
    return found


class Plans:
    """The plans of definitions; one that is called several times is planned once."""

    def __init__(self, wide: Wide) -> None:
        self._wide = wide
        self._known: dict[Graph, Plan] = {}

    def of(self, graph: Graph) -> Plan:
        """Where the tensors of a definition lie."""
        if graph not in self._known:
            ports = tuple(Room(self._wide(port.size, "numbers")) for port in graph.ports)
            lying = {port: frozenset([room]) for port, room in zip(graph.ports, ports, strict=True)}
            plan = Plan(lying, set(), ports)
            self._place(graph, plan)
            self._known[graph] = plan
        return self._known[graph]

    def _place(self, graph: Graph, plan: Plan) -> None:
        for node in graph:
            match node:
                case Operation():
                    self._place_operation(node, plan)
                case Block(kind="call"):
                    self._place_call(node, plan)
                case Block(kind="scan" | "repeat" | "choose"):
                    self._place_loop(node, plan)

    def _place_loop(self, block: Block, plan: Plan) -> None:
        """What it carries from round to round lies in rooms of its own, and so do its results."""
        plan.of.update({each.start: self._own_room(each.start) for each in block.carried})
        self._place(block.graph, plan)
        plan.of.update({out: self._own_room(out) for out in block.outputs})

    def _place_operation(self, operation: Operation, plan: Plan) -> None:
        """A view lies where its inputs do, any other result in a room of its own."""
        memory = operation.primitive.memory
        view = memory.view(operation)
        if view is View.NONE:
            kind = "masks" if memory.makes == "masks" else "numbers"
            plan.of.update({out: self._own_room(out, kind) for out in operation.outputs})
            return
        rooms = frozenset(plan.rooms(operation.inputs))
        plan.of.update(dict.fromkeys(operation.outputs, rooms))
        if view is View.PART or not plan.parts.isdisjoint(operation.inputs):
            plan.parts.update(operation.outputs)

    def _place_call(self, block: Block, plan: Plan) -> None:
        """Results lie where the called definition puts them; its ports are the inputs here."""
        called = self.of(block.graph)
        outside: dict[Room, Rooms] = {}
        narrowed: set[Room] = set()  # ports that get only a part of what lies in their room
        for room, tensor in zip(called.ports, block.inputs, strict=True):
            outside[room] = plan.of.get(tensor, NOWHERE)
            if tensor in plan.parts:
                narrowed.add(room)

        for out, result in zip(block.outputs, block.graph.results, strict=True):
            inside = called.of.get(result, NOWHERE)
            plan.of[out] = _rooms_outside(inside, outside)
            if result in called.parts or inside & narrowed:
                plan.parts.add(out)

    def _own_room(self, tensor: Tensor, kind: str = "numbers") -> Rooms:
        """Room of its own; parameters are there anyway and take none."""
        return NOWHERE if tensor.parameter else frozenset([Room(self._wide(tensor.size, kind))])


def size_of(rooms: Iterable[Room]) -> Form:
    """How much several rooms take together."""
    return add(ZERO, *(room.size for room in rooms))


def handed_on(carried: Carried, block: Block) -> bool:
    """Whether the value at the start of a round is handed on or emitted itself."""
    ends = [other.end for other in block.carried] + [emitted.each for emitted in block.emitted]
    return any(carried.start is end for end in ends)


def entered(plan: Plan, ports: Mapping[Room, Rooms], narrowed: Set[Room]) -> Plan:
    """The plan of a called definition whose ports lie in rooms of the caller.

    What lies in a room of `narrowed` is a part of it.
    """
    where: dict[Tensor, Rooms] = {}
    parts = set(plan.parts)
    for tensor, rooms in plan.of.items():
        where[tensor] = NOWHERE.union(*(ports.get(room, {room}) for room in rooms))
        if rooms & narrowed:
            parts.add(tensor)
    return Plan(where, parts, plan.ports)
