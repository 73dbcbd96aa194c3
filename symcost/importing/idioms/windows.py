"""Images cut into windows, positions that move round an axis, and slices of slices."""

from __future__ import annotations

from typing import Any

from symcost.importing.idioms.pattern import Hole, Idiom, Match, call, equal, number, numbers, subscript, times
from symcost.importing.program import Call, Cut, Expr, Size, Subscript

x, shape, order, named = Hole("x"), Hole("shape"), Hole("order"), Hole("named")
six = tuple(Hole(name) for name in "abcdef")
SWAP = (0, 1, 3, 2, 4, 5)


def _six(found: Match) -> list[Size]:
    return [found[name] for name in "abcdef"]


def _partition(found: Match) -> Expr | None:
    """[B, Y, X, C] -> [B·(Y/M)·(X/M), M·M, C]"""
    inner = found.shape(found["x"])
    batch, rows, side, columns, other, width = _six(found)
    if numbers(found["order"]) != SWAP or inner is None or len(inner) != 4 or not equal(side, other):
        return None
    cut = inner[1].values == times(rows, side) and inner[2].values == times(columns, side)
    if not (cut and equal(inner[0], batch) and equal(inner[3], width) and len(found["shape"]) == 3):
        return None
    count, positions, channels = found["shape"]
    whole = Size(times(Size(times(batch, rows)), columns))
    if count.values != whole.values or positions.values != times(side, side) or not equal(channels, width):
        return None
    return Call("window_partition", (found["x"],), (side,))


def _reverse(found: Match) -> Expr | None:
    """[B·(Y/M)·(X/M), M·M, C] -> [B, Y, X, C]"""
    inner = found.shape(found["x"])
    batch, rows, columns, side, other, width = _six(found)
    if numbers(found["order"]) != SWAP or inner is None or len(inner) != 3 or not equal(side, other):
        return None
    if inner[1].values != times(side, side) or not equal(inner[2], width) or len(found["shape"]) != 4:
        return None
    first, height, breadth, channels = found["shape"]
    if not (equal(first, batch) and equal(channels, width)):
        return None
    if height.values != times(rows, side) or breadth.values != times(columns, side):
        return None
    return Call("window_reverse", (found["x"],), (height, breadth, side))


def _rolled(found: Match) -> Expr | None:
    """What stood first on an axis comes last."""
    axis = number(dict(found["named"]).get("axis"))
    late, early = found["late"], found["early"]
    if axis is None or len(late) != len(early):
        return None
    axis %= len(late)
    others = [cut for place, cut in enumerate((*late, *early)) if place % len(late) != axis]
    if not all(isinstance(cut, Cut) and _is_whole(cut) for cut in others):
        return None
    after, before = late[axis], early[axis]
    if not (isinstance(after, Cut) and isinstance(before, Cut)) or after.step is not None or before.step is not None:
        return None
    ends = after.stop is None or equal(after.stop, after.length)
    if before.start is not None or not ends or not equal(after.start, before.stop):
        return None
    shift: Any = before.stop
    return Call("roll", (found["x"],), (shift,), (("axis", dict(found["named"])["axis"]),))


def _cut_once(found: Match) -> Expr | None:
    """x[:, a, :][:, :, b] is x[:, a, b]."""
    first, second = found["first"], found["second"]
    plain = all(isinstance(cut, Cut) for cut in (*first, *second))
    if not plain or len(first) != len(second):
        return None
    pairs = list(zip(first, second, strict=True))
    if not all(_is_whole(one) or _is_whole(other) for one, other in pairs):
        return None
    return Subscript(found["x"], tuple(other if _is_whole(one) else one for one, other in pairs))


def _is_whole(cut: Cut) -> bool:
    return cut.start is None and cut.stop is None and cut.step is None


_six_axes = call("transpose", call("reshape", x, arguments=(six,)), arguments=(order,))

WINDOWS = (
    Idiom(subscript(subscript(x, Hole("first")), Hole("second")), _cut_once),
    Idiom(call("concat", subscript(x, Hole("late")), subscript(x, Hole("early")), keywords=named), _rolled),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _partition),
    Idiom(call("reshape", _six_axes, arguments=(shape,)), _reverse),
)
