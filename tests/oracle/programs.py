"""Small programs, one or more for every feature of the language, with sizes at which they can be run.

Those in `programs/` have their sizes in a comment above: `# T=1 3, I=1 2` runs at T = 1, I = 1 and at T = 3, I = 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

Values = Mapping[str, int]

FOLDER = Path(__file__).with_name("programs")
MODEL = re.compile(r"^(?:# (\w+=.*)\n)?model (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Program:
    """A model of a text, and the sizes it is run at."""

    name: str
    model: str
    text: str
    values: tuple[Values, ...]


def spread(text: str) -> tuple[Values, ...]:
    """`T=1 2 5, I=1 3 2` as one mapping for each column."""
    rows = [entry.split("=") for entry in text.split(",")]
    columns = zip(*(numbers.split() for _, numbers in rows), strict=True)
    return tuple({name.strip(): int(n) for (name, _), n in zip(rows, column, strict=True)} for column in columns)


def written() -> Iterator[Program]:
    """The models of the files in `programs/`."""
    for path in sorted(FOLDER.glob("*.arch")):
        text = path.read_text(encoding="utf-8")
        for sizes, name in MODEL.findall(text):
            yield Program(f"{path.stem} {name}", name, text, spread(sizes) if sizes else ({},))


def model(expression: str, ports: str, sizes: str) -> Program:
    """A model that returns an expression."""
    return Program(expression, "M", f"model M({ports}) {{ return {expression} }}\n", spread(sizes))


def pointwise(expression: str) -> Program:
    """An expression over x: [T, D], z: [T, D], v: [D] and a: []."""
    return model(expression, "x: [T, D], z: [T, D], v: [D], a: []", "T=1 3, D=1 2")


POINTWISE = [
    *map(
        pointwise,
        ("x + z", "x - v", "x * a", "x / z", "-x", "2 * x + 1", "x / sqrt(D)", "1 / x", "x == z", "x != 0"),
    ),
    *map(
        pointwise,
        ("x < z", "x <= v", "x > a", "0 >= x", "max(x, 0)", "max(x, z)", "min(x, v)", "where(x > z, x, v)"),
    ),
    *map(
        pointwise,
        ("exp(x)", "log(x)", "sqrt(x)", "rsqrt(x)", "tanh(x)", "sigmoid(x)", "relu(x)", "leaky_relu(x)"),
    ),
    *map(pointwise, ("elu(x)", "gelu(x)", "silu(x)", "softplus(x)", "erf(x)", "sin(x)", "cos(x)", "abs(x)")),
    *map(
        pointwise,
        ("x^2", "x^3", "x^1", "x^0.5", "x^-1", "x^2.5", "x^z", "2^x", "x -> tanh -> relu", "-x^2", "x * x^2"),
    ),
    *map(pointwise, ("sum(x)", "max(x, axis = 0)", "min(x, axis = -2)", "mean(x)", "mean(x, axis = [0, 1])")),
    *map(
        pointwise,
        ("sum(x, axis = [0, -1], keep = true)", "max(x, keep = true) - x", "sum(a * x, axis = 1) + 0.5"),
    ),
    *map(pointwise, ("softsign(x)", "cumsum(x)", "sort(x, axis = 0)", "topk(x, 1)", "sort(cumsum(x) * v)")),
    *map(pointwise, ("softmax(x)", "log_softmax(x)", "softmax(v) * x", "max(x)", "min(min(x, z))")),
]

LIBRARY = [
    model("x -> Linear(O)", "x: [T, I], O", "T=1 2, I=1 3, O=1 2"),
    model("Bilinear(x, z, O)", "x: [T, I], z: [T, J], O", "T=1 2, I=1 3, J=1 2, O=1 2"),
    model("x -> Embedding(V, D)", "x: [T], V, D", "T=1 2, V=1 3, D=1 2"),
    model('x -> Conv1d(H, kernel = K, pad = "same")', "x: [T, I], H, K", "T=1 4, I=1 2, H=1 2, K=1 3"),
    model("x -> Conv1d(H, 3, stride = 2, pad = 1, dilation = 2)", "x: [T, I], H", "T=4 7, I=1 2, H=1 2"),
    model("x -> Conv1d(2*I, 2, groups = I, bias = false)", "x: [T, I]", "T=2 5, I=1 3"),
    model(
        'x -> Conv2d(O, kernel = 3, stride = 2, pad = "same")',
        "x: [Y, X, C], O",
        "Y=1 4, X=1 3, C=1 2, O=1 2",
    ),
    model("x -> Conv2d(O, kernel = 2, kernel_y = 1)", "x: [Y, X, C], O", "Y=1 3, X=2 3, C=1 2, O=1 2"),
    model("x -> Conv3d(O, kernel = 2)", "x: [Z, Y, X, C], O", "Z=2 3, Y=2 3, X=2 2, C=1 2, O=1 2"),
    model(
        "x -> ConvTranspose1d(O, 3, stride = 2, pad = 1, output_pad = 1)",
        "x: [T, I], O",
        "T=1 3, I=1 2, O=1 2",
    ),
    model("x -> ConvTranspose2d(O, 2, stride = 2)", "x: [Y, X, I], O", "Y=1 2, X=1 3, I=1 2, O=1 2"),
    model("x -> DepthwiseConv1d(2)", "x: [T, C]", "T=2 4, C=1 3"),
    model("x -> SqueezeExcitation(2)", "x: [Y, X, C]", "Y=1 2, X=1 3, C=1 2"),
    model("x -> FIR(K)", "x: [T], K", "T=1 4, K=1 3"),
    model("x -> IIR", "x: [B, T]", "B=1 2, T=1 4"),
    model("x -> LayerNorm -> RMSNorm -> BatchNorm", "x: [T, D]", "T=1 2, D=1 3"),
    model("x -> GroupNorm(2)", "x: [T, D]", "T=1 2, D=2 4"),
    model("x -> GroupNorm2d(1)", "x: [Y, X, D]", "Y=1 2, X=1 2, D=1 3"),
    model("x -> max_pool1d(2)", "x: [T, C]", "T=2 5, C=1 2"),
    model("x -> avg_pool1d(3, 2, 1)", "x: [T, C]", "T=1 5, C=1 2"),
    model("x -> max_pool2d(2) -> global_avg_pool2d", "x: [Y, X, C]", "Y=2 5, X=2 4, C=1 2"),
    model("x -> avg_pool2d(2, 1)", "x: [Y, X, C]", "Y=2 4, X=2 3, C=1 2"),
    model("x -> adaptive_avg_pool1d(2) -> upsample1d", "x: [T, C]", "T=2 4, C=1 2"),
    model(
        "x -> Conv2d(O, [1, 2], stride = [2, 1], pad = [0, 1], dilation = 2)",
        "x: [Y, X, C], O",
        "Y=1 4, X=2 3, C=1 2, O=1 2",
    ),
    model(
        "x -> ConvTranspose2d(O, [2, 1], [1, 2], output_pad = [0, 1])", "x: [Y, X, C], O", "Y=1 2, X=1 3, C=1 2, O=1 2"
    ),
    model(
        "x -> ConvTranspose3d(2, [1, 2, 1], stride = 2, pad = [0, 1, 0])",
        "x: [Z, Y, X, C]",
        "Z=1 2, Y=2 2, X=1 2, C=1 2",
    ),
    model("x -> max_pool3d([1, 2, 1]) -> avg_pool3d(2, [2, 1, 1])", "x: [Z, Y, X, C]", "Z=2 2, Y=4 5, X=2 2, C=1 2"),
    model("x -> adaptive_avg_pool3d([2, 1, 2])", "x: [Z, Y, X, C]", "Z=2 4, Y=1 2, X=2 4, C=1 2"),
    model('x -> resize([N, 3], mode = "bilinear")', "x: [Y, X, C], N", "Y=1 3, X=2 2, C=1 2, N=1 4"),
    model('x -> resize([N, 2], mode = "bicubic")', "x: [Y, X, C], N", "Y=1 3, X=2 1, C=1 2, N=1 3"),
    model("relu(x -> resize(N)) + (x -> resize([N]))", "x: [B, T, C], N", "B=1 2, T=1 3, C=1 2, N=1 4"),
    model("tanh(unfold2d(x, [2, 1], pad = [1, 0], stride = [1, 2]))", "x: [Y, X, C]", "Y=1 3, X=2 3, C=1 2"),
    model("x -> InstanceNorm2d(affine = true) -> local_response_norm(3)", "x: [Y, X, C]", "Y=1 2, X=2 2, C=1 4"),
    model("grid_sample(x, g)", "x: [Y, X, C], g: [M, 1, 2]", "Y=1 3, X=2 2, C=1 2, M=1 2"),
    model("roi_align(x, boxes, [1, 2], s)", "x: [Y, X, C], boxes: [R, 4], s", "Y=2 3, X=2 2, C=1 2, R=1 2, s=1 2"),
    model("x -> pixel_shuffle(2) -> upsample2d -> relu", "x: [Y, X, C]", "Y=1 2, X=1 2, C=4 8"),
    model("relu6(x) + hardswish(x) + (x -> PReLU)", "x: [T, D]", "T=1 2, D=1 3"),
    model("x -> glu -> dropout", "x: [T, D]", "T=1 2, D=2 4"),
    model("x -> RNN(H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    model("x -> LSTM(H)", "x: [B, T, I], H", "B=1 2, T=1 2, I=1 2, H=1 2"),
    model(
        "x -> LSTM(H, biases = 1, proj = P, peepholes = true)",
        "x: [T, I], H, P",
        "T=1 3, I=1 2, H=1 2, P=1 3",
    ),
    model("x -> GRU(H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    model("x -> GRU(H, biases = 1, reset_after = false)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    model("x -> Bidirectional(GRU, H)", "x: [T, I], H", "T=1 3, I=1 2, H=1 2"),
    model("x -> Stacked(LSTM, H, layers = 3)", "x: [T, I], H", "T=1 2, I=1 2, H=1 2"),
    model("x -> Stacked(RNN, H, 2, bidirectional = true)", "x: [T, I], H", "T=1 2, I=1 2, H=1 2"),
    model("attention(x, y, z)", "x: [M, D], y: [N, D], z: [N, E]", "M=1 2, N=1 3, D=1 2, E=1 2"),
    model("causal_attention(x, x, x)", "x: [T, D]", "T=1 4, D=1 2"),
    model("windowed_attention(x, x, x, w)", "x: [T, D], w", "T=1 5 3, D=1 2 2, w=1 2 4"),
    model("AdditiveAttention(x, y, y, A)", "x: [M, D], y: [N, C], A", "M=1 2, N=1 3, D=1 2, C=1 2, A=1 2"),
    model("SelfAttention(x, heads)", "x: [T, D], heads", "T=1 3, D=1 4, heads=1 2"),
    model("SelfAttention(x, 4, kv_heads = 2, positions = rotary)", "x: [T, D]", "T=1 2, D=8 8"),
    model("CrossAttention(x, y, 2)", "x: [M, D], y: [N, C]", "M=1 2, N=1 3, D=2 4, C=1 2"),
    model("x -> LearnedPositions(S) -> sinusoidal", "x: [T, D], S", "T=1 2, D=1 3, S=1 4"),
    model("x -> FeedForward -> SwiGLU(2)", "x: [T, D]", "T=1 2, D=1 2"),
    model("x -> MixtureOfExperts(E, k, F)", "x: [T, D], E, k, F", "T=1 2, D=1 2, E=1 3, k=1 2, F=1 2"),
    model("x -> TransformerEncoderLayer(2, F)", "x: [T, D], F", "T=1 3, D=2 4, F=1 3"),
    model(
        "x -> TransformerEncoderLayer(1, norm_first = true, norm = RMSNorm, ffn = SwiGLU, attend = causal_attention)",
        "x: [T, D]",
        "T=1 3, D=1 2",
    ),
    model("TransformerDecoderLayer(x, y, 2, F)", "x: [M, D], y: [N, C], F", "M=1 2, N=1 3, D=2 4, C=1 2, F=1 3"),
]

PROGRAMS = [*written(), *POINTWISE, *LIBRARY]


def each_program() -> list[ParameterSet]:
    """Programs as parameters of a test; between two edits every third is enough."""
    slow = [pytest.mark.slow]
    return [
        pytest.param(program, id=program.name, marks=slow if number % 3 else [])
        for number, program in enumerate(PROGRAMS)
    ]
