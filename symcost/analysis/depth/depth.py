"""Depth: the longest chain of operations that must follow one another.

A number is ready one step after the last of the numbers that it is made from. Every operation with arithmetic is one
step, whatever it does at one entry (a sum of n, a product of matrices, tanh); operations that only move numbers take
none. Numbers are followed one by one: an entry of a result waits for the entries that it is made from, not for the
tensor (`reads.py` says which these are), so that the second of two scans runs one round behind the first.

A loop is its body written out, round behind round; what it carries is handed on entry by entry. Parameters, inputs and
constants are ready at the beginning. The depth is when the last number of all is ready.

What is a step is said by a measure (`measures.py`); this is the measure `OperationSteps`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from symcost.analysis.depth.chains import Chain
from symcost.analysis.depth.follow import Follower
from symcost.analysis.depth.marks import Marks, Place
from symcost.analysis.depth.measures import Made, Measure, OperationSteps
from symcost.analysis.depth.order import Order
from symcost.analysis.reads import Axes
from symcost.errors import UnderivedDepth
from symcost.formula import Assumptions, AtLeast, Divides, Form, add, num
from symcost.formula.poly import denominator
from symcost.formula.tried import falls_short, values_at
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Graph, Tensor
from symcost.records import dataclass

FEW = 12
"""At so many sizes two lengths are compared before they are proven to be equal."""


@dataclass(frozen=True, slots=True, eq=False)
class LongestPath:
    """The operations on a longest chain, each with how many steps it takes on it, over all rounds of all loops.

    It is there where the facts hold.
    """

    steps: Form
    waits: Mapping[Place, Form]
    where: tuple[AtLeast | Divides, ...]


class Depth:
    """The depth of graphs, by a measure."""

    def __init__(self, assumptions: Assumptions, measure: Made = OperationSteps) -> None:
        self._assumptions = assumptions
        self._measure = measure
        self._lengths: dict[Graph, Form] = {}

    def of(self, graph: Graph) -> Form:
        """The depth of a graph whose ports are ready at the beginning.

        Raises UnderivedDepth where no formula is found.
        """
        if graph not in self._lengths:
            self._lengths[graph] = self._length(graph)
        return self._lengths[graph]

    def _length(self, graph: Graph) -> Form:
        order, axes, measure = Order(self._assumptions), dict[Tensor, Axes](), self._measured(graph)
        most = Follower(order, axes, measure, doubtful=True)
        depth = most.depth(graph)
        if most.doubts:
            least = Follower(order, axes, measure, doubtful=False).depth(graph)
            if not self._is_equal(least, depth):
                block, why = most.doubts[0]
                raise UnderivedDepth(f"`{block.name}`", why, block.span)
        return depth

    def _is_equal(self, one: Form, other: Form) -> bool:
        """Whether two lengths are the same: seen where they are written alike or differ at small sizes, else proven."""
        if one.key == other.key:
            return True
        small = list(islice(self._assumptions.samples(one, other), FEW))
        at_small = values_at(one, small), values_at(other, small)
        if falls_short(*at_small) or falls_short(*reversed(at_small)):
            return False
        return self._assumptions.compare(one, other).kind == "equal"

    def paths(self, graph: Graph) -> tuple[LongestPath, ...]:
        """The longest chain itself; several, where it depends on the sizes which one it is.

        How often an operation is on it is how much the depth rises with each step that the operation takes, so every
        operation has a mark that stands for one step.

        Raises UnderivedDepth.
        """
        depth, marks = self.of(graph), Marks()
        # Of what is certain alone: no chain that may not be there, and yet as long as the depth.
        order = Order(self._assumptions, marks.plain)
        least = Follower(order, {}, self._measured(graph), doubtful=False, marks=marks)
        found = [(chain, marks.plain(chain.steps).expand()) for chain in least.longest(graph)]
        whole = [(chain, steps) for chain, steps in found if self._is_equal(steps, depth)]
        return tuple(self._path(chain, steps, marks.waits(chain.steps)) for chain, steps in whole[:1] or found)

    def _measured(self, graph: Graph) -> Measure:
        room_to_recurse()
        return self._measure(self._assumptions, graph)

    def _path(self, chain: Chain, steps: Form, waits: Mapping[Place, Form]) -> LongestPath:
        where: list[AtLeast | Divides] = [_at_least_0(need) for need in chain.needs]
        # Where loops take turns, an operation stands in every second round: so the rounds come out even.
        for form in sorted(waits.values(), key=lambda form: form.size):
            if not self._assumptions.with_(*where).is_integer(form):
                below = denominator(form.poly).form
                where.append(Divides(below, (form * below).expand()))
        return LongestPath(steps, waits, tuple(where))


def _at_least_0(form: Form) -> AtLeast:
    """`L >= 3` for `L - 3`."""
    constant = form.poly.constant
    return AtLeast(add(form, -constant).expand(), num(-constant))
