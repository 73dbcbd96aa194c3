"""What is kept for the way back is what PyTorch's eager mode saves, by storage, parameters left out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import symcost
from symcost.analysis.memory.activations import KINDS


def kept(ports: str, body: str, before: str = "", **sizes: int) -> dict[str, int]:
    """What a model keeps by kind, as numbers."""
    model = symcost.loads(f"{before} model M({ports}) {{ {body} }}").model()
    return {kind: int(model.kept[kind].evaluate(sizes)) for kind in KINDS}


TRAINED = "param before: [C] x = x + before"
"""A layer before this one waits for a gradient."""

# Figures by hand: torch 2.13 saves as much; `LIVE` asks it where it is installed.


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # dx = y (g - Σ g y): the result alone.
        ("x -> softmax", 7 * 128),
        ("x -> log_softmax", 7 * 128),
        # One tensor between softmax and the product behind it.
        ("(x -> softmax) * 2 -> softmax", 2 * 7 * 128),
        # The input, and mean and deviation of each of 7 rows.
        ("x -> LayerNorm", 7 * 128 + 2 * 7),
        ("x -> LayerNorm(affine = false)", 7 * 128 + 2 * 7),
        # The input, and one number for each row.
        ("x -> RMSNorm", 7 * 128 + 7),
        # Mean and deviation of 4 groups.
        ("x -> GroupNorm(4)", 7 * 128 + 2 * 4),
        ("x -> relu6", 7 * 128),
        ("x -> hardsigmoid", 7 * 128),
        ("x -> hardswish", 7 * 128),
        ("x -> PReLU", 7 * 128),
        # The activation of its gate is an operation of its own: the input, and tanh of the half.
        ("x -> glu(tanh)", 7 * 128 + 7 * 64),
    ],
)
def test_what_one_kernel_keeps(body: str, expected: int) -> None:
    found = kept("x: [T, C]", f"{TRAINED} return {body}", T=7, C=128)
    assert found == {"numbers": expected, "masks": 0, "rows": 0}


def test_a_formula_written_out_is_no_kernel() -> None:
    """Powers and their quotient are kept, the sum of each row, and for the maximum input and result."""
    own = "module softmax(x: [..., N]) -> [..., N] { e = exp(x - max(x, keep = true)) return e / sum(e, keep = true) }"
    found = kept("x: [T, C]", f"{TRAINED} return x -> softmax", own, T=7, C=128)
    assert found["numbers"] == 3 * 7 * 128 + 2 * 7


def test_frozen_kernels_keep_nothing_where_no_gradient_passes() -> None:
    """Neither a softmax of the input nor a norm whose scale is not trained has a way back."""
    assert kept("x: [T, C]", "frozen { x = x -> LayerNorm } return x -> softmax", T=7, C=128)["numbers"] == 0


def test_a_norm_of_the_input_needs_it_for_its_scale() -> None:
    """g and b are trained, though nothing before them is."""
    assert kept("x: [T, C]", "return x -> LayerNorm", T=7, C=128)["numbers"] == 7 * 128 + 2 * 7


@pytest.mark.parametrize("pad", ['"same"', '"causal"', "3"])
def test_padding_is_made_anew(pad: str) -> None:
    """The input of a convolution is kept as it was, and once, though the relu before needs it too."""
    body = f"return x -> Linear(C) -> relu -> Conv1d(C, 3, pad = {pad})"
    assert kept("x: [T, C]", body, T=9, C=4)["numbers"] == 2 * 9 * 4


def test_what_is_padded_twice_is_kept_once() -> None:
    """Rows and columns, then a maximum over windows: its input, and where each of 5 · 5 · 4 maxima was."""
    found = kept("x: [Y, X, C]", f"{TRAINED} return x -> max_pool2d(3, 2, 1)", Y=9, X=9, C=4)
    assert found == {"numbers": 9 * 9 * 4, "masks": 0, "rows": 5 * 5 * 4}


def test_recomputed_kernels_keep_what_they_read() -> None:
    assert kept("x: [T, C]", f"{TRAINED} recompute {{ x = x -> LayerNorm }} return x", T=7, C=128)["numbers"] == 7 * 128


# PyTorch -----------------------------------------------------------------------------------------------


class Saved:
    """What PyTorch saves while a function runs: floats and whole numbers apart, each storage once."""

    def __init__(self, run: Callable[[], Any], parameters: Any) -> None:
        from torch.autograd.graph import saved_tensors_hooks

        own = {parameter.untyped_storage().data_ptr() for parameter in parameters}
        self.held: list[Any] = []
        sizes: dict[int, tuple[bool, int]] = {}

        def pack(tensor: Any) -> Any:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in own:
                self.held.append(tensor)  # so that no other storage gets the same address
                sizes[storage.data_ptr()] = tensor.is_floating_point(), storage.nbytes() // tensor.element_size()
            return tensor

        with saved_tensors_hooks(pack, lambda tensor: tensor):
            self.held.append(run())
        self.numbers = sum(size for floats, size in sizes.values() if floats)
        self.others = sum(size for floats, size in sizes.values() if not floats)


def _layer(torch: Any, name: str) -> Any:
    """A layer of PyTorch over (positions, channels) or (1, channels, rows, columns)."""
    nn, functional = torch.nn, torch.nn.functional
    made: dict[str, Callable[[], Any]] = {
        "linear": lambda: nn.Linear(16, 5),
        "conv1d": lambda: nn.Conv1d(8, 4, 3, padding=1),
        "conv1d stride": lambda: nn.Conv1d(8, 4, 3, padding=2, stride=2),
        "conv2d": lambda: nn.Conv2d(8, 4, 3, padding=1),
        "conv2d stride": lambda: nn.Conv2d(8, 4, 3, padding=1, stride=2),
        "same twice": lambda: nn.Sequential(
            nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU()
        ),
        "max pool": lambda: nn.MaxPool2d(3, 2, 1),
        "batch norm": lambda: nn.BatchNorm2d(8),
        "layer norm": lambda: nn.LayerNorm(16),
        "group norm": lambda: nn.GroupNorm(4, 8),
        "prelu": lambda: nn.PReLU(),
        "softmax": lambda: nn.Softmax(-1),
        "log softmax": lambda: nn.LogSoftmax(-1),
        "linear relu linear": lambda: nn.Sequential(nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 16)),
        "linear leaky linear": lambda: nn.Sequential(nn.Linear(16, 16), nn.LeakyReLU(), nn.Linear(16, 16)),
        "linear elu linear": lambda: nn.Sequential(nn.Linear(16, 16), nn.ELU(), nn.Linear(16, 16)),
        "linear gelu linear": lambda: nn.Sequential(nn.Linear(16, 16), nn.GELU(), nn.Linear(16, 16)),
        "linear tanh linear": lambda: nn.Sequential(nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 16)),
    }
    return made[name]() if name in made else getattr(functional, name)


IMAGE, ROW, POSITIONS = (1, 8, 9, 9), (1, 8, 9), (7, 16)

LIVE = [
    # name, shape in PyTorch, the same in .arch, and what PyTorch saves besides, with the reason.
    ("linear", POSITIONS, "x -> Linear(5)", 0),
    ("conv1d", ROW, "x -> Conv1d(4, 3, pad = 1)", 0),
    ("conv1d stride", ROW, "x -> Conv1d(4, 3, pad = 2, stride = 2)", 0),
    ("conv2d", IMAGE, "x -> Conv2d(4, 3, pad = 1)", 0),
    ("conv2d stride", IMAGE, "x -> Conv2d(4, 3, pad = 1, stride = 2)", 0),
    ("same twice", IMAGE, "x -> Conv2d(C, 3, pad = 1) -> relu -> Conv2d(C, 3, pad = 1) -> relu", 0),
    ("max pool", IMAGE, "x -> max_pool2d(3, 2, 1)", 0),
    ("batch norm", IMAGE, "x -> BatchNorm", 2 * 8),  # mean and deviation of the batch; here it is in use
    ("layer norm", POSITIONS, "x -> LayerNorm", 0),
    ("group norm", ROW, "x -> GroupNorm(4)", 0),
    ("softmax", POSITIONS, "x -> softmax", 0),
    ("log softmax", POSITIONS, "x -> log_softmax", 0),
    ("prelu", POSITIONS, "x -> PReLU", 0),
    ("linear relu linear", POSITIONS, "x -> Linear(C) -> relu -> Linear(C)", 0),
    ("linear leaky linear", POSITIONS, "x -> Linear(C) -> leaky_relu -> Linear(C)", 0),
    ("linear elu linear", POSITIONS, "x -> Linear(C) -> elu -> Linear(C)", 0),
    ("linear gelu linear", POSITIONS, "x -> Linear(C) -> gelu -> Linear(C)", 0),
    ("linear tanh linear", POSITIONS, "x -> Linear(C) -> tanh -> Linear(C)", 0),
    *((name, POSITIONS, f"x -> {name}", 0) for name in ("relu", "gelu", "silu", "tanh", "sigmoid", "softplus")),
    *((name, POSITIONS, f"x -> {name}", 0) for name in ("leaky_relu", "elu", "relu6", "hardsigmoid", "hardswish")),
    ("glu", POSITIONS, "x -> glu", -7 * 8),  # one kernel in PyTorch; here its gate, sigmoid of a half, is kept
    ("softsign", POSITIONS, "x -> softsign", 7 * 16),  # written out in PyTorch: x and 1 + |x|, where y is enough
]


def _ports(shape: tuple[int, ...]) -> tuple[str, dict[str, int]]:
    """The same axes, channels last and no axis of examples."""
    if len(shape) == 2:
        return "x: [T, C]", {"T": shape[0], "C": shape[1]}
    names = ("T",) if len(shape) == 3 else ("Y", "X")
    return f"x: [{', '.join(names)}, C]", dict(zip(names, shape[2:], strict=True)) | {"C": shape[1]}


@pytest.mark.parametrize(("name", "shape", "body", "besides"), LIVE, ids=[entry[0] for entry in LIVE])
def test_pytorch_saves_as_much(name: str, shape: tuple[int, ...], body: str, besides: int) -> None:
    torch = pytest.importorskip("torch")
    layer = _layer(torch, name)
    x = torch.randn(shape, requires_grad=True)
    # Running statistics are no activations either.
    own = [*layer.parameters(), *layer.buffers()] if isinstance(layer, torch.nn.Module) else []
    saved = Saved(lambda: layer(x), own)
    ports, sizes = _ports(shape)
    found = kept(ports, f"{TRAINED} return {body}", **sizes)
    assert saved.numbers == found["numbers"] + besides
    assert saved.others == found["rows"] + found["masks"]


def test_pytorch_saves_the_same_in_larger_parts() -> None:
    """Attention written out, a residual block, cells of recurrent networks, an embedding and its loss."""
    torch = pytest.importorskip("torch")
    nn, functional = torch.nn, torch.nn.functional

    # Attention in 2 heads over 7 positions of 16 channels.
    maps = [nn.Linear(16, 16) for _ in range(4)]

    def attention(x: Any) -> Any:
        q, k, v = (layer(x).view(7, 2, 8).transpose(0, 1) for layer in maps[:3])
        p = (q @ k.transpose(-1, -2) / math.sqrt(8)).softmax(-1)
        return maps[3]((p @ v).transpose(0, 1).reshape(7, 16))

    x = torch.randn(7, 16, requires_grad=True)
    saved = Saved(lambda: attention(x), [p for layer in maps for p in layer.parameters()])
    assert saved.numbers == kept("x: [T, C]", f"{TRAINED} return x -> SelfAttention(2)", T=7, C=16)["numbers"]

    # A residual block: what is added is not kept for the addition.
    one, two = nn.Conv1d(8, 8, 3, padding=1), nn.Conv1d(8, 8, 3, padding=1)
    row = torch.randn(1, 8, 9, requires_grad=True)
    saved = Saved(lambda: functional.relu(row + two(one(row).relu())), [*one.parameters(), *two.parameters()])
    body = f"{TRAINED} y = x -> Conv1d(C, 3, pad = 1) -> relu -> Conv1d(C, 3, pad = 1) return relu(x + y)"
    assert saved.numbers == kept("x: [T, C]", body, T=9, C=8)["numbers"]

    # A table, a layer, and the loss: -log of one of its probabilities; the rows are saved by both of their readers.
    table, layer = nn.Embedding(11, 16), nn.Linear(16, 11)
    tokens, weights = torch.tensor([3, 1, 4, 1, 5]), [*table.parameters(), *layer.parameters()]
    saved = Saved(lambda: layer(table(tokens)).log_softmax(-1), weights)
    found = kept("x: [T], V, C", "return x -> Embedding(V, C) -> Linear(V) -> log_softmax", T=5, V=11, C=16)
    assert (saved.numbers, saved.others) == (found["numbers"], found["rows"])
    loss = Saved(lambda: functional.cross_entropy(layer(table(tokens)), tokens), weights)
    assert loss.numbers == found["numbers"] + 1  # nll_loss: the sum of the weights of the classes


CELLS = {
    "RNN": "h = tanh(x[t] @ W + h @ U)",
    "LSTM": """
      i, f, g, o = split(x[t] @ W + h @ U, 4)
      c = sigmoid(f) * c + sigmoid(i) * tanh(g)
      h = sigmoid(o) * tanh(c)""",
    "GRU": """
      r, z, n = split(x[t] @ W, 3)
      a, b, m = split(h @ U, 3)
      r = sigmoid(r + a)
      z = sigmoid(z + b)
      n = tanh(n + r * m)
      h = n + z * (h - n)""",
}


@pytest.mark.parametrize(("name", "gates"), [("RNN", 1), ("LSTM", 4), ("GRU", 3)])
def test_pytorch_saves_the_same_in_recurrent_cells(name: str, gates: int) -> None:
    """5 steps, written out. PyTorch keeps the zeros at the beginning, which are made anew here."""
    torch = pytest.importorskip("torch")
    inputs, width, steps = 6, 4, 5
    w, u = (torch.randn(size, gates * width, requires_grad=True) for size in (inputs, width))
    x = torch.randn(steps, inputs, requires_grad=True)
    zeros = [torch.zeros(width) for _ in range(2)]

    def run() -> list[Any]:
        h, c = zeros
        states = []
        for t in range(steps):
            a, b = x[t] @ w, h @ u
            if name == "RNN":
                h = torch.tanh(a + b)
            elif name == "LSTM":
                i, f, g, o = (a + b).chunk(4)
                c = f.sigmoid() * c + i.sigmoid() * g.tanh()
                h = o.sigmoid() * c.tanh()
            else:
                (r, z, n), (s, y, m) = a.chunk(3), b.chunk(3)
                r, z = (r + s).sigmoid(), (z + y).sigmoid()
                n = (n + r * m).tanh()
                h = n + z * (h - n)
            states.append(h)
        return states

    saved = Saved(run, [w, u])
    carries = "h: [H], c: [H]" if name == "LSTM" else "h: [H]"
    body = (
        f"param W: [C, {gates}*H], U: [H, {gates}*H] scan t in T with {carries} {{ {CELLS[name]} emit s = h }} return s"
    )
    found = kept("x: [T, C], H", f"{TRAINED} {body}", T=steps, C=inputs, H=width)
    started = sum(1 for one in zeros if any(one.data_ptr() == held.data_ptr() for held in saved.held[:-1]))
    assert saved.numbers == found["numbers"] + started * width
