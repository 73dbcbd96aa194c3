"""Rounds for nothing: of loops that are written out by number, those behind which all that is handed on is made anew.

With the number of rounds only the last of them has a gradient, as if it alone stood there. While the number is open all
of them are one loop, in which what comes back from several rounds would be added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.errors import RoundsDiffer
from symcost.formula import Assumptions, num
from symcost.graph.graph import Block, Graph, Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable

ONE = num(1)


def all_are_needed(loops: Iterable[Block], assumptions: Assumptions) -> None:
    """Look that every round of these loops builds on the one before it.

    Raises RoundsDiffer.
    """
    for loop in loops:
        is_open = loop.count.number is None and assumptions.at_least(ONE, loop.count) is not True
        if is_open and any(_is_dropped(each.end, loop) for each in loop.carried):
            heading = loop.span.text.partition("{")[0].strip()
            why = "a round may need nothing of those before it, and then has the only gradient"
            raise RoundsDiffer("how many steps the way back takes through", heading, loop.span, why)


def _is_dropped(end: Tensor, loop: Block) -> bool:
    """Whether what a round hands on depends on nothing that it was handed."""
    handed = {each.start for each in loop.carried}
    return end not in handed and handed.isdisjoint(_made_from(end, loop.graph))


def _made_from(tensor: Tensor, graph: Graph) -> set[Tensor]:
    """All that a tensor of a graph is made from; of a block inside it everything that goes in."""
    found, waiting = {tensor}, [tensor]
    while waiting:
        node = graph.source(waiting.pop())
        before = set() if node is None else set(getattr(node, "inputs", ()))
        waiting += before - found
        found |= before
    return found
