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
    given, axis = first.outputs[0], first.given["axis"]
    block = _only_reader(graph, given)
    if not isinstance(block, Block) or not block.outputs:
        return None
    blocks = _down_to_the_scan(block, given, axis)
    result = _only_result(graph, block)
    if not blocks or result is None:
        return None
    second = _only_reader(graph, result)
    if not isinstance(second, Operation) or second.kind != "reverse":
        return None
    is_taken_back = second.given["axis"] == axis
    return Backward(blocks, (first, second)) if is_taken_back else None


def _only_result(graph: Graph, block: Block) -> Tensor | None:
    """What is read of a block, or goes out, if that is one tensor."""
    wanted = [tensor for tensor in block.outputs if tensor in graph.results or _readers(graph, tensor)]
    return wanted[0] if len(wanted) == 1 else None


def _down_to_the_scan(block: Block, tensor: Tensor, axis: int) -> tuple[Block, ...]:
    """A block and the only ones in it that a tensor goes through, if the last is a recurrence along its axis."""
    if block.kind == "scan":
        is_along = bool(block.carried) and _reads_in_order(block, tensor, axis)
        return (block,) if is_along else ()
    if block.kind != "call":
        return ()

    port = block.graph.ports[block.inputs.index(tensor)]
    inner = _only_reader(block.graph, port)
    if not isinstance(inner, Block) or not _is_all_of(block.graph, inner):
        return ()
    further = _down_to_the_scan(inner, port, axis)
    return (block, *further) if further else ()


def _is_all_of(graph: Graph, block: Block) -> bool:
    """Whether all that a graph hands out are the last results of a block in it."""
    return graph.results == block.outputs[-len(graph.results) :]


def _reads_in_order(scan: Block, tensor: Tensor, axis: int) -> bool:
    """Whether each round reads one position, the first one that at 0."""
    readers = _readers(scan.graph, tensor)
    if scan.counter is None or len(readers) != 1:
        return False
    (reader,) = readers
    if not isinstance(reader, Operation) or reader.kind != "select" or scan.count != tensor.shape[axis]:
        return False
    place = reader.given["places"][axis]
    return bool(place.first == scan.counter and not place.keeps)


def _only_reader(graph: Graph, tensor: Tensor) -> GraphNode | None:
    """The node that reads a tensor, if it is the only one and the tensor does not go out."""
    readers = _readers(graph, tensor)
    return readers[0] if len(readers) == 1 and tensor not in graph.results else None


def _readers(graph: Graph, tensor: Tensor) -> list[GraphNode]:
    return [node for node in graph if tensor in node.inputs]
