"""The backward pass line by line: what going back through each operation costs, over all rounds around it.

The first rounds of a loop may cost less than the others, because what they hand back to needs no gradient, and so may
the last ones, because nobody reads what they hand on. Where that is so, the lines inside count all rounds at once. They
are followed as strands: one through the steady round, over all rounds, and for each of the others two more: through it,
and, to be taken away, through the steady one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace

from symcost.analysis.fold import NONE, rounds
from symcost.analysis.training.backward import Backward
from symcost.analysis.training.rounds import EVERY, Ledger, Passage, Place, Rounds
from symcost.cost import NOTHING, Cost
from symcost.formula import Form, add, mul
from symcost.formula.named import spread
from symcost.graph.graph import Block, Graph, GraphNode, Operation
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Strand:
    """One way through a graph: back, as its ledger has it, or forward, where it has none.

    `around` are the loops of which it counts all rounds (None) or the one at that place, inside out. `sign` is -1
    where it is taken away. `handed` is what the round it goes through costs besides its nodes.
    """

    ledger: Ledger | None
    around: tuple[tuple[Block, Place | None], ...] = ()
    sign: int = 1
    handed: Cost = field(default=NOTHING, compare=False)

    def own(self, node: GraphNode) -> Cost:
        """What a node costs by itself, each time."""
        if self.ledger is not None:
            return self.ledger.own.get(node, NOTHING)
        return node.cost if isinstance(node, Operation) else NOTHING

    def inside(self, block: Block) -> Iterator[Strand]:
        """How it goes on inside a block."""
        if self.ledger is None:
            yield self if block.kind == "call" else replace(self, around=((block, None), *self.around))
            return
        inside = self.ledger.inside.get(block)
        if isinstance(inside, Passage):
            yield replace(self, ledger=inside.ledger, handed=NOTHING)
        elif inside is not None:
            yield from self._through(block, inside)

    def _through(self, block: Block, rounds: Rounds) -> Iterator[Strand]:
        """All rounds as the steady one, and what the first and the last ones have instead."""
        for part in rounds.parts():
            place = None if part.place == EVERY else part.place
            inside = replace(self, ledger=part.round.ledger, handed=part.round.handed, sign=self.sign * part.sign)
            yield replace(inside, around=((block, place), *self.around))


@dataclass(frozen=True, slots=True)
class Passed:
    """A measure (see counts/by_line.py): some operations of all strands together; `at` counts one round of a loop."""

    strands: tuple[Strand, ...]
    pick: Callable[[Cost], Form]
    at: Callable[[Block, Place, Form], Form]

    def whole(self, node: GraphNode) -> Form | None:
        """What a node counts by itself; a block is looked into."""
        if isinstance(node, Block):
            return None if node.kind != "layer" else NONE
        return self._sum((strand, strand.own(node)) for strand in self.strands)

    def beside(self, block: Block) -> Form:
        """What a block counts besides its inside: gradients that meet behind it, or go from round to round."""
        behind = [(strand, strand.own(block)) for strand in self.strands]
        handed = [(strand, strand.handed) for strand in self._inside(block) if strand.ledger is not None]
        between = handed if block.kind != "call" else []
        return self._sum([*behind, *between])

    def held(self, at: Block | Graph) -> tuple[()]:
        """Nothing has a name of its own here."""
        return ()

    def inside(self, block: Block) -> Passed:
        """The strands inside a block; its rounds are left to `around` where all are alike."""
        strands = self._inside(block)
        if self._alike(block):
            strands = [replace(strand, around=()) for strand in strands]
        return replace(self, strands=tuple(strands))

    def around(self, block: Block, form: Form) -> Form | None:
        """All rounds, where they are alike; else they are counted inside."""
        return rounds(block, form) if self._alike(block) else None

    def together(self, counts: Iterable[Form]) -> Form:
        """Their sum; where rounds were taken away, as simple as it becomes."""
        return self._simple(add(NONE, *counts))

    def _inside(self, block: Block) -> list[Strand]:
        return [deeper for strand in self.strands for deeper in strand.inside(block)]

    def _alike(self, block: Block) -> bool:
        """Whether all rounds of a block count the same, and nothing around it counts several at once."""
        return all(strand.around in ((), ((block, None),)) for strand in self._inside(block))

    def _sum(self, costs: Iterable[tuple[Strand, Cost]]) -> Form:
        """Counts over the rounds of their strands."""
        forms = []
        for strand, cost in costs:
            form = self.pick(cost)
            for block, place in strand.around:
                form = rounds(block, form) if place is None else self.at(block, place, form)
            forms.append(mul(strand.sign, form))
        return self._simple(add(NONE, *forms))

    def _simple(self, form: Form) -> Form:
        return spread(form) if any(strand.around for strand in self.strands) else form


def gone_back(backward: Backward, graph: Graph, pick: Callable[[Cost], Form], *, forward: bool = False) -> Passed:
    """The measure of the backward pass of a graph, or of both passes; `pick` says which operations count.

    Raises UnderivedBackward.
    """
    back = Strand(backward.ledger(graph))
    return Passed((Strand(None), back) if forward else (back,), pick, backward.at)
