"""Pooling of windows, with features last."""

from __future__ import annotations

from collections.abc import Sequence

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
    site.understood("count_include_pad")
    if site.argument("divisor_override") is not None:
        raise Refused("its argument `divisor_override` is not understood")
    if any(one != 1 for one in site.integers("dilation")):
        raise Refused("its argument `dilation` is not understood")
    kernel = site.integers("kernel_size")
    stride, pad = site.integers("stride") or kernel, site.integers("padding") or (0,)
    keywords: list[tuple[str, Arg]] = []
    if _spread(stride, sides) != _spread(kernel, sides):
        keywords.append(("stride", by_side(stride, "stride")))
    if any(pad):
        keywords.append(("pad", by_side(pad, "pad")))
    if site.flag("ceil_mode"):
        keywords.append(("ceil_mode", True))
    order = features_last(x.rank)
    site.emit(Call(name, (site.moved(x, order),), (by_side(kernel, "kernel"),), tuple(keywords)), order)
    if len(site.node.results) > 1:
        made = site.whole.values[site.node.name]
        (first,) = made if isinstance(made, tuple) else (made,)
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
        site.emit(_windows(operand, x, target, largest), order)
    if largest:
        made = site.whole.values[site.node.name]
        site.give(made[0] if isinstance(made, tuple) else made, site.constant("which ones", 1))


def _windows(operand: Expr, x: Value, target: tuple[int, ...], largest: bool) -> Expr:
    """Windows of one size where they divide the input; the library's loop over windows of several sizes otherwise."""
    sides = len(target)
    equal = all(whole % one == 0 for whole, one in zip(x.shape[2:], target, strict=True))
    if largest:
        if not equal:
            raise Refused("its windows are of several sizes")
        return _reshaped(operand, x, target, largest)
    keywords: tuple[tuple[str, Arg], ...] = () if equal else (("equal", False),)
    numbers = target[:1] if len(set(target)) == 1 else target
    return Call(f"adaptive_avg_pool{sides}d", (operand,), sizes(numbers, "N"), keywords)


def _reshaped(operand: Expr, x: Value, target: tuple[int, ...], largest: bool) -> Expr:
    """Each side parted into windows, which are reduced."""
    parted, over = [x.shape[0]], []
    for whole, one in zip(x.shape[2:], target, strict=True):
        parted += [one, whole // one]
        over.append(axis(len(parted) - 1))
    windows = Call("reshape", (operand,), (sizes([*parted, x.shape[1]]),))
    return Call("max" if largest else "mean", (windows,), (), (("axis", tuple(over)),))
