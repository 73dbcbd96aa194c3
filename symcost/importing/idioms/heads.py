"""Heads of attention: channels that become an axis and back, positions as rotations, groups that share keys."""

from __future__ import annotations

from symcost.importing.idioms.pattern import (
    Hole,
    Idiom,
    Match,
    add,
    agree,
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
    if inner is None or len(inner) != 3 or numbers(found["order"]) != SWAP:
        return None

    batch, steps, heads, width = found["shape"]
    same = agree((batch, inner[0]), (steps, inner[1]), (inner[2], times(heads, width)))
    return Call("split_heads", (found["x"],), (heads,)) if same else None


def _merge(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [B, T, heads·d]"""
    inner, wanted = found.shape(found["x"]), found["shape"]
    if len(wanted) != 3 or numbers(found["order"]) != SWAP:
        return None
    if inner is not None and (len(inner) != 4 or not agree((wanted[2], times(inner[1], inner[3])))):
        return None
    return Call("merge_heads", (found["x"],))


def _merge_first(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [T, B, heads·d]: heads joined, then positions in front."""
    inner, wanted = found.shape(found["x"]), found["shape"]
    if inner is None or len(inner) != 4 or len(wanted) != 3:
        return None
    if numbers(found["order"]) != (2, 0, 1, 3):
        return None

    same = agree((wanted[0], inner[2]), (wanted[1], inner[0]), (wanted[2], times(inner[1], inner[3])))
    return Call("transpose", (Call("merge_heads", (found["x"],)),), (axes((1, 0, 2)),)) if same else None


def _rotated(found: Match) -> Expr | None:
    """X cos + (−second half, first half) sin, of [B, T, heads, d] or [B, heads, T, d]."""
    inner = found.shape(found["x"])
    if inner is None or len(inner) != 4 or not _are_halves(found, inner[-1]):
        return None

    kinds = {_table(found[name], inner[-1]) for name in ("cosine", "sine")}
    if kinds == {"steps last but one"}:
        return Call("rotate_halves", (found["x"],))
    if kinds == {"heads last but one"}:
        turn = axes(SWAP)
        inside = Call("transpose", (found["x"],), (turn,))
        return Call("transpose", (Call("rotate_halves", (inside,)),), (turn,))
    return None


def _table(table: object, width: Size) -> str:
    """How a table of angles lies on what it turns; "" where it is none."""
    if not isinstance(table, Constant) or not agree((table.shape[-1], width)):
        return ""
    ones = [number(size) == 1 for size in table.shape]
    if ones == [True, True, False, False]:
        return "steps last but one"
    return "heads last but one" if ones == [True, False, True, False] else ""


def _are_halves(found: Match, width: Size) -> bool:
    """Whether two slices are the halves of the last axis, and are joined along it."""
    first, second, axis = found["first"], found["second"], dict(found["named"]).get("axis")
    *before, low = first
    *others, high = second
    if not all(map(_is_whole, (*before, *others))) or number(axis) not in (-1, len(first) - 1):
        return False
    if not isinstance(low, Cut) or not isinstance(high, Cut) or low.stop is None:
        return False

    halved = low.start is None and agree((high.start, low.stop), (width, times(low.stop, fixed(2, low.stop))))
    return halved and (high.stop is None or equal(high.stop, width))


def _is_whole(cut: object) -> bool:
    return isinstance(cut, Cut) and (cut.start, cut.stop, cut.step) == (None, None, None)


def _shared(found: Match) -> Expr | None:
    """Keys of [B, T, groups, d] for all heads, then heads in front: first heads in front, then for all."""
    inner, groups = found.shape(found["x"]), found["groups"]
    if inner is None or len(inner) != 4 or numbers(found["order"]) != SWAP:
        return None

    batch, _, heads, width = found["shape"]
    same = agree((heads, times(inner[2], groups)), (inner[3], width))
    if not same or number(dict(found["named"]).get("axis")) != 3:
        return None
    turned = Call("transpose", (found["x"],), (found["order"],))
    return Call("repeat_axis", (turned,), (groups,), (("axis", fixed(-3, batch)),))


def _shared_in_front(found: Match) -> Expr | None:
    """The same where heads are in front already: [B, groups, T, d] -> [B, heads, T, d]."""
    inner, groups, wanted = found.shape(found["x"]), found["groups"], found["shape"]
    if inner is None or len(inner) != 4 or len(wanted) != 4:
        return None

    batch, heads, _, width = wanted
    same = agree((heads, times(inner[1], groups)), (inner[3], width))
    if not same or number(dict(found["named"]).get("axis")) != 2:
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
