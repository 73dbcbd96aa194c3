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


def fill(desk: Desk, level: Level, graph: Graph) -> None:
    """The nodes of a graph as so many boxes."""
    for node in graph:
        _await(desk, level, node)

    parts = list(_parts([node for node in graph if _runs(node)]))
    readers = _readers(parts)
    # What the text hands on is read behind all of its stretches.
    readers |= dict.fromkeys(graph.results, len(parts))
    for number, part in enumerate(parts):
        leaving = [out for out in _made(part) if readers.get(out, 0) > number]
        _box(desk, level, part, leaving)


def _runs(node: GraphNode) -> bool:
    """Whether it is more than something that others read: a parameter, a named layer."""
    return not isinstance(node, Parameter) and not (isinstance(node, Block) and node.kind == "layer")


def _parts(nodes: Sequence[GraphNode]) -> Iterator[list[GraphNode]]:
    """Neighbours of about the same number; what stands in one line is not parted."""
    wanted = -(-len(nodes) // MOST)
    part: list[GraphNode] = []
    for node in nodes:
        is_new_line = bool(part) and node.span.line != part[-1].span.line
        if len(part) >= wanted and is_new_line:
            yield part
            part = []
        part.append(node)
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


def _readers(parts: Sequence[Sequence[GraphNode]]) -> dict[Tensor, int]:
    """By the tensor, the last stretch that reads it."""
    last: dict[Tensor, int] = {}
    for number, part in enumerate(parts):
        last |= dict.fromkeys(_read(part), number)
    return last


def _read(part: Iterable[GraphNode]) -> Iterator[Tensor]:
    for node in part:
        yield from node.inputs


def _made(part: Iterable[GraphNode]) -> Iterator[Tensor]:
    for node in part:
        if isinstance(node, Operation | Block):
            yield from node.outputs


def _box(desk: Desk, level: Level, part: Sequence[GraphNode], leaving: Sequence[Tensor]) -> None:
    read = list(dict.fromkeys(_read(part)))
    learned: list[Tensor | Graph] = [tensor for tensor in read if tensor in level.learned]
    for node in part:
        if isinstance(node, Block):
            learned += home(node)

    box = Box("block", _lines(part[0].span.line, part[-1].span.line), costs=True)
    desk.weigh(box, part, level, learned)
    desk.add(level, box, level.drawn(read), leaving)


def _lines(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"
