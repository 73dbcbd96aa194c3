"""Pooling of windows, with features last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.importing.aten.convolutions import by_side
from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis, features_last, sizes
from symcost.importing.program import Arg, Call, Expr


@rule("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool2d_with_indices",
      "max_pool3d_with_indices", "max_pool1d_with_indices")  # fmt: skip
def pool(site: Site) -> None:
    """The largest or the mean of each window."""
    x = site.value("self")
    name = site.node.op.removeprefix("aten.").removesuffix("_with_indices")
    sides = int(name[-2])
    if x.rank != sides + 2:
        raise Refused("it has no batch")
    _refuse_unusual(site)
    kernel = site.integers("kernel_size")
    keywords = tuple(_keywords(site, kernel, sides))
    order = features_last(x.rank)
    site.emit(Call(name, (site.moved(x, order),), (by_side(kernel, "kernel"),), keywords), order)
    if len(site.node.results) > 1:
        _give_places(site)


def _refuse_unusual(site: Site) -> None:
    """Whether zeros around count for the mean changes no number of operations."""
    site.understood("count_include_pad")
    if site.argument("divisor_override") is not None:
        raise Refused("its argument `divisor_override` is not understood")
    if any(one != 1 for one in site.integers("dilation")):
        raise Refused("its argument `dilation` is not understood")


def _keywords(site: Site, kernel: Sequence[int], sides: int) -> Iterator[tuple[str, Arg]]:
    """What differs from the defaults of the library."""
    stride, pad = site.integers("stride") or kernel, site.integers("padding") or (0,)
    if _spread(stride, sides) != _spread(kernel, sides):
        yield "stride", by_side(stride, "stride")
    if any(pad):
        yield "pad", by_side(pad, "pad")
    if site.flag("ceil_mode"):
        yield "ceil_mode", True


def _give_places(site: Site) -> None:
    """The second result of a largest: which ones they are."""
    made = site.whole.values[site.node.name]
    first = made[0] if isinstance(made, tuple) else made
    site.give(first, site.constant("which ones", 1))


def _spread(numbers: Sequence[int], sides: int) -> tuple[int, ...]:
    return tuple(numbers) * sides if len(numbers) == 1 else tuple(numbers)


@rule("adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
      "adaptive_max_pool2d", "adaptive_max_pool3d", "_adaptive_avg_pool2d", "_adaptive_avg_pool3d")  # fmt: skip
def adaptive(site: Site) -> None:
    """As many windows as the output shall have positions."""
    x = site.value("self")
    name = site.node.op.removeprefix("aten.").lstrip("_")
    sides, largest = int(name[-2]), "max" in name
    if x.rank != sides + 2:
        raise Refused("it has no batch")
    site.understood("output_size")
    target, order = site.result.shape[2:], features_last(x.rank)
    operand = site.moved(x, order)
    if all(one == 1 for one in target):
        over = tuple(axis(side - sides - 1) for side in range(sides))
        call = Call("max" if largest else "mean", (operand,), (), (("axis", over), ("keep", True)))
        site.emit(call, order)
    elif target == x.shape[2:]:
        site.alias(x)
    else:
        windows = _largest if largest else _means
        site.emit(windows(operand, x, target), order)
    if largest:
        _give_places(site)


def _means(operand: Expr, x: Value, target: tuple[int, ...]) -> Expr:
    """Windows of one size where they divide the input; the library's loop over windows of several sizes otherwise."""
    keywords: tuple[tuple[str, Arg], ...] = () if _divide(target, x) else (("equal", False),)
    numbers = target[:1] if len(set(target)) == 1 else target
    return Call(f"adaptive_avg_pool{len(target)}d", (operand,), sizes(numbers, "N"), keywords)


def _divide(target: tuple[int, ...], x: Value) -> bool:
    return all(whole % one == 0 for whole, one in zip(x.shape[2:], target, strict=True))


def _largest(operand: Expr, x: Value, target: tuple[int, ...]) -> Expr:
    """Each side parted into windows of one size, which are reduced. Raises Refused."""
    if not _divide(target, x):
        raise Refused("its windows are of several sizes")
    parted, over = [x.shape[0]], []
    for whole, one in zip(x.shape[2:], target, strict=True):
        parted += [one, whole // one]
        over.append(axis(len(parted) - 1))
    windows = Call("reshape", (operand,), (sizes([*parted, x.shape[1]]),))
    return Call("max", (windows,), (), (("axis", tuple(over)),))
