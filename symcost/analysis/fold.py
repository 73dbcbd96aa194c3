"""The one recursion that every sum over the graph shares: a graph asks its nodes, a block asks its graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, ParamSpec, TypeVar

from symcost.cost import Cost
from symcost.formula import Form, add, mul, num, sum_over
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter

NONE = num(0)

ONCE = ("call", "layer")
"""Blocks that have one round."""

Count = TypeVar("Count")
Given = ParamSpec("Given")
Made = TypeVar("Made")


def rounds(block: Block, form: Form) -> Form:
    """What one round of a block counts, over all its rounds.

    A sum over the counter where the rounds differ, else one round times the count. A call has one round; of a
    `choose` only the active alternatives run.
    """
    if block.kind in ONCE:
        return form
    if block.counter is not None and block.counter in form.free_symbols:
        return sum_over(block.counter, form)
    return mul(form, block.count)


def all_rounds(block: Block, cost: Cost) -> Cost:
    """The operations of one round of a block, over all its rounds (see `rounds`)."""
    if block.kind in ONCE:
        return cost
    return cost.each(lambda form: rounds(block, form))


def repetitions(graph: Graph) -> tuple[Form, ...]:
    """How often the blocks of a graph, and those inside them, are run: each number of times once, in their order."""
    found: dict[Form, None] = {}
    looked_into: set[Graph] = set()
    waiting = [graph]
    while waiting:
        blocks = [node for node in waiting.pop(0) if isinstance(node, Block)]
        found.update({block.count: None for block in blocks if block.kind in ("scan", "repeat", "choose")})

        # A graph that is called often is looked into once: calls that call each other twice are 2^n of them.
        inside = dict.fromkeys(block.graph for block in blocks if block.graph not in looked_into)
        looked_into.update(inside)
        waiting += inside
    return tuple(found)


class Fold(Generic[Count]):
    """A count that is asked of every node and added up; a graph that stands in several places is asked once.

    A question says what one `operation` and one `parameter` count, what is counted `around` a block from one round of
    it, and how counts are `joined`. It overrides `of_node` only where a block is told from more than its graph.
    """

    def __init__(self) -> None:
        self._known: dict[Graph, Count] = {}

    def of(self, graph: Graph) -> Count:
        """The count of a whole graph."""
        if graph not in self._known:
            self._known[graph] = self.joined(map(self.of_node, graph))
        return self._known[graph]

    def of_node(self, node: GraphNode) -> Count:
        """The count of a node, all its rounds included.

        The `layer` block that stands where a layer is named does nothing there.
        """
        match node:
            case Operation():
                return self.operation(node)
            case Parameter():
                return self.parameter(node)
            case Block(kind="layer"):
                return self.joined(())
            case Block():
                return self.around(node, self.of(node.graph))

    def operation(self, operation: Operation) -> Count:
        """The count of one operation; nothing unless the question says otherwise."""
        return self.joined(())

    def parameter(self, parameter: Parameter) -> Count:
        """The count of one parameter; nothing unless the question says otherwise."""
        return self.joined(())

    def around(self, block: Block, count: Count) -> Count:
        """The count of a block, given that of one round of it."""
        raise NotImplementedError

    def joined(self, counts: Iterable[Count]) -> Count:
        """Several counts as one; without any, nothing."""
        raise NotImplementedError


class Sum(Fold[Form]):
    """A fold of formulas that are added up, over all rounds of a block."""

    def around(self, block: Block, count: Form) -> Form:
        """One round of a block, over all its rounds."""
        return rounds(block, count)

    def joined(self, counts: Iterable[Form]) -> Form:
        """Their sum, in the order of the text."""
        return add(*counts)


class Folds:
    """The folds over one graph, shared by all questions: each is made once, so that it sees a graph once."""

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}

    def made(self, kind: Callable[Given, Made], *given: Given.args, **options: Given.kwargs) -> Made:
        """`kind(*given, **options)`, made when first asked for; what is given has to be hashable."""
        key = (kind, given, tuple(sorted(options.items())))
        if key not in self._made:
            self._made[key] = kind(*given, **options)
        made: Made = self._made[key]
        return made
