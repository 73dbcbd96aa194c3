"""Tensors that are put together, padded, rolled or written into."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.aten.registry import rule
from symcost.importing.aten.selection import bounds, taken
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Order, Value, axis, features_last, in_order, size, sizes
from symcost.importing.program import Call, Expr, Ref, Size


@rule("cat", "concat", "concatenate")
def cat(site: Site) -> None:
    """One after the other along an axis."""
    given = [value for value in site.all_values("tensors") if value.shape != (0,)]
    rank = len(site.result.shape)
    along, order = site.axis("dim", rank), _common_order(given, rank)
    parts = tuple(site.moved(value, order) for value in given)
    site.emit(_joined(parts, order.index(along)), order)


def _concat(parts: Sequence[Expr], place: int) -> Expr:
    return Call("concat", tuple(parts), (), (("axis", axis(place)),))


def _common_order(given: Sequence[Value], rank: int) -> Order:
    """That of a convolution's result, else of the first that is live."""
    live = [value for value in given if value.kind == "live" and value.rank == rank]
    last = [value for value in live if rank > 2 and value.axes == features_last(rank) and not value.parameter]
    return next((value.axes for value in (*last, *live)), in_order(rank))


@rule("stack")
def stack(site: Site) -> None:
    """Side by side under an axis of their own."""
    given, shape = site.all_values("tensors"), site.result.shape
    along = site.axis("dim", len(shape))
    order = _common_order(given, len(shape) - 1)
    stored, place = _with_axis(order, along)
    single = [shape[one] for one in stored]
    single[place] = 1
    parts = [Call("reshape", (site.moved(value, order),), (sizes(single),)) for value in given]
    site.emit(_joined(parts, place), stored)


def _with_axis(order: Order, along: int) -> tuple[list[int], int]:
    """An order with an axis more, in front of the first that stands behind it in PyTorch, and its place there."""
    stored = [one if one < along else one + 1 for one in order]
    place = next((at for at, one in enumerate(stored) if one > along), len(stored))
    stored.insert(place, along)
    return stored, place


def _joined(parts: Sequence[Expr], place: int) -> Expr:
    """One alone is not joined to anything."""
    return parts[0] if len(parts) == 1 else _concat(parts, place)


@rule("pad", "constant_pad_nd", "reflection_pad1d", "reflection_pad2d", "replication_pad1d", "replication_pad2d",
      "reflection_pad3d", "replication_pad3d")  # fmt: skip
def pad(site: Site) -> None:
    """Numbers around a tensor, or fewer of its own where an amount is negative."""
    site.understood("value", "mode")
    x = site.value("self")
    amounts = site.integers("pad" if "pad" in site.node.args else "padding")
    mode = site.node.args.get("mode", "constant")
    if mode not in ("constant", None) or not site.node.op.endswith(("pad", "pad_nd")):
        site.note("padding by the numbers at the edge is written as padding by zeros; neither costs anything")
    expr = site.ref(x)
    # The amounts begin with the last axis.
    for side in range(len(amounts) // 2):
        before, after = amounts[2 * side : 2 * side + 2]
        expr = _padded(expr, x, x.rank - 1 - side, before, after)
    site.emit(expr, x.axes)


def _padded(expr: Expr, x: Value, along: int, before: int, after: int) -> Expr:
    """One axis, cut at an end whose amount is negative."""
    if before < 0 or after < 0:
        expr = taken(expr, x, x.axes, along, (max(-before, 0), x.shape[along] - max(-after, 0)))
    if before > 0 or after > 0:
        amount = (size(max(before, 0), "before"), size(max(after, 0), "after"))
        expr = _pad(expr, amount, x.axes.index(along))
    return expr


def _pad(expr: Expr, amount: tuple[Size, Size], place: int) -> Expr:
    return Call("pad", (expr,), (amount,), (("axis", axis(place)),))


@rule("roll")
def roll(site: Site) -> None:
    """The end of an axis before its beginning."""
    x, shifts, dims = site.value("self"), site.integers("shifts"), site.integers("dims")
    if not dims:
        raise Refused("it rolls over all axes")
    steps = [(one % x.rank, shift % x.shape[one]) for shift, one in zip(shifts, dims, strict=True)]
    steps = [(one, shift) for one, shift in steps if shift]
    expr = site.ref(x)
    if not steps:
        site.alias(x)
        return
    for count, (one, shift) in enumerate(steps):
        if not isinstance(expr, Ref):
            made = site.emit(expr, x.axes, x.shape, f"{site.node.name}.{count}")
            expr = site.ref(made)
        expr = _rolled(expr, x, one, shift)
    site.emit(expr, x.axes)


def _rolled(expr: Expr, x: Value, along: int, shift: int) -> Expr:
    length = x.shape[along]
    end = taken(expr, x, x.axes, along, (length - shift, length))
    begin = taken(expr, x, x.axes, along, (0, length - shift))
    return _concat((end, begin), x.axes.index(along))


@rule("flip")
def flip(site: Site) -> None:
    """Axes read from their ends."""
    x = site.value("self")
    expr = site.ref(x)
    for one in site.integers("dims"):
        expr = Call("reverse", (expr,), (), (("axis", axis(x.axes.index(one % x.rank))),))
    site.emit(expr, x.axes)


# Writes, once they are functions -----------------------------------------------------------------------


@rule("copy", "copy_")
def copy(site: Site) -> None:
    """What is written, in the shape of what it is written over."""
    site.understood("non_blocking", "self")
    source = site.value("src")
    if source.shape == site.result.shape:
        site.alias(source)
        return
    shape = site.result.shape
    base = (1,) * (len(shape) - source.rank) + source.shape
    expr: Expr = site.plain(source)
    if base != source.shape:
        expr = Call("reshape", (expr,), (sizes(base),))
    for one, (now, then) in enumerate(zip(base, shape, strict=True)):
        if now != then:
            expr = Call("repeat_axis", (expr,), (size(then // now, "times"),), (("axis", axis(one)),))
    site.emit(expr, in_order(len(shape)))


@rule("slice_scatter", "select_scatter")
def scatter(site: Site) -> None:
    """A part of a tensor written anew: what is before it, the part, what is behind."""
    x, part = site.value("self"), site.value("src")
    along = site.axis("dim", x.rank)
    length = x.shape[along]
    middle: Expr = site.plain(part)
    if site.node.op == "aten.select_scatter":
        begin = site.integer("index") % length
        end = begin + 1
        middle = Call("reshape", (middle,), (sizes(_with_length(x, along, 1)),))
    elif site.integer("step", 1) == 1:
        begin, end = bounds(site, length)
    else:
        raise Refused("its argument `step` is not understood")
    whole = site.plain(x)
    pieces = [middle]
    if begin > 0:
        pieces.insert(0, _side(site, whole, x, along, (0, begin)))
    if end < length:
        pieces.append(_side(site, whole, x, along, (end, length)))
    site.emit(_joined(pieces, along), in_order(x.rank))


@rule("scatter", "scatter_")
def scattered(site: Site) -> None:
    """Numbers at places of a constant: as many of the constant stay around them, wherever they stand."""
    x = site.value("self")
    site.understood("dim", "index")
    if "value" in site.node.args:
        # One number at places of a tensor selects, as a mask does.
        site.understood("value")
        site.alias(x)
        return

    part = site.value("src")
    if x.kind == "live" or part.rank != x.rank:
        raise Refused("what it writes over is live")
    expr = site.ref(part)
    for one, (now, then) in enumerate(zip(part.shape, x.shape, strict=True)):
        if now > then:
            raise Refused("it writes only some of its numbers")
        if now < then:
            amount = (size(0, "before"), size(then - now, "after"))
            expr = _pad(expr, amount, part.axes.index(one))
    site.note(f"{site.node.op} is written as padding: which places are written does not matter here")
    site.emit(expr, part.axes)


def _with_length(x: Value, along: int, length: int) -> tuple[int, ...]:
    """The shape with another length of one axis."""
    return (*x.shape[:along], length, *x.shape[along + 1 :])


def _side(site: Site, whole: Expr, x: Value, along: int, ends: tuple[int, int]) -> Expr:
    """What stays of a tensor beside what is written; of a constant, a constant."""
    if x.kind != "live":
        shape = _with_length(x, along, ends[1] - ends[0])
        return site.ref(Value(shape, in_order(x.rank), "constant", words=x.words))
    return taken(whole, x, in_order(x.rank), along, ends)
