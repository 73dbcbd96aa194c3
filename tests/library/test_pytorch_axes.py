"""Layers with one number for each axis, over volumes, and of other sizes: as PyTorch's, where it is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import symcost

torch = pytest.importorskip("torch")
nn = torch.nn

IMAGE, VOLUME, SIGNAL = (17, 23, 6), (7, 11, 13, 6), (19, 6)
CASES: dict[str, tuple[tuple[int, ...], Callable[[], Any]]] = {
    "Conv2d(12, [3, 5], stride = [2, 1], pad = [1, 2], dilation = [1, 2])": (
        IMAGE, lambda: nn.Conv2d(6, 12, (3, 5), (2, 1), (1, 2), (1, 2))),
    "Conv2d(12, 3, pad_y = 2, dilation_x = 3, groups = 3)": (
        IMAGE, lambda: nn.Conv2d(6, 12, 3, 1, (2, 0), (1, 3), 3)),
    "Conv1d(12, [3], stride = [2], pad = [1], dilation = [2])": (SIGNAL, lambda: nn.Conv1d(6, 12, 3, 2, 1, 2)),
    "Conv3d(4, [1, 3, 5], stride = [1, 2, 1], pad = [0, 1, 2], dilation = [1, 1, 2])": (
        VOLUME, lambda: nn.Conv3d(6, 4, (1, 3, 5), (1, 2, 1), (0, 1, 2), (1, 1, 2))),
    "ConvTranspose2d(4, [3, 2], stride = [2, 3], pad = [1, 0], output_pad = [1, 2], dilation = [2, 1])": (
        IMAGE, lambda: nn.ConvTranspose2d(6, 4, (3, 2), (2, 3), (1, 0), (1, 2), 1, True, (2, 1))),
    "ConvTranspose3d(4, [1, 2, 3], stride = [1, 2, 3], pad = [0, 1, 1], output_pad = [0, 1, 2], groups = 2)": (
        VOLUME, lambda: nn.ConvTranspose3d(6, 4, (1, 2, 3), (1, 2, 3), (0, 1, 1), (0, 1, 2), 2)),
    "ConvTranspose3d(3, 2, 2, bias = false)": (VOLUME, lambda: nn.ConvTranspose3d(6, 3, 2, 2, bias=False)),
    "max_pool2d([2, 3], stride = [2, 1], pad = [0, 1])": (IMAGE, lambda: nn.MaxPool2d((2, 3), (2, 1), (0, 1))),
    "max_pool1d(3, stride = 2, pad = 1, dilation = 2)": (SIGNAL, lambda: nn.MaxPool1d(3, 2, 1, 2)),
    "max_pool2d(3, stride = 2, pad = [1, 0], dilation = [1, 3], ceil_mode = true)": (
        IMAGE, lambda: nn.MaxPool2d(3, 2, (1, 0), (1, 3), ceil_mode=True)),
    "max_pool3d([1, 2, 3], stride = 2, dilation = [1, 2, 3])": (
        VOLUME, lambda: nn.MaxPool3d((1, 2, 3), 2, 0, (1, 2, 3))),
    "avg_pool2d([3, 2], ceil_mode = true)": (IMAGE, lambda: nn.AvgPool2d((3, 2), ceil_mode=True)),
    "max_pool3d(3, 2, 1)": (VOLUME, lambda: nn.MaxPool3d(3, 2, 1)),
    "max_pool3d([1, 2, 3], [1, 2, 2], [0, 1, 1], ceil_mode = true)": (
        VOLUME, lambda: nn.MaxPool3d((1, 2, 3), (1, 2, 2), (0, 1, 1), ceil_mode=True)),
    "avg_pool3d([1, 3, 2])": (VOLUME, lambda: nn.AvgPool3d((1, 3, 2))),
    "adaptive_avg_pool1d(7, equal = false)": (SIGNAL, lambda: nn.AdaptiveAvgPool1d(7)),
    "adaptive_avg_pool2d([6, 5], equal = false)": (IMAGE, lambda: nn.AdaptiveAvgPool2d((6, 5))),
    "adaptive_avg_pool3d([7, 1, 13])": (VOLUME, lambda: nn.AdaptiveAvgPool3d((7, 1, 13))),
    "adaptive_avg_pool3d(4, equal = false)": (VOLUME, lambda: nn.AdaptiveAvgPool3d(4)),
    "adaptive_max_pool1d(7, equal = false)": (SIGNAL, lambda: nn.AdaptiveMaxPool1d(7)),
    "adaptive_max_pool2d([6, 5], equal = false)": (IMAGE, lambda: nn.AdaptiveMaxPool2d((6, 5))),
    "adaptive_max_pool3d([7, 1, 13])": (VOLUME, lambda: nn.AdaptiveMaxPool3d((7, 1, 13))),
    "adaptive_max_pool3d(4, equal = false)": (VOLUME, lambda: nn.AdaptiveMaxPool3d(4)),
    "glu": (SIGNAL, lambda: nn.GLU(1)),
    "avg_pool1d([3], stride = [2], pad = [1])": (SIGNAL, lambda: nn.AvgPool1d(3, 2, 1)),
    "avg_pool3d([3, 2, 1], stride = [2, 1, 1], pad = [1, 0, 0])": (
        VOLUME, lambda: nn.AvgPool3d((3, 2, 1), (2, 1, 1), (1, 0, 0))),
    "ConvTranspose1d(4, [3], stride = [2], pad = [1], output_pad = [1], dilation = [2])": (
        SIGNAL, lambda: nn.ConvTranspose1d(6, 4, 3, 2, 1, 1, dilation=2)),
    "InstanceNorm1d(affine = true)": (SIGNAL, lambda: nn.InstanceNorm1d(6, affine=True)),
    "InstanceNorm3d": (VOLUME, lambda: nn.InstanceNorm3d(6)),
    "local_response_norm(5)": (IMAGE, lambda: nn.LocalResponseNorm(5)),
    'resize(31, mode = "linear")': (SIGNAL, lambda: nn.Upsample(31, mode="linear")),
    'resize([5, 40], mode = "bicubic")': (IMAGE, lambda: nn.Upsample((5, 40), mode="bicubic")),
    'resize([5, 40, 3], mode = "trilinear")': (VOLUME, lambda: nn.Upsample((5, 40, 3), mode="trilinear")),
}  # fmt: skip


@pytest.mark.parametrize("ours", CASES)
def test_layer(ours: str) -> None:
    """One example through a layer of PyTorch and through ours: as many parameters, as many MACs, the same shape."""
    from torch.utils.flop_counter import FlopCounterMode

    shape, make = CASES[ours]
    model = symcost.loads(f"model M(x: {list(shape)}) {{ return x -> {ours} }}").model()
    layer, x = make(), torch.zeros(1, *shape).movedim(-1, 1)
    with FlopCounterMode(display=False) as counted:
        out = layer(x).movedim(1, -1)
    assert model.params == sum(p.numel() for p in layer.parameters())
    assert model.macs == counted.get_total_flops() // 2
    (result,) = model.graph.results
    assert [int(size.evaluate({})) for size in result.shape] == list(out.shape[1:])


@pytest.mark.parametrize(
    ("ours", "options"),
    [
        ("unfold2d(3)", {"kernel_size": 3}),
        (
            "unfold2d([3, 2], stride = [2, 1], pad = [1, 2], dilation = [1, 2])",
            {"kernel_size": (3, 2), "stride": (2, 1), "padding": (1, 2), "dilation": (1, 2)},
        ),
    ],
)
def test_unfolded_images(ours: str, options: dict[str, Any]) -> None:
    """nn.Unfold puts all windows behind one another, and each window under the channels."""
    text = f"model M(x: {list(IMAGE)}) {{ return x -> {ours} -> reshape([-1, {{}}]) }}"
    windows, numbers = reversed(nn.Unfold(**options)(torch.zeros(1, 6, 17, 23)).shape[1:])
    (result,) = symcost.loads(text.replace("{}", str(numbers))).model().graph.results
    assert [int(size.evaluate({})) for size in result.shape] == [windows, numbers]


def test_unfolded_tensors() -> None:
    """Tensor.unfold(axis, size, step) puts the window at the end; here it stands behind its axis."""
    for size, step in ((1, 1), (3, 2), (5, 7), (19, 1)):
        theirs = torch.zeros(19, 6).unfold(0, size, step).movedim(-1, 1)
        found = symcost.loads(f"model M(x: [19, 6]) {{ return unfold(x, {size}, {step}, axis = 0) }}").model()
        assert [int(size.evaluate({})) for size in found.graph.results[0].shape] == list(theirs.shape)
