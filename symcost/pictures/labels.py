"""Shapes beside wires, so that none lies on another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from symcost.pictures.drawing import Anchor, Text, width
from symcost.pictures.measures import LABEL

Labelled = tuple[float, float, list[str]]
"""Where a wire is, and the lines that stand beside it there."""

CLEAR = 6.0
"""From a text to the wire behind it."""


def written(place: Labelled, anchor: Anchor) -> Iterator[Text]:
    """The lines to the right of a wire (`start`) or to its left (`end`)."""
    x, y, lines = place
    beside = x - 4 if anchor == "end" else x + 4
    for number, line in enumerate(lines):
        yield Text(line, beside, y - 4 + LABEL * number, "shape", anchor)


def beside_each_other(places: Sequence[Labelled]) -> Iterator[Text]:
    """To the right of each wire; where there is no room for that, only of the outermost, and to the left of one."""
    places = sorted((place for place in places if place[2]), key=lambda place: place[0])
    if not _crowded(places):
        for place in places:
            yield from written(place, "start")
        return

    first, last = places[0], places[-1]
    yield from written(last, "start")
    is_another_shape = first[2] != last[2]
    if is_another_shape:
        yield from written(first, "end")


def into_a_box(places: Sequence[Labelled], middle: float, right: float, wires: Sequence[float]) -> Iterator[Text]:
    """Above a box that has room up to `right`, whose `wires` come in there.

    Of one wire alone to its left, where there is less room or another wire to its right.
    """
    if len(places) != 1:
        yield from beside_each_other(places)
        return

    x, _, lines = places[0]
    wide = _wide(lines) + 4
    is_outside = x > middle and x + wide > right
    is_better_before = _meets(x, x + wide, wires) and not _meets(x - wide, x, wires)
    to_the_left = is_outside or is_better_before
    yield from written(places[0], "end" if to_the_left else "start")


def _meets(left: float, right: float, wires: Sequence[float]) -> bool:
    """Whether a wire runs down between two places."""
    return any(left + 1 < wire < right - 1 for wire in wires)


def _crowded(places: Sequence[Labelled]) -> bool:
    """Whether what stands to the right of one would lie on the next."""
    return any(one[0] + _wide(one[2]) + CLEAR > other[0] for one, other in pairwise(places))


def _wide(lines: Sequence[str]) -> float:
    return max(width(line, "shape") for line in lines)
