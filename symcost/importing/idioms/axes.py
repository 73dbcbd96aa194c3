"""Axes that only move, and shapes that change twice."""

from __future__ import annotations

from typing import Any

from symcost.importing.idioms.pattern import Hole, Idiom, Match, agree, axes, call, equal, number, numbers, product
from symcost.importing.program import Call, Expr

x, first, second = Hole("x"), Hole("first"), Hole("second")


def _composed(found: Match) -> Expr | None:
    """transpose(transpose(x, first), second): one, or none."""
    inner, outer = numbers(found["first"]), numbers(found["second"])
    if inner is None or outer is None:
        return None
    order = tuple(inner[place] for place in outer)
    whole = Call("transpose", (found["x"],), (_as_in(found["first"], order),))
    return found["x"] if order == tuple(sorted(order)) else whole


def _as_in(places: tuple[Any, ...], order: tuple[int, ...]) -> tuple[Any, ...]:
    """An order as an argument, each axis as it is given in another order."""
    given = {number(place): place for place in places}
    return tuple(given[place] for place in order)


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
    inner, shape = found.of_rank("x", 4), found["first"]
    if inner is None or len(shape) != 2 or not equal(inner[-1], shape[-1]):
        return None
    named = dict(found["named"])
    of_positions = numbers(named.get("axis")) == (-3, -2) and named.get("keep") is True
    return Call("mean", (found["x"],), (), (("axis", named["axis"]),)) if of_positions else None


def _split_before(found: Match) -> Expr | None:
    """Leading axes turned, then the last one parted: parted first, then turned."""
    order, inner, wanted = _order_of_leading(found), found.shape(found["x"]), found["second"]
    if order is None or inner is None or len(wanted) <= len(order):
        return None

    leading = tuple(map(inner.__getitem__, order[:-1]))
    parts = wanted[len(leading) :]
    kept = zip(leading, wanted[: len(leading)], strict=True)
    if not agree(*kept, (inner[-1], product(parts))):
        return None

    first = Call("reshape", (found["x"],), ((*inner[:-1], *parts),))
    whole = (*order[:-1], *range(len(leading), len(wanted)))
    return Call("transpose", (first,), (axes(whole),))


def _order_of_leading(found: Match) -> tuple[int, ...] | None:
    """An order of axes that leaves the last one where it is; None for any other."""
    order = numbers(found["first"])
    if order is None or order[-1] != len(order) - 1:
        return None
    return order


def _linear_first(found: Match) -> Expr | None:
    """Leading axes turned, then a linear map of the last: the map first."""
    if _order_of_leading(found) is None:
        return None
    inner = Call("Linear", (found["x"],), found["second"], found["named"])
    return Call("transpose", (inner,), (found["first"],))


def _norm_last(found: Match) -> Expr | None:
    """Axes parted, a norm of the last one, then turned: turned, then the norm."""
    if _order_of_leading(found) is None:
        return None
    parted = Call("reshape", (found["x"],), (found["second"],))
    return Call("RMSNorm", (Call("transpose", (parted,), (found["first"],)),), (), found["named"])


def _flat_linear(found: Match) -> Expr | None:
    """Positions joined, a linear map, positions parted: the map as it is."""
    flat, wanted = found["first"], found["second"]
    if len(flat) != 2 or len(wanted) < 3 or product(wanted[:-1]) != flat[0].values:
        return None
    inner = Call("reshape", (found["x"],), ((*wanted[:-1], flat[1]),))
    return Call("Linear", (inner,), found["width"], found["named"])


_linear = call("Linear", call("transpose", x, arguments=(first,)), arguments=second, keywords=Hole("named"))
_normed = call("RMSNorm", call("reshape", x, arguments=(second,)), keywords=Hole("named"))
_flat = call("Linear", call("reshape", x, arguments=(first,)), arguments=Hole("width"), keywords=Hole("named"))

AXES = (
    Idiom(call("transpose", call("transpose", x, arguments=(first,)), arguments=(second,)), _composed),
    Idiom(call("transpose", x, arguments=(first,)), _unturned),
    Idiom(call("reshape", call("reshape", x, arguments=(first,)), arguments=(second,)), _last_shape),
    Idiom(call("reshape", x, arguments=(first,)), _same_shape),
    Idiom(call("transpose", x, arguments=(first,)), _plain_matrix),
    Idiom(call("reshape", call("transpose", x, arguments=(first,)), arguments=(second,)), _split_before),
    Idiom(_linear, _linear_first),
    Idiom(call("transpose", _normed, arguments=(first,)), _norm_last),
    Idiom(call("reshape", _flat, arguments=(second,)), _flat_linear),
    Idiom(call("reshape", call("mean", x, keywords=Hole("named")), arguments=(first,)), _mean_of_positions),
)
