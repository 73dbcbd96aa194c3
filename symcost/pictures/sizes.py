"""How large the boxes of a scene are, where wires leave and enter them, and which shapes stand beside the wires."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from symcost.pictures import boxes
from symcost.pictures.drawing import width
from symcost.pictures.measures import SLOT, Placed, framed, slots
from symcost.pictures.scene import Box, Scene, Wire

Trunk = tuple[Box, int]
"""A tensor, by the box that makes it: its wires run together as far as they can."""


class Sizes:
    """Of one scene."""

    def __init__(self, scene: Scene, laid_out: Callable[[Scene], Placed]) -> None:
        """`laid_out` draws the scenes in frames."""
        self._scene = scene
        self.inside = {box: framed(box, laid_out(box.inside)) for box in scene.boxes if box.inside is not None}
        self.trunks: dict[Trunk, list[Wire]] = defaultdict(list)
        for wire in scene.wires:
            self.trunks[wire.tail, wire.out].append(wire)
        self.labels = {trunk: _made(together) for trunk, together in self.trunks.items()}

    # Boxes ----------------------------------------------------------------------------------------

    def of(self, box: Box) -> tuple[float, float]:
        """How wide and high a box is."""
        if box in self.inside:
            drawing = self.inside[box].drawing
            return drawing.width, drawing.height
        return boxes.size(box)

    def out(self, box: Box, number: int) -> float:
        """How far right of its middle a result leaves a box."""
        if box in self.inside:
            placed = self.inside[box]
            return placed.outputs[number] - placed.drawing.width / 2
        results = [out for tail, out in self.trunks if tail is box]
        count = 1 + max(results, default=0)
        return slots(count, self.of(box)[0])[number]

    def into(self, box: Box, slot: int) -> float:
        """How far right of its middle a wire comes into a frame; boxes take it where it comes from."""
        if box not in self.inside:
            return 0.0
        placed = self.inside[box]
        return placed.inputs[slot] - placed.drawing.width / 2

    def room_above(self, box: Box) -> float:
        """How wide a box is at least, so that several shapes are read side by side."""
        total, read = 0.0, 0
        for wire in self._wires_into(box):
            room = self.room_of(wire)
            total += max(SLOT, room)
            read += room > 0
        return total if read > 1 else 0.0

    def _wires_into(self, box: Box) -> list[Wire]:
        return [wire for wire in self._scene.wires if wire.head is box]

    def reach(self, box: Box) -> tuple[float, float]:
        """How far a box reaches to the left and to the right, with what stands beside its wires."""
        left = right = self.of(box)[0] / 2
        made = [trunk for trunk in self.labels if trunk[0] is box]
        for trunk in made:
            widest = _widest(self.labels[trunk]) + 5
            if self.is_left(trunk):
                left = max(left, widest - self.out(*trunk))
            else:
                right = max(right, widest + self.out(*trunk))

        for wire in self._wires_into(box):
            read = width(self.read(wire), "shape")
            right = max(right, read + 8)
        return left, right

    # Shapes ---------------------------------------------------------------------------------------

    def is_left(self, trunk: Trunk) -> bool:
        """Whether the shape of a tensor stands to its left: that of the first of several results of a box."""
        box, number = trunk
        if box in self.inside or number > 0:
            return False
        return any(tail is box and out > 0 for tail, out in self.trunks)

    def read(self, wire: Wire) -> str:
        """What stands beside a wire where it ends."""
        is_said_before = len(self.labels[wire.tail, wire.out]) > 1
        if is_said_before or wire.head.kind == "port":
            return ""
        return wire.read

    def room_of(self, wire: Wire) -> float:
        """What a shape takes to the right of a wire where it comes into a box."""
        read = self.read(wire)
        return width(read, "shape") + 10 if read else 0.0


def _widest(lines: Sequence[str]) -> float:
    return max((width(line, "shape") for line in lines), default=0.0)


def _made(wires: Sequence[Wire]) -> list[str]:
    """What stands beside a tensor where it begins: its shape, and the one in which it is read, if there is one."""
    if wires[0].tail.kind == "port" or all(wire.quiet for wire in wires):
        return []
    made, read = wires[0].made, wires[0].read
    is_read_alike = all(wire.read == read for wire in wires)
    return [made, f"→ {read}"] if read and is_read_alike else [made]
