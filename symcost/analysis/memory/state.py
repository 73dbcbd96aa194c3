"""State: the numbers that a model carries from one step to the next."""

from __future__ import annotations

from symcost.analysis.fold import NONE, Sum
from symcost.formula import Form, add
from symcost.graph.graph import Block, Carried, GraphNode


class State(Sum):
    """What the outermost scans of a model hand on, at their end.

    The state of a recurrent network, the keys and values seen so far, the samples that a filter still needs. What only
    passes through a loop unchanged, or is written anew in each round before it is read, is no state.
    """

    def of_node(self, node: GraphNode) -> Form:
        """A scan has its own state; what scans inside it carry, they begin anew in each of its steps."""
        match node:
            case Block(kind="scan", carried=carried):
                return add(NONE, *(value.last.size for value in carried if _is_state(value, node)))
            case _:
                return super().of_node(node)


def _is_state(value: Carried, block: Block) -> bool:
    """Whether a value is read, and changed, from round to round."""
    if value.end is value.start:
        return False
    return value.start in block.graph.captured() or any(value.start is other.end for other in block.carried)
