"""FLOPs: what a graph counts under a convention that has rules for whole layers."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.analysis.counts.operations import Operations
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import NONE, Sum, rounds
from symcost.conventions import Convention, Rule, weighed
from symcost.cost import MACS, Cost, only, total, without
from symcost.errors import LayerNotCounted
from symcost.formula import Form, add, merged, mul
from symcost.graph.graph import Block, Graph, GraphNode, Operation


class Flops(Sum):
    """The FLOPs of graphs and nodes; a layer for which the convention has a rule is counted by that alone."""

    def __init__(self, convention: Convention, operations: Operations | None = None) -> None:
        """`operations` is a fold that may have seen the graph before."""
        super().__init__()
        self._convention = convention
        self._operations = operations or Operations()
        self._parameters = Parameters()

    def of(self, graph: Graph) -> Form:
        """All FLOPs of a graph.

        Raises LayerNotCounted.
        """
        if not self._convention.layers:
            return self._drawn_together(graph)
        return super().of(graph)

    def _drawn_together(self, graph: Graph) -> Form:
        """MACs first, then the other classes; all that one block repeats is one term, like terms in it merged.

        Without blocks that repeat the MACs stay in brackets, as they are asked for.
        """
        if graph not in self._known:
            pieces = list(self._pieces(graph))
            if any(isinstance(piece, Form) for piece in pieces):
                straight = [piece if isinstance(piece, Form) else self._macs(piece) for piece in pieces]
                others = total(piece for piece in pieces if isinstance(piece, Cost))
                form = add(*straight, self._convention.flops(without(others, *MACS)))
            else:
                form = self._convention.flops(total(piece for piece in pieces if isinstance(piece, Cost)))
            self._known[graph] = merged(form)
        return self._known[graph]

    def _pieces(self, graph: Graph) -> Iterator[Cost | Form]:
        """What the operations of a graph cost, calls looked into, and in its place what a block repeats as FLOPs."""
        for node in graph:
            match node:
                case Operation():
                    yield node.cost
                case Block(kind="call"):
                    yield from self._pieces(node.graph)
                case Block() if node.kind != "layer":
                    yield rounds(node, self._drawn_together(node.graph))

    def _macs(self, cost: Cost) -> Form:
        return self._convention.flops(only(cost, *MACS))

    def of_node(self, node: GraphNode) -> Form:
        """The FLOPs of a node, all its rounds included.

        Raises LayerNotCounted.
        """
        rule = self.rule(node)
        return super().of_node(node) if rule is None else self._ruled(rule, node)

    def operation(self, operation: Operation) -> Form:
        """What its operations weigh."""
        return self._convention.flops(operation.cost)

    def rule(self, node: GraphNode) -> Rule | None:
        """The rule that counts a node as a whole."""
        if isinstance(node, Operation) or (isinstance(node, Block) and node.kind == "call"):
            return self._convention.layers.get(_name(node))
        return None

    def _ruled(self, rule: Rule, node: GraphNode) -> Form:
        assert isinstance(node, Block | Operation)
        if rule.refused:
            raise LayerNotCounted(self._convention.name, _name(node), rule.refused, node.span)
        counted = [weighed(self._operations.of_node(node), rule.weights)]
        for per, weight in rule.per.items():
            amount = super().of_node(node) if per == "inside" else self._amount(per, node)
            counted.append(mul(weight, amount))
        return add(*counted)

    def _amount(self, per: str, node: Block | Operation) -> Form:
        """How many numbers go in or come out first (see `conventions.PER`)."""
        if per == "output":
            return node.outputs[0].size
        if not node.inputs:
            return NONE
        if per == "learned" and not self._learns(node):
            return NONE
        return node.inputs[0].size

    def _learns(self, node: Block | Operation) -> bool:
        return isinstance(node, Block) and self._parameters.of(node.graph) != 0


def _name(node: Block | Operation) -> str:
    """What a convention calls it: the definition of a layer, or a primitive."""
    return node.name if isinstance(node, Block) else node.kind
