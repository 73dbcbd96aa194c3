"""Loops that are written out where numbers are known, because their rounds differ by their number.

With an open number they are several loops, each of rounds that are alike (see graph/periods.py and graph/stretches.py).
With the number nothing is handed from round to round: each round stands there as if it were written. What lives in a
round that is not the first and not the last is the same either way, as long as every round makes what it hands on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from symcost.analysis.depth.vanishing import TWO, is_left_over, nodes, open_facts
from symcost.errors import RoundsDiffer
from symcost.formula import Assumptions, AtLeast
from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.ops.indices import read_of_each, skips_unless
from symcost.ops.memory import View

if TYPE_CHECKING:
    from symcost.diagnostics import Span


def written_out(graph: Graph) -> set[Block]:
    """The loops of a graph, and of all graphs in it, that stand for one loop of the text together with others."""
    called = [node.graph for node in nodes(graph) if isinstance(node, Block) and node.kind == "call"]
    found: set[Block] = set()
    for definition in dict.fromkeys([graph, *called]):
        for loops in _by_text(definition):
            if len(loops) > 1:
                found.update(loops)
    return found


def _by_text(definition: Graph) -> Collection[list[Block]]:
    """The loops of one definition, those together that one loop of the text was made into."""
    together: dict[Span, list[Block]] = {}
    for loop in _loops(definition):
        together.setdefault(loop.span, []).append(loop)
    return together.values()


def _loops(definition: Graph) -> Iterator[Block]:
    """The repeated layers of one definition, those inside loops too; what it calls is another one."""
    for node in definition:
        if isinstance(node, Block) and node.kind in ("scan", "repeat", "choose"):
            if node.kind == "repeat":
                yield node
            yield from _loops(node.graph)


def made_anew(graph: Graph, what: str) -> None:
    """Look that every round of these loops makes anew what it hands on.

    Raises RoundsDiffer, with what cannot be told.
    """
    for loop in written_out(graph):
        for each in loop.carried:
            if _is_from_outside(each.end, loop.graph):
                raise RoundsDiffer(what, heading(loop), loop.span)


def heading(loop: Block) -> str:
    """`repeat l in L`: as the text has it, not as one of the loops that are made of it."""
    return loop.span.text.partition("{")[0].strip()


def _is_from_outside(tensor: Tensor, graph: Graph) -> bool:
    """Whether a tensor, or what it is a look at, is not made in a graph."""
    node = graph.source(tensor)
    while isinstance(node, Operation) and node.primitive.memory.view(node) is not View.NONE and node.inputs:
        tensor = node.inputs[0]
        node = graph.source(tensor)
    return node is None and not tensor.parameter


def alike_written_out(graph: Graph, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What has to hold so that each of these loops has a round that is not the last, and for as many is told."""
    for loop in written_out(graph):
        if not is_left_over(loop):
            yield from open_facts([(loop.count, TWO)], assumptions)


def nothing_skipped(graph: Graph, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What has to hold so that the strides of index notation skip nothing, where that depends on sizes."""
    for node in nodes(graph):
        if isinstance(node, Operation) and node.primitive.memory.moves is read_of_each:
            yield from open_facts(skips_unless(node), assumptions)


def copies_stay(graph: Graph, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What has to hold so that no copy becomes a look at what is there: repeated once, or padded by nothing."""
    for node in nodes(graph):
        if isinstance(node, Operation):
            yield from open_facts(node.primitive.memory.made_if(node), assumptions)
