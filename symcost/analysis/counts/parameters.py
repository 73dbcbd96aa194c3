"""Parameters: how many learned numbers a graph holds, and how many of them take part at once."""

from __future__ import annotations

from collections.abc import Hashable

from symcost.analysis.fold import NONE, Sum, rounds
from symcost.formula import Form, mul
from symcost.graph.graph import Block, GraphNode, Parameter


class Parameters(Sum):
    """The parameters of graphs and nodes; with `active` only those that take part under `choose`.

    With `trained` only those that are not frozen; with `buffers` those numbers that are stored beside them.
    """

    def __init__(self, *, active: bool = False, trained: bool = False, buffers: bool = False) -> None:
        super().__init__()
        self._active = active
        self._trained = trained
        self._buffers = buffers
        self.lasting: Hashable = ("parameters", active, trained, buffers)

    def of_node(self, node: GraphNode) -> Form:
        """The parameters that a node brings along.

        The call of a named layer has none: they stand where the layer was named.
        """
        match node:
            case Block(kind="call", owns=False):
                return NONE
            case Block(kind="layer"):
                return self.of(node.graph)
            case _:
                return super().of_node(node)

    def parameter(self, parameter: Parameter) -> Form:
        """As many numbers as its shape holds."""
        if parameter.buffer is not self._buffers:
            return NONE
        return NONE if self._trained and parameter.frozen else parameter.tensor.size

    def around(self, block: Block, count: Form) -> Form:
        """What a parameter count inside a block is outside of it.

        A scan has one set for all its steps, a repeat one for each round unless `shared`, a choose one for each
        alternative.
        """
        match block:
            case Block(kind="repeat", shared=False):
                return rounds(block, count)
            case Block(kind="choose", total=Form() as total):
                return mul(count, block.count if self._active else total)
            case _:
                return count
