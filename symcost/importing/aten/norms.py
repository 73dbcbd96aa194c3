"""Norms: layers of the library where their parameters are their own, else norms without, scaled and shifted."""

from __future__ import annotations

from math import prod

from symcost.importing.aten.pointwise import broadcast
from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site, number
from symcost.importing.aten.values import Order, Value, axis, features_last, in_order, size, sizes
from symcost.importing.program import Arg, Arithmetic, Call, Expr, Ref

PLAIN: tuple[tuple[str, Arg], ...] = (("affine", False),)


@rule("batch_norm", "_native_batch_norm_legit_no_training", "native_batch_norm", "_batch_norm_no_update",
      "cudnn_batch_norm", "miopen_batch_norm")  # fmt: skip
def batch_norm(site: Site) -> None:
    """By statistics that were collected: a scale and a shift of each channel."""
    site.understood("running_mean", "running_var", "momentum", "eps", "cudnn_enabled")
    if site.flag("training") or site.node.args.get("running_mean") is None:
        _of_the_batch(site)
        return
    x, weight, bias = site.value("input"), site.optional("weight"), site.optional("bias")
    _normed(site, "BatchNorm", x, (weight, bias), _channels_last(x))
    if len(site.node.results) > 1:
        (made,) = _results(site)
        site.give(made, *(None for _ in site.node.results[1:]))


def _of_the_batch(site: Site) -> None:
    """By the mean and variance of what is given itself, as some networks do with their weights."""
    if site.node.args.get("running_mean") is not None:
        raise Refused("it is in training")
    x, weight, bias = site.value("input"), site.optional("weight"), site.optional("bias")
    name, order = site.node.name, _channels_last(x)
    over: tuple[tuple[str, Arg], ...] = (("axis", tuple(axis(one) for one in range(x.rank - 1))), ("keep", True))
    operand = site.moved(x, order)
    centred = Arithmetic("-", operand, Call("mean", (operand,), (), over))
    c = Ref(site.emit(centred, order, x.shape, f"{name}.c").key)
    variance = Call("mean", (Arithmetic("*", c, c),), (), over)
    normed = Arithmetic("*", c, Call("rsqrt", (Arithmetic("+", variance, number(0.00001)),)))
    _scaled(site, normed, (weight, bias), order)


def _channels_last(x: Value) -> Order:
    return features_last(x.rank) if x.rank > 2 else in_order(x.rank)


def _results(site: Site) -> tuple[Value]:
    made = site.whole.values[site.node.name]
    (first,) = made if isinstance(made, tuple) else (made,)
    assert isinstance(first, Value)
    return (first,)


def _normed(site: Site, name: str, x: Value, given: tuple[Value | None, Value | None], order: Order) -> None:
    """A layer of the library, or the norm without its scale and shift, and these behind it."""
    weight, bias = given
    operand = site.moved(x, order)
    if weight is None and bias is None:
        site.emit(Call(name, (operand,), (), PLAIN), order)
        return
    # Of the library's, only a layer norm can do without its shift.
    whole = bias is not None or name == "LayerNorm"
    if weight is not None and whole and site.own(weight, bias):
        site.emit(Call(name, (operand,), (), _without(bias), site.owns(weight, bias)), order)
        return
    made = site.emit(Call(name, (operand,), (), PLAIN), order, x.shape, f"{site.node.name}.n")
    _scaled(site, Ref(made.key), given, order)


def _without(bias: Value | None) -> tuple[tuple[str, Arg], ...]:
    return () if bias is not None else (("bias", False),)


def _scaled(site: Site, expr: Expr, given: tuple[Value | None, Value | None], order: Order) -> None:
    """Times a weight and plus a bias, whatever they are made of."""
    for sign, value in zip("*+", given, strict=True):
        if value is not None:
            expr = Arithmetic(sign, expr, site.plain(value))
    site.emit(expr, order)


@rule("layer_norm", "native_layer_norm")
def layer_norm(site: Site) -> None:
    """Over the last axis; over several of them they are joined first."""
    site.understood("eps", "cudnn_enable")
    x, weight, bias = site.value("input"), site.optional("weight"), site.optional("bias")
    lengths = site.integers("normalized_shape")
    if len(lengths) == 1:
        order = x.axes if x.axes[-1] == x.rank - 1 else in_order(x.rank)
        _normed(site, "LayerNorm", x, (weight, bias), order)
        return
    lead, over = x.shape[: -len(lengths)], prod(lengths)
    joined = Call("reshape", (site.plain(x),), (sizes([*lead, over]),))
    made = site.emit(
        Call("LayerNorm", (joined,), (), PLAIN), range(len(lead) + 1), [*lead, over], f"{site.node.name}.n"
    )
    _scaled(site, Call("reshape", (Ref(made.key),), (sizes(x.shape),)), (weight, bias), in_order(x.rank))


@rule("rms_norm", "_fused_rms_norm")
def rms_norm(site: Site) -> None:
    """Over the last axis, by the root mean square."""
    site.understood("eps")
    x, weight = site.value("input"), site.optional("weight")
    if len(site.integers("normalized_shape")) != 1:
        raise Refused("it is over several axes")
    order = x.axes if x.axes[-1] == x.rank - 1 else in_order(x.rank)
    operand = site.moved(x, order)
    if weight is not None and site.own(weight):
        site.emit(Call("RMSNorm", (operand,), (), (), site.owns(weight)), order)
        return
    mean = Call("mean", (Arithmetic("*", operand, operand),), (), (("axis", axis(-1)), ("keep", True)))
    expr: Expr = Arithmetic("*", operand, Call("rsqrt", (Arithmetic("+", mean, number(0.00001)),)))
    site.emit(expr if weight is None else Arithmetic("*", expr, site.plain(weight)), order)


@rule("group_norm", "instance_norm")
def group_norm(site: Site) -> None:
    """Over groups of channels and all positions; an instance norm has a group for each channel."""
    site.understood("eps", "cudnn_enabled", "momentum")
    if site.node.op == "aten.instance_norm" and not site.flag("use_input_stats"):
        raise Refused("it normalises by statistics that were collected")
    site.understood("running_mean", "running_var")
    x, weight, bias = site.value("input"), site.optional("weight"), site.optional("bias")
    groups = site.integer("num_groups", x.shape[1]) if site.node.op == "aten.group_norm" else x.shape[1]
    order = features_last(x.rank)
    operand = site.moved(x, order)
    name = {3: "GroupNorm", 4: "GroupNorm2d"}.get(x.rank)
    whole = weight is not None and bias is not None
    if name and whole and site.own(weight, bias):
        site.emit(Call(name, (operand,), (size(groups, "groups"),), (), site.owns(weight, bias)), order)
        return
    _grouped(site, operand, x, groups, (weight, bias))


def _grouped(site: Site, operand: Expr, x: Value, groups: int, given: tuple[Value | None, Value | None]) -> None:
    """A group norm written out, for more sides or other parameters than those of the library's."""
    name, order = site.node.name, features_last(x.rank)
    shape = [x.shape[0], prod(x.shape[2:]), groups, x.shape[1] // groups]
    axes = range(len(shape))
    parts = site.emit(Call("reshape", (operand,), (sizes(shape),)), axes, shape, f"{name}.g")
    over: tuple[tuple[str, Arg], ...] = (("axis", (axis(1), axis(3))), ("keep", True))
    centred = Arithmetic("-", Ref(parts.key), Call("mean", (Ref(parts.key),), (), over))
    c = site.emit(centred, axes, shape, f"{name}.c")
    mean = Call("mean", (Arithmetic("*", Ref(c.key), Ref(c.key)),), (), over)
    normed = Arithmetic("*", Ref(c.key), Call("rsqrt", (Arithmetic("+", mean, number(0.00001)),)))
    expr: Expr = Call("reshape", (normed,), (sizes([x.shape[one] for one in order]),))
    _scaled(site, expr, given, order)


@rule("_weight_norm", "_weight_norm_interface")
def weight_norm(site: Site) -> None:
    """G v / |v|, the length over all axes but one."""
    v, g = site.value("v"), site.value("g")
    own = site.axis("dim", v.rank)
    over = tuple(axis(one) for one in range(v.rank) if one != own)
    square = Arithmetic("*", site.plain(v), site.plain(v))
    length = Call("sqrt", (Call("sum", (square,), (), (("axis", over), ("keep", True))),))
    expr = Arithmetic("*", site.plain(v), Arithmetic("/", broadcast(site, g, in_order(v.rank)), length))
    site.emit(expr, in_order(v.rank))
