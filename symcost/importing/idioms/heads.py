"""Heads of attention: channels that become an axis and back, positions as rotations, groups that share keys."""

from __future__ import annotations

from symcost.importing.idioms.pattern import (
    Hole,
    Idiom,
    Match,
    add,
    axes,
    call,
    equal,
    fixed,
    multiply,
    number,
    numbers,
    subscript,
    times,
)
from symcost.importing.program import Call, Constant, Cut, Expr, Negative, Size

x, y, shape, order = Hole("x"), Hole("y"), Hole("shape"), Hole("order")
low, high, named = Hole("low"), Hole("high"), Hole("named")
SWAP = (0, 2, 1, 3)


def _split(found: Match) -> Expr | None:
    """[B, T, heads·d] -> [B, heads, T, d]"""
    inner = found.shape(found["x"])
    if numbers(found["order"]) != SWAP or inner is None or len(inner) != 3:
        return None
    batch, steps, heads, width = found["shape"]
    joined = inner[2].values == times(heads, width)
    if not (equal(batch, inner[0]) and equal(steps, inner[1]) and joined):
        return None
    return Call("split_heads", (found["x"],), (heads,))


def _merge(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [B, T, heads·d]"""
    inner = found.shape(found["x"])
    if numbers(found["order"]) != SWAP or len(found["shape"]) != 3:
        return None
    width = found["shape"][-1]
    if inner is not None and (len(inner) != 4 or times(inner[1], inner[3]) != width.values):
        return None
    return Call("merge_heads", (found["x"],))


def _merge_first(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [T, B, heads·d]: heads joined, then positions in front."""
    inner = found.shape(found["x"])
    if numbers(found["order"]) != (2, 0, 1, 3) or len(found["shape"]) != 3 or inner is None or len(inner) != 4:
        return None
    steps, batch, width = found["shape"]
    if not (equal(steps, inner[2]) and equal(batch, inner[0])) or times(inner[1], inner[3]) != width.values:
        return None
    return Call("transpose", (Call("merge_heads", (found["x"],)),), (axes((1, 0, 2)),))


def _rotated(found: Match) -> Expr | None:
    """X cos + (−second half, first half) sin, of [B, T, heads, d] or [B, heads, T, d]."""
    inner = found.shape(found["x"])
    if inner is None or not _halves(found, inner[-1]):
        return None
    tables = (found["cosine"], found["sine"])
    if not all(isinstance(table, Constant) for table in tables):
        return None
    shapes = [[number(size) == 1 for size in table.shape] for table in tables]
    if len(inner) != 4 or any(table.shape[-1].values != inner[-1].values for table in tables):
        return None
    if all(ones == [True, True, False, False] for ones in shapes):
        return Call("rotate_halves", (found["x"],))
    if all(ones == [True, False, True, False] for ones in shapes):
        turn = tuple(fixed(place, inner[0]) for place in SWAP)
        inside = Call("transpose", (found["x"],), (turn,))
        return Call("transpose", (Call("rotate_halves", (inside,)),), (turn,))
    return None


def _halves(found: Match, width: Size) -> bool:
    """Whether two slices are the halves of the last axis, and are joined along it."""
    first, second, axis = found["first"], found["second"], dict(found["named"]).get("axis")
    *before, low = first
    *others, high = second
    plain = all(isinstance(cut, Cut) and cut.start is None and cut.stop is None for cut in (*before, *others))
    if not (plain and isinstance(low, Cut) and isinstance(high, Cut)):
        return False
    if low.start is not None or low.stop is None or high.start is None or low.stop.values != high.start.values:
        return False
    ends = high.stop is None or high.stop.values == width.values
    halved = times(low.stop, fixed(2, low.stop)) == width.values
    return ends and halved and number(axis) in (-1, len(first) - 1)


def _shared(found: Match) -> Expr | None:
    """Keys of [B, T, groups, d] for all heads, then heads in front: first heads in front, then for all."""
    groups, axis = found["groups"], number(dict(found["named"]).get("axis"))
    inner = found.shape(found["x"])
    if numbers(found["order"]) != SWAP or axis != 3 or inner is None or len(inner) != 4:
        return None
    batch, _, heads, width = found["shape"]
    if times(inner[2], groups) != heads.values or not equal(inner[3], width):
        return None
    turned = Call("transpose", (found["x"],), (found["order"],))
    return Call("repeat_axis", (turned,), (groups,), (("axis", fixed(-3, batch)),))


def _shared_in_front(found: Match) -> Expr | None:
    """The same where heads are in front already: [B, groups, T, d] -> [B, heads, T, d]."""
    groups, axis = found["groups"], number(dict(found["named"]).get("axis"))
    inner = found.shape(found["x"])
    if axis != 2 or inner is None or len(inner) != 4 or len(found["shape"]) != 4:
        return None
    batch, heads, _, width = found["shape"]
    if times(inner[1], groups) != heads.values or not equal(inner[3], width):
        return None
    return Call("repeat_axis", (found["x"],), (groups,), (("axis", fixed(-3, batch)),))


four = (Hole("a"), Hole("b"), Hole("c"), Hole("d"))
_five = call("reshape", x, arguments=(Hole("five"),))
_repeated = call("repeat_axis", _five, arguments=(Hole("groups"),), keywords=named)
_turned = call(
    "concat",
    Negative(subscript(x, Hole("second"))),
    subscript(x, Hole("first")),
    keywords=named,
)

HEADS = (
    Idiom(
        call("transpose", call("reshape", x, arguments=(four,)), arguments=(order,)), lambda found: _split(_with(found))
    ),
    Idiom(call("reshape", call("transpose", x, arguments=(order,)), arguments=(shape,)), _merge),
    Idiom(call("reshape", call("transpose", x, arguments=(order,)), arguments=(shape,)), _merge_first),
    Idiom(add(multiply(x, Hole("cosine")), multiply(_turned, Hole("sine"))), _rotated),
    Idiom(call("transpose", call("reshape", _repeated, arguments=(shape,)), arguments=(order,)), _shared),
    Idiom(call("reshape", _repeated, arguments=(shape,)), _shared_in_front),
)


def _with(found: Match) -> Match:
    """With the four sizes of a shape as one."""
    sizes = tuple(found[name] for name in "abcd")
    return Match({**found.bound, "shape": sizes}, found.seen, found.program)
