"""Windows: how many there are, and which kernels, strides, dilations and edges the library refuses, as PyTorch does."""

from __future__ import annotations

from itertools import product

import pytest

import symcost
from symcost import SymcostError

POOLED = {
    # positions, kernel, stride, padding, ceil_mode: the positions of the output, by torch 2.13.0 max_pool1d
    (3, 2, 3, 0, True): 1,
    (3, 2, 3, 0, False): 1,
    (4, 2, 3, 0, True): 2,
    (5, 2, 3, 0, True): 2,
    (6, 2, 4, 0, True): 2,
    (1, 2, 2, 0, True): 1,
    (7, 3, 2, 0, True): 3,
    (7, 3, 2, 1, True): 4,
    (8, 3, 2, 1, True): 5,
    (8, 3, 2, 1, False): 4,
    (6, 3, 3, 1, True): 3,
    (7, 3, 3, 1, True): 3,
    (8, 3, 3, 1, True): 3,
    (4, 3, 5, 1, True): 1,
    (5, 4, 4, 2, True): 2,
    (9, 5, 4, 2, True): 3,
    (10, 5, 4, 2, True): 3,
    (5, 1, 3, 0, True): 2,
    (112, 3, 2, 0, True): 56,
    (9, 2, 5, 1, True): 2,
    (11, 2, 5, 1, True): 3,
}

Setting = tuple[int, int, int, int, bool]


def _pooled(layer: str, setting: Setting) -> list[int] | None:
    """The sizes of the output of a pooling layer, channels left out; None where it is refused."""
    n, kernel, stride, pad, ceil_mode = setting
    axes = [n] * (1 if layer.endswith("1d") else 2)
    given = f"{kernel}, stride = {stride}, pad = {pad}, ceil_mode = {str(ceil_mode).lower()}"
    try:
        (result,) = symcost.loads(f"model M(x: {[*axes, 1]}) {{ return {layer}(x, {given}) }}").model().graph.results
    except SymcostError:
        return None
    return [int(size.evaluate({})) for size in result.shape[:-1]]


@pytest.mark.parametrize("setting", POOLED)
@pytest.mark.parametrize("layer", ["max_pool1d", "avg_pool1d", "max_pool2d", "avg_pool2d"])
def test_no_window_begins_behind_the_axis(layer: str, setting: Setting) -> None:
    """With ceil_mode a window that begins in the zeros at the end is left out."""
    sides = 1 if layer.endswith("1d") else 2
    assert _pooled(layer, setting) == [POOLED[setting]] * sides


@pytest.mark.parametrize("setting", POOLED)
def test_the_formula_says_so_too(setting: Setting) -> None:
    """With dimensions for all numbers: kernel - 1 comparisons for each position of the output."""
    n, kernel, stride, pad, ceil_mode = setting
    edge = "0" if pad == 0 else "p"
    call = f"max_pool1d(x, K, stride = s, pad = {edge}, ceil_mode = {str(ceil_mode).lower()})"
    model = symcost.loads(f"model M(x: [T, C], K, s, p) {{ return {call} }}").model()
    values = {"T": n, "C": 1, "K": kernel, "s": stride, "p": pad or 1}
    assert model.assumptions == () or all(fact.holds(values) for fact in model.assumptions)
    formula = model.operations["cmp"].form
    assert formula.evaluate(values) == (kernel - 1) * POOLED[setting]


def test_every_small_window_is_as_many_as_in_pytorch() -> None:
    """Sizes and refusals over a grid of positions, kernels, strides, paddings and both modes."""
    torch = pytest.importorskip("torch")
    grid = product(range(1, 8), range(1, 5), range(1, 5), range(3), (False, True))
    for n, kernel, stride, pad, ceil_mode in grid:
        x = torch.zeros(1, 1, n)
        try:
            wanted = [torch.nn.functional.max_pool1d(x, kernel, stride, pad, 1, ceil_mode).shape[-1]]
        except RuntimeError:
            wanted = None
        assert _pooled("max_pool1d", (n, kernel, stride, pad, ceil_mode)) == wanted


UNEQUAL = {
    # positions, windows: numbers in all windows together, by hand from floor(i·n/m) to ceil((i + 1)·n/m)
    (13, 6): 6 * 3,
    (7, 3): 3 * 3,
    (5, 4): 4 * 2,
    (10, 7): 2 + 2 + 3 + 2 + 3 + 2 + 2,
    (3, 5): 1 + 2 + 1 + 2 + 1,
    (12, 4): 12,
}


@pytest.mark.parametrize("sizes", UNEQUAL)
def test_adaptive_pooling_with_unequal_windows(sizes: tuple[int, int]) -> None:
    """A mean of n numbers is n - 1 additions and a multiplication; with dimensions and with numbers."""
    n, windows = sizes
    text = "return adaptive_avg_pool1d(x, N, equal = false)"
    model = symcost.loads(f"model M(x: [T, C], N) -> [N, C] {{ {text} }}").model()
    assert model.operations["add"](T=n, N=windows, C=5) == 5 * (UNEQUAL[sizes] - windows)
    assert model.operations["add"].form.evaluate({"T": n, "N": windows, "C": 5}) == 5 * (UNEQUAL[sizes] - windows)
    assert model.operations["mul"](T=n, N=windows, C=5) == 5 * windows


def test_adaptive_pooling_of_an_image_with_unequal_windows() -> None:
    """6 by 6 windows of 13 by 13 pixels hold 3 by 3 each: 8 additions and a multiplication."""
    text = "model M(x: [13, 13, 8]) -> [6, 6, 8] { return adaptive_avg_pool2d(x, 6, equal = false) }"
    model = symcost.loads(text).model()
    assert (model.operations["add"], model.operations["mul"]) == (8 * 36 * 8, 36 * 8)


# Refused, each as PyTorch refuses it: the layer with its fault, and what is said.
REFUSED = {
    "Conv1d(4, 3, dilation = 0)": "`dilation >= 1` never holds",
    "Conv1d(4, 3, stride = 0)": "`stride >= 1` never holds",
    "Conv1d(4, 3, groups = 0)": "`groups >= 1` never holds",
    "Conv1d(4, 3, pad = -1)": "expected a number from 0 on, found `-1`",
    "Conv1d(4, 0)": "expected a number from 1 on, found `0`",
    "Conv1d(4, 3, stride = 3/2)": "expected a whole number, found `3/2`",
    "Conv1d(4, 3, dilation = 3/2)": "expected a whole number, found `3/2`",
    "ConvTranspose1d(4, 3, stride = 0)": "`stride >= 1` never holds",
    "ConvTranspose1d(4, 3, stride = 2, dilation = 0)": "`dilation >= 1` never holds",
    "ConvTranspose1d(4, 3, stride = 2, output_pad = 2)": "`output_pad < max(stride, dilation)` never holds",
    "DepthwiseConv1d(3, dilation = 0)": "`dilation >= 1` never holds",
    "max_pool1d(2, stride = 0)": "`stride >= 1` never holds",
    "max_pool1d(0)": "`kernel >= 1` never holds",
    "max_pool1d(2, pad = 2)": "`2*amount <= kernel` never holds",
    "avg_pool1d(3/2)": "expected a whole number, found `3/2`",
    "Stacked(LSTM, 4, layers = 0)": "`layers >= 1` never holds",
}


@pytest.mark.parametrize("layer", REFUSED)
def test_what_makes_no_window_is_refused(layer: str) -> None:
    """One message, at the call."""
    with pytest.raises(SymcostError) as refused:
        _ = symcost.loads(f"model M(x: [9, 6]) {{ return x -> {layer} }}").model().graph
    (fault,) = refused.value.faults
    assert fault.report.message == REFUSED[layer]


def test_an_image_is_asked_for_both_of_its_strides() -> None:
    with pytest.raises(SymcostError) as refused:
        _ = symcost.loads("model M(x: [9, 9, 6]) { return Conv2d(x, 4, 3, stride_x = 0) }").model().graph
    assert [fault.report.message for fault in refused.value.faults] == ["`stride_x >= 1` never holds"]


HALVES = {
    "Conv1d(4, kernel = K, stride = K/2)": "stride",
    "Conv1d(4, kernel = 3, dilation = K/2)": "dilation",
    "Conv1d(4, kernel = K/2)": "kernel",
    "Conv1d(4, kernel = 3, pad = K/2)": "pad",
    "Conv1d(4, kernel = 3, groups = K/2)": "groups",
    'Conv1d(4, kernel = K/2, pad = "same")': "kernel",
    "ConvTranspose1d(4, kernel = 3, stride = K/2)": "stride",
    "max_pool1d(2, stride = K/2)": "stride",
    "avg_pool1d(K/2)": "kernel",
    "Linear(K/2)": "width",
    "MultiheadAttention(x, x, heads = K/2)": "heads",
    "windowed_attention(x, x, window = K/2)": "window",
    "Stacked(GRU, 4, layers = K/2)": "layers",
    "upsample1d(K/2)": "scale",
}


@pytest.mark.parametrize("layer", HALVES)
def test_a_half_is_a_whole_number_or_refused(layer: str) -> None:
    """K/2 for K = 5 is none; that 2 divides K is said, and checked."""
    model = symcost.loads(f"model M(x: [100, 12], K) {{ return x -> {layer} }}").model()
    assert "2 divides K" in map(str, model.assumptions)
    with pytest.raises(SymcostError) as refused:
        model.flops()(K=5)
    assert refused.value.code == "violated-assumption"
    assert model.flops()(K=4) >= 0
