"""Layers of random size against an independent counter.

Parameters and multiply-accumulates were counted with PyTorch's FlopCounterMode over the layers of `torch.nn` (its
figure halved: it counts a multiply-accumulate as two), feature axis moved to the end. Recurrent layers were counted
from their cells, biases as PyTorch has them (two vectors). Attention is the full score matrix, nothing skipped.
"""

import pytest

import symcost

LAYERS: list[tuple[list[int], str, list[int], int, int | None]] = [
    # input, layer, output, parameters, multiply-accumulates
    ([4, 334], "Linear(157, bias = false)", [4, 157], 52_438, 209_752),
    ([5, 91], "Linear(447, bias = false)", [5, 447], 40_677, 203_385),
    ([37, 648], "Linear(645)", [37, 645], 418_605, 15_464_520),
    ([37, 432], "Linear(150)", [37, 150], 64_950, 2_397_600),
    ([3, 64, 83, 36], "Conv2d(5, kernel = 1, stride = 3, pad = 1, bias = false)", [3, 22, 29, 5], 180, 344_520),
    ([1, 82, 32, 5], "Conv2d(36, kernel = 5, stride = 2, pad = 2, dilation = 2, bias = false)", [1, 39, 14, 36], 4_500, 2_457_000),
    ([1, 94, 59, 26], "Conv2d(26, kernel = 7, pad = 1, bias = false)", [1, 90, 55, 26], 33_124, 163_963_800),
    ([2, 74, 75, 192], "Conv2d(320, kernel = 5, groups = 8, bias = false)", [2, 70, 71, 320], 192_000, 1_908_480_000),
    ([1, 84, 39, 40], "Conv2d(25, kernel = 3, stride = 3, pad = 2, bias = false)", [1, 29, 14, 25], 9_000, 3_654_000),
    ([1, 52, 48, 17], "Conv2d(34, kernel = 5, pad = 2, bias = false)", [1, 52, 48, 34], 14_450, 36_067_200),
    ([3, 39, 73, 28], "Conv2d(62, kernel = 1, stride = 2, pad = 2, dilation = 2, groups = 2)", [3, 22, 39, 62], 930, 2_234_232),
    ([2, 91, 41, 20], "Conv2d(72, kernel = 3, dilation = 2, groups = 2)", [2, 87, 37, 72], 6_552, 41_718_240),
    ([3, 42, 84, 16], "Conv2d(232, kernel = 3, stride = 3, groups = 8)", [3, 14, 28, 232], 4_408, 4_910_976),
    ([3, 90, 57, 104], "Conv2d(144, kernel = 7, stride = 3, pad = 3, dilation = 2, groups = 8)", [3, 28, 17, 144], 91_872, 130_987_584),
    ([2, 89, 75, 26], "Conv2d(32, kernel = 3, stride = 3, pad = 1, bias = false)", [2, 30, 25, 32], 7_488, 11_232_000),
    ([3, 75, 43, 6], "Conv2d(24, kernel = 5, pad = 3, dilation = 2, groups = 2, bias = false)", [3, 73, 41, 24], 1_800, 16_162_200),
    ([2, 38, 44, 72], "Conv2d(54, kernel = 5, stride = 3, pad = 1, groups = 2)", [2, 12, 14, 54], 48_654, 16_329_600),
    ([3, 93, 74, 248], "Conv2d(128, kernel = 7, pad = 3, dilation = 2, groups = 8, bias = false)", [3, 87, 68, 128], 194_432, 3_450_779_136),
    ([1, 2081, 25], "Conv1d(33, kernel = 10, stride = 4, pad = 5, dilation = 2)", [1, 519, 33], 8_283, 4_281_750),
    ([1, 572, 12], "Conv1d(62, kernel = 9, stride = 4, pad = 1, dilation = 4, groups = 2)", [1, 136, 62], 3_410, 455_328),
    ([1, 3584, 80], "Conv1d(20, kernel = 2, stride = 7, dilation = 4, groups = 2)", [1, 512, 20], 1_620, 819_200),
    ([1, 3665, 10], "Conv1d(66, kernel = 3, stride = 2, pad = 1, dilation = 2, groups = 2)", [1, 1832, 66], 1_056, 1_813_680),
    ([1, 1300, 80], "Conv1d(160, kernel = 5, pad = 1, groups = 4, bias = false)", [1, 1298, 160], 16_000, 20_768_000),
    ([1, 16, 20, 1], "ConvTranspose2d(10, kernel = 3, pad = 1)", [1, 16, 20, 10], 100, 28_800),
    ([1, 8, 23, 16], "ConvTranspose2d(16, kernel = 3)", [1, 10, 25, 16], 2_320, 423_936),
    ([1, 16, 19, 13], "ConvTranspose2d(4, kernel = 2, pad = 1)", [1, 15, 18, 4], 212, 63_232),
    ([1, 8, 24, 24, 9], "Conv3d(2, kernel = 3, pad = 1)", [1, 8, 24, 24, 2], 488, 2_239_488),
    ([1, 8, 24, 24, 14], "Conv3d(11, kernel = 3, kernel_z = 1, pad = 1)", [1, 10, 24, 24, 11], 1_397, 7_983_360),
    ([4, 25, 45], "LSTM(29)", [4, 25, 29], 8_816, 858_400),
    ([3, 10, 148], "GRU(156)", [3, 10, 156], 143_208, 4_268_160),
    ([4, 9, 258], "GRU(285)", [4, 9, 285], 465_975, 16_713_540),
    ([2, 10, 126], "RNN(192)", [2, 10, 192], 61_440, 1_221_120),
    ([2, 13, 146], "RNN(298, bias = false)", [2, 13, 298], 132_312, 3_440_112),
    ([7, 40], "Stacked(LSTM, 320, layers = 4, bidirectional = true)", [7, 640], 8_314_880, None),
    ([7, 13], "Stacked(GRU, 200, layers = 2, bidirectional = true)", [7, 400], 980_400, None),
    ([7, 650], "Stacked(GRU, 650, layers = 2)", [7, 650], 5_077_800, None),
    ([7, 161], "Stacked(LSTM, 800, layers = 5, bidirectional = true)", [7, 1600], 67_654_400, None),
    ([1, 500, 80], "SelfAttention(heads = 1, bias = false)", [1, 500, 80], 25_600, 52_800_000),
    ([1, 54, 256], "SelfAttention(heads = 1, head_dim = 32, bias = false)", [1, 54, 256], 32_768, 1_956_096),
    ([3, 301, 128], "SelfAttention(heads = 4, kv_heads = 1, bias = false)", [3, 301, 128], 40_960, 106_568_448),
    ([1, 248, 320], "SelfAttention(heads = 4, kv_heads = 1, bias = false)", [1, 248, 320], 256_000, 102_850_560),
    ([3, 318, 128], "SelfAttention(heads = 2, kv_heads = 1)", [3, 318, 128], 49_536, 124_554_240),
    ([1, 493, 713], "SwiGLU(295)", [1, 493, 713], 631_005, 311_085_465),
]


@pytest.mark.parametrize(("x", "layer", "y", "params", "macs"), LAYERS, ids=[row[1] for row in LAYERS])
def test_layer(x: list[int], layer: str, y: list[int], params: int, macs: int | None) -> None:
    """A layer of the library has the shape, the parameters and the work of PyTorch's."""
    model = symcost.loads(f"model Layer(x: {x}) -> {y} {{ return x -> {layer} }}").model()
    assert model.params == params
    if macs is not None:
        assert model.macs == macs
