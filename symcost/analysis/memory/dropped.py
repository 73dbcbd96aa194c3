"""Rounds for nothing: of loops that are written out by number, those behind which all that is handed on is made anew.

With the number of rounds only the last of them is needed, as if it alone stood there. While the number is open all of
them are one loop, which reads for each of its rounds, and adds up what comes back from them.
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.analysis.memory.written_out import heading, written_out
from symcost.errors import RoundsDiffer
from symcost.formula import Assumptions, num
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor

ONE = num(1)


def all_are_needed(graph: Graph, assumptions: Assumptions, what: str) -> None:
    """Look that every round of loops that are written out builds on the one before it.

    Raises RoundsDiffer, with what cannot be told.
    """
    for loop in written_out(graph):
        is_open = loop.count.number is None and assumptions.at_least(ONE, loop.count) is not True
        if is_open and any(_is_dropped(each.end, loop) for each in loop.carried):
            why = "a round may need nothing of those before it, which are then for nothing"
            raise RoundsDiffer(what, heading(loop), loop.span, why)


def _is_dropped(end: Tensor, loop: Block) -> bool:
    """Whether what a round hands on depends on nothing that it was handed."""
    handed = {each.start for each in loop.carried}
    return handed.isdisjoint(_Origins().of(end, loop.graph))


class _Origins:
    """Which tensors from outside of a graph one in it is made from; what is called twice is looked into once."""

    def __init__(self) -> None:
        self._known: dict[tuple[Tensor, Graph], frozenset[Tensor]] = {}

    def of(self, tensor: Tensor, graph: Graph) -> frozenset[Tensor]:
        """Those of a tensor of a graph; itself if it comes from outside."""
        key = (tensor, graph)
        if key not in self._known:
            self._known[key] = frozenset(self._outside(tensor, graph))
        return self._known[key]

    def _outside(self, tensor: Tensor, graph: Graph) -> Iterator[Tensor]:
        seen, waiting = {tensor}, [tensor]
        while waiting:
            made = waiting.pop()
            node = graph.source(made)
            if node is None:
                yield made
                continue
            before = self._read_for(made, node) - seen
            seen |= before
            waiting += before

    def _read_for(self, made: Tensor, node: GraphNode) -> set[Tensor]:
        """What a node reads for one of its results."""
        match node:
            case Block(kind="call"):
                result = node.graph.results[node.outputs.index(made)]
                needed = self.of(result, node.graph)
                return {tensor for port, tensor in zip(node.graph.ports, node.inputs, strict=True) if port in needed}
            case Block(kind="scan" | "repeat"):
                return self._read_by_rounds(made, node)
            case Block() | Operation():
                return set(node.inputs)
        return set()

    def _read_by_rounds(self, made: Tensor, loop: Block) -> set[Tensor]:
        """What the rounds of a loop read for one of its results; where there may be none, also what it began with."""
        needed = self._in_all_rounds(_made_in_round(made, loop), loop)
        found = needed - {each.start for each in loop.carried}
        found |= {each.initial for each in loop.carried if each.start in needed}

        # Without a round it is what it began with.
        if not _has_rounds(loop):
            found |= {each.initial for each in loop.carried if each.last is made}
        return found

    def _in_all_rounds(self, end: Tensor, loop: Block) -> set[Tensor]:
        """What a round needs for a value that it ends with, and what those before it need for what they hand on."""
        known: set[Tensor] = set()
        waiting = [end]
        while waiting:
            needed = self.of(waiting.pop(), loop.graph) - known
            known |= needed
            waiting += [each.end for each in loop.carried if each.start in needed]
        return known


def _made_in_round(made: Tensor, loop: Block) -> Tensor:
    """The value at the end of a round that a result of the loop is, or is stacked of."""
    ends = {each.last: each.end for each in loop.carried} | {each.stacked: each.each for each in loop.emitted}
    return ends[made]


def _has_rounds(loop: Block) -> bool:
    """Whether it surely has one."""
    return loop.count.number is not None and loop.count.number >= 1
