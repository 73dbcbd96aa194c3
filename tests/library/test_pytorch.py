"""The library's layers against PyTorch's, where it is installed: parameters and, by FlopCounterMode, MACs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import symcost

torch = pytest.importorskip("torch")
nn = torch.nn

ENCODER = "TransformerEncoderLayer(8, 192)"
CASES: dict[str, tuple[str, Callable[[], Any], tuple[int, ...]]] = {
    "Linear": ("Linear(37)", lambda: nn.Linear(24, 37), (5, 24)),
    "Conv1d": (
        "Conv1d(9, kernel = 5, stride = 2, pad = 3, dilation = 2, groups = 3)",
        lambda: nn.Conv1d(6, 9, 5, 2, 3, 2, 3),
        (41, 6),
    ),
    "Conv2d": ("Conv2d(8, kernel = 3, stride = 2, pad = 1)", lambda: nn.Conv2d(3, 8, 3, 2, 1), (17, 23, 3)),
    "Conv3d": ("Conv3d(4, kernel = 3)", lambda: nn.Conv3d(2, 4, 3), (7, 8, 9, 2)),
    "ConvTranspose1d": (
        "ConvTranspose1d(5, kernel = 4, stride = 2, pad = 1)",
        lambda: nn.ConvTranspose1d(6, 5, 4, 2, 1),
        (11, 6),
    ),
    "ConvTranspose2d": (
        "ConvTranspose2d(5, kernel = 3, stride = 2, pad = 1, output_pad = 1)",
        lambda: nn.ConvTranspose2d(4, 5, 3, 2, 1, 1),
        (6, 7, 4),
    ),
    "GRU": ("GRU(13)", lambda: nn.GRU(11, 13, batch_first=True), (7, 11)),
    "RNN": ("RNN(13)", lambda: nn.RNN(11, 13, batch_first=True), (7, 11)),
    "encoder layer": (ENCODER, lambda: nn.TransformerEncoderLayer(64, 8, 192, batch_first=True), (12, 64)),
}


@pytest.mark.parametrize("name", CASES)
def test_layer(name: str) -> None:
    """One example through a layer of PyTorch and through ours: as many parameters, as many MACs, the same shape."""
    from torch.utils.flop_counter import FlopCounterMode

    ours, make, shape = CASES[name]
    model = symcost.loads(f"model M(x: {list(shape)}) {{ return x -> {ours} }}").model()
    layer, x = make(), torch.zeros(1, *shape)
    spatial = name.startswith("Conv")
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH), FlopCounterMode(display=False) as counted:
        out = layer(x.movedim(-1, 1) if spatial else x)
    out = out[0] if isinstance(out, tuple) else out
    assert model.params == sum(p.numel() for p in layer.parameters())
    assert model.macs == counted.get_total_flops() // 2
    (result,) = model.graph.results
    assert [int(size.evaluate({})) for size in result.shape] == list((out.movedim(1, -1) if spatial else out).shape[1:])
