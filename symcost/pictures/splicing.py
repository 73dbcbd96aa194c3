"""A frame that is the only thing in another has no border of its own."""

from __future__ import annotations

from symcost.pictures.scene import Box, Scene


def spliced(scene: Scene, around: Box | None = None) -> Scene:
    """A scene without the border of the only frame in it; a loop `around` it is called after what is repeated, too."""
    alone = _only_frame(scene)
    if alone is None:
        return scene
    inner = alone.inside
    assert inner is not None
    if around is not None and around.badge:
        around.title = f"{around.title}: {alone.title}"

    ports: dict[Box, Box] = {}
    for wire in scene.wires:
        if wire.head is alone:
            ports[inner.inputs[wire.slot]] = wire.tail
        else:
            ports[inner.outputs[wire.out]] = wire.head
    for wire in inner.wires:
        wire.tail = ports.get(wire.tail, wire.tail)
        wire.head = ports.get(wire.head, wire.head)
    return Scene(inner.boxes, inner.wires, scene.inputs, scene.outputs, scene.loops)


def _only_frame(scene: Scene) -> Box | None:
    """The one frame that a scene is made of, if it is drawn once and without columns."""
    if len(scene.boxes) != 1:
        return None
    (box,) = scene.boxes
    if box.badge or box.inside is None or box.inside.columns:
        return None
    return box
