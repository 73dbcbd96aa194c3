"""Conventions of counting tools, against the figures that those tools produced.

Each tool ran on the same models (torch 2.13 and 2.15, fvcore 0.1.5, thop 0.1.1, ptflops 0.7.5; CPU, eval); the
figures are what it reported divided by the products alone, with four decimals. `FlopCounterMode` says 2 for a MAC, so
its figure here is half of what it printed. Where a tool counts otherwise depending on how it is run, the run stands
beside the figure.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import symcost
from symcost.conventions import load
from symcost.errors import SymcostError

MODELS = """
model mlp(x: [784])         { return x -> Linear(128) -> relu -> Linear(10) }
model mlp3d(x: [50, 784])   { return x -> Linear(128) -> relu -> Linear(10) }
model rnn(x: [100, 64])     { return x -> RNN(128) }
model lstm(x: [100, 64])    { return x -> LSTM(128) }
model gru(x: [100, 64])     { return x -> GRU(128) }
model bilstm2(x: [100, 64]) { return x -> Stacked(LSTM, 128, layers = 2, bidirectional = true) }
model rnncell(x: [100, 64]) {
  scan t in 100 with h: [128] {
    h = RNNCell(x[t], h)
    emit y = h
  }
  return y
}
model conv1d(x: [100, 64])       { return x -> Conv1d(128, kernel = 5, stride = 2, pad = 2, groups = 4) }
model conv2d(x: [32, 32, 64])    { return x -> Conv2d(128, kernel = 3, stride = 2, pad = 1, groups = 8) }
model convt2d(x: [16, 16, 64])   { return x -> ConvTranspose2d(32, kernel = 4, stride = 2, pad = 1) }
model mha(x: [128, 512])         { return x -> SelfAttention(heads = 8) }
model enc(x: [128, 512])         { return x -> TransformerEncoderLayer(heads = 8, F = 2048) }
"""

CLOSED = {
    "mlp": 784 * 128 + 128 * 10,
    "mlp3d": 50 * (784 * 128 + 128 * 10),
    "rnn": 100 * (64 * 128 + 128 * 128),
    "lstm": 4 * 100 * (64 * 128 + 128 * 128),
    "gru": 3 * 100 * (64 * 128 + 128 * 128),
    "bilstm2": 2 * 4 * 100 * (64 * 128 + 128 * 128 + 256 * 128 + 128 * 128),
    "rnncell": 100 * (64 * 128 + 128 * 128),
    "conv1d": 64 // 4 * 128 * 5 * 50,
    "conv2d": 64 // 8 * 128 * 3 * 3 * 16 * 16,
    "convt2d": 64 * 32 * 4 * 4 * 16 * 16,
    "mha": 4 * 128 * 512 * 512 + 2 * 128 * 128 * 512,
    "enc": 4 * 128 * 512 * 512 + 2 * 128 * 128 * 512 + 2 * 128 * 512 * 2048,
}
"""The products alone, from the dimensions of the layers."""

MEASURED = {
    "pytorch": "1 1 1 0 1 0 1 1 1 1 1 1",  # 2.15, gradients on
    "fvcore": "1 1 0 0 0 0 1 1 1 1 0.889 0.9616",  # mha without need_weights, gradients on
    "thop": "1 1 1.0156 1.0208 1.0226 1.0139 1.0156 1 1 - 0 0.641",
    "ptflops": "1.0039 1.0039 1.0156 1.0234 1.0226 1.0156 1.0156 1.0125 1.0139 1.0039 1.0030 1.0022",
}
"""By tool, in the order of the models; `-` is refused."""

RESNET = Path(__file__).parents[2] / "examples/vision/resnet.arch"

FIGURES = [
    (tool, model, figure)
    for tool, figures in MEASURED.items()
    for model, figure in zip(CLOSED, figures.split(), strict=True)
    if figure != "-"
]


def ratio(tool: str, model: str, text: str = MODELS) -> Fraction:
    """What a convention counts, in MACs and divided by the products alone."""
    flops = symcost.loads(text).model(model).flops(tool)()
    return Fraction(flops) / CLOSED[model] / (2 if tool == "pytorch" else 1)


def printed(value: Fraction, like: str) -> str:
    """A ratio with as many decimals as the figure that it is compared with."""
    return f"{float(value):.{len(like.partition('.')[2])}f}"


@pytest.mark.parametrize(("tool", "model", "figure"), FIGURES, ids=lambda item: str(item))
def test_what_the_tool_reported(tool: str, model: str, figure: str) -> None:
    """Every digit that was reported; where it says 1 or 0, exactly."""
    found = ratio(tool, model)
    assert found == int(figure) if "." not in figure else printed(found, figure) == figure


@pytest.mark.parametrize("model", CLOSED)
def test_the_products_alone(model: str) -> None:
    """What everything is divided by is what is derived."""
    assert symcost.loads(MODELS).model(model).macs() == CLOSED[model]


def test_fvcore_leaves_fused_attention_out() -> None:
    """It misses scaled_dot_product_attention; the norms of an encoder layer count 2·5·128·512."""
    fused = Fraction(2 * 128 * 128 * 512, CLOSED["enc"])
    assert (ratio("fvcore", "enc") + fused - 1) * CLOSED["enc"] == 2 * 5 * 128 * 512


@pytest.mark.parametrize(
    ("tool", "figure"), [("pytorch", "1"), ("fvcore", "1.0055"), ("thop", "1.0109"), ("ptflops", "1.0106")]
)
def test_resnet50(tool: str, figure: str) -> None:
    """Batch norm, pooling and relu at 224 by 224, above 4,089,184,256 MACs."""
    flops = Fraction(symcost.load(RESNET).model().configured("resnet50").flops(tool)())
    found = flops / 4_089_184_256 / (2 if tool == "pytorch" else 1)
    assert found == 1 if figure == "1" else printed(found, figure) == figure


def test_what_a_convention_cannot_say_is_refused() -> None:
    """`thop` counts four times the products of this transposed convolution; no number is better than another one."""
    with pytest.raises(SymcostError, match="the convention `thop` cannot count `ConvTranspose2d`"):
        symcost.loads(MODELS).model("convt2d").flops("thop")


def test_a_layer_counted_as_a_whole_has_nothing_inside() -> None:
    """The blocks of a listing still add up to what is around them."""
    tree = symcost.loads(MODELS).model("lstm").tree
    (layer,) = tree.children
    (scan,) = layer.children
    convention = load("ptflops")
    assert tree.flops(convention) == layer.flops(convention) == 100 * (4 * (64 * 128 + 128 * 128) + 18 * 128)
    assert scan.flops(convention) == 0
