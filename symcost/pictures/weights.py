"""What each box of a picture counts of the chosen quantity, and which part of the whole model that is.

Of a sum it is what counts in one round of the loops around a box; of a depth, its steps on the longest path, in all
rounds together, as they follow one another.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from symcost.errors import NotDrawnForThese
from symcost.export.numbers import si
from symcost.formula import Form, add, num
from symcost.formula.named import spread
from symcost.graph.graph import Block, Graph, GraphNode, Operation
from symcost.questions import Question, question
from symcost.questions.depth import longest_left
from symcost.values import keeps

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.model import Model

NONE, ONCE = num(0), num(1)


Around = tuple[Block, ...]
"""The blocks around a node, the outermost first."""


def weights(model: Model, quantity: str) -> Weights:
    """What counts a quantity in a model.

    Raises UnknownQuantity for what is neither a sum over the lines nor a depth, UnderivedDepth.
    """
    asked = question(quantity, "sum", "depth")
    return Sums(model, asked) if asked.kind == "sum" else Steps(model, asked)


class Weights(ABC):
    """Asks every node of a graph what it counts."""

    notes: tuple[str, ...]
    """What the figures in the boxes are."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._whole = self._number(self.in_all())

    @abstractmethod
    def in_all(self) -> Form:
        """What the whole model counts."""

    @abstractmethod
    def of(self, node: GraphNode, around: Around) -> Form:
        """What a node counts where it stands."""

    @abstractmethod
    def together(self, counts: Iterable[Form]) -> Form:
        """What several nodes count."""

    @abstractmethod
    def everywhere(self, form: Form, around: Around) -> Form:
        """What a count is in all rounds of the blocks around it."""

    def expected(self, nodes: Iterable[GraphNode]) -> str:
        """`counted × 1/2` where these nodes stand in `weigh` and count as often as they are expected to run."""
        return ""

    # As it is shown -------------------------------------------------------------------------------

    def share(self, form: Form, around: Around) -> float | None:
        """The part of the whole model that a count in its place is; None while a dimension is open."""
        if not self._whole:
            return None
        number = self._number(self.everywhere(form, around))
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


class Sums(Weights):
    """A sum over the lines; a graph that stands in several places alike is asked once."""

    def __init__(self, model: Model, asked: Question) -> None:
        """Raises NotDrawnForThese where the numbers are none for which the formula is told."""
        assert asked.by_line is not None
        _demand_told(model, asked)
        self._measure: Measure = asked.by_line(model.subject)
        self._graphs: dict[tuple[Graph, Measure], Form] = {}
        self._counts_all_rounds = False
        super().__init__(model)
        self._is_weighed = asked.is_expected
        share = "; share of the whole" if self.has_numbers else ""
        apart = ", of rounds that differ of all together" if self._counts_all_rounds else ""
        self.notes = (f"{asked.words}; in a loop, of one round{apart}{share}",)
        if self._is_weighed and model.built.frame.context.expected:
            self.notes += ("counted × …: as often as it is expected to run, by `weigh`",)

    def in_all(self) -> Form:
        return self._of_graph(self._model.graph, self._measure)

    def _of_graph(self, graph: Graph, measure: Measure) -> Form:
        if (graph, measure) not in self._graphs:
            counts = [self._of(node, measure) for node in graph]
            self._graphs[graph, measure] = measure.together([NONE, *counts])
        return self._graphs[graph, measure]

    def of(self, node: GraphNode, around: Around) -> Form:
        """All rounds of a block together."""
        return self._of(node, self._inside(around))

    def _inside(self, around: Around) -> Measure:
        """The measure inside of these blocks."""
        measure = self._measure
        for block in around:
            measure = measure.inside(block)
        return measure

    def _of(self, node: GraphNode, measure: Measure) -> Form:
        whole = measure.whole(node)
        if whole is not None:
            return whole
        assert isinstance(node, Block)
        once = self._of_graph(node.graph, measure.inside(node))
        return add(measure.beside(node), self._in_all_rounds(node, once, measure))

    def _in_all_rounds(self, block: Block, form: Form, measure: Measure) -> Form:
        """All rounds of a block; where they differ, what is inside has counted all of them."""
        all_rounds = measure.around(block, form)
        if all_rounds is not None:
            return all_rounds
        self._counts_all_rounds = True
        return form

    def expected(self, nodes: Iterable[GraphNode]) -> str:
        """Nothing where no operations are counted: parameters are there however often they are used."""
        if not self._is_weighed:
            return ""
        found = {node.weight for node in nodes if isinstance(node, Operation | Block)}
        if found <= {ONCE}:
            return ""
        if len(found) > 1:
            return "counted as expected"
        return f"counted × {self._model.shown(found.pop())}"

    def together(self, counts: Iterable[Form]) -> Form:
        return self._measure.together([NONE, *counts])

    def everywhere(self, form: Form, around: Around) -> Form:
        for deep in reversed(range(len(around))):
            form = self._in_all_rounds(around[deep], form, self._inside(around[:deep]))
        return form


def _demand_told(model: Model, asked: Question) -> None:
    """Raises NotDrawnForThese where the numbers are none for which a formula is told."""
    for fact in () if asked.holds is None else asked.holds(model.subject):
        if not keeps(model.values, fact):
            raise NotDrawnForThese(asked.name, fact, model.values, model.span)


class Steps(Weights):
    """A longest path: how many of its steps are those of an operation in its place, all rounds together."""

    def __init__(self, model: Model, asked: Question) -> None:
        """Raises UnderivedDepth."""
        paths = longest_left(asked, model.subject, model.values, model.shown)
        self._waits = paths[0].waits
        self._steps = paths[0].steps
        self._on_it = {calls[:deep] for calls, _ in self._waits for deep in range(len(calls) + 1)}
        super().__init__(model)
        several = f", one of {len(paths)} by the sizes" if len(paths) > 1 else ""
        self.notes = (f"steps on the longest path{several}: {asked.words}; all rounds of a loop",)

    def in_all(self) -> Form:
        return self._steps

    def of(self, node: GraphNode, around: Around) -> Form:
        return self._of(node, _calls(around))

    def _of(self, node: GraphNode, calls: Around) -> Form:
        if not isinstance(node, Block):
            return self._waits.get((calls, node), NONE) if isinstance(node, Operation) else NONE
        inside = (*calls, node) if node.kind == "call" else calls
        own = self._waits.get((calls, node), NONE)
        if node.kind == "layer" or inside not in self._on_it:
            return own
        return self.together([own, *(self._of(inner, inside) for inner in node.graph)])

    def together(self, counts: Iterable[Form]) -> Form:
        return spread(add(NONE, *counts))

    def everywhere(self, form: Form, around: Around) -> Form:
        return form


def _calls(around: Around) -> Around:
    return tuple(block for block in around if block.kind == "call")
