"""ONNX files come in without PyTorch, with the parameters that are stored in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

onnx = pytest.importorskip("onnx")

import symcost  # noqa: E402 - onnx first
from symcost.errors import NoSuchSource, UnknownOperation  # noqa: E402
from symcost.importing.onnx import text_of_file  # noqa: E402


def stored(name: str, *shape: int) -> Any:
    """A tensor of zeros."""
    size = 1
    for length in shape:
        size *= length
    return onnx.helper.make_tensor(name, onnx.TensorProto.FLOAT, shape, [0.0] * size)


def written(path: Path, nodes: list[Any], tensors: list[Any], shape: list[Any]) -> Path:
    info = onnx.helper.make_tensor_value_info
    taken = info("image", onnx.TensorProto.FLOAT, shape)
    given = info("scores", onnx.TensorProto.FLOAT, None)
    graph = onnx.helper.make_graph(nodes, "network", [taken], [given], tensors)
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)]), path)
    return path


def small(path: Path) -> Path:
    """Two blocks of a convolution, a norm and a way around them, and a layer of scores."""
    make = onnx.helper.make_node
    nodes, tensors, x = [], [], "image"
    for block in range(2):
        at = f"/blocks/blocks.{block}"
        tensors += [stored(f"w{block}", 8, 8, 3, 3), stored(f"g{block}", 8), stored(f"b{block}", 8)]
        tensors += [stored(f"m{block}", 8), stored(f"v{block}", 8)]
        nodes.append(make("Conv", [x, f"w{block}"], [f"c{block}"], name=f"{at}/conv/Conv", pads=[1, 1, 1, 1]))
        norm = [f"c{block}", f"g{block}", f"b{block}", f"m{block}", f"v{block}"]
        nodes.append(make("BatchNormalization", norm, [f"n{block}"], name=f"{at}/bn/BatchNormalization"))
        nodes.append(make("Add", [f"n{block}", x], [f"s{block}"], name=f"{at}/Add"))
        nodes.append(make("Relu", [f"s{block}"], [f"r{block}"], name=f"{at}/Relu"))
        x = f"r{block}"
    tensors += [stored("wf", 10, 8), stored("bf", 10)]
    nodes.append(make("GlobalAveragePool", [x], ["p"], name="/pool/GlobalAveragePool"))
    nodes.append(make("Flatten", ["p"], ["f"], name="/Flatten"))
    nodes.append(make("Gemm", ["f", "wf", "bf"], ["scores"], name="/fc/Gemm", transB=1))
    return written(path, nodes, tensors, ["batch", 8, "side", "side"])


def test_blocks_are_rounds(tmp_path: Path) -> None:
    """Equal blocks become a loop, and the axes that the file names are dimensions."""
    text = text_of_file(small(tmp_path / "small.onnx"))
    assert "repeat 2" in text


def test_numbers_by_hand(tmp_path: Path) -> None:
    """Weights of 3 by 3 for 8 by 8 channels, a scale and a shift, twice; then 8 by 10 and a bias."""
    model = symcost.from_onnx(small(tmp_path / "small.onnx")).model()
    at = model.at(batch=3, side=6)
    assert at.params() == 2 * (9 * 64 + 16) + 8 * 10 + 10
    assert at.macs() == 3 * (2 * 9 * 64 * 36 + 80)


def test_unknown_operation_is_named(tmp_path: Path) -> None:
    """What there is no rule for is refused, with its name and where it stands."""
    nodes = [onnx.helper.make_node("Det", ["image"], ["scores"], name="/odd/Det")]
    path = written(tmp_path / "odd.onnx", nodes, [], [2, 3, 3])
    with pytest.raises(UnknownOperation, match=r"onnx\.Det"):
        text_of_file(path)


def test_no_file_of_onnx(tmp_path: Path) -> None:
    """Another file, and none at all, are no model."""
    path = tmp_path / "other.onnx"
    path.write_text("not a model")
    for given in (path, tmp_path / "missing.onnx"):
        with pytest.raises(NoSuchSource):
            text_of_file(given)


@pytest.mark.parametrize("bounds", [["zero", "six"], ["zero", ""], ["", "six"]])
def test_clipping_is_a_comparison_for_each_bound(tmp_path: Path, bounds: list[str]) -> None:
    """ReLU6 as PyTorch exports it: 8·6·6 numbers, each compared with its bounds, which are no parameters."""
    make = onnx.helper.make_node
    limits = [
        onnx.helper.make_tensor(name, onnx.TensorProto.FLOAT, [], [at]) for name, at in (("zero", 0.0), ("six", 6.0))
    ]
    nodes = [make("Clip", ["image", *bounds], ["scores"], name="/act/Clip")]
    model = symcost.from_onnx(written(tmp_path / "clip.onnx", nodes, limits, [1, 8, 6, 6])).model()
    assert model.operations["cmp"] == 8 * 6 * 6 * sum(map(bool, bounds))
    assert model.params == 0


def test_more_inputs_than_two_are_refused(tmp_path: Path) -> None:
    """`Max` of three takes none of them for nothing."""
    node = onnx.helper.make_node("Max", ["image", "image", "image"], ["scores"], name="/Max")
    with pytest.raises(UnknownOperation, match="3 inputs"):
        symcost.from_onnx(written(tmp_path / "max.onnx", [node], [], [1, 8, 6, 6]))
