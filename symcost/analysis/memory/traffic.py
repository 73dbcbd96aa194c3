"""Traffic: how many numbers have to cross between memory and processor at least.

Every operation reads each of its inputs once and writes each of its outputs once: nothing stays in a cache
between two operations, everything does within one (compulsory traffic; Williams, Waterman & Patterson 2009).
Reshaping, transposing, selecting, splitting and stacking look at the same memory from another side and move
nothing.
A gather reads the rows it takes, not the whole table; windows that lie apart skip what is between them.
Copies (concat, pad) read and write like any operation.
Times the width of a number these are the least bytes moved.
"""

from __future__ import annotations

from collections.abc import Iterable

from symcost.analysis.fold import NONE, Fold, rounds
from symcost.formula import Form, add
from symcost.graph.graph import Block, Graph, Operation
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Crossing:
    """Numbers that cross between memory and processor: all of them, those that are parameters, and the others."""

    all: Form
    parameters: Form
    others: Form


class Moved(Fold[Crossing]):
    """Numbers that are moved if every operation is by itself."""

    def operation(self, operation: Operation) -> Crossing:
        """What one operation reads and writes.

        Counts  2·size for a pointwise operation on one tensor; M·K + K·N + M·N for the product of two matrices
        """
        read = operation.primitive.memory.moves(operation)
        if read is None:
            return self.joined(())
        sizes = {place: operation.inputs[place].size if size is None else size for place, size in read.items()}
        learned = add(NONE, *(size for place, size in sizes.items() if operation.inputs[place].parameter))
        everything = add(*sizes.values(), *(tensor.size for tensor in operation.outputs))
        return Crossing(everything, learned, add(everything, -learned))

    def around(self, block: Block, count: Crossing) -> Crossing:
        """One round of a block, over all its rounds."""
        return Crossing(rounds(block, count.all), rounds(block, count.parameters), rounds(block, count.others))

    def joined(self, counts: Iterable[Crossing]) -> Crossing:
        """Their sums, in the order of the text."""
        several = list(counts)
        return Crossing(
            add(NONE, *(count.all for count in several)),
            add(NONE, *(count.parameters for count in several)),
            add(NONE, *(count.others for count in several)),
        )

    def split(self, graph: Graph) -> tuple[Form, Form]:
        """Numbers moved that are parameters, and all others."""
        found = self.of(graph)
        return found.parameters, found.others


class Traffic:
    """Numbers moved in a graph, all the rounds of the blocks around it included."""

    def __init__(self, graph: Graph, around: tuple[Block, ...] = (), moved: Moved | None = None) -> None:
        self._graph = graph
        self._around = around
        self._moved = moved or Moved()

    @property
    def numbers(self) -> Form:
        """How many; none where a layer is only named."""
        if any(block.kind == "layer" for block in self._around):
            return NONE
        form = self._moved.of(self._graph).all
        for block in reversed(self._around):
            form = rounds(block, form)
        return form

    def part(self, block: Block) -> Traffic:
        """The traffic of a block of the graph, in its place."""
        return Traffic(block.graph, (*self._around, block), self._moved)


def moved(operation: Operation) -> Form:
    """Numbers that one operation reads and writes at least."""
    return Moved().operation(operation).all
