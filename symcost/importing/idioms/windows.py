"""Images cut into windows, positions that move round an axis, and slices of slices."""

from __future__ import annotations

from typing import Any

from symcost.importing.idioms.pattern import (
    Hole,
    Idiom,
    Match,
    agree,
    call,
    equal,
    number,
    numbers,
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
    inner, wanted = found.shape(found["x"]), found["shape"]
    if inner is None or len(inner) != 4 or len(wanted) != 3:
        return None
    if numbers(found["order"]) != SWAP:
        return None

    parted = agree(
        (inner[0], batch), (inner[1], times(rows, side)), (inner[2], times(columns, side)), (inner[3], width)
    )
    windows = product([batch, rows, columns])
    joined = agree((side, other), (wanted[0], windows), (wanted[1], times(side, side)), (wanted[2], width))
    return Call("window_partition", (found["x"],), (side,)) if parted and joined else None


def _reverse(found: Match) -> Expr | None:
    """[B·(Y/M)·(X/M), M·M, C] -> [B, Y, X, C]"""
    batch, rows, columns, side, other, width = _six(found)
    inner, wanted = found.shape(found["x"]), found["shape"]
    if inner is None or len(inner) != 3 or len(wanted) != 4:
        return None
    if numbers(found["order"]) != SWAP:
        return None

    first, height, breadth, channels = wanted
    parted = agree((side, other), (inner[1], times(side, side)), (inner[2], width))
    whole = agree((height, times(rows, side)), (breadth, times(columns, side)))
    joined = agree((first, batch), (channels, width))
    return Call("window_reverse", (found["x"],), (height, breadth, side)) if parted and whole and joined else None


def _rolled(found: Match) -> Expr | None:
    """What stood first on an axis comes last."""
    said = dict(found["named"]).get("axis")
    axis, late, early = number(said), found["late"], found["early"]
    if said is None or axis is None or len(late) != len(early):
        return None

    after, before = late[axis], early[axis]
    others = [cut for cuts in (late, early) for place, cut in enumerate(cuts) if place != axis % len(late)]
    if not all(map(_is_whole, others)):
        return None
    if not _is_end(after) or not _is_start(before) or not agree((after.start, before.stop)):
        return None
    shift: Any = before.stop
    return Call("roll", (found["x"],), (shift,), (("axis", said),))


def _cut_once(found: Match) -> Expr | None:
    """x[:, a, :][:, :, b] is x[:, a, b]."""
    first, second = found["first"], found["second"]
    if len(first) != len(second) or not all(isinstance(cut, Cut) for cut in (*first, *second)):
        return None

    pairs = list(zip(first, second, strict=True))
    if any(not _is_whole(one) and not _is_whole(other) for one, other in pairs):
        return None
    return Subscript(found["x"], tuple(other if _is_whole(one) else one for one, other in pairs))


def _is_whole(cut: object) -> bool:
    """`:`"""
    return isinstance(cut, Cut) and (cut.start, cut.stop, cut.step) == (None, None, None)


def _is_start(cut: object) -> bool:
    """`:n`"""
    return isinstance(cut, Cut) and (cut.start, cut.step) == (None, None)


def _is_end(cut: object) -> bool:
    """`n:`, or `n:N` where there are N."""
    if not isinstance(cut, Cut) or cut.step is not None:
        return False
    return cut.stop is None or equal(cut.stop, cut.length)


_six_axes = call("transpose", call("reshape", x, arguments=(six,)), arguments=(order,))

WINDOWS = (
    Idiom(subscript(subscript(x, Hole("first")), Hole("second")), _cut_once),
    Idiom(call("concat", subscript(x, Hole("late")), subscript(x, Hole("early")), keywords=named), _rolled),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _partition),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _reverse),
)
