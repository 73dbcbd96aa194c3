"""Axes that move, are joined, parted, repeated or left out. What only moves axes writes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis, features_last, groups, in_order, long_axes, size, sizes
from symcost.importing.program import Call, Size

# Permutations ----------------------------------------------------------------------------------------


@rule("permute", "transpose", "transpose_", "t", "t_", "numpy_T", "swapaxes", "swapdims", "movedim", "mT",
      "linalg_transpose", "adjoint", "matrix_H")  # fmt: skip
def permute(site: Site) -> None:
    """Axes in another order: the same numbers as they are stored."""
    x = site.value("self")
    order = _permutation(site, x.rank)
    moved = x.seen([x.shape[one] for one in order], [order.index(one) for one in x.axes])
    site.alias(moved)


def _permutation(site: Site, rank: int) -> list[int]:
    """Which axis comes to stand in each place."""
    order = list(range(rank))
    match site.node.op.removeprefix("aten.").rstrip("_"):
        case "permute":
            return [one % rank for one in site.integers("dims")]
        case "t" | "numpy_T":
            return order[::-1]
        case "mT" | "linalg_transpose" | "adjoint" | "matrix_H":
            return [*order[:-2], rank - 1, rank - 2]
        case "movedim":
            return _moved_axes(site, rank)
    return _swapped(site, order)


def _swapped(site: Site, order: list[int]) -> list[int]:
    names = ("axis0", "axis1") if "axis0" in site.node.args else ("dim0", "dim1")
    one, other = (site.axis(name, len(order)) for name in names)
    order[one], order[other] = other, one
    return order


def _moved_axes(site: Site, rank: int) -> list[int]:
    """Some axes at places of their own, the others in between as they were."""
    source, target = ([one % rank for one in site.integers(name)] for name in ("source", "destination"))
    order = [one for one in range(rank) if one not in source]
    for place, one in sorted(zip(target, source, strict=True)):
        order.insert(place, one)
    return order


# Views -----------------------------------------------------------------------------------------------


@rule("view", "reshape", "flatten", "unsqueeze", "squeeze", "unflatten", "_unsafe_view", "view_as", "reshape_as",
      "ravel", "unsqueeze_", "squeeze_")  # fmt: skip
def view(site: Site) -> None:
    """The same numbers under another shape."""
    site.understood(*(name for name in site.node.args if name not in ("self", "input", "dtype")))
    x = site.value("self" if "self" in site.node.args else "input")
    reshaped(site, x, site.result.shape)


def reshaped(site: Site, x: Value, shape: Sequence[int]) -> None:
    """The result is a value under another shape."""
    site.alias(viewed(site, x, shape, site.node.name))


def viewed(site: Site, x: Value, shape: Sequence[int], key: str) -> Value:
    """In the stored order, if the axes that are joined or parted stand together there; else in PyTorch's."""
    order = _kept_order(x, shape)
    if order is None:
        call = Call("reshape", (site.plain(x),), (sizes(shape),))
        return site.emit(call, in_order(len(shape)), shape, key)
    stored = tuple(shape[one] for one in order)
    if x.stored == stored and x.kind == "live":
        return x.seen(shape, order)
    return site.emit(Call("reshape", (site.ref(x),), (sizes(stored),)), order, shape, key)


def _kept_order(x: Value, shape: Sequence[int]) -> list[int] | None:
    """The order in which the axes of a view are stored as their numbers already are; None where they are not."""
    if 0 in x.shape:
        return None
    parts = list(groups(x.shape, shape))
    stored = long_axes(x, x.axes)
    order: list[int] = []
    while stored:
        # The axes that are joined with the first that is left, and what becomes of them.
        before, after = next(part for part in parts if stored[0] in part[0])
        together = long_axes(x, before)
        if stored[: len(together)] != together:
            return None
        order += [one for one in after if shape[one] != 1]
        stored = stored[len(together) :]
    return _with_ones(order, shape)


def _with_ones(order: Sequence[int], shape: Sequence[int]) -> list[int]:
    """Axes of one entry behind the one that stands before them in PyTorch."""
    whole = list(order)
    for one, length in enumerate(shape):
        if length == 1:
            whole.insert(whole.index(one - 1) + 1 if one else 0, one)
    return whole


@rule("pixel_shuffle", "pixel_unshuffle", "channel_shuffle")
def shuffle(site: Site) -> None:
    """Channels to pixels and back."""
    x = site.value("self")
    name = site.node.op.removeprefix("aten.")
    if x.rank != 4:
        raise Refused("it has no batch")
    order = features_last(4)
    if name == "pixel_shuffle":
        times = size(site.integer("upscale_factor"), "r")
        site.emit(Call(name, (site.moved(x, order),), (times,)), order)
        return
    _parted(site, x, name)


def _parted(site: Site, x: Value, name: str) -> None:
    n, c, height, width = x.shape
    if name == "channel_shuffle":
        parts = site.integer("groups")
        shape, turn = [n, parts, c // parts, height, width], [0, 2, 1, 3, 4]
    else:
        r = site.integer("downscale_factor")
        shape, turn = [n, c, height // r, r, width // r, r], [0, 1, 3, 5, 2, 4]
    parted = site.emit(
        Call("reshape", (site.plain(x),), (sizes(shape),)), range(len(shape)), shape, f"{site.node.name}.v"
    )
    turned = Call("transpose", (site.ref(parted),), (tuple(axis(one) for one in turn),))
    site.emit(Call("reshape", (turned,), (sizes(site.result.shape),)), in_order(4))


# Repetition ------------------------------------------------------------------------------------------


@rule("expand", "expand_as", "repeat", "tile", "broadcast_to")
def expand(site: Site) -> None:
    """Axes of one entry repeated; whole axes by `repeat`, entry by entry here, which costs the same."""
    site.understood("size", "other", "repeats", "dims", "implicit")
    x, shape = site.value("self"), site.result.shape
    base = (1,) * (len(shape) - x.rank) + x.shape
    if base == shape:
        reshaped(site, x, shape)
        return
    expr, order = site.ref(x), list(x.axes)
    if len(base) != x.rank:
        expr, order = site.plain(x), list(range(len(base)))
        expr = Call("reshape", (expr,), (sizes(base),))
    for one, (now, then) in enumerate(zip(base, shape, strict=True)):
        if now != then:
            place = axis(order.index(one))
            expr = Call("repeat_axis", (expr,), (_times(now, then),), (("axis", place),))
    site.emit(expr, order)


def _times(now: int, then: int) -> Size:
    if now == 0 or then % now:
        raise Refused("it repeats an axis by a part of it")
    return size(then // now, "times")


@rule("repeat_interleave")
def repeat_interleave(site: Site) -> None:
    """Each entry several times."""
    site.understood("output_size")
    x, times = site.value("self"), site.integer("repeats")
    if site.argument("dim") is None:
        raise Refused("it repeats all numbers")
    along = axis(x.axes.index(site.axis("dim", x.rank)))
    site.emit(Call("repeat_axis", (site.ref(x),), (size(times, "times"),), (("axis", along),)), x.axes)
