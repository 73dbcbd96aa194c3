"""Rounds of a recurrence, or alternatives, as columns of a frame, each with all that is inside of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.formula import Form, num
from symcost.graph.graph import Block, Tensor
from symcost.pictures.bodies import Body, Opener, outer_wires
from symcost.pictures.making import Desk, Level
from symcost.pictures.nodes import results
from symcost.pictures.scene import Box, Scene, Wire
from symcost.pictures.splicing import spliced


class Columns:
    """Draws blocks whose rounds stand side by side."""

    def __init__(self, desk: Desk, opener: Opener) -> None:
        self._desk = desk
        self._opener = opener

    def of_rounds(self, level: Level, node: Block, box: Box, wanted: int) -> None:
        """So many rounds of a recurrence."""
        self._side_by_side(level, node, box, self._rounds(node, wanted))
        assert box.inside is not None
        if node in level.backwards:
            box.title = f"{box.title}, from the end"
            box.inside.backwards = True

    def of_alternatives(self, level: Level, node: Block, box: Box) -> None:
        """What is chosen from: the first, the second and the last."""
        self._side_by_side(level, node, box, self._experts(node))

    def _rounds(self, node: Block, wanted: int) -> list[str]:
        """The rounds that are drawn, by what stands over them; dots for those left out."""
        count = self._desk.model.shown(node.count)
        name, first = self._counted_from(node)
        if count.number is not None and count.number <= wanted:
            return _numbered(name, first, int(count.number))
        last = f"{name} = {first + count - 1}"
        return [*_numbered(name, first, wanted - 1), "", last]

    def _counted_from(self, node: Block) -> tuple[str, Form]:
        """How the number of a round is called, and the first one."""
        counter = node.counter
        if counter is None:
            return "round", num(0)
        return str(counter), self._desk.model.shown(counter.low)

    def _experts(self, node: Block) -> list[str]:
        """The alternatives: the first, the second and the last."""
        assert node.total is not None
        total = self._desk.model.shown(node.total)
        if total.number is not None and total.number <= 3:
            return [str(number + 1) for number in range(int(total.number))]
        return ["1", "2", "", str(total)]

    def _side_by_side(self, level: Level, node: Block, box: Box, headings: Sequence[str]) -> None:
        """Rounds or alternatives as columns of a frame, each with all that is inside of it."""
        scene = box.inside = Scene()
        # All columns read the same parameters: each begins with what waited for a box before the first.
        unplaced = dict(self._desk.unplaced)
        bodies: list[Body] = []
        columns: list[Box] = []
        for heading in headings:
            if not heading:
                scene.columns.append(Box("dots", "⋯"))
                continue
            self._desk.unplaced = dict(unplaced)
            body = self._opener.body(level, node)
            bodies.append(body)
            _mark_repeated(body.level.scene)
            column = Box("frame", heading, inside=spliced(body.level.scene))
            columns.append(column)
            scene.columns.append(column)
        self._leads(level, node, box, columns, bodies)

    def _leads(self, level: Level, node: Block, box: Box, columns: Sequence[Box], bodies: Sequence[Body]) -> None:
        """The wires of the frame around the columns, and from its ports to theirs."""
        self._desk.put(level, box)
        scene = box.inside
        assert scene is not None
        first = bodies[0]
        entering = list(outer_wires(level, first))
        level.behind[box] = self._desk.behind(level, [tensor for tensor, _ in entering])
        for slot, (tensor, port) in enumerate(entering):
            level.scene.wires.append(self._desk.wire_of(level, tensor, box, slot))
            outside = Box("port", "")
            scene.inputs.append(outside)
            number = first.level.scene.inputs.index(port)
            only_first = port in first.starts.values()
            readers = columns[:1] if only_first else columns
            for column in readers:
                scene.wires.append(Wire(outside, 0, column, number))
        self._results_of(level, node, box, columns, bodies)

    def _results_of(self, level: Level, node: Block, box: Box, columns: Sequence[Box], bodies: Sequence[Body]) -> None:
        """What goes out of all columns, or is left by the last of them."""
        scene, first = box.inside, bodies[0]
        assert scene is not None
        leaving = [pair for pair in results(node, level.needed) if pair[1] in first.exits]
        lasts = {carried.last for carried in node.carried}
        handed_on: set[Tensor] = set()
        stacked: set[Tensor] = set()
        for out, (outer, inner) in enumerate(leaving):
            level.made[outer] = (box, out, outer)
            slot = first.level.scene.outputs.index(first.exits[inner])
            if outer in lasts:
                handed_on.add(inner)
                _lead_out(scene, columns[-1:], slot)
            else:
                stacked.add(inner)
                _lead_out(scene, columns, slot)
        for body in bodies[:-1]:
            _make_faint(body, handed_on - stacked)


def _lead_out(scene: Scene, makers: Sequence[Box], slot: int) -> None:
    """A new result of a scene, which these boxes make."""
    outside = Box("port", "")
    scene.outputs.append(outside)
    scene.wires += [Wire(maker, slot, outside, 0) for maker in makers]


def _numbered(name: str, first: Form, count: int) -> list[str]:
    """What stands over so many rounds, from the first on."""
    return [f"{name} = {first + number}" for number in range(count)]


def _mark_repeated(scene: Scene) -> None:
    for inner in scene.everything():
        inner.repeated = True


def _make_faint(body: Body, handed_on: Iterable[Tensor]) -> None:
    """What goes out of it as these only goes on to the next round."""
    for tensor in handed_on:
        body.exits[tensor].faint = True
