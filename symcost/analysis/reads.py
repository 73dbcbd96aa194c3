"""Which numbers of its inputs a number of a result is made from, axis by axis."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.formula import Form, Symbol
from symcost.graph.graph import Operation, Tensor
from symcost.records import dataclass

Axes = tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One input as one entry of the result sees it: the position along each of its axes.

    Every value of the counters in `over` is read. Where the numbers differ along `axis`, this holds for the entries
    for which `needs` are not negative, and others do not see the input; else for all of them.
    `there` is not negative where there is anything to read.
    """

    tensor: Tensor
    positions: tuple[Form, ...]
    over: tuple[Symbol, ...] = ()
    axis: int | None = None
    needs: tuple[Form, ...] = ()
    there: tuple[Form, ...] = ()


def reads(operation: Operation, result: int, at: Axes) -> Iterator[Read]:
    """What the entry `at` of a result is made from, as the record of its primitive says.

    What is stretched (repeat_axis), neither kept nor cut by a reshape, or written by an affine left side is read as a
    whole, and so is what lies in front of padding at the end of an axis: what is put there waits for all of it. Parts
    that are joined (concat) hold back their own places; a part whose entries are all ready together holds back the
    result, and so does all that is stacked.
    """
    for found in operation.primitive.reads.waits(operation, result, at):
        tensor = operation.inputs[found.place]
        yield Read(tensor, found.positions, found.over, found.axis, found.needs, found.there)
