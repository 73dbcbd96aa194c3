"""What each box of a picture counts of the chosen quantity, in one round where it stands and in the whole model."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from symcost.export.numbers import si
from symcost.formula import Form, add, num
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.graph.graph import Block, Graph, GraphNode
    from symcost.model import Model

NONE = num(0)


class Weights:
    """Asks every node of a graph what it counts; a graph that stands in several places is asked once."""

    def __init__(self, model: Model, quantity: str) -> None:
        """Raises UnknownQuantity for what is no sum over the lines."""
        self._model = model
        asked = question(quantity, "sum")
        assert asked.by_line is not None
        self.words = asked.words
        self._measure: Measure = asked.by_line(model.subject)
        self._graphs: dict[Graph, Form] = {}
        self._whole = self._number(self.of_graph(model.graph))

    # Counts ---------------------------------------------------------------------------------------

    def of_graph(self, graph: Graph) -> Form:
        """What all nodes of a graph count."""
        if graph not in self._graphs:
            self._graphs[graph] = self.together(self.of(node) for node in graph)
        return self._graphs[graph]

    def of(self, node: GraphNode) -> Form:
        """What a node counts where it stands, all rounds of a block together."""
        from symcost.graph.graph import Block

        whole = self._measure.whole(node)
        if whole is not None:
            return whole
        assert isinstance(node, Block)
        rounds = self._measure.around(node, self.of_graph(node.graph))
        assert rounds is not None
        return add(self._measure.beside(node), rounds)

    def together(self, counts: Iterable[Form]) -> Form:
        """What several nodes count."""
        return self._measure.together([NONE, *counts])

    # As it is shown -------------------------------------------------------------------------------

    def share(self, form: Form, around: Iterable[Block]) -> float | None:
        """The part of the whole model that a count in one round of these blocks is; the outermost block first."""
        if not self._whole:
            return None
        for block in reversed(tuple(around)):
            all_rounds = self._measure.around(block, form)
            assert all_rounds is not None
            form = all_rounds
        number = self._number(form)
        return None if number is None else float(Fraction(number) / self._whole)

    def written(self, form: Form) -> str:
        """A number with three digits and a prefix, or the formula while a dimension is open; nothing for 0."""
        shown = self._model.shown(form)
        if shown == 0:
            return ""
        return si(shown.number) if shown.number is not None else str(shown)

    @property
    def has_numbers(self) -> bool:
        """Whether shares are numbers."""
        return bool(self._whole)

    def _number(self, form: Form) -> int | Fraction | None:
        return self._model.shown(form).number
