"""Every layer of the library that PyTorch has, as both write it: what `run_tools.py` counts and the tests compare.

Sizes are unlike one another, so that none stands for another by chance. Each model is one example; PyTorch gets it as
a batch of one, with its channels where PyTorch has them. A layer stands as a module of torch.nn where there is one, and
as the function of torch.nn.functional where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """One layer: the model that says it here, and its counterpart, made from `nn` and given `inputs` of these shapes.

    `tokens`: the inputs are whole numbers. `forward`: how the counterpart is called, where it is not `made(*inputs)`.
    """

    arch: str
    make: Callable[[Any], Any]
    inputs: tuple[tuple[int, ...], ...]
    tokens: bool = False
    forward: Callable[..., Any] | None = None


SERIES = "model M(x: [7, 12])"  # seven steps of twelve channels
STEPS = ((1, 7, 12),)
CHANNELS = ((1, 12, 7),)
IMAGE = "model M(x: [8, 10, 6])"  # eight rows, ten columns, six channels
PIXELS = ((1, 6, 8, 10),)


def _series(ours: str, make: Callable[[Any], Any], **options: Any) -> Layer:
    """A layer over steps, channels last in PyTorch too."""
    return Layer(f"{SERIES} {{ return x -> {ours} }}", make, STEPS, **options)


def _signal(ours: str, make: Callable[[Any], Any], **options: Any) -> Layer:
    """A layer over steps, channels first in PyTorch."""
    return Layer(f"{SERIES} {{ return x -> {ours} }}", make, CHANNELS, **options)


def _image(ours: str, make: Callable[[Any], Any], **options: Any) -> Layer:
    return Layer(f"{IMAGE} {{ return x -> {ours} }}", make, PIXELS, **options)


def _volume(ours: str, make: Callable[[Any], Any]) -> Layer:
    return Layer(f"model M(x: [4, 5, 6, 3]) {{ return x -> {ours} }}", make, ((1, 3, 4, 5, 6),))


def _attention(arguments: str, make: Callable[[Any], Any], arch: str = "x, x, x", **options: Any) -> Layer:
    """nn.MultiheadAttention over itself; asked for its weights, it writes its products out instead of fusing them."""
    model = f"model M(x: [7, 12]) {{ return MultiheadAttention({arch}, {arguments}) }}"
    return Layer(model, make, STEPS, **{"forward": lambda made, x: made(x, x, x, need_weights=False)[0], **options})


def _product(arch: str, forward: Callable[..., Any], *inputs: tuple[int, ...]) -> Layer:
    """A product that a text writes itself: tensors go in, and no module is made."""
    return Layer(arch, lambda nn: nn.Identity(), inputs, forward=lambda made, *tensors: forward(*tensors))


def _summed(notation: str, einsum: str, **tensors: tuple[int, ...]) -> Layer:
    """Index notation, and torch.einsum."""
    ports = ", ".join(f"{name}: {list(shape)}" for name, shape in tensors.items())

    def forward(*given: Any) -> Any:
        import torch

        return torch.einsum(einsum, *given)

    return _product(f"model M({ports}) {{ {notation}\n return y }}", forward, *tensors.values())


LINEAR = {
    "Linear": _series("Linear(9)", lambda nn: nn.Linear(12, 9)),
    "Linear without bias": _series("Linear(9, bias = false)", lambda nn: nn.Linear(12, 9, bias=False)),
    "Linear of one vector": Layer(
        "model M(x: [12]) { return x -> Linear(9) }", lambda nn: nn.Linear(12, 9), ((1, 12),)
    ),
    "Bilinear": Layer(
        "model M(x: [7, 12], z: [7, 5]) { return Bilinear(x, z, 9) }",
        lambda nn: nn.Bilinear(12, 5, 9),
        ((1, 7, 12), (1, 7, 5)),
    ),
    "Bilinear without bias": Layer(
        "model M(x: [7, 12], z: [7, 5]) { return Bilinear(x, z, 9, bias = false) }",
        lambda nn: nn.Bilinear(12, 5, 9, bias=False),
        ((1, 7, 12), (1, 7, 5)),
    ),
    "Embedding": Layer(
        "model M(x: [7]) { return x -> Embedding(20, 12) }", lambda nn: nn.Embedding(20, 12), ((1, 7),), tokens=True
    ),
}

PRODUCTS = {
    "matrix @ matrix": _product(
        "model M(x: [7, 12], W: [12, 9]) { return x @ W }", lambda x, w: x @ w, (7, 12), (12, 9)
    ),
    "vector @ matrix": _product("model M(x: [12], W: [12, 9]) { return x @ W }", lambda x, w: x @ w, (12,), (12, 9)),
    "matrix @ vector": _product("model M(x: [12], W: [9, 12]) { return W @ x }", lambda x, w: w @ x, (12,), (9, 12)),
    "vector @ vector": _product("model M(x: [12], y: [12]) { return x @ y }", lambda x, y: x @ y, (12,), (12,)),
    "matrices @ vector": _product(
        "model M(W: [3, 9, 12], x: [12]) { return W @ x }", lambda w, x: w @ x, (3, 9, 12), (12,)
    ),
    "matrices @ matrix": _product(
        "model M(x: [3, 7, 12], W: [12, 9]) { return x @ W }", lambda x, w: x @ w, (3, 7, 12), (12, 9)
    ),
    "matrices @ matrices": _product(
        "model M(x: [3, 7, 12], y: [3, 12, 9]) { return x @ y }", lambda x, y: x @ y, (3, 7, 12), (3, 12, 9)
    ),
    "indices: matrix, vector": _summed("y[o] = W[o, i] * x[i]", "oi,i->o", W=(9, 12), x=(12,)),
    "indices: vector, vector": _summed("y[] = x[i] * z[i]", "i,i->", x=(12,), z=(12,)),
    "indices: all with all": _summed("y[i, j] = x[i] * z[j]", "i,j->ij", x=(12,), z=(9,)),
    "indices: one by one": _summed("y[t, i] = x[t, i] * z[i]", "ti,i->ti", x=(7, 12), z=(12,)),
    "indices: rows with rows": _summed("y[t] = x[t, i] * z[t, i]", "ti,ti->t", x=(7, 12), z=(7, 12)),
    "indices: matrix, matrix": _summed("y[t, o] = x[t, i] * W[i, o]", "ti,io->to", x=(7, 12), W=(12, 9)),
    "indices: two summed": _summed("y[o] = x[t, i] * W[t, i, o]", "ti,tio->o", x=(7, 12), W=(7, 12, 9)),
    "indices: three tensors": _summed(
        "y[t, o] = x[t, i] * W[o, i, j] * z[t, j]", "ti,oij,tj->to", x=(7, 12), W=(9, 12, 5), z=(7, 5)
    ),
}

CONVOLUTIONS = {
    "Conv1d": _signal("Conv1d(9, 3)", lambda nn: nn.Conv1d(12, 9, 3)),
    "Conv1d with all options": _signal(
        "Conv1d(9, 3, stride = 2, pad = 2, dilation = 2, groups = 3, bias = false)",
        lambda nn: nn.Conv1d(12, 9, 3, 2, 2, 2, 3, bias=False),
    ),
    "Conv2d": _image("Conv2d(9, 3)", lambda nn: nn.Conv2d(6, 9, 3)),
    "Conv2d with all options": _image(
        "Conv2d(9, 3, stride = 2, pad = 1, dilation = 2, groups = 3, bias = false)",
        lambda nn: nn.Conv2d(6, 9, 3, 2, 1, 2, 3, bias=False),
    ),
    "Conv2d of two sides": _image(
        "Conv2d(9, 3, kernel_x = 5, stride_y = 2, pad_x = 2)",
        lambda nn: nn.Conv2d(6, 9, (3, 5), (2, 1), (0, 2)),
    ),
    "Conv2d same": _image('Conv2d(9, 3, pad = "same")', lambda nn: nn.Conv2d(6, 9, 3, padding="same")),
    "Conv3d": _volume("Conv3d(5, 3, pad = 1)", lambda nn: nn.Conv3d(3, 5, 3, padding=1)),
    "Conv3d in groups": _volume("Conv3d(6, 2, groups = 3)", lambda nn: nn.Conv3d(3, 6, 2, groups=3)),
    "ConvTranspose1d": _signal("ConvTranspose1d(9, 4)", lambda nn: nn.ConvTranspose1d(12, 9, 4)),
    "ConvTranspose1d with all options": _signal(
        "ConvTranspose1d(9, 4, stride = 2, pad = 1, output_pad = 1, groups = 3, bias = false, dilation = 2)",
        lambda nn: nn.ConvTranspose1d(12, 9, 4, 2, 1, 1, 3, False, 2),
    ),
    "ConvTranspose2d": _image("ConvTranspose2d(9, 3)", lambda nn: nn.ConvTranspose2d(6, 9, 3)),
    "ConvTranspose2d with all options": _image(
        "ConvTranspose2d(9, 3, stride = 2, pad = 1, output_pad = 1, groups = 3, bias = false)",
        lambda nn: nn.ConvTranspose2d(6, 9, 3, 2, 1, 1, 3, False),
    ),
    "DepthwiseConv1d": _signal("DepthwiseConv1d(3)", lambda nn: nn.Conv1d(12, 12, 3, groups=12)),
    "DepthwiseConv2d": _image("DepthwiseConv2d(3)", lambda nn: nn.Conv2d(6, 6, 3, groups=6)),
}

NORMS = {
    "LayerNorm": _series("LayerNorm", lambda nn: nn.LayerNorm(12)),
    "LayerNorm without bias": _series("LayerNorm(bias = false)", lambda nn: nn.LayerNorm(12, bias=False)),
    "LayerNorm without parameters": _series(
        "LayerNorm(affine = false)", lambda nn: nn.LayerNorm(12, elementwise_affine=False)
    ),
    "RMSNorm": _series("RMSNorm", lambda nn: nn.RMSNorm(12)),
    "BatchNorm": _signal("BatchNorm", lambda nn: nn.BatchNorm1d(12)),
    "BatchNorm over an image": _image("BatchNorm", lambda nn: nn.BatchNorm2d(6)),
    "BatchNorm without parameters": _signal("BatchNorm(affine = false)", lambda nn: nn.BatchNorm1d(12, affine=False)),
    "GroupNorm": _signal("GroupNorm(3)", lambda nn: nn.GroupNorm(3, 12)),
    "GroupNorm2d": _image("GroupNorm2d(3)", lambda nn: nn.GroupNorm(3, 6)),
}

ACTIVATIONS = {
    "relu": _series("relu", lambda nn: nn.ReLU()),
    "relu6": _series("relu6", lambda nn: nn.ReLU6()),
    "leaky_relu": _series("leaky_relu", lambda nn: nn.LeakyReLU()),
    "elu": _series("elu", lambda nn: nn.ELU()),
    "gelu": _series("gelu", lambda nn: nn.GELU()),
    "silu": _series("silu", lambda nn: nn.SiLU()),
    "softplus": _series("softplus", lambda nn: nn.Softplus()),
    "sigmoid": _series("sigmoid", lambda nn: nn.Sigmoid()),
    "tanh": _series("tanh", lambda nn: nn.Tanh()),
    "hardsigmoid": _series("hardsigmoid", lambda nn: nn.Hardsigmoid()),
    "hardswish": _series("hardswish", lambda nn: nn.Hardswish()),
    "PReLU": _signal("PReLU", lambda nn: nn.PReLU()),
    "PReLU for each channel": _signal("PReLU(12)", lambda nn: nn.PReLU(12)),
    "softmax": _series("softmax", lambda nn: nn.Softmax(dim=-1)),
    "log_softmax": _series("log_softmax", lambda nn: nn.LogSoftmax(dim=-1)),
    "glu": _series("glu", lambda nn: nn.GLU()),
    "dropout": _series("dropout", lambda nn: nn.Dropout()),
    "identity": _series("identity", lambda nn: nn.Identity()),
}

POOLING = {
    "max_pool1d": _signal("max_pool1d(3)", lambda nn: nn.MaxPool1d(3)),
    "max_pool1d with all options": _signal("max_pool1d(3, stride = 2, pad = 1)", lambda nn: nn.MaxPool1d(3, 2, 1)),
    "avg_pool1d": _signal("avg_pool1d(3)", lambda nn: nn.AvgPool1d(3)),
    "avg_pool1d with all options": _signal("avg_pool1d(3, stride = 2, pad = 1)", lambda nn: nn.AvgPool1d(3, 2, 1)),
    "max_pool2d": _image("max_pool2d(3)", lambda nn: nn.MaxPool2d(3)),
    "max_pool2d with all options": _image("max_pool2d(3, stride = 2, pad = 1)", lambda nn: nn.MaxPool2d(3, 2, 1)),
    "avg_pool2d": _image("avg_pool2d(3)", lambda nn: nn.AvgPool2d(3)),
    "avg_pool2d with all options": _image("avg_pool2d(3, stride = 2, pad = 1)", lambda nn: nn.AvgPool2d(3, 2, 1)),
    "global_avg_pool1d": _signal("global_avg_pool1d", lambda nn: nn.AdaptiveAvgPool1d(1)),
    "global_max_pool1d": _signal("global_max_pool1d", lambda nn: nn.AdaptiveMaxPool1d(1)),
    "global_avg_pool2d": _image("global_avg_pool2d", lambda nn: nn.AdaptiveAvgPool2d(1)),
    "global_max_pool2d": _image("global_max_pool2d", lambda nn: nn.AdaptiveMaxPool2d(1)),
    "adaptive_avg_pool1d": Layer(
        "model M(x: [8, 12]) { return x -> adaptive_avg_pool1d(4) }", lambda nn: nn.AdaptiveAvgPool1d(4), ((1, 12, 8),)
    ),
    "adaptive_avg_pool2d": _image("adaptive_avg_pool2d(2)", lambda nn: nn.AdaptiveAvgPool2d(2)),
    "adaptive_avg_pool2d of two sides": _image("adaptive_avg_pool2d(4, 5)", lambda nn: nn.AdaptiveAvgPool2d((4, 5))),
    "upsample1d": _signal("upsample1d(3)", lambda nn: nn.Upsample(scale_factor=3)),
    "upsample2d": _image("upsample2d(2)", lambda nn: nn.Upsample(scale_factor=2)),
    "upsample_linear1d": _signal("upsample_linear1d(3)", lambda nn: nn.Upsample(scale_factor=3, mode="linear")),
    "upsample_bilinear2d": _image("upsample_bilinear2d(2)", lambda nn: nn.Upsample(scale_factor=2, mode="bilinear")),
    "pixel_shuffle": Layer(
        "model M(x: [8, 10, 8]) { return x -> pixel_shuffle(2) }", lambda nn: nn.PixelShuffle(2), ((1, 8, 8, 10),)
    ),
}


def _recurrent(name: str) -> dict[str, Layer]:
    """A recurrent layer, its cell, and what they can be told."""

    def of(nn: Any, *sizes: int, **options: Any) -> Any:
        return getattr(nn, name)(*sizes, batch_first=True, **options)

    both = "model M(x: [12], h: [9]{cell}) {{ return {name}Cell(x, h{given}{options}) }}"
    cell, given = (", c: [9]", ", c") if name == "LSTM" else ("", "")
    states = ((1, 12), (1, 9)) + (((1, 9),) if name == "LSTM" else ())

    def step(made: Any, x: Any, *state: Any) -> Any:
        out = made(x, state if name == "LSTM" else state[0])
        return out[0] if isinstance(out, tuple) else out

    def cells(options: str) -> str:
        return both.format(cell=cell, name=name, given=given, options=options)

    return {
        name: _series(f"{name}(9)", lambda nn: of(nn, 12, 9)),
        f"{name} without bias": _series(f"{name}(9, bias = false)", lambda nn: of(nn, 12, 9, bias=False)),
        f"{name} of both ways": _series(f"Bidirectional({name}, 9)", lambda nn: of(nn, 12, 9, bidirectional=True)),
        f"{name} in two layers": _series(f"Stacked({name}, 9, layers = 2)", lambda nn: of(nn, 12, 9, num_layers=2)),
        f"{name} of both ways in three layers": _series(
            f"Stacked({name}, 9, layers = 3, bidirectional = true, bias = false)",
            lambda nn: of(nn, 12, 9, num_layers=3, bidirectional=True, bias=False),
        ),
        f"{name}Cell": Layer(cells(""), lambda nn: getattr(nn, f"{name}Cell")(12, 9), states, forward=step),
        f"{name}Cell without bias": Layer(
            cells(", bias = false"), lambda nn: getattr(nn, f"{name}Cell")(12, 9, bias=False), states, forward=step
        ),
    }


RECURRENT = {
    **_recurrent("RNN"),
    **_recurrent("GRU"),
    **_recurrent("LSTM"),
    "RNN with relu": _series("RNN(9, act = relu)", lambda nn: nn.RNN(12, 9, nonlinearity="relu", batch_first=True)),
    "LSTM with a projection": _series("LSTM(9, proj = 4)", lambda nn: nn.LSTM(12, 9, proj_size=4, batch_first=True)),
}


def _causal(made: Any, x: Any) -> Any:
    import torch

    mask = torch.nn.Transformer.generate_square_subsequent_mask(x.shape[1])
    return made(x, x, x, attn_mask=mask, is_causal=True, need_weights=False)[0]


def _functional(name: str, **options: Any) -> Callable[..., Any]:
    def call(made: Any, *tensors: Any) -> Any:
        import torch.nn.functional as functions

        return getattr(functions, name)(*tensors, **options)

    return call


def _heads(ours: str, **options: Any) -> Layer:
    """Attention without parameters: three heads of seven queries over seven keys, four channels each."""
    return Layer(
        f"model M(q: [3, 7, 4], k: [3, 7, 4], v: [3, 7, 4]) {{ return {ours}(q, k, v) }}",
        lambda nn: nn.Identity(),
        ((1, 3, 7, 4),) * 3,
        forward=_functional("scaled_dot_product_attention", **options),
    )


CROSS = "model M(x: [7, 12], y: [5, {keys}], z: [5, {values}]) {{ return MultiheadAttention(x, y, z, 3) }}"

ATTENTION = {
    "attention": _heads("attention"),
    "causal_attention": _heads("causal_attention", is_causal=True),
    "MultiheadAttention": _attention("3", lambda nn: nn.MultiheadAttention(12, 3, batch_first=True)),
    "MultiheadAttention with its weights": _attention(
        "3", lambda nn: nn.MultiheadAttention(12, 3, batch_first=True), forward=lambda made, x: made(x, x, x)[0]
    ),
    "MultiheadAttention without bias": _attention(
        "3, bias = false", lambda nn: nn.MultiheadAttention(12, 3, bias=False, batch_first=True)
    ),
    "MultiheadAttention over another sequence": Layer(
        CROSS.format(keys=12, values=12),
        lambda nn: nn.MultiheadAttention(12, 3, batch_first=True),
        ((1, 7, 12), (1, 5, 12), (1, 5, 12)),
        forward=lambda made, *tensors: made(*tensors, need_weights=False)[0],
    ),
    "MultiheadAttention over other widths": Layer(
        CROSS.format(keys=10, values=8),
        lambda nn: nn.MultiheadAttention(12, 3, kdim=10, vdim=8, batch_first=True),
        ((1, 7, 12), (1, 5, 10), (1, 5, 8)),
        forward=lambda made, *tensors: made(*tensors, need_weights=False)[0],
    ),
    "causal MultiheadAttention": _attention(
        "3, attend = causal_attention",
        lambda nn: nn.MultiheadAttention(12, 3, batch_first=True),
        forward=_causal,
    ),
    "TransformerEncoderLayer": _series(
        "TransformerEncoderLayer(3, 20)", lambda nn: nn.TransformerEncoderLayer(12, 3, 20, batch_first=True)
    ),
    "TransformerEncoderLayer with gelu, norms first": _series(
        "TransformerEncoderLayer(3, 20, act = gelu, norm_first = true)",
        lambda nn: nn.TransformerEncoderLayer(12, 3, 20, activation="gelu", norm_first=True, batch_first=True),
    ),
    "TransformerEncoderLayer without bias": _series(
        "TransformerEncoderLayer(3, 20, bias = false)",
        lambda nn: nn.TransformerEncoderLayer(12, 3, 20, bias=False, batch_first=True),
    ),
    "TransformerDecoderLayer": Layer(
        "model M(x: [7, 12], y: [5, 12]) { return TransformerDecoderLayer(x, y, 3, 20) }",
        lambda nn: nn.TransformerDecoderLayer(12, 3, 20, batch_first=True),
        ((1, 7, 12), (1, 5, 12)),
    ),
}

LAYERS: dict[str, Layer] = {
    **LINEAR,
    **PRODUCTS,
    **CONVOLUTIONS,
    **NORMS,
    **ACTIVATIONS,
    **POOLING,
    **RECURRENT,
    **ATTENTION,
}
