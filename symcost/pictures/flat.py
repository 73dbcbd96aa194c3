"""A scene without ports: which box hands what to which, for writings that lay it out themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from symcost.pictures.scene import Box, Scene, Wire
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Edge:
    """From box to box; `state` goes to the next round of a recurrence."""

    tail: Box
    head: Box
    label: str
    style: Literal["wire", "state"] = "wire"


def edges(scene: Scene) -> list[Edge]:
    """All that is handed from box to box, each once."""
    return list(dict.fromkeys(_Tracing(scene).edges()))


class _Tracing:
    """Follows wires through the borders of frames back to the boxes that make what they carry."""

    def __init__(self, scene: Scene) -> None:
        self._into: dict[tuple[Box, int], list[Wire]] = defaultdict(list)
        self._entries: dict[Box, tuple[Box, int]] = {}
        self._scenes: list[Scene] = []
        self._enter(scene)

    def _enter(self, scene: Scene) -> None:
        self._scenes.append(scene)
        for wire in scene.wires:
            self._into[wire.head, wire.slot].append(wire)
        for box in (*scene.boxes, *scene.columns):
            if box.inside is None:
                continue
            for slot, port in enumerate(box.inside.inputs):
                self._entries[port] = (box, slot)
            self._enter(box.inside)

    def edges(self) -> Iterator[Edge]:
        for scene in self._scenes:
            for wire in scene.wires:
                yield from self._edges_of(wire)
            yield from self._handed_on(scene)

    def _edges_of(self, wire: Wire) -> Iterator[Edge]:
        """One for each box that makes what a box reads."""
        head = wire.head
        if head.kind == "port" or head.inside is not None:
            return
        for tail in self._makers(wire.tail, wire.out):
            yield Edge(tail, head, wire.read or wire.made)

    def _makers(self, box: Box, out: int) -> list[Box]:
        """The boxes that make what leaves a box, or comes in by a port."""
        if box.inside is not None:
            return self._ends(box.inside.outputs[out])
        if box.kind != "port":
            return [box]
        entry = self._entries.get(box)
        return [] if entry is None else self._before(*entry)

    def _ends(self, port: Box) -> list[Box]:
        return self._before(port, 0)

    def _before(self, box: Box, slot: int) -> list[Box]:
        """The boxes that make an operand."""
        found: list[Box] = []
        for wire in self._into[box, slot]:
            found += self._makers(wire.tail, wire.out)
        return found

    def _handed_on(self, scene: Scene) -> Iterator[Edge]:
        """What goes from round to round: back to the start of a scene, or from column to column."""
        for loop in scene.loops if not self._is_column(scene) else []:
            yield from self._state(self._ends(loop.end), loop.start, f"{loop.name} {loop.shape}")
        for one, other in zip(scene.columns, scene.columns[1:], strict=False):
            yield from self._between(one, other)

    def _is_column(self, scene: Scene) -> bool:
        return any(column.inside is scene for around in self._scenes for column in around.columns)

    def _between(self, one: Box, other: Box) -> Iterator[Edge]:
        loops = (one.inside or other.inside or Scene()).loops
        for number, loop in enumerate(loops):
            makers = [one]
            if one.inside is not None:
                makers = self._ends(one.inside.loops[number].end)
            label = f"{loop.name} {loop.shape}"
            if other.inside is not None:
                yield from self._state(makers, other.inside.loops[number].start, label)
                continue
            for maker in makers:
                yield Edge(maker, other, label, "state")

    def _state(self, makers: list[Box], start: Box, label: str) -> Iterator[Edge]:
        """To the boxes that read what comes in by a port, through the borders of frames inside."""
        for reader in self._readers(start):
            for maker in makers:
                yield Edge(maker, reader, label, "state")

    def _readers(self, port: Box) -> Iterator[Box]:
        for scene in self._scenes:
            for wire in scene.wires:
                if wire.tail is not port or wire.head.kind == "port":
                    continue
                if wire.head.inside is not None:
                    yield from self._readers(wire.head.inside.inputs[wire.slot])
                else:
                    yield wire.head
