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
    is_whole,
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

LAYINGS: dict[tuple[bool, ...], str] = {
    (True, True, False, False): "steps last but one",
    (True, False, True, False): "heads last but one",
}
"""How a table of angles lies on what it turns, by which of its axes are of length 1."""


def _split(found: Match) -> Expr | None:
    """[B, T, heads·d] -> [B, heads, T, d]"""
    inner = found.of_rank("x", 3, SWAP)
    if inner is None:
        return None
    batch, steps, heads, width = (found[name] for name in "abcd")
    same = agree((batch, inner[0]), (steps, inner[1]), (inner[2], times(heads, width)))
    return Call("split_heads", (found["x"],), (heads,)) if same else None


def _merge(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [B, T, heads·d]"""
    inner, wanted = found.shape(found["x"]), found["shape"]
    if len(wanted) != 3 or numbers(found["order"]) != SWAP:
        return None
    if inner is None or _are_joined(inner, wanted[2]):
        return Call("merge_heads", (found["x"],))
    return None


def _are_joined(shape: tuple[Size, ...], width: Size) -> bool:
    """Whether a width is that of all heads of [B, heads, T, d]."""
    if len(shape) != 4:
        return False
    _, heads, _, each = shape
    return agree((width, times(heads, each)))


def _merge_first(found: Match) -> Expr | None:
    """[B, heads, T, d] -> [T, B, heads·d]: heads joined, then positions in front."""
    inner, wanted = found.of_rank("x", 4, (2, 0, 1, 3)), found["shape"]
    if inner is None or len(wanted) != 3:
        return None

    batch, _, steps, _ = inner
    in_front = agree((wanted[0], steps), (wanted[1], batch))
    if not in_front or not _are_joined(inner, wanted[2]):
        return None

    merged = Call("merge_heads", (found["x"],))
    return Call("transpose", (merged,), (axes((1, 0, 2)),))


def _rotated(found: Match) -> Expr | None:
    """X cos + (−second half, first half) sin, of [B, T, heads, d] or [B, heads, T, d]."""
    inner = found.of_rank("x", 4)
    if inner is None or not _are_halves(found, inner[-1]):
        return None

    tables = _table(found["cosine"], inner[-1]), _table(found["sine"], inner[-1])
    match tables:
        case "steps last but one", "steps last but one":
            return Call("rotate_halves", (found["x"],))
        case "heads last but one", "heads last but one":
            turn = axes(SWAP)
            inside = Call("transpose", (found["x"],), (turn,))
            return Call("transpose", (Call("rotate_halves", (inside,)),), (turn,))
    return None


def _table(table: object, width: Size) -> str:
    """How a table of angles lies on what it turns; "" where it is none."""
    if not isinstance(table, Constant) or not agree((table.shape[-1], width)):
        return ""
    ones = tuple(number(size) == 1 for size in table.shape)
    return LAYINGS.get(ones, "")


def _are_halves(found: Match, width: Size) -> bool:
    """Whether two slices are the halves of the last axis, and are joined along it."""
    *before, low = found["first"]
    *others, high = found["second"]
    if not all(map(is_whole, (*before, *others))):
        return False
    if found.axis() not in (-1, len(before)):
        return False
    return isinstance(low, Cut) and isinstance(high, Cut) and _part_in_two(low, high, width)


def _part_in_two(low: Cut, high: Cut, width: Size) -> bool:
    """Whether cuts are `:n` and `n:`, n half of the width."""
    if low.start is not None or low.stop is None:
        return False
    twice = times(low.stop, fixed(2, low.stop))
    to_the_end = high.stop is None or equal(high.stop, width)
    return to_the_end and agree((high.start, low.stop), (width, twice))


def _shared(found: Match) -> Expr | None:
    """Keys of [B, T, groups, d] for all heads, then heads in front: first heads in front, then for all."""
    inner, groups = found.of_rank("x", 4, SWAP), found["groups"]
    if inner is None or found.axis() != 3:
        return None

    batch, _, heads, width = found["shape"]
    if not agree((heads, times(inner[2], groups)), (inner[3], width)):
        return None

    turned = Call("transpose", (found["x"],), (found["order"],))
    return Call("repeat_axis", (turned,), (groups,), (("axis", fixed(-3, batch)),))


def _shared_in_front(found: Match) -> Expr | None:
    """The same where heads are in front already: [B, groups, T, d] -> [B, heads, T, d]."""
    inner, groups, wanted = found.of_rank("x", 4), found["groups"], found["shape"]
    if inner is None or len(wanted) != 4 or found.axis() != 2:
        return None

    batch, heads, _, width = wanted
    if not agree((heads, times(inner[1], groups)), (inner[3], width)):
        return None

    along = fixed(-3, batch)
    return Call("repeat_axis", (found["x"],), (groups,), (("axis", along),))


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
    Idiom(call("transpose", call("reshape", x, arguments=(four,)), arguments=(order,)), _split),
    Idiom(call("reshape", call("transpose", x, arguments=(order,)), arguments=(shape,)), _merge),
    Idiom(call("reshape", call("transpose", x, arguments=(order,)), arguments=(shape,)), _merge_first),
    Idiom(add(multiply(x, Hole("cosine")), multiply(_turned, Hole("sine"))), _rotated),
    Idiom(call("transpose", call("reshape", _repeated, arguments=(shape,)), arguments=(order,)), _shared),
    Idiom(call("reshape", _repeated, arguments=(shape,)), _shared_in_front),
)
