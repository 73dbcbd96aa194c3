"""FLOPs: what a graph counts under a convention that has rules for whole layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from symcost.analysis.counts.operations import Operations
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import NONE, Sum, rounds
from symcost.conventions import Condition, Convention, Rule, weighed
from symcost.cost import MACS, NOTHING, Cost, only, total, without
from symcost.errors import LayerNotCounted
from symcost.formula import Form, add, merged, mul, num
from symcost.graph.graph import Block, Graph, GraphNode, Operation
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What a graph costs outside of blocks that repeat; `first` are the FLOPs of its MACs and of those blocks."""

    first: Form
    cost: Cost
    repeats: bool


def _joined(parts: Sequence[_Gathered]) -> _Gathered:
    """Several as one, in the order of the text."""
    return _Gathered(
        add(NONE, *(part.first for part in parts)),
        total(part.cost for part in parts),
        any(part.repeats for part in parts),
    )


class Flops(Sum):
    """The FLOPs of graphs and nodes; a layer for which the convention has a rule is counted by that alone."""

    def __init__(self, convention: Convention, operations: Operations | None = None) -> None:
        """`operations` is a fold that may have seen the graph before."""
        super().__init__()
        self._convention = convention
        self._operations = operations or Operations()
        self._parameters = Parameters()
        self._together: dict[Graph, _Gathered] = {}

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
        found = self._gathered(graph)
        if not found.repeats:
            return merged(self._convention.flops(found.cost))
        return merged(add(found.first, self._convention.flops(without(found.cost, *MACS))))

    def _gathered(self, graph: Graph) -> _Gathered:
        """What the operations of a graph cost, calls looked into; a graph that is called often is looked at once."""
        if graph not in self._together:
            self._together[graph] = _joined([part for node in graph for part in self._part(node)])
        return self._together[graph]

    def _part(self, node: GraphNode) -> Iterator[_Gathered]:
        match node:
            case Operation():
                yield _Gathered(self._convention.flops(only(node.cost, *MACS)), node.cost, repeats=False)
            case Block(kind="call"):
                yield self._gathered(node.graph)
            case Block() if node.kind != "layer":
                yield _Gathered(rounds(node, self._drawn_together(node.graph)), NOTHING, repeats=True)

    def of_node(self, node: GraphNode) -> Form:
        """The FLOPs of a node, all its rounds included.

        Raises LayerNotCounted.
        """
        rule = self.rule(node)
        return super().of_node(node) if rule is None else self._ruled(rule, node)

    def operation(self, operation: Operation) -> Form:
        """What its operations weigh. Raises LayerNotCounted."""
        self._check_not_weighed(operation)
        return self._convention.flops(operation.cost)

    def _check_not_weighed(self, node: Block | Operation) -> None:
        """Raises LayerNotCounted for what is only expected to run, where the convention is that of a program."""
        if node.weight != 1 and self._convention.layers:
            why = "a program counts what it runs, and not how often that is expected"
            raise LayerNotCounted(self._convention.name, "weigh", why, node.span)

    def rule(self, node: GraphNode) -> Rule | None:
        """The rule that counts a node as a whole."""
        named = self.named(node)
        return None if named is None else named[1]

    def named(self, node: GraphNode) -> tuple[str, Rule] | None:
        """The rule that counts a node as a whole, and the layer that it is for."""
        for name in _names(node):
            if name in self._convention.layers:
                rule = self._convention.layers[name]
                return name, _where_it_stands(rule, node)
        return None

    def _ruled(self, rule: Rule, node: GraphNode) -> Form:
        assert isinstance(node, Block | Operation)
        self._check_not_weighed(node)
        if rule.refused:
            name, *_ = (one for one in _names(node) if one in self._convention.layers)
            raise LayerNotCounted(self._convention.name, name, rule.refused, node.span)
        counted = [weighed(self._operations.of_node(node), rule.weights)]
        for per, weight in rule.per.items():
            counted.append(mul(weight, self._amount(per, rule, node)))
        return add(*counted)

    def _amount(self, per: str, rule: Rule, node: Block | Operation) -> Form:
        """How much of something a node has (see `conventions.PER`)."""
        match per:
            case "inside":
                return self._inside(rule, node)
            case "attended":
                return _attended(node)
            case "scores":
                return _scores(node)
            case "output":
                return node.outputs[0].size
            case "learned":
                return _input(node) if self._learns(node) else NONE
            case _:
                return _input(node)

    def _inside(self, rule: Rule, node: Block | Operation) -> Form:
        """What the inside counts, with the rules that a layer has for it."""
        if not rule.within:
            return super().of_node(node)
        layers = {**self._convention.layers, **rule.within}
        inside = Flops(replace(self._convention, layers=layers))
        return Sum.of_node(inside, node)  # a rule for the node itself is what is being followed

    def _learns(self, node: Block | Operation) -> bool:
        return isinstance(node, Block) and self._parameters.of(node.graph) != 0


# What a convention calls a node ---------------------------------------------------------------------------------------


def _names(node: GraphNode) -> Iterator[str]:
    """What a convention calls a node, the narrowest first: a layer, a `choose`, a written product, a primitive."""
    match node:
        case Block(kind="call"):
            yield node.name
        case Block(kind="choose"):
            yield "choose"
        case Operation():
            yield from node.names


def _attended(node: Block | Operation) -> Form:
    """The products of queries [..., M, D] with keys [..., N, D], and of weights with values [..., N, E]."""
    queries, _, values = node.inputs[:3]
    scores = _scores(node)
    return add(mul(queries.shape[-1], scores), mul(values.shape[-1], scores))


def _input(node: Block | Operation) -> Form:
    """The numbers that a node reads first; none where it reads nothing."""
    return node.inputs[0].size if node.inputs else NONE


def _scores(node: Block | Operation) -> Form:
    """The pairs of a query with a key, all of them."""
    queries, keys = node.inputs[:2]
    return mul(*queries.shape[:-1], keys.shape[-2])


# Rules that hold only where something is so ---------------------------------------------------------------------------


def _where_it_stands(rule: Rule, node: GraphNode) -> Rule:
    """The rule for a layer as it was called."""
    statics = node.graph.statics if isinstance(node, Block) else {}
    for condition, other in rule.where.items():
        if _holds(condition, statics):
            return other
    return rule


def _holds(condition: Condition, statics: Mapping[str, Any]) -> bool:
    """Whether a condition holds; sizes that are not known to be the same are taken for different ones."""
    one = statics.get(condition.name)
    other = statics.get(condition.other, _literal(condition.other))
    return _same(one, other) == condition.alike


def _literal(word: str) -> Form | bool | str:
    if word.isdigit():
        return num(int(word))
    return word == "true" if word in ("true", "false") else word


def _same(one: Any, other: Any) -> bool:
    """Whether two values are the same, a definition and its name included."""
    if isinstance(one, Form) and isinstance(other, Form):
        return add(one, -other).expand() == 0
    if type(one) is type(other):
        return bool(one == other)
    return bool(getattr(one, "name", one) == getattr(other, "name", other))
