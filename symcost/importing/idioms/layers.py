"""Layers that source code writes out: norms, gates, activations, projections."""

from __future__ import annotations

from symcost.importing.idioms.pattern import (
    Hole,
    Idiom,
    Match,
    add,
    agree,
    calculated,
    call,
    equal,
    layer,
    multiply,
    number,
    subscript,
)
from symcost.importing.program import Call, Constant, Expr, Function, Plain, Ref

x, weight, bias = Hole("x"), Hole("weight"), Hole("bias")


def _root_mean_square(found: Match) -> Expr | None:
    """G x / sqrt(mean(x²) + epsilon), over the last axis."""
    named, inner, given = dict(found["named"]), found.shape(found["x"]), found.shape(found["weight"])
    if inner is None or given is None or len(given) != 1:
        return None
    if named.get("keep") is not True or number(named.get("axis")) not in (-1, len(inner) - 1):
        return None

    is_number = isinstance(found["epsilon"], Plain)
    return layer("RMSNorm", found["x"]) if is_number and agree((given[0], inner[-1])) else None


_mean = call("mean", multiply(x, x), keywords=Hole("named"))
_normed = multiply(x, call("rsqrt", add(_mean, Hole("epsilon"))))


def _gelu(found: Match) -> Expr | None:
    """x/2 (1 + tanh(sqrt(2/π) (x + 0.044715 x³)))"""
    wanted = {"half": 0.5, "root": 0.7978845608, "cube": 0.044715, "three": 3.0, "one": 1.0}
    for name, value in wanted.items():
        given = found[name]
        if not isinstance(given, Plain) or abs(float(given.text) - value) > 1e-8:
            return None
    return layer("gelu_tanh", found["x"])


_cube = multiply(calculated("^", x, Hole("three")), Hole("cube"))
_tanh = call("tanh", multiply(add(x, _cube), Hole("root")))
_tanh_gelu = multiply(multiply(x, Hole("half")), add(_tanh, Hole("one")))


def _linear(found: Match) -> Expr | None:
    """X W + b over flattened positions."""
    rows, wanted = found.shape(found["x"]), found["shape"]
    matrix, added = found.shape(found["weight"]), found.shape(found["bias"])
    if rows is None or matrix is None or added is None:
        return None
    if (len(matrix), len(added)) != (2, 1) or len(wanted) != len(rows):
        return None

    fits = agree((rows[-1], matrix[0]), (matrix[1], added[0]), (wanted[-1], matrix[1]))
    kept = agree(*zip(rows[:-1], wanted[:-1], strict=True))
    return layer("Linear", found["x"], matrix[1]) if fits and kept else None


_flat = call("reshape", x, arguments=(Hole("rows"),))
_affine = add(calculated("@", _flat, weight), bias)


def _gated(found: Match) -> Expr | None:
    """act(x W) (x V) U, back to as many channels as x has."""
    width, named = found.last(found["x"]), dict(found["named"])
    if width is None or not equal(width, found["width"]) or not equal(found["F"], found["G"]):
        return None
    if not found["named"] == found["named1"] == found["named2"] or set(named) - {"bias"}:
        return None
    options = {} if named.get("bias") is False else {"bias": True}
    match found["act"]:
        case "silu":
            return layer("SwiGLU", found["x"], found["F"], **options)
        case "gelu" | "gelu_tanh" | "relu" | "sigmoid" as act:
            return layer("GatedFeedForward", found["x"], found["F"], act=Function(act), **options)
    return None


def _linear_of(size: str, named: str) -> Call:
    found: Call = call("Linear", x, arguments=(Hole(size),), keywords=Hole(named))
    return found


_gate = call(Hole("act"), _linear_of("F", "named1"))
_gated_layer = call(
    "Linear", multiply(_gate, _linear_of("G", "named2")), arguments=(Hole("width"),), keywords=Hole("named")
)


def _positions(found: Match) -> Expr | None:
    """A learned vector for each position is added."""
    shape, table = found.shape(found["x"]), found["table"]
    if shape is None or len(shape) < 2 or not isinstance(found["x"], Ref):
        return None
    if not isinstance(table, Constant) or "position" not in table.words:
        return None

    one_for_all = all(number(size) == 1 for size in table.shape[:-1])
    one_for_each = agree(*zip(table.shape, shape, strict=False))
    fits = agree((table.shape[-1], shape[-2]), (found["width"], shape[-1]))
    return layer("LearnedPositions", found["x"], found["size"]) if fits and (one_for_all or one_for_each) else None


def _own_positions(found: Match) -> Expr | None:
    """The same where the table is written out."""
    given = found.shape(found["weight"])
    if given is None or len(given) != 2:
        return None
    filled = Match({**found.bound, "size": given[0], "width": given[1]}, found.seen, found.program)
    return _positions(filled)


LAYERS = (
    Idiom(multiply(weight, _normed), _root_mean_square, ("weight",)),
    Idiom(_tanh_gelu, _gelu),
    Idiom(call("reshape", _affine, arguments=(Hole("shape"),)), _linear, ("weight", "bias")),
    Idiom(_gated_layer, _gated),
    Idiom(add(x, subscript(weight, (Hole("table"),))), _own_positions, ("weight",)),
    Idiom(add(x, call("Embedding", Hole("table"), arguments=(Hole("size"), Hole("width")))), _positions),
)
