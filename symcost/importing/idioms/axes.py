"""Axes that only move, and shapes that change twice."""

from __future__ import annotations

from symcost.importing.idioms.pattern import Hole, Idiom, Match, axes, call, equal, number, numbers, product
from symcost.importing.program import Call, Expr

x, first, second = Hole("x"), Hole("first"), Hole("second")


def _composed(found: Match) -> Expr | None:
    """transpose(transpose(x, first), second): one, or none."""
    inner, outer = numbers(found["first"]), numbers(found["second"])
    if inner is None or outer is None:
        return None
    order = tuple(inner[place] for place in outer)
    if order == tuple(sorted(order)):
        same: Expr = found["x"]
        return same
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


def _split_before(found: Match) -> Expr | None:
    """Leading axes turned, then the last one parted: parted first, then turned."""
    order, inner, wanted = numbers(found["first"]), found.shape(found["x"]), found["second"]
    if order is None or inner is None or order[-1] != len(order) - 1 or len(wanted) <= len(order):
        return None
    leading = [inner[place] for place in order[:-1]]
    parts = wanted[len(leading) :]
    if not all(equal(one, other) for one, other in zip(leading, wanted, strict=False)):
        return None
    if inner[-1].values != product(parts):
        return None
    first = Call("reshape", (found["x"],), ((*inner[:-1], *parts),))
    whole = (*order[:-1], *range(len(leading), len(wanted)))
    return Call("transpose", (first,), (axes(whole),))


def _linear_first(found: Match) -> Expr | None:
    """Leading axes turned, then a linear map of the last: the map first."""
    order = numbers(found["first"])
    if order is None or order[-1] != len(order) - 1:
        return None
    inner = Call("Linear", (found["x"],), found["second"], found["named"])
    return Call("transpose", (inner,), (found["first"],))


def _norm_last(found: Match) -> Expr | None:
    """Axes parted, a norm of the last one, then turned: turned, then the norm."""
    order = numbers(found["first"])
    if order is None or order[-1] != len(order) - 1:
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
