"""What is shown beside the word under the pointer: what it is, and what its line costs."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.analysis.counts.by_line import Line, Part
from symcost.document import Document
from symcost.editor.desk import Desk
from symcost.editor.words import unit_of, word_at
from symcost.errors import SymcostError
from symcost.formula import Form
from symcost.graph.calls import usage
from symcost.graph.files import Defined, Unit
from symcost.graph.graph import Block, Graph, GraphNode, Tensor
from symcost.instance import Instance
from symcost.model import Model

ASKED = ("params", "macs", "depth")
"""What is said of a layer or a model as a whole."""

LONGEST = 300
"""Characters of a formula that are shown."""


def hover(desk: Desk, offset: int) -> str | None:
    """Markdown for a place: its layer or dimension, and the shape and the formulas of its line."""
    word, unit = word_at(desk.text, offset), unit_of(desk)
    if word is None or unit is None:
        return None
    said = [*_layer(unit, word.text), *_dimension(unit, word.text), *_line(desk, unit, offset)]
    return "\n\n".join(said) or None


def _layer(unit: Unit, name: str) -> Iterator[str]:
    """How a layer is called, what it does and what it costs."""
    defined = unit.find(name)
    if defined is None:
        return
    yield f"```arch\n{defined.definition.kind} {usage(defined.definition)}\n```"
    if defined.definition.doc:
        yield defined.definition.doc
    yield from _figures(defined)


def _figures(defined: Defined) -> Iterator[str]:
    model = Model(Instance(defined), defined.unit)
    lines: list[str] = []
    for name in ASKED:
        try:
            lines.append(f"{name}: `{_short(getattr(model, name))}`")
        except SymcostError:  # what cannot be said of a layer alone
            continue
    if lines:
        yield "  \n".join(lines)


def _dimension(unit: Unit, name: str) -> Iterator[str]:
    if dim := unit.dims.get(name):
        yield f"`{name}`: {dim.words or 'a dimension'}"


# Lines -----------------------------------------------------------------------------------------------


def _line(desk: Desk, unit: Unit, offset: int) -> Iterator[str]:
    """The shape that a line makes, and what it costs each time, in the first model that comes by."""
    number = desk.text.count("\n", 0, offset) + 1
    for model in Document(unit).models.values():
        try:
            found = list(_at(model.graph, number, unit))
            costs = [f"{name}: `{_short(form)}`" for name, form in _costs(model, number, unit)]
        except SymcostError:
            continue
        if found:
            shapes = ", ".join(_shape(tensor) for tensor in found[-1].outputs)
            told = [f"shape: `{shapes}`"] if shapes else []
            yield f"**line {number}** in `{model.name}`  \n" + "  \n".join([*told, *costs])
            return


def _at(graph: Graph, number: int, unit: Unit) -> Iterator[GraphNode]:
    """The nodes that stand on a line of the text: calls as a whole, not what is in them."""
    for node in graph:
        here = node.span.source is unit.tree.source and node.span.line == number
        if here:
            yield node
        if isinstance(node, Block) and not (here and node.kind in ("call", "layer")):
            yield from _at(node.graph, number, unit)


def _costs(model: Model, number: int, unit: Unit) -> Iterator[tuple[str, Form]]:
    for name in ("params", "macs"):
        for line in _lines(model.explained(name)):
            if line.span.source is unit.tree.source and line.span.line == number:
                yield name, line.once
                break


def _lines(part: Part) -> Iterator[Line]:
    for line in part.lines:
        yield line
        for item in line.items:
            if isinstance(item, Part):
                yield from _lines(item)


def _shape(tensor: Tensor) -> str:
    return "[" + ", ".join(map(str, tensor.shape)) + "]"


def _short(form: object) -> str:
    text = str(form)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
