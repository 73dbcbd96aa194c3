"""State: the numbers that a model carries from one step to the next."""

from __future__ import annotations

from collections.abc import Callable

from symcost.analysis.fold import NONE, Sum, rounds
from symcost.analysis.memory.demand import in_last_round
from symcost.formula import Form, add
from symcost.graph.graph import Block, Carried, GraphNode, Operation


class State(Sum):
    """What the outermost scans of a model hand on, at their end, and what its caches keep then.

    The state of a recurrent network, the keys and values seen so far, the samples that a filter still needs. What only
    passes through a loop unchanged, or is written anew in each round before it is read, is no state.
    """

    def __init__(self) -> None:
        super().__init__()
        self._caches = caches_then()

    @property
    def reads_last_rounds(self) -> bool:
        """Whether what was asked depends on which round is the last one."""
        return self._caches.reads_last_rounds

    def of_node(self, node: GraphNode) -> Form:
        """A scan has its own state; what scans inside it carry, they begin anew in each of its steps."""
        match node:
            case Operation():
                return self._caches.of_node(node)
            case Block(kind="scan", carried=carried):
                own = (value.last.size for value in carried if is_state(value, node))
                return add(NONE, *own, self._caches.of_node(node))
            case _:
                return super().of_node(node)


class Caches(Sum):
    """What `cached` layers keep: `amount` of what one kept before and keeps then, `over` rounds that follow each other.

    The rounds of other loops are texts of their own, or layers, each with a cache of its own.
    """

    def __init__(self, amount: Callable[[Form, Form], Form], over: Callable[[Block, Form], Form]) -> None:
        super().__init__()
        self._amount = amount
        self._over = over
        self.reads_last_rounds = False
        """Whether a cache was met that rounds which follow each other go on with."""

    def operation(self, operation: Operation) -> Form:
        """What is kept at one place."""
        return self._amount(*operation.primitive.memory.caches(operation))

    def around(self, block: Block, count: Form) -> Form:
        """Of rounds that follow one another the same cache; of others one for each."""
        if block.kind == "scan" and block.carried and count != NONE:
            self.reads_last_rounds = True
            return self._over(block, count)
        return rounds(block, count)


def caches_then() -> Caches:
    """What caches keep in the end."""
    return Caches(_then, _at_its_end)


def caches_before() -> Caches:
    """What caches have kept before a model is used."""
    return Caches(_before, _nothing)


def _before(before: Form, then: Form) -> Form:
    return before


def _then(before: Form, then: Form) -> Form:
    return then


def _at_its_end(block: Block, count: Form) -> Form:
    return in_last_round(block, count)


def _nothing(block: Block, count: Form) -> Form:
    """What is kept in a loop was made in it, or before."""
    return NONE


def is_state(value: Carried, block: Block) -> bool:
    """Whether a value is read, and changed, from round to round."""
    if value.end is value.start:
        return False
    return value.start in block.graph.captured() or any(value.start is other.end for other in block.carried)
