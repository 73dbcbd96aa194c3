"""What a primitive needs in memory: whether its result lies where its inputs lie, what it makes, keeps and moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Literal, NamedTuple

from symcost.formula import Form, num
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
    `box`: of a result, given by its place, where the part of the input that it shows begins along each axis, and how
    far it goes; None where it shows no such part.
    `lies`: where an input, given by its place, begins along each axis of the result; None where that is not one place.
    `copies`: how often each number of an input stands in the result, beside zeros at most; None if it makes new ones.
    `caches`: numbers that a cache kept before, which stand in the result too, and those that it keeps then.
    `made_if`: what must not be less than what so that the result is made, and is no look at the inputs, where that
    depends on sizes.
    """

    view: Callable[[Use], View]
    makes: Literal["numbers", "masks", "constants", "padded"]
    takes: Callable[[Use, int], Kind]
    moves: Callable[[Use], Mapping[int, Form | None] | None]
    on_the_way: Callable[[Use], Sequence[Sequence[Form]]]
    box: Callable[[Use, int], Sequence[tuple[Form, Form]] | None]
    lies: Callable[[Use, int], Sequence[Form] | None]
    copies: Callable[[Use], Form | None]
    caches: Callable[[Use], tuple[Form, Form]]
    made_if: Callable[[Use], Sequence[tuple[Form, Form]]]


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


def no_box(use: Use, result: int) -> None:
    """The result is no part of an input."""
    return


def nowhere(use: Use, place: int) -> None:
    """An input lies in no one place of the result."""
    return


def no_copy(use: Use) -> None:
    """The results are new numbers."""
    return


def no_cache(use: Use) -> tuple[Form, Form]:
    """Nothing is kept from one use to the next."""
    return num(0), num(0)


def always(use: Use) -> Sequence[tuple[Form, Form]]:
    """For all sizes alike."""
    return ()


def once(use: Use) -> Form:
    """Each number stands in the result once, or not at all."""
    return num(1)


NEW = Memory(
    view=own_room, makes="numbers", takes=as_numbers, moves=each_input_once, on_the_way=at_once, box=no_box,
    lies=nowhere, copies=no_copy, caches=no_cache, made_if=always,
)  # fmt: skip
"""Numbers in room of their own, made from inputs that are read once."""

COPIED = NEW._replace(copies=once)
"""The same numbers in room of their own."""

SEEN_OTHERWISE = NEW._replace(view=all_of_it, moves=nothing, copies=once)
"""The same numbers where they lie, under another shape."""

SEEN_IN_PART = SEEN_OTHERWISE._replace(view=a_part)
"""Some of the same numbers where they lie."""


def moved_unless_seen(memory: Memory, view: Callable[[Use], View]) -> Memory:
    """As `memory` says, but where the result is all of the inputs where they lie nothing moves."""

    def moves(use: Use) -> Mapping[int, Form | None] | None:
        return None if view(use) is View.WHOLE else memory.moves(use)

    return memory._replace(view=view, moves=moves)
