"""The inside of a block that is opened: ports for what comes in and goes out, and the ways back of its states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field

from symcost.graph.graph import Block, Carried, Graph, Tensor
from symcost.pictures.making import Desk, Level
from symcost.pictures.nodes import entering, handed_on, read_in, results
from symcost.pictures.scene import Box, Loop
from symcost.records import dataclass


@dataclass
class Body:
    """The inside of a block: where tensors from around it come in, and where its own go out."""

    level: Level
    entries: dict[Tensor, Box] = field(default_factory=dict)
    """By the tensor around it."""
    starts: dict[Carried, Box] = field(default_factory=dict)
    exits: dict[Tensor, Box] = field(default_factory=dict)
    """By the tensor in it."""


class Opener:
    """Opens blocks; `fill` draws the nodes of a graph on a level."""

    def __init__(self, desk: Desk, fill: Callable[[Level, Graph], None]) -> None:
        self._desk = desk
        self._fill = fill

    def body(self, level: Level, node: Block) -> Body:
        """The inside of a block, in its place."""
        needed = read_in(node.graph).union(inner for _, inner in results(node, level.needed))
        needed |= {carried.end for carried in node.carried}
        inner = Level((*level.place, node), learned=dict(level.learned), needed=needed)
        if node in level.backwards:
            inner.backwards |= {one for one in node.graph if isinstance(one, Block)}
        body = Body(inner)
        self._entries(level, body, node)
        for carried in node.carried:
            port = body.starts[carried] = inner.port()
            inner.made[carried.start] = (port, 0, carried.start)
        self._fill(inner, node.graph)
        self._exits(level, body, node)
        self._loops(level, body, node)
        return body

    def _entries(self, around: Level, body: Body, node: Block) -> None:
        """Parameters that are handed in, and a port for each thing that a box around it makes."""
        inner = body.level
        by_maker: dict[tuple[Box, int], Box] = {}
        for outer, tensor in entering(node):
            if outer in around.learned:
                inner.learned[tensor] = around.learned[outer]
                self._desk.move(outer, tensor)
            elif outer in around.made:
                maker, out, made = around.made[outer]
                if (maker, out) not in by_maker:
                    by_maker[maker, out] = body.entries[outer] = inner.port()
                known_as = tensor if node.kind == "call" else made
                inner.made[tensor] = (by_maker[maker, out], 0, known_as)

    def _exits(self, around: Level, body: Body, node: Block) -> None:
        """Ports for what goes out; faint ones for what goes on to the next round alone."""
        outside: dict[Tensor, list[str]] = {carried.end: [] for carried in node.carried}
        for outer, inner in results(node, around.needed):
            outside.setdefault(inner, []).append(self._desk.shape(outer))
        for tensor in body.level.drawn(outside):
            self._exit(body, tensor, outside[tensor])

    def _exit(self, body: Body, tensor: Tensor, outside: Sequence[str]) -> None:
        """The port of a tensor, whose wire says no shape that is said `outside`, too."""
        level = body.level
        port = body.exits[tensor] = Box("port", "", faint=not outside)
        level.scene.outputs.append(port)
        wire = self._desk.wire_of(level, tensor, port, 0)
        wire.quiet = wire.made in outside
        level.scene.wires.append(wire)

    def _loops(self, outer: Level, body: Body, node: Block) -> None:
        """The ways of what is handed from round to round."""
        for carried in handed_on(node):
            if carried.end in body.exits and carried.end is not carried.start:
                shape = self._desk.shape(carried.start)
                ends = body.starts[carried], body.exits[carried.end]
                body.level.scene.loops.append(Loop(carried.name, shape, *ends, fed=carried.initial in outer.made))


def outer_wires(level: Level, body: Body) -> Iterator[tuple[Tensor, Box]]:
    """What comes into a block, and by which port."""
    yield from body.entries.items()
    for carried, port in body.starts.items():
        if carried.initial in level.made:
            yield carried.initial, port
