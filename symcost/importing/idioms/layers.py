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
from symcost.importing.program import Arg, Call, Constant, Expr, Function, Plain, Ref, Size

x, weight, bias = Hole("x"), Hole("weight"), Hole("bias")


def _root_mean_square(found: Match) -> Expr | None:
    """G x / sqrt(mean(x²) + epsilon), over the last axis."""
    inner, given = found.shape(found["x"]), found.of_rank("weight", 1)
    if inner is None or given is None:
        return None
    if not _is_over_last(found, inner) or not isinstance(found["epsilon"], Plain):
        return None
    return layer("RMSNorm", found["x"]) if agree((given[0], inner[-1])) else None


def _is_over_last(found: Match, shape: tuple[Size, ...]) -> bool:
    """Whether a mean is over the last axis, and keeps it."""
    keeps = dict(found["named"]).get("keep") is True
    return keeps and found.axis() in (-1, len(shape) - 1)


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
    rows, wanted, matrix = found.shape(found["x"]), found["shape"], _matrix(found)
    if rows is None or matrix is None or len(wanted) != len(rows):
        return None
    kept = zip(rows[:-1], wanted[:-1], strict=True)
    fits = agree((rows[-1], matrix[0]), (wanted[-1], matrix[1]), *kept)
    return layer("Linear", found["x"], matrix[1]) if fits else None


def _matrix(found: Match) -> tuple[Size, ...] | None:
    """The shape of the weight, where that is a matrix, and as wide as what is added."""
    matrix, added = found.of_rank("weight", 2), found.of_rank("bias", 1)
    if matrix is None or added is None:
        return None
    return matrix if agree((matrix[1], added[0])) else None


_flat = call("reshape", x, arguments=(Hole("rows"),))
_affine = add(calculated("@", _flat, weight), bias)


def _gated(found: Match) -> Expr | None:
    """act(x W) (x V) U, back to as many channels as x has."""
    if not _is_gated(found):
        return None

    options = _said_bias(found)
    match found["act"]:
        case "silu":
            return layer("SwiGLU", found["x"], found["F"], **options)
        case "gelu" | "gelu_tanh" | "relu" | "sigmoid" as act:
            return layer("GatedFeedForward", found["x"], found["F"], act=Function(act), **options)
    return None


def _said_bias(found: Match) -> dict[str, Arg]:
    """Gated layers have no bias unless they are told so, where linear maps have one."""
    return {} if dict(found["named"]).get("bias") is False else {"bias": True}


def _is_gated(found: Match) -> bool:
    """Whether gate and values are as wide as each other, the answer as wide as x, and a bias all that is said."""
    named = found["named"]
    named_alike = named == found["named1"] == found["named2"] and set(dict(named)) <= {"bias"}
    as_wide = equal(found.last(found["x"]), found["width"]) and equal(found["F"], found["G"])
    return named_alike and as_wide


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
    if not _is_of_positions(table) or not _lies_on(table.shape, shape):
        return None
    fits = agree((table.shape[-1], shape[-2]), (found["width"], shape[-1]))
    return layer("LearnedPositions", found["x"], found["size"]) if fits else None


def _is_of_positions(table: object) -> bool:
    return isinstance(table, Constant) and "position" in table.words


def _lies_on(table: tuple[Size, ...], shape: tuple[Size, ...]) -> bool:
    """Whether a table of positions is one for all sequences, or has one for each of them."""
    one_for_all = all(number(size) == 1 for size in table[:-1])
    one_for_each = agree(*zip(table, shape, strict=False))
    return one_for_all or one_for_each


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
