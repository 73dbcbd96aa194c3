"""Operations of ONNX by PyTorch's names, so that one set of rules serves both: `Conv` is `aten.conv2d`.

Each row says what an operation is called and where its inputs and attributes go. What is not here is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symcost.importing.graph import Argument
from symcost.records import dataclass

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
    shapes: Sequence[tuple[int, ...]]

    @property
    def ranks(self) -> list[int]:
        """How many axes each input has."""
        return list(map(len, self.shapes))

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
    window = window_of(given, given.shapes[1][2:])
    args: Args = {"input": given.input(0), "weight": given.input(1), "bias": given.input(2)}
    args |= {"stride": window.stride, "padding": window.before}
    args |= {"dilation": window.dilation, "groups": given.attributes.get("group", 1)}
    return f"conv{window.sides}d", args


@dataclass(frozen=True, slots=True)
class Window:
    """How a kernel lies on its input, a number for each side; zeros in front of it and behind."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def sides(self) -> int:
        """One for sequences, two for images, three for volumes."""
        return len(self.kernel)

    @property
    def even(self) -> bool:
        """Whether there are as many zeros behind as in front."""
        return self.before == self.after


def window_of(given: Given, kernel: Sequence[int]) -> Window:
    """The window of a convolution or a pool. Raises NotWritten."""
    sides = len(kernel)
    stride = given.integers("strides") or (1,) * sides
    dilation = given.integers("dilations") or (1,) * sides
    kind = given.attributes.get("auto_pad", "NOTSET")
    if kind in ("SAME_UPPER", "SAME_LOWER"):
        before, after = _same(given.shapes[0][2:], kernel, stride, dilation, lower=kind == "SAME_LOWER")
    elif kind == "NOTSET":
        pads = given.integers("pads") or (0,) * (2 * sides)
        before, after = pads[:sides], pads[sides:]
    elif kind == "VALID":
        before = after = (0,) * sides
    else:
        raise NotWritten(f"its `auto_pad` is {kind}")
    if min(*before, *after) < 0:
        raise NotWritten("it cuts its input by padding of less than nothing")
    return Window(tuple(kernel), stride, dilation, before, after)


def _same(
    lengths: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], *, lower: bool
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Zeros so that there are ceil(length / stride) positions; the odd one is behind, or in front."""
    before, after = [], []
    for length, size, step, apart in zip(lengths, kernel, stride, dilation, strict=True):
        positions = -(-length // step)
        whole = max((positions - 1) * step + (size - 1) * apart + 1 - length, 0)
        less, more = whole // 2, whole - whole // 2
        before.append(more if lower else less)
        after.append(less if lower else more)
    return tuple(before), tuple(after)


def pool(given: Given, name: str) -> tuple[str, Args]:
    """MaxPool, AveragePool."""
    window = window_of(given, given.integers("kernel_shape"))
    args: Args = {"self": given.input(0), "kernel_size": window.kernel}
    args |= {"stride": window.stride, "padding": window.before}
    args["ceil_mode"] = given.flag("ceil_mode")
    if set(window.dilation) - {1}:
        raise NotWritten("it is dilated")
    return f"{name}_pool{window.sides}d", args


def zeros_around(op: str, given: Given) -> tuple[int, ...]:
    """What has to be padded before an operation whose zeros are not the same on both sides, as PyTorch's `pad` has it:
    the last axis first; () where the operation pads by itself. Raises NotWritten.
    """
    if op == "Conv":
        window = window_of(given, given.shapes[1][2:])
    elif op in ("MaxPool", "AveragePool"):
        window = window_of(given, given.integers("kernel_shape"))
    else:
        return ()
    if window.even:
        return ()
    pairs = zip(reversed(window.before), reversed(window.after), strict=True)
    return tuple(amount for pair in pairs for amount in pair)


def einsum(given: Given) -> tuple[str, Args]:
    """Index notation as it stands there."""
    return "einsum", {"equation": given.attributes.get("equation"), "tensors": tuple(given.inputs)}


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
    "Einsum": einsum,
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
