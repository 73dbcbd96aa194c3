"""What a primitive needs in memory: whether its result lies where its inputs lie, what it makes, keeps and moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Literal, NamedTuple

from symcost.formula import Form
from symcost.ops.use import Use, Value

Kind = Literal["numbers", "masks", "rows"]
"""What numbers stand for: values, conditions that are true or false, or the numbers of rows."""


class View(Enum):
    """Whether the numbers of a result are those of the inputs, where they lie: all of them, or a part."""

    NONE = "none"
    WHOLE = "whole"
    PART = "part"


class Memory(NamedTuple):
    """What a primitive says of memory.

    `view`: whether the result lies where the inputs lie.
    `makes`: what its results are; constants are made anew whenever they are needed, so they are never kept, and so is
    what is padded with zeros: for the way back its input is enough.
    `takes`: as what it uses an input, given by its place.
    `moves`: how many numbers it reads of each input, by place, None for all; None where nothing moves, not even the
    result.
    `on_the_way`: sizes of what it makes before its result, a list for each part of a sum, in order.
    """

    view: Callable[[Use], View]
    makes: Literal["numbers", "masks", "constants", "padded"]
    takes: Callable[[Use, int], Kind]
    moves: Callable[[Use], Mapping[int, Form | None] | None]
    on_the_way: Callable[[Use], Sequence[Sequence[Form]]]


def own_room(use: Use) -> View:
    """The result has room of its own."""
    return View.NONE


def all_of_it(use: Use) -> View:
    """The result is the inputs, seen otherwise."""
    return View.WHOLE


def a_part(use: Use) -> View:
    """The result is a part of the input."""
    return View.PART


def as_numbers(use: Use, place: int) -> Kind:
    """Every input is used as numbers."""
    return "numbers"


def each_input_once(use: Use) -> Mapping[int, None]:
    """Every input is read as a whole, and only once where it stands twice: x·x reads x."""
    places: dict[int, None] = {}
    seen: list[Value] = []
    for place, tensor in enumerate(use.inputs):
        if not any(tensor is other for other in seen):
            seen.append(tensor)
            places[place] = None
    return places


def nothing(use: Use) -> None:
    """Nothing moves."""
    return


def at_once(use: Use) -> Sequence[Sequence[Form]]:
    """There is nothing on the way to the result."""
    return ()


NEW = Memory(view=own_room, makes="numbers", takes=as_numbers, moves=each_input_once, on_the_way=at_once)
"""Numbers in room of their own, made from inputs that are read once."""

SEEN_OTHERWISE = NEW._replace(view=all_of_it, moves=nothing)
"""The same numbers where they lie, under another shape."""

SEEN_IN_PART = SEEN_OTHERWISE._replace(view=a_part)
"""Some of the same numbers where they lie."""
