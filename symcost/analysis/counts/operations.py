"""Operations: how many of each class a graph performs, its blocks asked in turn."""

from __future__ import annotations

from functools import partial

from symcost.analysis.fold import rounds
from symcost.cost import NOTHING, Cost, total
from symcost.graph.graph import Block, Graph, GraphNode, Operation


class Operations:
    """The operations of graphs and nodes; a graph that stands in several places is counted once and remembered."""

    def __init__(self) -> None:
        self._known: dict[Graph, Cost] = {}

    def of(self, graph: Graph) -> Cost:
        """All operations of a graph."""
        if graph not in self._known:
            self._known[graph] = total(map(self.of_node, graph))
        return self._known[graph]

    def of_node(self, node: GraphNode) -> Cost:
        """The operations of a node, all its rounds included.

        An operation knows its own. A scan or repeat sums over its counter; of a choose only the active run; a
        layer block does nothing where it stands.
        """
        match node:
            case Operation(cost=cost):
                return cost
            case Block(kind="layer"):
                return NOTHING
            case Block():
                return self.of(node.graph).each(partial(rounds, node))
            case _:
                return NOTHING
