"""Recurrences between two `reverse`, which read from the end: a lecture draws them from right to left.

Source  Schuster & Paliwal, Bidirectional recurrent neural networks (1997), figure 3
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Backward:
    """A recurrence that reads from the end, and what is told by the direction in which it is drawn."""

    blocks: tuple[Block, ...]
    """From the call at the level of `reverse` to the `scan` in it."""
    reversals: tuple[Operation, ...]
    """The `reverse` before and the one behind, which need no boxes."""


def backward(graph: Graph) -> Iterator[Backward]:
    """All of a graph: where nothing else reads what is reversed."""
    for node in graph:
        if isinstance(node, Operation) and node.kind == "reverse":
            found = _behind(graph, node)
            if found is not None:
                yield found


def _behind(graph: Graph, first: Operation) -> Backward | None:
    """The recurrence between a `reverse` and the one that takes it back."""
    turned = first.outputs[0]
    axis = first.given["axis"]
    block = _only_reader(graph, turned)
    if not isinstance(block, Block):
        return None

    blocks = _down_to_the_scan(block, turned, axis)
    second = _taken_back(graph, block, axis)
    if not blocks or second is None:
        return None
    return Backward(blocks, (first, second))


def _taken_back(graph: Graph, block: Block, axis: int) -> Operation | None:
    """The `reverse` of the only thing that is read of a block."""
    needed = {*graph.results}
    for node in graph:
        needed.update(node.inputs)

    results = needed.intersection(block.outputs)
    if len(results) != 1:
        return None
    reader = _only_reader(graph, *results)
    if not isinstance(reader, Operation) or reader.kind != "reverse":
        return None
    return reader if reader.given["axis"] == axis else None


def _down_to_the_scan(block: Block, tensor: Tensor, axis: int) -> tuple[Block, ...]:
    """A block and the only ones in it that a tensor goes through, if the last is a recurrence along its axis."""
    if block.kind == "scan":
        is_in_order = bool(block.carried) and _reads_in_order(block, tensor, axis)
        return (block,) if is_in_order else ()
    if block.kind != "call":
        return ()

    graph = block.graph
    port = graph.ports[block.inputs.index(tensor)]
    inner = _only_reader(graph, port)
    if not isinstance(inner, Block) or not set(graph.results) <= set(inner.outputs):
        return ()
    further = _down_to_the_scan(inner, port, axis)
    return (block, *further) if further else ()


def _reads_in_order(scan: Block, tensor: Tensor, axis: int) -> bool:
    """Whether each round reads one position, the first one that at 0."""
    reader = _only_reader(scan.graph, tensor)
    if not isinstance(reader, Operation) or reader.kind != "select":
        return False
    place = reader.given["places"][axis]
    is_each = scan.count == tensor.shape[axis] and not place.keeps
    return is_each and bool(place.first == scan.counter)


def _only_reader(graph: Graph, tensor: Tensor) -> GraphNode | None:
    """The node that reads a tensor, if it is the only one and the tensor does not go out."""
    readers = [node for node in graph if tensor in node.inputs]
    if len(readers) != 1 or tensor in graph.results:
        return None
    return readers[0]
