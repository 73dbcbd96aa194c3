"""From the graph of a model to the scene that shows it: what is a box, what is opened, what is not drawn at all.

Parameters stand in the titles of the operations that read them. What only gives numbers another shape is no box: its
wire goes on, with both shapes beside it. A loop is a frame around one round, or several rounds side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.pictures import stretches, titles
from symcost.pictures.backwards import backward
from symcost.pictures.bodies import Opener, outer_wires
from symcost.pictures.making import Desk, Level
from symcost.pictures.nodes import counts, home, is_box, is_leaf, read_in, results
from symcost.pictures.rounds import Columns
from symcost.pictures.samples import Samples
from symcost.pictures.scene import Box, Scene
from symcost.pictures.splicing import spliced
from symcost.pictures.weights import Weights
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model


@dataclass(frozen=True, slots=True)
class Wish:
    """How deep blocks are opened, whether layers without blocks in them are, and how many rounds stand side by side."""

    levels: int
    leaves: bool = True
    unroll: int | None = None
    samples: bool = False
    """Whether one block of each kind is opened further."""
    in_stretches: bool = False
    """Whether the text is drawn as stretches of lines, as there are too many."""


class Architect:
    """Draws one model."""

    def __init__(self, model: Model, weights: Weights, wish: Wish, most: int) -> None:
        self._model = model
        self._desk = Desk(model, weights, most)
        self._wish = wish
        self._opener = Opener(self._desk, self._fill)
        self._columns = Columns(self._desk, self._opener)
        self._samples = Samples()
        self.unrolled = False

    def scene(self) -> Scene:
        """The whole model, with its inputs and results."""
        graph = self._model.graph
        level = Level(needed=read_in(graph))
        for tensor, name in zip(graph.ports, graph.port_names, strict=True):
            box = Box("input", name, line=tensor.span.line)
            self._desk.add(level, box, (), (tensor,))
        if self._wish.in_stretches:
            stretches.fill(self._desk, level, graph)
        else:
            self._fill(level, graph)
        for tensor in graph.results:
            box = Box("output", _result_name(tensor))
            self._desk.add(level, box, level.drawn([tensor]), ())
        return level.scene

    # Nodes ----------------------------------------------------------------------------------------

    def _fill(self, level: Level, graph: Graph) -> None:
        """The nodes of a graph, in the order of the text."""
        self._look_for_backward(level, graph)
        for node in graph:
            match node:
                case Parameter():
                    level.learned[node.tensor] = node.name
                    self._desk.wait(node.tensor, node, level)
                case Block(kind="layer"):
                    self._desk.wait(node.graph, node, level)
                case Operation():
                    self._operation(level, node)
                case Block():
                    self._block(level, node)

    def _look_for_backward(self, level: Level, graph: Graph) -> None:
        """Recurrences that will stand from right to left: those that are opened down to their rounds."""
        if self._wish.unroll is None:
            return
        for found in backward(graph):
            depths = range(level.depth + 1, level.depth + 1 + len(found.blocks))
            if all(map(self._opens_at, depths, found.blocks)):
                level.backwards.add(found.blocks[0])
                level.undrawn.update(found.reversals)

    def _operation(self, level: Level, node: Operation) -> None:
        tensors = level.drawn(node.inputs)
        if tensors and node in level.undrawn:
            self._hand_on(level, tensors[0], node.outputs)
            return
        learned = titles.parameter_names(node.inputs, level.learned)
        if is_box(node, tensors, learned):
            self._box_of(level, node, tensors, learned)
        elif tensors:
            self._hand_on(level, tensors[0], node.outputs)
        elif learned:
            level.learned |= dict.fromkeys(node.outputs, " ".join(learned))

    def _box_of(self, level: Level, node: Operation, tensors: Sequence[Tensor], learned: Sequence[str]) -> None:
        """An operation as a box, or as a sign in a circle."""
        title = titles.of_operation(node, learned, len(tensors), recurs=level.recurs)
        box = Box("operation", title, costs=bool(node.cost.counts))
        if titles.is_sign(node, learned, len(tensors)):
            box.kind, box.title = "sign", titles.SIGNS[node.kind]
        parameters = [tensor for tensor in node.inputs if tensor in level.learned]
        self._desk.weigh(box, [node], level, parameters)
        self._desk.add(level, box, tensors, node.outputs)

    def _hand_on(self, level: Level, tensor: Tensor, outputs: Iterable[Tensor]) -> None:
        """What is made of a tensor without a box of its own."""
        level.made |= dict.fromkeys(outputs, level.made[tensor])

    def _block(self, level: Level, node: Block) -> None:
        tensors = level.drawn(node.inputs)
        if self._only_reshapes(node, tensors):
            self._hand_on(level, tensors[0], node.outputs)
        elif self._opens(level, node):
            self._frame(level, node)
        else:
            self._closed(level, node, tensors)

    def _only_reshapes(self, node: Block, tensors: Sequence[Tensor]) -> bool:
        """Whether a call counts nothing, under no question, and makes as many numbers as it is given."""
        if node.kind != "call" or len(tensors) != 1 or len(node.outputs) != 1:
            return False
        if any(counts(inner) for inner in node.graph):
            return False
        return bool(tensors[0].size == node.outputs[0].size)

    def _opens(self, level: Level, node: Block) -> bool:
        if self._opens_at(level.depth + 1, node):
            return True
        return self._wish.samples and self._samples.opens(level.place, node)

    def _opens_at(self, depth: int, node: Block) -> bool:
        """Whether a block with so many around it, itself counted, is opened; not for a single closed block in it."""
        if depth >= self._wish.levels or not (self._wish.leaves or not is_leaf(node)):
            return False
        alone = titles.alone_in(node) if node.kind == "call" else None
        return alone is None or self._opens_at(depth + 1, alone)

    def _closed(self, level: Level, node: Block, tensors: Sequence[Tensor]) -> None:
        """A block as one box; calls of a named layer that do not wait for each other share one."""
        title = titles.of_block(self._model, node, self._desk.scope(level))
        again = self._same_layer(level, node, title, tensors)
        if again is not None:
            self._share(level, again, node, tensors)
            return
        box = Box("block", title, costs=counts(node))
        self._desk.weigh(box, [node], level, home(node))
        self._desk.add(level, box, tensors, node.outputs)

    def _share(self, level: Level, box: Box, node: Block, tensors: Sequence[Tensor]) -> None:
        """One more call in the box of another: its results come after those that are there."""
        self._desk.wire(level, box, tensors)
        taken = [out for maker, out, _ in level.made.values() if maker is box]
        following = 1 + max(taken, default=-1)
        for out, tensor in enumerate(node.outputs, following):
            level.made[tensor] = (box, out, tensor)

    def _same_layer(self, level: Level, node: Block, title: str, tensors: Sequence[Tensor]) -> Box | None:
        if node.home is None:
            return None
        before = self._desk.behind(level, tensors)
        alike = (box for box in level.scene.boxes if box.kind == "block" and box.title == title and box.hint)
        return next((box for box in alike if box not in before and box.costs == counts(node)), None)

    # Frames ---------------------------------------------------------------------------------------

    def _frame(self, level: Level, node: Block) -> None:
        """A block that is opened: one round of it, or several side by side."""
        title = titles.of_block(self._model, node, self._desk.scope(level), opened=True)
        box = Box("frame", title, badge=titles.rounds(self._model, node))
        self._desk.weigh(box, [node], level, home(node))
        if node.kind == "choose":
            self._columns.of_alternatives(level, node, box)
        elif node.kind == "scan" and node.carried and self._wish.unroll is not None:
            self.unrolled = True
            self._columns.of_rounds(level, node, box, self._wish.unroll)
        else:
            self._one_round(level, node, box)

    def _one_round(self, level: Level, node: Block, box: Box) -> None:
        body = self._opener.body(level, node)
        box.inside = spliced(body.level.scene, box)
        initial = [carried.initial for carried in node.carried]
        tensors = [*body.entries, *level.drawn(initial)]
        self._desk.put(level, box)
        level.behind[box] = self._desk.behind(level, tensors)
        ports = box.inside.inputs
        for tensor, port in outer_wires(level, body):
            level.scene.wires.append(self._desk.wire_of(level, tensor, box, ports.index(port)))
        for outer, inner in results(node, level.needed):
            if inner in body.exits:
                level.made[outer] = (box, box.inside.outputs.index(body.exits[inner]), outer)


STAGES = re.compile(r"(?:^|[{;])\s*(\w+)\s*(?::[^=]*)?=(?!=).*->\s*$")
"""`y = x -> exp ->` before the last of several stages."""


def _result_name(tensor: Tensor) -> str:
    """What a result is called in the text, where it is."""
    span = tensor.span
    before = span.source.text[: span.start].rpartition("\n")[2]
    if before.rstrip().endswith("->"):
        found = STAGES.search(before)
        return found[1] if found else "result"
    text = titles.words(span.text)
    return text if text.isidentifier() else "result"


def drawn(model: Model, weights: Weights, wish: Wish, most: int) -> tuple[Scene, bool]:
    """The scene of a model as it is wished, and whether some recurrence in it is unrolled.

    Raises TooMany where it has more boxes.
    """
    architect = Architect(model, weights, wish, most)
    return architect.scene(), architect.unrolled
