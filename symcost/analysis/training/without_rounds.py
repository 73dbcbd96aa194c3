"""Loops that may have no round: where other values have a gradient then, a formula holds where there is one.

`repeat L - 1 { x = x -> Linear(D) -> relu }` hands on what it began with if L is 1. What stands behind it then stands
behind no parameter, and the gradient of its input is not worked out. So its formula is told for `L >= 2`, and a single
layer is asked of the graph that is built with that number.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from symcost.analysis.depth.vanishing import is_left_over, open_facts
from symcost.formula import Assumptions, AtLeast, num
from symcost.graph.graph import Block, Graph, Tensor

ONE = num(1)


def loops_in(graph: Graph) -> Iterator[Block]:
    """The loops of a definition, those inside loops too; what it calls is another one."""
    for node in graph:
        if isinstance(node, Block) and node.kind in ("scan", "repeat", "choose"):
            yield node
            yield from loops_in(node.graph)


def differ_around(block: Block, some: Set[Tensor], others: Set[Tensor]) -> bool:
    """Whether of two sets of tensors one has other tensors than the other around a loop; parameters are no matter."""
    inside = set(_made_in(block))
    return any(tensor not in inside and not tensor.parameter for tensor in some ^ others)


def _made_in(block: Block) -> Iterator[Tensor]:
    """What a loop makes in its rounds, and what they begin with."""
    for each in block.carried:
        yield each.start
    for node in block.graph:
        yield from node.outputs
        if isinstance(node, Block) and node.kind != "call":
            yield from _made_in(node)


def has_round(block: Block, assumptions: Assumptions) -> tuple[AtLeast, ...] | None:
    """What has to hold so that a loop has a round; None where that is no matter of how large something is.

    How many rounds are left behind whole periods goes up and down, and those of a loop that counts rounds of another
    are as many as that has.
    """
    if is_counted(block) or is_left_over(block):
        return None
    facts = tuple(open_facts([(block.count, ONE)], assumptions))
    settled = assumptions.with_(*facts).at_least(block.count, ONE)
    return facts if settled and facts else None


def is_counted(block: Block) -> bool:
    """Whether the number of a round of a loop around it says how many rounds it has."""
    return any(symbol.uid for symbol in block.count.free_symbols)
