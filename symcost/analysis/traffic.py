"""Traffic: how many numbers have to cross between memory and processor at least.

Every operation reads each of its inputs once and writes each of its outputs once: nothing stays in a cache
between two operations, everything does within one (compulsory traffic; Williams, Waterman & Patterson 2009).
Reshaping, transposing, selecting, splitting and stacking look at the same memory from another side and move
nothing.
A gather reads the rows it takes, not the whole table. Copies (concat, pad) read and write like any operation.
Times the width of a number these are the least bytes moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from symcost.analysis.fold import rounds
from symcost.formula import Form, add, num
from symcost.graph.graph import Block, Graph, Operation, Tensor

VIEWS = frozenset({"reshape", "transpose", "select", "split", "stack"})
"""Operations that move nothing."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Numbers moved in a graph, and in each block inside it, all the rounds around it included."""

    numbers: Form
    parts: Mapping[Block, Traffic]

    def each(self, change: Callable[[Form], Form]) -> Traffic:
        """The same traffic, each count changed."""
        return Traffic(change(self.numbers), {block: part.each(change) for block, part in self.parts.items()})


def traffic(graph: Graph) -> Traffic:
    """The least traffic of a graph.

    Counts  2·size for a pointwise operation on one tensor; M·K + K·N + M·N for the product of two matrices
    """
    terms: list[Form] = []
    parts: dict[Block, Traffic] = {}
    for node in graph:
        match node:
            case Operation():
                terms.append(moved(node))
            case Block():
                parts[node] = traffic(node.graph).each(partial(rounds, node))
                terms.append(parts[node].numbers)
    return Traffic(add(*terms), parts)


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
