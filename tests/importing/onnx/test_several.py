"""Files of one model at several sizes name its widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

onnx = pytest.importorskip("onnx")

from click.testing import CliRunner  # noqa: E402 - onnx first

import symcost  # noqa: E402
from symcost.cli import main  # noqa: E402
from symcost.errors.alignment import NotAligned  # noqa: E402
from symcost.importing.onnx import text_of_files  # noqa: E402
from tests.importing.onnx.test_onnx import stored, written  # noqa: E402

make = onnx.helper.make_node


def perceptron(path: Path, width: int, classes: int, layers: int, act: str = "Relu", axis: str = "batch") -> Path:
    """A table of 5 by `width`, `layers` layers of four times that and back, and scores."""
    tensors: list[Any] = [stored("table", 5, width)]
    nodes: list[Any] = [make("MatMul", ["image", "table"], ["x0"], name="/stem/MatMul")]
    for layer in range(layers):
        at = f"/layers/layers.{layer}"
        tensors += [stored(f"u{layer}", width, 4 * width), stored(f"d{layer}", 4 * width, width)]
        nodes += [
            make("MatMul", [f"x{layer}", f"u{layer}"], [f"h{layer}"], name=f"{at}/up/MatMul"),
            make(act, [f"h{layer}"], [f"r{layer}"], name=f"{at}/{act}"),
            make("MatMul", [f"r{layer}", f"d{layer}"], [f"y{layer}"], name=f"{at}/down/MatMul"),
            make("Add", [f"x{layer}", f"y{layer}"], [f"x{layer + 1}"], name=f"{at}/Add"),
        ]
    tensors.append(stored("head", width, classes))
    nodes.append(make("MatMul", [f"x{layers}", "head"], ["scores"], name="/head/MatMul"))
    return written(path, nodes, tensors, [axis, 5])


def params(width: int, classes: int, layers: int) -> int:
    return 5 * width + layers * 8 * width * width + width * classes


def test_widths_and_layers_are_keys(tmp_path: Path) -> None:
    """Two sizes and a number of layers differ: three keys, whose formula holds where no file is; the batch stays."""
    files = [
        perceptron(tmp_path / "a.onnx", 8, 10, 3),
        perceptron(tmp_path / "b.onnx", 12, 23, 4),
        perceptron(tmp_path / "c.onnx", 20, 17, 6),
    ]
    model = symcost.loads(text_of_files(files)).model()
    names = {symbol.name for symbol in model.symbols}
    assert names == {"batch", "width", "width2", "layers"}
    at = model.at(batch=9, width=14, width2=31, layers=5)
    assert at.params() == params(14, 31, 5)
    assert at.macs() == 9 * params(14, 31, 5)


def test_two_files_by_the_command(tmp_path: Path) -> None:
    """The text of two files says how its names were found."""
    files = [perceptron(tmp_path / f"{width}.onnx", width, 10, 3) for width in (8, 12)]
    result = CliRunner().invoke(main, ["import", *map(str, files)])
    assert result.exit_code == 0, result.output
    assert "named by what 2 files have in common" in result.output
    assert symcost.loads(result.output).model().at(batch=1, width=16).params() == params(16, 10, 3)


def test_files_that_do_something_else(tmp_path: Path) -> None:
    """Another activation, and other names of axes, are another model."""
    first = perceptron(tmp_path / "a.onnx", 8, 10, 3)
    for other in (
        perceptron(tmp_path / "b.onnx", 12, 10, 3, act="Tanh"),
        perceptron(tmp_path / "c.onnx", 12, 10, 3, axis="N"),
    ):
        with pytest.raises(NotAligned):
            text_of_files([first, other])


def test_only_files_can_be_several(tmp_path: Path) -> None:
    """A file beside a name of a model, and more files than are told apart, are refused before anything is read."""
    for given in (["torchvision:alexnet", "x.onnx"], ["x.onnx", "torchvision:alexnet"], ["x.onnx"] * 9):
        assert CliRunner().invoke(main, ["import", *given]).exit_code == 2
