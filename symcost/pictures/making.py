"""A scene in the making: boxes are put on it with their wires, and each has what it counts and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from symcost.formula import Form
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor
from symcost.pictures import titles
from symcost.pictures.calls import Scope, scope_of
from symcost.pictures.scene import Box, Scene, Wire
from symcost.pictures.weights import Weights
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model

Made = tuple[Box, int, Tensor]
"""Which box makes a tensor, as which of its results, and as which tensor there."""


@dataclass
class Level:
    """A scene in the making: who makes each tensor, and which tensors are parameters, with their names."""

    place: tuple[Block, ...] = ()
    scene: Scene = field(default_factory=Scene)
    made: dict[Tensor, Made] = field(default_factory=dict)
    learned: dict[Tensor, str] = field(default_factory=dict)
    needed: set[Tensor] = field(default_factory=set)
    """The tensors that something reads, or that go out."""
    behind: dict[Box, frozenset[Box]] = field(default_factory=dict)
    """The boxes that each box waits for."""
    backwards: set[Block] = field(default_factory=set)
    """The blocks in it that hold a recurrence drawn from right to left."""
    undrawn: set[Operation] = field(default_factory=set)
    """What that direction tells."""

    @property
    def depth(self) -> int:
        """How many blocks are around it."""
        return len(self.place)

    @property
    def recurs(self) -> bool:
        """Whether it is one round of a recurrence."""
        return any(block.kind == "scan" and block.carried for block in self.place)

    def drawn(self, tensors: Iterable[Tensor]) -> list[Tensor]:
        """Those that a box makes: no parameters, and nothing that is made of nothing, such as zeros."""
        return [tensor for tensor in tensors if tensor in self.made]

    def port(self) -> Box:
        """A port that things come in by."""
        box = Box("port", "")
        self.scene.inputs.append(box)
        return box


class TooMany(Exception):
    """More boxes than were allowed: they are not made to be counted."""


class Desk:
    """Where boxes are made: of which model, what they count, and how many may still be drawn."""

    def __init__(self, model: Model, weights: Weights, most: int) -> None:
        self.model = model
        self.weights = weights
        self.unplaced: dict[Tensor | Graph, tuple[Form, tuple[Block, ...]]] = {}
        """What parameters and named layers count, until a box is drawn that reads them."""
        self._left = most

    def scope(self, level: Level) -> Scope:
        """What names stand for at a level."""
        return scope_of(self.model, level.place)

    def shape(self, tensor: Tensor) -> str:
        """As it stands beside a wire."""
        return titles.shape(self.model, tensor)

    def add(self, level: Level, box: Box, tensors: Sequence[Tensor], outputs: Iterable[Tensor]) -> None:
        """A box with its wires."""
        self.put(level, box)
        level.behind[box] = self.behind(level, tensors)
        self.wire(level, box, tensors)
        level.made |= {tensor: (box, out, tensor) for out, tensor in enumerate(outputs)}

    def put(self, level: Level, box: Box) -> None:
        """Raises TooMany."""
        self._left -= 1
        if self._left < 0:
            raise TooMany
        level.scene.boxes.append(box)

    def behind(self, level: Level, tensors: Sequence[Tensor]) -> frozenset[Box]:
        found: set[Box] = set()
        for tensor in tensors:
            maker, _, _ = level.made[tensor]
            found.add(maker)
            found.update(level.behind.get(maker, ()))
        return frozenset(found)

    def wire(self, level: Level, box: Box, tensors: Sequence[Tensor]) -> None:
        slots = sum(wire.head is box for wire in level.scene.wires)
        for slot, tensor in enumerate(tensors, slots):
            level.scene.wires.append(self.wire_of(level, tensor, box, slot))

    def wire_of(self, level: Level, tensor: Tensor, head: Box, slot: int) -> Wire:
        tail, out, made_as = level.made[tensor]
        made = self.shape(made_as)
        read = self.shape(tensor)
        if read == made:
            read = ""
        return Wire(tail, out, head, slot, made, read)

    def weigh(
        self, box: Box, nodes: Sequence[GraphNode], level: Level, learned: Iterable[Tensor | Graph]
    ) -> None:  # fmt: skip
        """What the nodes in a box count, with the parameters that no box before it reads."""
        counts, node = self.weights, nodes[0]
        parts = [(counts.of(one, level.place), level.place) for one in nodes]
        parts += self._now_placed(learned)
        forms = [form for form, _ in parts]
        written = counts.written(counts.together(forms))

        if counts.has_numbers:
            box.share = 0.0
            for form, place in parts:
                box.share += counts.share(form, place) or 0.0
        box.lines = tuple(line for line in (written, written and counts.expected(nodes)) if line)
        box.hint = "\n".join([titles.hint(node), *box.lines])
        box.line = node.span.line
        box.file = titles.file_of(node)

    def _now_placed(self, learned: Iterable[Tensor | Graph]) -> Iterator[tuple[Form, tuple[Block, ...]]]:
        """What these count, each once: they wait for a box no longer."""
        for each in learned:
            if each in self.unplaced:
                yield self.unplaced.pop(each)

    def move(self, outer: Tensor, inner: Tensor) -> None:
        """What a parameter counts goes where it is handed to."""
        if outer is not inner and outer in self.unplaced:
            self.unplaced[inner] = self.unplaced.pop(outer)

    def wait(self, tensor: Tensor | Graph, node: GraphNode, level: Level) -> None:
        """What a parameter or a named layer counts, for the first box that reads it."""
        self.unplaced[tensor] = (self.weights.of(node, level.place), level.place)
