"""An ONNX file to its text: read with the `onnx` package alone, then by the rules and stages that PyTorch's graphs go.

operations  what ONNX calls an operation, by PyTorch's name
scopes      the modules that exporters name
reading     the file itself
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from symcost.document import Document, loads
from symcost.importing.aten import translate
from symcost.importing.onnx.reading import axes_of, graph_of, load
from symcost.importing.program import Program
from symcost.importing.structure import arch_text

SIZES = ((2, 32), (3, 64), (5, 96))
"""Of the first named axis, a batch as a rule, and of others; more for each further one."""

PARTED = "biases that the file stores once, for they are equal, are counted for each layer"
FOLDED = "the file has no BatchNorm: either the network has none, or it is folded into the convolutions"


def text_of_file(path: str | Path) -> str:
    """The text of an ONNX file. Raises MissingExtra, UnknownOperation."""
    model = load(path)
    axes = axes_of(model)
    name = re.sub(r"\W+", "_", Path(path).stem) or "model"
    readings = [dict(zip(axes, _sizes(number, len(axes)), strict=True)) for number in range(3 if axes else 1)]
    graphs = [graph_of(model, name, sizes) for sizes in readings]
    return arch_text([_noted(translate(graph), model, parted) for graph, parted in graphs])


def _sizes(number: int, count: int) -> list[int]:
    first, other = SIZES[number]
    return [first, *(other + 32 * place * (number + 1) for place in range(count - 1))][:count]


def from_onnx(path: str | Path) -> Document:
    """An ONNX file as a document; its named axes are dimensions. Raises MissingExtra, UnknownOperation."""
    return loads(text_of_file(path), f"{Path(path).stem}.arch")


def _noted(program: Program, model: object, parted: bool) -> Program:
    """With what a file says of parameters, and what it does not say."""
    operations = {node.op_type for node in model.graph.node}  # type: ignore[attr-defined]
    notes = program.notes
    if "Conv" in operations and "BatchNormalization" not in operations:
        notes = (*notes, FOLDED)
    if parted:
        notes = (*notes, PARTED)
    return replace(program, notes=notes, counts={"params": program.counts["params"]})
