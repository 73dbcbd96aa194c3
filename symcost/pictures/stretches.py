"""A text with more lines than one can look at: stretches of it as boxes, in the order of the text.

What stands later waits for what stands before and never the other way round, so stretches do neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.pictures.making import Desk, Level
from symcost.pictures.nodes import home
from symcost.pictures.scene import Box

MOST = 24
"""Stretches of one text."""

Running = Operation | Block


def fill(desk: Desk, level: Level, graph: Graph) -> None:
    """The nodes of a graph as so many boxes."""
    for node in graph:
        _await(desk, level, node)

    parts = list(_parts(_running(graph)))
    readers = _readers(parts)
    readers |= dict.fromkeys(graph.results, len(parts))
    for number, part in enumerate(parts):
        leaving = [tensor for tensor in _made(part) if readers.get(tensor, 0) > number]
        _box(desk, level, part, leaving)


def _running(graph: Graph) -> list[Running]:
    """All but what others read: no parameters, no named layers."""
    nodes = [node for node in graph if isinstance(node, Operation | Block)]
    return [node for node in nodes if not _is_layer(node)]


def _is_layer(node: GraphNode) -> bool:
    return isinstance(node, Block) and node.kind == "layer"


def _parts(nodes: Sequence[Running]) -> Iterator[list[Running]]:
    """Neighbours of about the same number; what stands in one line is not parted."""
    wanted = -(-len(nodes) // MOST)
    part: list[Running] = []
    line = 0
    for node in nodes:
        is_full = len(part) >= wanted and node.span.line != line
        if is_full:
            yield part
            part = []
        part.append(node)
        line = node.span.line
    if part:
        yield part


def _await(desk: Desk, level: Level, node: GraphNode) -> None:
    """Parameters and named layers, which count in the first stretch that reads them."""
    match node:
        case Parameter():
            level.learned[node.tensor] = node.name
            desk.wait(node.tensor, node, level)
        case Block(kind="layer"):
            desk.wait(node.graph, node, level)


def _readers(parts: Sequence[Sequence[Running]]) -> dict[Tensor, int]:
    """By the tensor, the last stretch that reads it."""
    found: dict[Tensor, int] = {}
    for number, part in enumerate(parts):
        found |= dict.fromkeys(_read(part), number)
    return found


def _read(part: Iterable[Running]) -> list[Tensor]:
    """Each tensor once."""
    return list(dict.fromkeys(tensor for node in part for tensor in node.inputs))


def _made(part: Iterable[Running]) -> list[Tensor]:
    return [tensor for node in part for tensor in node.outputs]


def _box(desk: Desk, level: Level, part: Sequence[Running], leaving: Sequence[Tensor]) -> None:
    read = _read(part)
    learned: list[Tensor | Graph] = [tensor for tensor in read if tensor in level.learned]
    blocks = [node for node in part if isinstance(node, Block)]
    for block in blocks:
        learned += home(block)

    box = Box("block", _title(part[0].span.line, part[-1].span.line), costs=True)
    desk.weigh(box, part, level, learned)
    desk.add(level, box, level.drawn(read), leaving)


def _title(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"
