"""Operations of ONNX by PyTorch's names, so that one set of rules serves both: `Conv` is `aten.conv2d`.

Each row says what an operation is called and where its inputs and attributes go. What is not here is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from symcost.importing.graph import Argument

UNARY = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Erf": "erf", "Exp": "exp", "Log": "log", "Sqrt": "sqrt",
    "Neg": "neg", "Abs": "abs", "Sin": "sin", "Cos": "cos", "Reciprocal": "reciprocal", "HardSwish": "hardswish",
    "HardSigmoid": "hardsigmoid", "Mish": "mish", "Softplus": "softplus", "Softsign": "softsign", "Gelu": "gelu",
    "Elu": "elu", "Selu": "selu", "LeakyRelu": "leaky_relu", "Swish": "silu",
}  # fmt: skip
"""One tensor in, one out, number by number."""

BINARY = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Max": "maximum", "Min": "minimum"}
"""Two tensors, number by number."""

SAME = frozenset({"Identity", "Dropout", "Cast"})
"""What gives its input on."""

VIEWS = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
"""The same numbers under another shape."""

REDUCED = {"ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "amax", "ReduceMin": "amin"}


@dataclass(frozen=True, slots=True)
class Given:
    """What an operation has: its inputs as arguments (None where left out), its attributes, and known whole numbers."""

    inputs: Sequence[Argument]
    attributes: Mapping[str, Argument]
    numbers: Sequence[tuple[int, ...] | None]
    """Of each input that is known before the network runs: its whole numbers."""
    ranks: Sequence[int]

    def input(self, place: int) -> Argument:
        """An input, None where there is none."""
        return self.inputs[place] if place < len(self.inputs) else None

    def integers(self, name: str, place: int | None = None) -> tuple[int, ...]:
        """A list of whole numbers from an attribute, or from an input in later versions of an operation."""
        said = self.attributes.get(name)
        if isinstance(said, tuple):
            return tuple(one for one in said if isinstance(one, int))
        known = self.numbers[place] if place is not None and place < len(self.numbers) else None
        return known or ()

    def flag(self, name: str, otherwise: int = 0) -> bool:
        """An attribute of 0 or 1."""
        return bool(self.attributes.get(name, otherwise))


Args = dict[str, Argument]
Row = Callable[[Given], tuple[str, Args]]


class NotWritten(Exception):
    """An operation is used in a way that is not understood; `str` says how."""


def convolution(given: Given) -> tuple[str, Args]:
    """Conv, of sequences, images and volumes."""
    sides = given.ranks[0] - 2
    args: Args = {"input": given.input(0), "weight": given.input(1), "bias": given.input(2)}
    args |= {"stride": given.integers("strides") or (1,) * sides, "padding": padding(given, sides)}
    args |= {"dilation": given.integers("dilations") or (1,) * sides, "groups": given.attributes.get("group", 1)}
    return f"conv{sides}d", args


def padding(given: Given, sides: int) -> tuple[int, ...]:
    """Zeros on each side, the same in front and behind. Raises NotWritten where they are not."""
    pads = given.integers("pads") or (0,) * (2 * sides)
    if given.attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or pads[:sides] != pads[sides:]:
        raise NotWritten("its zeros are not the same on both sides")
    return pads[:sides]


def pool(given: Given, name: str) -> tuple[str, Args]:
    """MaxPool, AveragePool."""
    sides = given.ranks[0] - 2
    args: Args = {"self": given.input(0), "kernel_size": given.integers("kernel_shape")}
    args |= {"stride": given.integers("strides") or (1,) * sides, "padding": padding(given, sides)}
    args["ceil_mode"] = given.flag("ceil_mode")
    if set(given.integers("dilations")) - {1}:
        raise NotWritten("it is dilated")
    return f"{name}_pool{sides}d", args


def batch_norm(given: Given) -> tuple[str, Args]:
    """BatchNormalization as it is used: mean and variance are stored."""
    names = ("input", "weight", "bias", "running_mean", "running_var")
    return "batch_norm", {name: given.input(place) for place, name in enumerate(names)} | {"training": False}


def layer_norm(given: Given) -> tuple[str, Args]:
    """LayerNormalization over the last axis."""
    if given.attributes.get("axis", -1) not in (-1, given.ranks[0] - 1):
        raise NotWritten("it is over several axes")
    names = ("input", "weight", "bias")
    return "layer_norm", {name: given.input(place) for place, name in enumerate(names)}


def reduced(given: Given, name: str) -> tuple[str, Args]:
    """ReduceMean and its like."""
    axes = given.integers("axes", 1) or tuple(range(given.ranks[0]))
    return name, {"self": given.input(0), "dim": axes, "keepdim": given.flag("keepdims", 1)}


def softmax(given: Given) -> tuple[str, Args]:
    """Softmax along one axis."""
    return "softmax", {"self": given.input(0), "dim": given.attributes.get("axis", -1)}


def permuted(given: Given) -> tuple[str, Args]:
    """Transpose."""
    order = given.integers("perm") or tuple(reversed(range(given.ranks[0])))
    return "permute", {"self": given.input(0), "dims": order}


def joined(given: Given) -> tuple[str, Args]:
    """Concat."""
    return "cat", {"tensors": tuple(given.inputs), "dim": given.attributes.get("axis", 0)}


def gathered(given: Given) -> tuple[str, Args]:
    """Gather: one place of an axis, or rows of a table."""
    axis, places = given.attributes.get("axis", 0), given.numbers[1]
    if places is not None and len(places) == 1 and given.ranks[1] == 0:
        return "select", {"self": given.input(0), "dim": axis, "index": places[0]}
    if axis == 0 and given.ranks[0] == 2:
        return "embedding", {"weight": given.input(0), "indices": given.input(1)}
    raise NotWritten("it picks several places of an axis")


def clipped(given: Given) -> tuple[str, Args]:
    """Clip between two numbers: inputs, or attributes before version 11."""
    args: Args = {"self": given.input(0)}
    for place, name in ((1, "min"), (2, "max")):
        bound = _bound(given, place, name)
        args |= {} if bound is None else {name: bound}
    return "clamp", args


def _bound(given: Given, place: int, name: str) -> Argument:
    known = given.numbers[place] if place < len(given.numbers) else None
    return known[0] if known else given.attributes.get(name, given.input(place))


ROWS: dict[str, Row] = {
    "Conv": convolution,
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "MaxPool": lambda given: pool(given, "max"),
    "AveragePool": lambda given: pool(given, "avg"),
    "GlobalAveragePool": lambda given: ("adaptive_avg_pool2d", {"self": given.input(0), "output_size": (1, 1)}),
    "Softmax": softmax,
    "Transpose": permuted,
    "Concat": joined,
    "Gather": gathered,
    "Clip": clipped,
    "MatMul": lambda given: ("matmul", {"self": given.input(0), "other": given.input(1)}),
    "Pow": lambda given: ("pow", {"self": given.input(0), "exponent": given.input(1)}),
    "Expand": lambda given: ("expand", {"self": given.input(0)}),
}


def _of_one(name: str) -> Row:
    return lambda given: (name, {"self": given.input(0)})


def _of_two(name: str) -> Row:
    def two(given: Given) -> tuple[str, Args]:
        if len(given.inputs) != 2:
            raise NotWritten(f"it has {len(given.inputs)} inputs, and two are understood")
        return name, {"self": given.input(0), "other": given.input(1)}

    return two


def _reduced(name: str) -> Row:
    return lambda given: reduced(given, name)


ROWS |= {op: _of_one(name) for op, name in UNARY.items()}
ROWS |= {op: _of_two(name) for op, name in BINARY.items()}
ROWS |= {op: _reduced(name) for op, name in REDUCED.items()}
ROWS |= dict.fromkeys(VIEWS, _of_one("view"))


def row(op: str) -> Row | None:
    """How an operation is said in PyTorch's names; None where it is not known."""
    return ROWS.get(op)
