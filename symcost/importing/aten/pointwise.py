"""Pointwise operations and their broadcasting, whatever order the operands are stored in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site, number, scaled
from symcost.importing.aten.values import Order, Value, features_last, in_order, sizes
from symcost.importing.graph import Argument, Link
from symcost.importing.program import Arithmetic, Call, Constant, Expr, Negative, Plain

# One operand ---------------------------------------------------------------------------------------

UNARY = {
    "relu": "relu", "silu": "silu", "sigmoid": "sigmoid", "tanh": "tanh", "exp": "exp", "log": "log", "sqrt": "sqrt",
    "rsqrt": "rsqrt", "sin": "sin", "cos": "cos", "erf": "erf", "abs": "abs", "hardswish": "hardswish",
    "hardsigmoid": "hardsigmoid", "relu6": "relu6",
}  # fmt: skip
"""Names of PyTorch and of the language; each also in place, with a trailing underline."""


@rule(*UNARY, *(f"{name}_" for name in UNARY))
def unary(site: Site) -> None:
    """A function of each number."""
    value = site.value("self")
    name = site.node.op.removeprefix("aten.").rstrip("_")
    site.emit(Call(UNARY[name], (site.ref(value),)), value.axes)


@rule("gelu", "gelu_")
def gelu(site: Site) -> None:
    """By erf; its approximation by tanh is written out, as it costs otherwise."""
    value = site.value("self")
    x = site.ref(value)
    if site.argument("approximate") != "tanh":
        site.emit(Call("gelu", (x,)), value.axes)
        return
    cube = Arithmetic("*", Plain("0.044715"), Arithmetic("^", x, Plain("3")))
    inner = Call("tanh", (Arithmetic("*", Plain("0.7978845608028654"), Arithmetic("+", x, cube)),))
    half = Arithmetic("*", Plain("0.5"), x)
    site.emit(Arithmetic("*", half, Arithmetic("+", Plain("1"), inner)), value.axes)


@rule("leaky_relu", "leaky_relu_")
def leaky_relu(site: Site) -> None:
    """A smaller slope on the negative side."""
    site.understood("negative_slope")
    value = site.value("self")
    site.emit(Call("leaky_relu", (site.ref(value),)), value.axes)


@rule("elu", "elu_", "celu", "selu", "selu_")
def elu(site: Site) -> None:
    """An exponential on the negative side; its scales are constants of the same count, but for selu's own."""
    site.understood("alpha", "scale", "input_scale")
    value = site.value("self")
    expr: Expr = Call("elu", (site.ref(value),))
    if "selu" in site.node.op:
        expr = Arithmetic("*", Plain("1.0507009873554805"), expr)
    site.emit(expr, value.axes)


@rule("softplus")
def softplus(site: Site) -> None:
    """Its threshold only keeps it in range."""
    site.understood("threshold")
    value = site.value("self")
    beta = site.number("beta", 1)
    expr: Expr = Call("softplus", (scaled(site.ref(value), beta),))
    site.emit(expr if beta == 1 else Arithmetic("/", expr, number(beta)), value.axes)


@rule("hardtanh", "hardtanh_", "clamp", "clamp_", "clip", "clamp_min", "clamp_min_", "clamp_max")
def clamp(site: Site) -> None:
    """Between two bounds, either of which may be left out."""
    value = site.value("self")
    low, high = _bound(site, ("min", "min_val")), _bound(site, ("max", "max_val"))
    expr = site.ref(value)
    is_relu6 = (low, high) == (Plain("0.0"), Plain("6.0"))
    if is_relu6 and site.node.op.startswith("aten.hardtanh"):
        site.emit(Call("relu6", (expr,)), value.axes)
        return
    expr = expr if low is None else Call("max", (expr, low))
    expr = expr if high is None else Call("min", (expr, high))
    site.emit(expr, value.axes)


def _bound(site: Site, names: Sequence[str]) -> Expr | None:
    """A bound by the first of its names that says one."""
    schema = site.whole.graph.schemas.get(site.node.op)  # what is read from ONNX has none
    known = {*site.node.args, *(schema.defaults if schema else ())}
    for name in names:
        given = site.argument(name) if name in known else None
        if isinstance(given, Link):
            return broadcast(site, site.known(given), site.value("self").axes)
        if isinstance(given, (int, float)):
            return number(given)
    return None


@rule("neg", "negative")
def negative(site: Site) -> None:
    """-x"""
    value = site.value("self")
    site.emit(Negative(site.ref(value)), value.axes)


@rule("reciprocal", "square", "log1p", "expm1", "exp2", "log2", "mish", "log_sigmoid", "softsign", "logit", "sign",
      "sgn", "round", "floor", "ceil", "trunc", "erfc", "tan")  # fmt: skip
def composed(site: Site) -> None:
    """Functions that the language writes by others."""
    value = site.value("self")
    site.understood("eps", "decimals")
    x = site.ref(value)
    written = COMPOSED.get(site.node.op.removeprefix("aten."))
    if written is None:  # sign and rounding
        written = _one_comparison
        site.note(f"{site.node.op} counts as one comparison")
    site.emit(written(x), value.axes)


def _one_comparison(x: Expr) -> Expr:
    return Call("max", (x, Plain("0")))


ONE = Plain("1")

COMPOSED: dict[str, Callable[[Expr], Expr]] = {
    "reciprocal": lambda x: Arithmetic("/", ONE, x),
    "square": lambda x: Arithmetic("*", x, x),
    "log1p": lambda x: Call("log", (Arithmetic("+", ONE, x),)),
    "expm1": lambda x: Arithmetic("-", Call("exp", (x,)), ONE),
    "mish": lambda x: Arithmetic("*", x, Call("tanh", (Call("softplus", (x,)),))),
    "log_sigmoid": lambda x: Negative(Call("softplus", (Negative(x),))),
    "softsign": lambda x: Call("softsign", (x,)),
    "logit": lambda x: Call("log", (Arithmetic("/", x, Arithmetic("-", ONE, x)),)),
    "erfc": lambda x: Arithmetic("-", ONE, Call("erf", (x,))),
    "tan": lambda x: Arithmetic("/", Call("sin", (x,)), Call("cos", (x,))),
    "exp2": lambda x: Call("exp", (Arithmetic("*", x, Plain("0.6931471805599453")),)),
    "log2": lambda x: Arithmetic("*", Call("log", (x,)), Plain("1.4426950408889634")),
}
"""What has no word of its own in the language."""


# Several operands ----------------------------------------------------------------------------------

SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "multiply": "*",
    "divide": "/",
    "subtract": "-",
    "true_divide": "/",
}
COMPARED = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


@rule(*SIGNS, *(f"{name}_" for name in SIGNS))
def arithmetic(site: Site) -> None:
    """X + alpha y and its like."""
    if site.has("rounding_mode"):
        raise Refused("its rounding is not understood")
    sign = SIGNS[site.node.op.removeprefix("aten.").rstrip("_")]
    alpha = site.argument("alpha") if "alpha" in site.node.args else 1
    order = _order(site, ("self", "other"))
    left, right = _operand(site, "self", order), _operand(site, "other", order)
    if isinstance(alpha, (int, float)):
        right = scaled(right, alpha)
    site.emit(Arithmetic(sign, left, right), order)


@rule("rsub", *COMPARED)
def other(site: Site) -> None:
    """Y - x, and comparisons, whose results are true or false."""
    order = _order(site, ("self", "other"))
    left, right = _operand(site, "self", order), _operand(site, "other", order)
    name = site.node.op.removeprefix("aten.")
    if name == "rsub":
        if site.argument("alpha") not in (None, 1):
            raise Refused("its argument `alpha` is not understood")
        left, right = right, left
    site.emit(Arithmetic(COMPARED.get(name, "-"), left, right), order)


@rule("maximum", "minimum", "fmax", "fmin", "atan2", "floor_divide", "remainder", "fmod")
def larger(site: Site) -> None:
    """The larger or smaller of two."""
    name = site.node.op.removeprefix("aten.")
    if name not in ("maximum", "minimum", "fmax", "fmin", "max", "min"):
        raise Refused("the language has no such operation")
    order = _order(site, ("self", "other"))
    operands = (_operand(site, "self", order), _operand(site, "other", order))
    site.emit(Call("max" if "max" in name else "min", operands), order)


@rule("pow", "pow_", "float_power")
def power(site: Site) -> None:
    """X ^ n; a square is one product."""
    exponent = site.argument("exponent")
    order = _order(site, ("self", "exponent"))
    base = _operand(site, "self", order)
    if exponent in (2, 2.0) and not isinstance(base, (Plain, Constant)):
        site.emit(Arithmetic("*", base, base), order)
        return
    site.emit(Arithmetic("^", base, _operand(site, "exponent", order)), order)


@rule("where")
def where(site: Site) -> None:
    """One of two by a condition."""
    names = ("condition", "self", "other")
    order = _order(site, names)
    site.emit(Call("where", tuple(_operand(site, name, order) for name in names)), order)


@rule("masked_fill", "masked_fill_")
def masked_fill(site: Site) -> None:
    """A number where a mask holds."""
    order = _order(site, ("self", "mask"))
    operands = tuple(_operand(site, name, order) for name in ("mask", "value", "self"))
    site.emit(Call("where", operands), order)


@rule("logical_and", "logical_or", "logical_not", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_not", "__and__",
      "__or__", "bitwise_xor", "isnan", "isinf", "isfinite", "any", "all")  # fmt: skip
def truth(site: Site) -> None:
    """Truth values out of truth values: nothing is counted for them."""
    site.understood(*site.node.args)
    site.alias(site.constant("mask"))


@rule("addcmul", "addcdiv", "lerp")
def added(site: Site) -> None:
    """X + value y z, and what is between x and y."""
    lerp = site.node.op == "aten.lerp"
    names = ("self", "end", "weight") if lerp else ("self", "tensor1", "tensor2")
    order = _order(site, names)
    x, y, z = (_operand(site, name, order) for name in names)
    if lerp:
        site.emit(Arithmetic("+", x, Arithmetic("*", z, Arithmetic("-", y, x))), order)
        return
    product: Expr = Arithmetic("*" if site.node.op == "aten.addcmul" else "/", y, z)
    product = scaled(product, site.number("value", 1))
    site.emit(Arithmetic("+", x, product), order)


@rule("prelu", "_prelu_kernel")
def prelu(site: Site) -> None:
    """A learned slope for each channel: max(x, 0) + a min(x, 0)."""
    value, slope = site.value("self"), site.value("weight")
    order = features_last(value.rank) if value.rank > 1 else in_order(value.rank)
    x = site.moved(value, order)
    positive, below = Call("max", (x, Plain("0"))), Call("min", (x, Plain("0")))
    flat = Call("reshape", (site.plain(slope),), (sizes([prod(slope.shape)]),))
    learned = site.plain(slope) if slope.rank == 1 else flat
    site.emit(Arithmetic("+", positive, Arithmetic("*", learned, below)), order)


# Broadcasting --------------------------------------------------------------------------------------


def _order(site: Site, names: Sequence[str]) -> Order:
    """The order in which the result is stored: that of an operand of its shape, a convolution's before others."""
    rank = len(site.result.shape)
    full = [value for value in _tensors(site, names) if value.rank == rank and value.kind == "live"]
    whole = [value for value in full if value.shape == site.result.shape] or full
    for value in whole:
        if rank > 2 and value.axes == features_last(rank) and not value.parameter:
            return value.axes
    return whole[0].axes if whole else in_order(rank)


def _tensors(site: Site, names: Sequence[str]) -> list[Value]:
    given = [site.node.args.get(name) for name in names]
    return [site.known(one) for one in given if isinstance(one, Link)]


def _operand(site: Site, name: str, order: Order) -> Expr:
    """An operand, so that it is broadcast along the same axes as in PyTorch."""
    given: Argument = site.argument(name)
    if isinstance(given, (int, float)):
        return number(given)
    value = site.known(given)
    return broadcast(site, value, order)


def broadcast(site: Site, value: Value, order: Order) -> Expr:
    """A value of fewer axes, or of axes of one entry, beside others that are stored in an order."""
    if value.rank == len(order):
        return site.moved(value, order)
    return _spread(site, value, order)


def _spread(site: Site, value: Value, order: Order) -> Expr:
    """A value of fewer axes: those that it lacks stand in front in PyTorch."""
    lacks = len(order) - value.rank
    wanted = _without_leading_ones((1,) * lacks + value.shape, order)
    if value.kind == "constant" and not value.leaf:
        return Constant(sizes(wanted), value.words)
    own = tuple(one - lacks for one in order if one >= lacks)
    moved = site.moved(value, own)
    if _without_leading_ones(value.shape, own) == wanted:
        return moved
    return Call("reshape", (moved,), (sizes(wanted),))


def _without_leading_ones(lengths: Sequence[int], order: Order) -> list[int]:
    """A shape as it is stored; axes of one entry in front are broadcast without being written."""
    shape = [lengths[one] for one in order]
    first = next((at for at, one in enumerate(shape) if one != 1), len(shape))
    return list(shape[first:])
