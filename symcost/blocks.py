"""The blocks of a model as a tree: what each costs in its place, with everything inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symcost.analysis.counts.flops import Flops
from symcost.analysis.counts.operations import Operations
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import Count, Fold, Folds, all_rounds, rounds
from symcost.conventions import Convention
from symcost.cost import NOTHING, Cost
from symcost.diagnostics import Span
from symcost.formula import Form, num
from symcost.graph.graph import Block, Graph


@dataclass(frozen=True, slots=True, eq=False)
class BlockCost:
    """A block in its place: what it costs with everything inside, all repetitions around it included."""

    name: str
    node: Graph | Block
    span: Span
    folds: Folds
    around: tuple[Block, ...] = ()

    @property
    def kind(self) -> str:
        """`model`, `call`, `layer`, `scan`, `repeat` or `choose`."""
        return self.node.kind if isinstance(self.node, Block) else "model"

    @property
    def label(self) -> str:
        """What a listing calls it: the name of a definition, or the first words of a loop."""
        return f"layer {self.name}" if self.kind == "layer" else self.name

    @property
    def params(self) -> Form:
        """Its parameters."""
        return self._parameters(self.folds.made(Parameters))

    @property
    def active(self) -> Form:
        """Its parameters that take part under `choose`."""
        return self._parameters(self.folds.made(Parameters, active=True))

    def _parameters(self, fold: Parameters) -> Form:
        # A named layer has its parameters where it is named, not where it is called.
        if any(block.kind == "call" and not block.owns for block in self.around):
            return num(0)
        form = _once(fold, self.node)
        for block in reversed(self.around):
            form = fold.around(block, form)
        return form

    @property
    def cost(self) -> Cost:
        """Its operations."""
        if any(block.kind == "layer" for block in self.around):
            return NOTHING
        cost = _once(self.folds.made(Operations), self.node)
        for block in reversed(self.around):
            cost = all_rounds(block, cost)
        return cost

    def flops(self, convention: Convention) -> Form:
        """Its FLOPs; 0 where a layer around it is counted as a whole.

        Raises LayerNotCounted.
        """
        if not convention.layers:
            return convention.flops(self.cost)  # MACs first
        fold = self.folds.made(Flops, convention)
        for block in self.around:
            if block.kind == "layer" or fold.rule(block):
                return num(0)
        form = _once(fold, self.node)
        for block in reversed(self.around):
            form = rounds(block, form)
        return form

    @property
    def children(self) -> tuple[BlockCost, ...]:
        """The blocks directly inside; a layer that is only named has none, they stand where it is called."""
        if not isinstance(self.node, Block):
            return tuple(self._inside(self.node, self.around))
        if self.node.kind == "layer":
            return ()
        return tuple(self._inside(self.node.graph, (*self.around, self.node)))

    def _inside(self, graph: Graph, around: tuple[Block, ...]) -> Iterator[BlockCost]:
        for node in graph:
            if isinstance(node, Block):
                yield BlockCost(node.name, node, node.span, self.folds, around)


def _once(fold: Fold[Count], node: Graph | Block) -> Count:
    """What a block or a whole model counts where it stands, the blocks around it left out."""
    return fold.of_node(node) if isinstance(node, Block) else fold.of(node)
