"""Axes that only move, and shapes that change twice."""

from __future__ import annotations

from symcost.importing.idioms.pattern import Hole, Idiom, Match, call, number, numbers
from symcost.importing.program import Call, Expr

x, first, second = Hole("x"), Hole("first"), Hole("second")


def _composed(found: Match) -> Expr | None:
    """transpose(transpose(x, first), second): one, or none."""
    inner, outer = numbers(found["first"]), numbers(found["second"])
    if inner is None or outer is None:
        return None
    order = tuple(inner[place] for place in outer)
    if order == tuple(sorted(order)):
        return found["x"]  # type: ignore[no-any-return]
    sizes = {number(size): size for size in found["first"]}
    return Call("transpose", (found["x"],), (tuple(sizes[place] for place in order),))


def _unturned(found: Match) -> Expr | None:
    """Axes in the order that they have."""
    order = numbers(found["first"])
    return found["x"] if order == tuple(range(len(order or ()))) and order else None


def _last_shape(found: Match) -> Expr | None:
    return Call("reshape", (found["x"],), (found["second"],))


def _same_shape(found: Match) -> Expr | None:
    """A reshape to the shape that is there."""
    shape = found.shape(found["x"])
    wanted = found["first"]
    if shape is None or len(shape) != len(wanted):
        return None
    same = all(have.values == size.values for have, size in zip(shape, wanted, strict=True))
    return found["x"] if same else None


def _plain_matrix(found: Match) -> Expr | None:
    """The transpose of a matrix needs no order."""
    return Call("transpose", (found["x"],)) if numbers(found["first"]) == (1, 0) else None


def _mean_of_positions(found: Match) -> Expr | None:
    """A mean that keeps its axes, which then are dropped."""
    named = dict(found["named"])
    axes, shape = numbers(named.get("axis")), found["first"]
    if axes != (-3, -2) or named.get("keep") is not True or len(shape) != 2:
        return None
    inner = found.shape(found["x"])
    if inner is None or len(inner) != 4 or inner[-1].values != shape[-1].values:
        return None
    return Call("mean", (found["x"],), (), (("axis", named["axis"]),))


AXES = (
    Idiom(call("transpose", call("transpose", x, arguments=(first,)), arguments=(second,)), _composed),
    Idiom(call("transpose", x, arguments=(first,)), _unturned),
    Idiom(call("reshape", call("reshape", x, arguments=(first,)), arguments=(second,)), _last_shape),
    Idiom(call("reshape", x, arguments=(first,)), _same_shape),
    Idiom(call("transpose", x, arguments=(first,)), _plain_matrix),
    Idiom(call("reshape", call("mean", x, keywords=Hole("named")), arguments=(first,)), _mean_of_positions),
)
