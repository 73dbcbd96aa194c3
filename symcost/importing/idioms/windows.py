"""Images cut into windows, positions that move round an axis, and slices of slices."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.idioms.pattern import (
    Hole,
    Idiom,
    Match,
    agree,
    call,
    equal,
    is_whole,
    product,
    subscript,
    times,
)
from symcost.importing.program import Call, Cut, Expr, Size, Subscript

x, shape, order, named = Hole("x"), Hole("shape"), Hole("order"), Hole("named")
six = tuple(Hole(name) for name in "abcdef")
SWAP = (0, 1, 3, 2, 4, 5)


def _six(found: Match) -> list[Size]:
    return [found[name] for name in "abcdef"]


def _partition(found: Match) -> Expr | None:
    """[B, Y, X, C] -> [B·(Y/M)·(X/M), M·M, C]"""
    batch, rows, side, columns, other, width = _six(found)
    inner, wanted = found.of_rank("x", 4, SWAP), found["shape"]
    if inner is None or len(wanted) != 3:
        return None

    parted = agree(
        (inner[0], batch),
        (inner[1], times(rows, side)),
        (inner[2], times(columns, side)),
        (inner[3], width),
    )
    joined = agree(
        (side, other),
        (wanted[0], product([batch, rows, columns])),
        (wanted[1], times(side, side)),
        (wanted[2], width),
    )
    return Call("window_partition", (found["x"],), (side,)) if parted and joined else None


def _reverse(found: Match) -> Expr | None:
    """[B·(Y/M)·(X/M), M·M, C] -> [B, Y, X, C]"""
    batch, rows, columns, side, other, width = _six(found)
    inner, wanted = found.of_rank("x", 3, SWAP), found["shape"]
    if inner is None or len(wanted) != 4:
        return None

    first, height, breadth, channels = wanted
    parted = agree(
        (side, other),
        (inner[1], times(side, side)),
        (inner[2], width),
    )
    joined = agree(
        (first, batch),
        (height, times(rows, side)),
        (breadth, times(columns, side)),
        (channels, width),
    )
    return Call("window_reverse", (found["x"],), (height, breadth, side)) if parted and joined else None


def _rolled(found: Match) -> Expr | None:
    """What stood first on an axis comes last."""
    axis, late, early = found.axis(), found["late"], found["early"]
    if axis is None or len(late) != len(early):
        return None
    if not _are_whole_but(axis, late) or not _are_whole_but(axis, early):
        return None
    if not _meet(late[axis], early[axis]):
        return None
    said = dict(found["named"])["axis"]
    return Call("roll", (found["x"],), (early[axis].stop,), (("axis", said),))


def _are_whole_but(axis: int, cuts: Sequence[object]) -> bool:
    """Whether all axes but one are taken as they are."""
    others = [cut for place, cut in enumerate(cuts) if place != axis % len(cuts)]
    return all(map(is_whole, others))


def _meet(after: object, before: object) -> bool:
    """Whether `n:` and `:n` part an axis in two."""
    if not isinstance(after, Cut) or not isinstance(before, Cut):
        return False
    return _is_end(after) and _is_start(before) and agree((after.start, before.stop))


def _cut_once(found: Match) -> Expr | None:
    """x[:, a, :][:, :, b] is x[:, a, b]."""
    first, second = found["first"], found["second"]
    if len(first) != len(second):
        return None
    cuts = [_one_of(one, other) for one, other in zip(first, second, strict=True)]
    known = tuple(cut for cut in cuts if cut is not None)
    return Subscript(found["x"], known) if len(known) == len(cuts) else None


def _one_of(one: object, other: object) -> Cut | None:
    """The cut of an axis that is cut at most once; None where it is cut twice, or something else than cut."""
    if not isinstance(one, Cut) or not isinstance(other, Cut):
        return None
    if is_whole(one):
        return other
    return one if is_whole(other) else None


def _is_start(cut: Cut) -> bool:
    """`:n`"""
    return (cut.start, cut.step) == (None, None)


def _is_end(cut: Cut) -> bool:
    """`n:`, or `n:N` where there are N."""
    if cut.step is not None:
        return False
    return cut.stop is None or equal(cut.stop, cut.length)


_six_axes = call("transpose", call("reshape", x, arguments=(six,)), arguments=(order,))

WINDOWS = (
    Idiom(subscript(subscript(x, Hole("first")), Hole("second")), _cut_once),
    Idiom(call("concat", subscript(x, Hole("late")), subscript(x, Hole("early")), keywords=named), _rolled),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _partition),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _reverse),
)
