"""Parameters: how many learned numbers a graph holds, and how many of them take part at once."""

from __future__ import annotations

from symcost.analysis.fold import rounds
from symcost.formula import Form, add, mul, num
from symcost.graph.graph import Block, Graph, GraphNode, Parameter

NONE = num(0)


class Parameters:
    """The parameters of graphs and nodes; with `active` only those that take part under `choose`.

    With `trained` only those that are not frozen.
    """

    def __init__(self, *, active: bool = False, trained: bool = False) -> None:
        self._active = active
        self._trained = trained
        self._known: dict[Graph, Form] = {}

    def of(self, graph: Graph) -> Form:
        """All parameters of a graph."""
        if graph not in self._known:
            self._known[graph] = add(*map(self.of_node, graph))
        return self._known[graph]

    def of_node(self, node: GraphNode) -> Form:
        """The parameters that a node brings along.

        A parameter is as many numbers as its shape holds. A scan has one set for all its steps, a repeat one for each
        round unless `shared`, a choose one for each alternative. The call of a named layer has none: they stand
        where the layer was named.
        """
        match node:
            case Parameter(frozen=True) if self._trained:
                return NONE
            case Parameter(tensor=tensor):
                return tensor.size
            case Block(kind="call", owns=False):
                return NONE
            case Block():
                return self.around(node, self.of(node.graph))
            case _:
                return NONE

    def around(self, block: Block, form: Form) -> Form:
        """What a parameter count inside a block is outside of it."""
        match block:
            case Block(kind="repeat", shared=False):
                return rounds(block, form)
            case Block(kind="choose", total=Form() as total):
                return mul(form, block.count if self._active else total)
            case _:
                return form
