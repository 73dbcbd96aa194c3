"""Options of a recurrent layer, given once for a stack of them, against the weight shapes of PyTorch."""

import pytest

import symcost

LAYERS = {
    "Stacked(LSTM, 64, layers = 3, bidirectional = true, proj = 24)": (
        118784, 2 * (256 * 40 + 256 * 24 + 24 * 64) + 4 * (256 * 48 + 256 * 24 + 24 * 64),
    ),
    "Bidirectional(LSTM, 64, proj = 24)": (
        2 * (256 * 40 + 256 * 24 + 2 * 256 + 24 * 64), 2 * (256 * 40 + 256 * 24 + 24 * 64),
    ),
    "Stacked(LSTM, 10, layers = 2, peepholes = true, bias = false)": (
        40 * 40 + 40 * 10 + 30 + 40 * 10 + 40 * 10 + 30, 40 * 40 + 3 * 40 * 10,
    ),
    "Stacked(GRU, 10, layers = 2, reset_after = false, biases = 1)": (
        30 * 40 + 30 * 10 + 30 + 30 * 10 + 30 * 10 + 30, 30 * 40 + 3 * 30 * 10,
    ),
}  # fmt: skip


@pytest.mark.parametrize("layer", LAYERS)
def test_options_reach_every_layer(layer: str) -> None:
    """nn.LSTM(40, 64, num_layers = 3, bidirectional = True, proj_size = 24) has 118784 parameters; others by hand."""
    model = symcost.loads(f"model M(x: [T, 40]) {{ return x -> {layer} }}").model()
    params, macs = LAYERS[layer]
    assert str(model.params) == str(params)
    assert str(model.macs) == f"{macs}·T"
