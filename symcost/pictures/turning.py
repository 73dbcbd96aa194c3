"""Networks that narrow and widen again: boxes in a row, with skips that nest. Papers draw them as a U.

Source  Ronneberger, Fischer & Brox, U-Net: convolutional networks for biomedical image segmentation (2015), figure 1
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from itertools import pairwise

from symcost.pictures.layers import longest_paths
from symcost.pictures.scene import Box, Scene, Wire
from symcost.records import dataclass

LEAST = 3
"""Skips, one in the other, that make a U: two of them stand in any residual block around a residual block."""

SEVERAL = 3
"""Boxes that read what one of the row makes, at most; what more of them read comes from beside it."""


@dataclass(frozen=True, slots=True)
class Group:
    """The skips into one box; places are those in the row."""

    head: int
    tails: tuple[int, ...]
    """In their order."""

    @property
    def across(self) -> int:
        """The tail that stands opposite the head: the last one before it."""
        return self.tails[-1]


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of boxes from an input to the result, and how it is folded."""

    row: tuple[Box, ...]
    groups: tuple[Group, ...]
    """From the outermost skips to the innermost."""
    beside: tuple[Box, ...]
    """What many of the row read, with all that it is made of: the time in a diffusion step, a text."""

    @property
    def down(self) -> tuple[Box, ...]:
        """Where it narrows."""
        return self.row[: self.groups[-1].head - 1]

    @property
    def bottom(self) -> Box:
        """Where it turns."""
        return self.row[self.groups[-1].head - 1]

    @property
    def up(self) -> tuple[Box, ...]:
        """Where it widens."""
        return self.row[self.groups[-1].head :]


def turn(scene: Scene) -> Turn | None:
    """How a scene is folded to a U, if it is one."""
    end = _only_end(scene)
    if end is None or scene.loops or scene.columns:
        return None
    row = _row(scene, end)
    place = {box: number for number, box in enumerate(row)}
    if _has_frames(row) or not _is_a_row(scene.wires, place):
        return None

    groups = _groups(scene.wires, place)
    if len(groups) < LEAST or not _nest(groups):
        return None
    beside = tuple(box for box in (*scene.inputs, *scene.boxes) if box not in place)
    return Turn(tuple(row), tuple(reversed(groups)), beside)


def _only_end(scene: Scene) -> Box | None:
    """The one result, as a port or as a box."""
    boxes = [box for box in scene.boxes if box.kind == "output"]
    ends = [*scene.outputs, *boxes]
    return ends[0] if len(ends) == 1 else None


def _has_frames(row: Sequence[Box]) -> bool:
    """Whether something is opened, which takes more room than a step of the row has."""
    return any(box.inside is not None for box in row)


def _row(scene: Scene, end: Box) -> list[Box]:
    """Back from the end: each time to what is made last, but for what comes from beside."""
    made_of: dict[Box, list[Box]] = defaultdict(list)
    for wire in scene.wires:
        made_of[wire.head].append(wire.tail)
    many = _read_by_many(scene.wires)
    depth = _depths(scene)

    row = [end]
    while True:
        before = [tail for tail in made_of[row[-1]] if tail not in many]
        if not before:
            break
        last_made = max(before, key=lambda tail: depth[tail])
        row.append(last_made)
    return row[::-1]


def _read_by_many(wires: Sequence[Wire]) -> Set[Box]:
    readers: dict[Box, set[Box]] = defaultdict(set)
    for wire in wires:
        readers[wire.tail].add(wire.head)

    return {tail for tail, heads in readers.items() if len(heads) > SEVERAL}


def _depths(scene: Scene) -> dict[Box, int]:
    """By longest paths."""
    boxes = [*scene.inputs, *scene.boxes, *scene.outputs]
    numbers = {box: number for number, box in enumerate(boxes)}
    wires = [(numbers[wire.tail], numbers[wire.head]) for wire in scene.wires]
    return dict(zip(boxes, longest_paths(len(boxes), wires, [], []), strict=True))


def _is_a_row(wires: Sequence[Wire], place: dict[Box, int]) -> bool:
    """Whether one wire leads from each box to the next, and all that they make stays among them."""
    steps = [0] * (len(place) - 1)
    for wire in wires:
        if wire.tail not in place:
            continue
        if wire.head not in place:
            return False
        tail, head = place[wire.tail], place[wire.head]
        if head == tail + 1:
            steps[tail] += 1
    return set(steps) == {1}


def _groups(wires: Sequence[Wire], place: dict[Box, int]) -> list[Group]:
    """By the box that they come into, in the order of the row."""
    tails: dict[int, set[int]] = defaultdict(set)
    for wire in wires:
        if wire.tail not in place:
            continue
        tail, head = place[wire.tail], place[wire.head]
        is_skip = head > tail + 1
        if is_skip:
            tails[head].add(tail)
    return [Group(head, tuple(sorted(tails[head]))) for head in sorted(tails)]


def _nest(groups: Sequence[Group]) -> bool:
    """Whether what is made first is read last."""
    return all(inner.tails[0] > outer.tails[-1] for inner, outer in pairwise(groups))
