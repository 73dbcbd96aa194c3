"""Traffic: how many numbers have to cross between memory and processor at least.

Every operation reads each of its inputs once and writes each of its outputs once: nothing stays in a cache
between two operations, everything does within one (compulsory traffic; Williams, Waterman & Patterson 2009).
Reshaping, transposing, selecting, splitting and stacking look at the same memory from another side and move
nothing.
A gather reads the rows it takes, not the whole table. Copies (concat, pad) read and write like any operation.
Times the width of a number these are the least bytes moved.
"""

from __future__ import annotations

from functools import reduce

from symcost.analysis.fold import rounds
from symcost.formula import Form, add, num
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor

VIEWS = frozenset({"reshape", "transpose", "select", "split", "stack"})
"""Operations that move nothing."""


class Traffic:
    """Numbers moved in a graph, all the rounds of the blocks around it included."""

    def __init__(self, graph: Graph, around: tuple[Block, ...] = (), known: dict[Graph, Form] | None = None) -> None:
        self._graph = graph
        self._around = around
        self._known: dict[Graph, Form] = {} if known is None else known

    @property
    def numbers(self) -> Form:
        """How many.

        Counts  2·size for a pointwise operation on one tensor; M·K + K·N + M·N for the product of two matrices
        """
        return reduce(lambda form, block: rounds(block, form), reversed(self._around), self._of(self._graph))

    def part(self, block: Block) -> Traffic:
        """The traffic of a block of the graph, in its place."""
        return Traffic(block.graph, (*self._around, block), self._known)

    def _of(self, graph: Graph) -> Form:
        if graph not in self._known:
            self._known[graph] = add(*map(self._of_node, graph))
        return self._known[graph]

    def _of_node(self, node: GraphNode) -> Form:
        match node:
            case Operation():
                return moved(node)
            case Block():
                return rounds(node, self._of(node.graph))
            case _:
                return num(0)


def moved(operation: Operation) -> Form:
    """Numbers that one operation reads and writes at least."""
    if operation.kind in VIEWS:
        return num(0)
    return add(*map(_size, _read(operation)), *map(_size, operation.outputs))


def _read(operation: Operation) -> tuple[Tensor, ...]:
    """The tensors an operation reads, each once; of a gathered table as many numbers as come out."""
    match operation.kind, operation.inputs:
        case "gather", (_, *indices):
            return (*operation.outputs, *indices)
        case _, inputs:
            return tuple(dict.fromkeys(inputs))


def _size(tensor: Tensor) -> Form:
    return tensor.size
