"""A drawing with left and right exchanged, its words as they are."""

from __future__ import annotations

from symcost.pictures.drawing import Anchor, Drawing, Line, Rectangle, Shape, Text
from symcost.pictures.measures import Placed

OTHER: dict[Anchor, Anchor] = {"start": "end", "middle": "middle", "end": "start"}


def mirrored(placed: Placed) -> Placed:
    """A scene that is laid out, read from right to left.

    What comes in from the left of it and goes out to the right cannot be exchanged: a frame joins that.
    """
    assert not placed.entering and not placed.leaving
    wide = placed.drawing.width
    inputs = [wide - x for x in placed.inputs]
    outputs = [wide - x for x in placed.outputs]
    return Placed(_drawing(placed.drawing), inputs, outputs)


def _drawing(drawing: Drawing) -> Drawing:
    wide = drawing.width
    shapes = [_shape(shape, wide) for shape in drawing.shapes]
    parts = [(_drawing(part), wide - x - part.width, y) for part, x, y in drawing.parts]
    return Drawing(wide, drawing.height, shapes, parts)


def _shape(shape: Shape, wide: float) -> Shape:
    match shape:
        case Rectangle(box, x, y, width, high, header):
            return Rectangle(box, wide - x - width, y, width, high, header)
        case Text(text, x, y, style, anchor, box):
            return Text(text, wide - x, y, style, OTHER[anchor], box)
        case Line(points, style, arrow):
            return Line(tuple((wide - x, y) for x, y in points), style, arrow)
