"""Operations: how many of each class a graph performs, its blocks asked in turn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from symcost.analysis.fold import Fold, all_rounds
from symcost.cost import Cost, total
from symcost.graph.graph import Block, Operation


class Operations(Fold[Cost]):
    """The operations of graphs and nodes. An operation knows its own; of a `choose` only the active run."""

    lasting: Hashable = "operations"

    def operation(self, operation: Operation) -> Cost:
        """What it costs by itself."""
        return operation.cost

    def around(self, block: Block, count: Cost) -> Cost:
        """Summed over the counter of a scan or repeat, class by class."""
        return all_rounds(block, count)

    def joined(self, counts: Iterable[Cost]) -> Cost:
        """Class by class."""
        return total(counts)
