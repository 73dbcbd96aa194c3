"""What is performed once more where each round of the outermost loops, a layer, is a recomputed stretch of its own.

Each stops as soon as everything needed is there (see early.py), as in PyTorch where every layer is wrapped in a
checkpoint: `checkpoint(..., use_reentrant=False)`, FSDP's `apply_activation_checkpointing`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.analysis.counts.operations import Operations
from symcost.analysis.fold import all_rounds
from symcost.analysis.training.backward import Backward
from symcost.analysis.training.early import Early
from symcost.cost import Cost, total
from symcost.formula import Assumptions
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Tensor


class Layers:
    """The operations that layers of a model perform once more."""

    def __init__(self, assumptions: Assumptions) -> None:
        operations = Operations()
        self._backward = Backward(assumptions, operations, early=True)
        self._early = Early(self._backward, operations)

    def of(self, graph: Graph) -> Cost:
        """Of a whole model, whose results all get gradients."""
        room_to_recurse()
        return self._inside(graph, [False] * len(graph.ports), [True] * len(graph.results))

    def _inside(self, graph: Graph, needs: Sequence[bool], gets: Sequence[bool]) -> Cost:
        live = self._backward.live(graph, needs, gets)
        return total(self._stretches(graph, live))

    def _stretches(self, graph: Graph, live: set[Tensor]) -> Iterator[Cost]:
        for node in graph:
            match node:
                case Block(kind="call"):
                    yield self._call(node, live)
                case Block(kind="scan" | "repeat"):
                    yield self._rounds(node, live)

    def _call(self, block: Block, live: set[Tensor]) -> Cost:
        """What stands in a call, for what of its inputs and results has a gradient."""
        needs, gets = (
            [tensor in live for tensor in block.inputs],
            [tensor in live for tensor in block.outputs],
        )
        return self._inside(block.graph, needs, gets)

    def _rounds(self, block: Block, live: set[Tensor]) -> Cost:
        """Each round once more, up to the last operation that keeps something."""
        starts = self._backward.firsts(block, live)[-1]
        here = self._backward.live_in(block, starts, live)
        again = self._early.within(block.graph, here)
        return total([]) if again is None else all_rounds(block, again)
