"""Operations of ONNX whose rule is more than a name: zeros on one side, recurrent layers, index notation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

onnx = pytest.importorskip("onnx")

import symcost  # noqa: E402 - onnx first
from symcost.errors import UnknownOperation  # noqa: E402
from symcost.importing.onnx import text_of_file  # noqa: E402
from tests.importing.onnx.test_onnx import stored, written  # noqa: E402

make = onnx.helper.make_node


@pytest.mark.parametrize(("auto_pad", "side", "stride"), [("SAME_UPPER", 7, 2), ("SAME_LOWER", 8, 2), ("VALID", 9, 3)])
def test_convolutions_pad_by_themselves(tmp_path: Path, auto_pad: str, side: int, stride: int) -> None:
    """ceil(side / stride) positions with SAME, floor((side - 4) / stride) + 1 of a kernel of 4 with VALID (ONNX)."""
    nodes = [make("Conv", ["image", "w"], ["scores"], name="/c/Conv", auto_pad=auto_pad, strides=[stride] * 2)]
    path = written(tmp_path / "c.onnx", nodes, [stored("w", 5, 3, 4, 4)], [2, 3, side, side])
    positions = (side - 4) // stride + 1 if auto_pad == "VALID" else -(-side // stride)
    model = symcost.from_onnx(path).model()
    assert (model.params(), model.macs()) == (5 * 3 * 16, 2 * positions**2 * 5 * 3 * 16)


def test_zeros_on_one_side(tmp_path: Path) -> None:
    """TensorFlow's padding, as exporters write it: 7 + 1 positions, of which a kernel of 2 sees 4 at stride 2."""
    nodes = [
        make("Conv", ["image", "w"], ["c"], name="/c/Conv", pads=[0, 0, 1, 1], strides=[2, 2]),
        make("MaxPool", ["c"], ["scores"], name="/p/MaxPool", kernel_shape=[2, 2], pads=[1, 0, 0, 1]),
    ]
    path = written(tmp_path / "c.onnx", nodes, [stored("w", 5, 3, 2, 2)], [2, 3, 7, 7])
    model = symcost.from_onnx(path).model()
    assert model.macs() == 2 * 16 * 5 * 3 * 4
    assert model.operations["cmp"] == 2 * 16 * 5 * 3  # of each 2 by 2 window the largest of four


GATES = {"GRU": 3, "LSTM": 4, "RNN": 1}


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize("directions", [1, 2])
def test_recurrent_layers(tmp_path: Path, kind: str, directions: int) -> None:
    """Of each gate and direction H·I + H·H + 2·H parameters, and as many products a step as there are matrices."""
    steps, batch, inputs, hidden, gates = 6, 2, 5, 4, GATES[kind] * 4
    tensors = [
        stored("w", directions, gates, inputs),
        stored("r", directions, gates, hidden),
        stored("b", directions, 2 * gates),
    ]
    given: dict[str, Any] = {"hidden_size": hidden, "direction": "bidirectional" if directions == 2 else "forward"}
    given |= {"linear_before_reset": 1} if kind == "GRU" else {}
    nodes = [
        make(kind, ["image", "w", "r", "b"], ["all", "last"], name="/rnn", **given),
        make("Relu", ["last"], ["scores"], name="/Relu"),
    ]
    model = symcost.from_onnx(written(tmp_path / "r.onnx", nodes, tensors, [steps, batch, inputs])).model()
    assert model.params() == directions * gates * (inputs + hidden + 2)
    assert model.macs() == steps * batch * directions * gates * (inputs + hidden)


@pytest.mark.parametrize("shared", ["r", "wrb"])
def test_two_layers_with_one_weight(tmp_path: Path, shared: str) -> None:
    """They are stored, and not computed: that another layer reads them is what is said."""
    steps, batch, hidden = 6, 2, 4
    shapes = {"w": (1, 4 * hidden, hidden), "r": (1, 4 * hidden, hidden), "b": (1, 8 * hidden)}
    names = [[each if each in shared else f"{each}{layer}" for each in shapes] for layer in range(2)]
    tensors = [stored(name, *shapes[name[0]]) for name in dict.fromkeys([*names[0], *names[1]])]
    nodes = [
        make("LSTM", ["image", *names[0]], ["all"], name="/first", hidden_size=hidden),
        make("Squeeze", ["all", "one"], ["flat"], name="/Squeeze"),
        make("LSTM", ["flat", *names[1]], ["scores"], name="/second", hidden_size=hidden),
    ]
    tensors.append(onnx.helper.make_tensor("one", onnx.TensorProto.INT64, [1], [1]))
    path = written(tmp_path / "r.onnx", nodes, tensors, [steps, batch, hidden])
    with pytest.raises(UnknownOperation, match="another layer reads its weights"):
        symcost.from_onnx(path)


def test_the_gate_of_the_paper(tmp_path: Path) -> None:
    """Without `linear_before_reset` the reset gate acts on the state: as many products, and no bias missing."""
    tensors = [stored("w", 1, 12, 5), stored("r", 1, 12, 4), stored("b", 1, 24)]
    nodes = [make("GRU", ["image", "w", "r", "b"], ["scores"], name="/rnn", hidden_size=4)]
    text = text_of_file(written(tmp_path / "r.onnx", nodes, tensors, [6, 2, 5]))
    assert symcost.loads(text).model().params() == 12 * 5 + 12 * 4 + 24
    assert "GRU(4, reset_after = false)" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"direction": "reverse"}, "goes backwards alone"),
        ({"activations": ["Relu", "Tanh"]}, "activations are not the usual ones"),
        ({"layout": 1}, "its batch comes first"),
    ],
)
def test_what_recurrent_layers_do_not_do(tmp_path: Path, options: dict[str, Any], said: str) -> None:
    """Each is refused for what it is."""
    tensors = [stored("w", 1, 12, 5), stored("r", 1, 12, 4)]
    nodes = [make("GRU", ["image", "w", "r"], ["scores"], name="/rnn", hidden_size=4, **options)]
    path = written(tmp_path / "r.onnx", nodes, tensors, [6, 2, 5])
    with pytest.raises(UnknownOperation, match=said):
        symcost.from_onnx(path)


def test_index_notation(tmp_path: Path) -> None:
    """b t i, i o -> b o t: a product for each b, t, i and o."""
    nodes = [make("Einsum", ["image", "w"], ["scores"], name="/e/Einsum", equation="bti,io->bot")]
    path = written(tmp_path / "e.onnx", nodes, [stored("w", 5, 7)], [2, 6, 5])
    assert symcost.from_onnx(path).model().macs() == 2 * 6 * 5 * 7
