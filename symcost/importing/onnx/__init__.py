"""An ONNX file to its text: read with the `onnx` package alone, then by the rules and stages that PyTorch's graphs go.

operations  what ONNX calls an operation, by PyTorch's name
recurrent   what it says of recurrent layers
scopes      the modules that exporters name
reading     the file itself
several     files of one model at several sizes
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from symcost.document import Document, loads
from symcost.errors import CountsDiffer
from symcost.errors.alignment import NotAligned
from symcost.importing.aten import translate
from symcost.importing.onnx.reading import axes_of, graph_of, load
from symcost.importing.onnx.several import with_keys
from symcost.importing.program import Program
from symcost.importing.structure import arch_text
from symcost.model import Model

BATCHES = (2, 3, 5, 7, 11, 13, 17, 19)
"""Sizes of the first named axis, a batch as a rule; other axes are longer, and more so for each further one."""

MOST_FILES = len(BATCHES) // 2

PARTED = "biases that the file stores once, for they are equal, are counted for each layer"
FOLDED = "the file has no BatchNorm: either the network has none, or it is folded into the convolutions"
NAMED = "widths are named by what {} files have in common: what has one ratio in all by chance has one name"


def text_of_file(path: str | Path) -> str:
    """The text of an ONNX file. Raises MissingExtra, UnknownOperation."""
    return text_of_files([path])


def text_of_files(paths: Sequence[str | Path]) -> str:
    """The text of a model from a file, or from files of it at several sizes, by which its widths are named.

    Raises MissingExtra, UnknownOperation, NotAligned where the files differ in more than sizes; CountsDiffer.
    """
    models = [load(path) for path in paths]
    axes = _same_axes(models, paths)
    name = re.sub(r"\W+", "_", Path(paths[0]).stem) or "model"
    rounds = _rounds(len(models), len(axes))
    files = [number % len(models) for number in range(rounds)]
    programs: list[Program] = []
    for number, file in enumerate(files):
        sizes = dict(zip(axes, _sizes(number, len(axes)), strict=True))
        graph, parted = graph_of(models[file], name, sizes)
        programs.append(_noted(translate(graph), models[file], parted))

    if len(models) > 1:
        programs = with_keys(programs, files)
        programs[0] = replace(programs[0], notes=(*programs[0].notes, NAMED.format(len(models))))
    text = arch_text(programs)
    _verify(text, str(paths[0]), programs)
    return text


def _rounds(files: int, axes: int) -> int:
    """How many readings there are: each file twice where its axes have to be told from its widths."""
    if not axes:
        return files
    return 3 if files == 1 else 2 * files


def _same_axes(models: Sequence[Any], paths: Sequence[str | Path]) -> list[str]:
    """The axes that all files name. Raises NotAligned."""
    first, *others = map(axes_of, models)
    for path, axes in zip(paths[1:], others, strict=True):
        if axes != first:
            raise NotAligned("", f"axes {_listed(first)}", f"axes {_listed(axes)}", (str(paths[0]), str(path)))
    return first


def _listed(axes: Sequence[str]) -> str:
    return ", ".join(axes) or "without names"


def _sizes(number: int, count: int) -> list[int]:
    others = [32 * (number + 1) * (place + 1) for place in range(count - 1)]
    return [BATCHES[number], *others][:count]


def from_onnx(path: str | Path) -> Document:
    """An ONNX file as a document; its named axes are dimensions. Raises MissingExtra, UnknownOperation."""
    return loads(text_of_file(path), f"{Path(path).stem}.arch")


def _noted(program: Program, model: Any, parted: bool) -> Program:
    """With what a file says of parameters, and what it does not say."""
    operations = {node.op_type for node in model.graph.node}
    notes = program.notes
    if "Conv" in operations and "BatchNormalization" not in operations:
        notes = (*notes, FOLDED)
    if parted:
        notes = (*notes, PARTED)
    return replace(program, notes=notes, counts={"params": program.counts["params"]})


def _verify(text: str, source: str, programs: Sequence[Program]) -> None:
    """Parameters as the files store them, at all sizes that were read. Raises CountsDiffer."""
    model = loads(text).model()
    for program in programs:
        ours = _params_at(model, program.configurations[0])
        theirs = program.counts["params"][0]
        if ours != theirs:
            raise CountsDiffer(source, "params", ours, theirs, [])


def _params_at(model: Model, sizes: Mapping[str, int]) -> object:
    """The parameters at sizes, some of which the model may not depend on."""
    dimensions = {symbol.name for symbol in model.symbols}
    known = {name: size for name, size in sizes.items() if name in dimensions}
    return model.at(**known).params()
