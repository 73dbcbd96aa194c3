"""How much of a recomputed stretch is performed once more, if that stops as soon as everything needed is there.

PyTorch's `checkpoint(..., use_reentrant=False)` stops so, unless `set_checkpoint_early_stop(False)` says otherwise: in
the order of the text, before the last operation that keeps something if it keeps what it reads, behind it if it keeps
what it makes. Behind a block of two layers nobody needs the second product again: such a block costs three and a half
forward passes, three if it is one layer alone, and four if an activation ends it (torch 2.13).

An operation, a product of several factors too, is performed as a whole or not at all; of a loop only the last round
stops early.
"""

from __future__ import annotations

from operator import neg
from typing import TYPE_CHECKING

from symcost.analysis.counts.operations import Operations
from symcost.analysis.kernels import keeps
from symcost.cost import NOTHING, Cost, total
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor
from symcost.ops.gradient import Made

if TYPE_CHECKING:
    from symcost.analysis.training.backward import Backward


class Early:
    """What a node does until nothing that it makes is needed any more."""

    def __init__(self, backward: Backward, operations: Operations) -> None:
        self._backward = backward
        self._operations = operations

    def of_node(self, node: GraphNode, live: set[Tensor]) -> Cost | None:
        """The operations of a node up to the last one that keeps something; None where none does."""
        if live.isdisjoint(node.outputs):
            return None
        match node:
            case Operation():
                return _operation(node, live)
            case Block(kind="call"):
                return self._call(node, live)
            case Block(kind="scan" | "repeat" | "choose"):
                return self._loop(node, live)
            case _:
                return None

    def within(self, graph: Graph, live: set[Tensor]) -> Cost | None:
        """Through a graph from its end: behind the last that keeps something nothing, before it everything."""
        nodes = list(graph)
        for place in reversed(range(len(nodes))):
            spent = self.of_node(nodes[place], live)
            if spent is not None:
                before = map(self._operations.of_node, nodes[:place])
                return total([*before, spent])
        return None

    def _call(self, block: Block, live: set[Tensor]) -> Cost | None:
        saved = keeps(block.graph)
        if saved is not None:
            # One kernel: it keeps what it makes, or its input alone.
            inputs = set(block.graph.ports)
            return NOTHING if inputs.issuperset(saved) else self._operations.of_node(block)
        needs, gets = (tuple(tensor in live for tensor in tensors) for tensors in (block.inputs, block.outputs))
        return self.within(block.graph, self._backward.live(block.graph, needs, gets))

    def _loop(self, block: Block, live: set[Tensor]) -> Cost | None:
        starts = self._backward.firsts(block, live)[-1]
        last = self.within(block.graph, self._backward.live_in(block, starts, live))
        if last is None:
            return None
        less = total([last, self._operations.of(block.graph).each(neg)])
        return total([self._operations.of_node(block), self._backward.in_last(block, less)])


def _operation(operation: Operation, live: set[Tensor]) -> Cost | None:
    """All of it if it keeps what it makes, nothing if it keeps what it reads; parameters are kept as well."""
    wanted = {place for place, tensor in enumerate(operation.inputs) if tensor in live}
    needs = list(operation.primitive.gradient.needs(operation, wanted))
    if not needs:
        return None
    keeps_made = any(_is_made(need, operation) for need in needs)
    return operation.cost if keeps_made else NOTHING


def _is_made(need: object, operation: Operation) -> bool:
    """Whether an operation makes what is needed: a result may be kept as what was made, or under its own name."""
    return isinstance(need, Made) or any(need is out for out in operation.outputs)
