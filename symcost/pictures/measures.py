"""What the layouts share: distances in points, a scene that is laid out, and a frame around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from symcost.pictures import boxes
from symcost.pictures.drawing import Drawing, Line, Rectangle
from symcost.pictures.scene import Box
from symcost.records import dataclass

GAP = 16.0
"""Between boxes side by side."""
LABEL = 11.0
"""Room above or below a horizontal piece for a shape."""
TRACK = 7.0
"""From one horizontal piece to the next."""
ARROW = 9.0
"""Room for the head of an arrow."""
PADDING = 10.0
SLOT = 13.0
"""Between wires that come into one box."""
BUS = 9.0
"""From one wire that leads to several columns to the next."""
BESIDE = 16.0
"""From one state to the next where they go straight from round to round: room for a gradient and a name."""
LOOP = 14.0
"""From one way back to the next."""


@dataclass
class Placed:
    """A scene that is laid out; where from its left border its ports are, above and below."""

    drawing: Drawing
    inputs: list[float] = field(default_factory=list)
    outputs: list[float] = field(default_factory=list)
    entering: list[float] = field(default_factory=list)
    """For each loop of a column: how far down it comes in from the left."""
    leaving: list[float] = field(default_factory=list)
    """For each loop of a column: how far down it goes out to the right."""


def framed(box: Box, inside: Placed) -> Placed:
    """A frame with its title around what is inside."""
    wide, high = boxes.header(box)
    inner = inside.drawing
    whole = max(wide, inner.width + 2 * PADDING)
    left = (whole - inner.width) / 2
    drawing = Drawing(whole, high + inner.height, [], [(inner, left, high)])
    drawing.shapes.append(Rectangle(box, 0, 0, whole, drawing.height, high))
    drawing.shapes += boxes.header_shapes(box, whole)
    entering, leaving = [[y + high for y in ways] for ways in (inside.entering, inside.leaving)]
    drawing.shapes += [Line(((0.0, y), (left, y)), "state", arrow=False) for y in entering]
    drawing.shapes += [Line(((left + inner.width, y), (whole, y)), "state", arrow=False) for y in leaving]
    inputs, outputs = [[x + left for x in ports] for ports in (inside.inputs, inside.outputs)]
    return Placed(drawing, inputs, outputs, entering, leaving)


def slots(count: int, wide: float) -> list[float]:
    """Places for so many wires at a box so wide, around its middle."""
    step = min(SLOT, max(wide - 8, 0.0) / max(count, 1))
    return [(number - (count - 1) / 2) * step for number in range(count)]


def slots_with_room(rooms: Sequence[float], wide: float) -> list[float]:
    """Places for wires at a box so wide, with so much room to the right of each of them, where that is there."""
    places = [0.0]
    for room in rooms[:-1]:
        places.append(places[-1] + max(SLOT, room))
    if places[-1] > wide - 8:
        return slots(len(rooms), wide)
    return [place - places[-1] / 2 for place in places]
