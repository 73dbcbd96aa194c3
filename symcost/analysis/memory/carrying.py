"""Which line carries what from step to step: the state of a model (see state.py), value by value and cache by cache."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symcost.analysis.counts.by_line import Held, Step
from symcost.analysis.fold import NONE, rounds
from symcost.analysis.memory.state import caches_then, is_state
from symcost.formula import Form, add
from symcost.graph.graph import Block, Graph, GraphNode, Operation
from symcost.records import dataclass

LOOKED_INTO = ("scan", "repeat", "choose", "call")


@dataclass(frozen=True, slots=True)
class Carrying:
    """A measure (see counts/by_line.py). `in_scan`: only the outermost scans have a state, what scans inside them carry
    begins anew in each step. `loops`: a recurrence, and the loops inside it, whose lines tell what there is at its end.
    """

    in_scan: bool = False
    loops: tuple[Block, ...] = ()

    def whole(self, node: GraphNode) -> Form | None:
        """What a cache keeps in the end; a block is looked into."""
        match node:
            case Operation():
                return self._at_the_end(node)
            case Block(kind=kind) if kind in LOOKED_INTO:
                return None
            case _:
                return NONE

    def _at_the_end(self, operation: Operation) -> Form:
        caches = caches_then()
        kept = caches.operation(operation)
        for loop in reversed(self.loops):
            kept = caches.around(loop, kept)
        return kept

    def beside(self, block: Block) -> Form:
        """Nothing without a name."""
        return NONE

    def held(self, at: Block | Graph) -> Iterable[Step]:
        """The values that a scan hands from step to step."""
        if isinstance(at, Block) and at.kind == "scan" and not self.in_scan:
            for value in at.carried:
                if is_state(value, at):
                    yield Step(Held(value.name, value.last), value.last.size)

    def inside(self, block: Block) -> Carrying:
        """Inside a recurrence what there is at its end; elsewhere the same."""
        in_scan = self.in_scan or block.kind == "scan"
        is_loop = block.kind != "call"
        if _is_recurrence(block) or (self.loops and is_loop):
            return Carrying(in_scan, (*self.loops, block))
        return replace(self, in_scan=in_scan)

    def around(self, block: Block, form: Form) -> Form | None:
        """All rounds, but for those of recurrences, whose lines tell all of it."""
        return None if self.loops or _is_recurrence(block) else rounds(block, form)

    def together(self, counts: Iterable[Form]) -> Form:
        """Their sum."""
        return add(NONE, *counts)


def _is_recurrence(block: Block) -> bool:
    """Whether the rounds of a block hand something on; those of other loops are texts of their own."""
    return block.kind == "scan" and bool(block.carried)
