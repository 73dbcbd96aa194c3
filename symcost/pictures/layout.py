"""From a scene to a drawing: every frame is laid out by itself, then stands as one box in the scene around it."""

from __future__ import annotations

from collections.abc import Iterable

from symcost.pictures.columns import Columns
from symcost.pictures.drawing import Drawing, Text, width
from symcost.pictures.level import Level
from symcost.pictures.measures import Placed
from symcost.pictures.mirror import mirrored
from symcost.pictures.scene import Scene
from symcost.pictures.turning import turn
from symcost.pictures.valley import Valley

MARGIN, NOTE = 6.0, 12.0
"""Around a picture, and from one note below it to the next."""


def place(scene: Scene, notes: Iterable[str] = ()) -> Drawing:
    """The drawing of a whole scene, with notes below."""
    inner = laid_out(scene).drawing
    drawing = Drawing(inner.width + 2 * MARGIN, inner.height + 2 * MARGIN, [], [(inner, MARGIN, MARGIN)])
    for note in notes:
        drawing.shapes.append(Text(note, MARGIN, drawing.height + 5, "note", "start"))
        drawing.height += NOTE
        drawing.width = max(drawing.width, width(note, "note") + 2 * MARGIN)
    return drawing


def laid_out(scene: Scene) -> Placed:
    """A scene: side by side where it has columns, as a U where it narrows and widens again, else in layers."""
    if not scene.columns:
        folded = turn(scene)
        return Valley(scene, folded, laid_out).placed() if folded else Level(scene, laid_out).placed()
    side_by_side = Columns(scene, laid_out).placed()
    return mirrored(side_by_side) if scene.backwards else side_by_side
