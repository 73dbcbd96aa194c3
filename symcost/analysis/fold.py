"""The one recursion that every sum over the graph shares: a graph asks its nodes, a block asks its graph."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from threading import local
from typing import Any, Generic, ParamSpec, TypeVar, cast

from symcost.cost import Cost
from symcost.errors import SymcostError
from symcost.formula import Form, TooLarge, Unset, add, mul, num, sum_over
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter
from symcost.roomy import roomy

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
        for node in waiting.pop(0):
            if not isinstance(node, Block):
                continue
            if node.kind not in ONCE:
                found[node.count] = None

            # A graph that is called often is looked into once: calls that call each other twice are 2^n of them.
            if node.graph not in looked_into:
                looked_into.add(node.graph)
                waiting.append(node.graph)
    return tuple(found)


class Fold(Generic[Count]):
    """A count that is asked of every node and added up; a graph that stands in several places is asked once.

    A question says what one `operation` and one `parameter` count, what is counted `around` a block from one round of
    it, and how counts are `joined`. It overrides `of_node` only where a block is told from more than its graph.
    """

    lasting: Hashable = None
    """What tells this question from all others, where its answers depend on nothing but the graph."""

    def __init__(self) -> None:
        self._known: dict[Graph, Count] = {}

    def of(self, graph: Graph) -> Count:
        """The count of a whole graph."""
        if graph not in self._known:
            self._known[graph] = self._counted(graph)
        return self._known[graph]

    def _counted(self, graph: Graph) -> Count:
        """The count of a graph that was not asked yet; a layer of the library may have been asked for another model."""
        if self.lasting is None or graph.library is None:
            return self.joined(map(self.of_node, graph))
        if self.lasting not in graph.counts:
            return cast(Count, graph.counts.setdefault(self.lasting, self.joined(map(self.of_node, graph))))
        return cast(Count, graph.counts[self.lasting])

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
    """The folds over one graph, shared by all questions of a thread: each is made once, so that it sees a graph once.

    What a fold has seen so far is no answer yet, so that no thread sees those of another.
    """

    def __init__(self) -> None:
        self._here = _Made()

    def made(self, kind: Callable[Given, Made], *given: Given.args, **options: Given.kwargs) -> Made:
        """`kind(*given, **options)`, made when first asked for; what is given has to be hashable."""
        key = (kind, given, tuple(sorted(options.items())))
        here = self._here
        if here.generation != _this_thread.generation:
            here.generation, here.folds = _this_thread.generation, {}
        if key not in here.folds:
            here.folds[key] = kind(*given, **options)
        made: Made = here.folds[key]
        return made


class _Made(local):
    """The folds of this thread."""

    def __init__(self) -> None:
        self.generation = _this_thread.generation
        self.folds: dict[object, Any] = {}


class _ThisThread(local):
    """How often a question was broken off here: what its folds had seen by then is not to be trusted."""

    generation = 0


_this_thread = _ThisThread()

ANSWERS = (SymcostError, TooLarge, ZeroDivisionError, Unset)
"""What a question may end in by itself. Anything else, such as an interrupt or no memory, breaks it off."""


def undisturbed(ask: Callable[Given, Made], *given: Given.args, **options: Given.kwargs) -> Made:
    """What `ask` finds; where it is broken off, the next question begins as if it had not been asked."""
    try:
        return roomy(ask, *given, **options)
    except ANSWERS:
        raise
    except BaseException:
        _this_thread.generation += 1
        raise
