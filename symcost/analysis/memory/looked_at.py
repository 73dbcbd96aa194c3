"""Looked at: what is wanted of a tensor of which a view or a copy is wanted.

Views and copies read nothing by themselves. A part that is known by its place is followed through what is put together
(concat, pad): of each tensor in it the part that lies there. Where that depends on sizes, or no place is known, only so
much is known to come from one tensor as nothing else in the result can hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from symcost.analysis.memory.demand import NOTHING_READ, WHOLE, Box, Demand, somewhere
from symcost.formula import Assumptions, Form, add, maximum, mul, num
from symcost.graph.graph import Operation, Tensor
from symcost.ops.memory import View

ZERO, ONE = num(0), num(1)

NOWHERE = (ZERO, ZERO)
"""No part of an axis."""


def looks_only(operation: Operation) -> bool:
    """Whether the numbers of its results are those of its inputs: a view, or a copy."""
    memory = operation.primitive.memory
    return memory.copies(operation) is not None or memory.view(operation) is not View.NONE


def so_often(operation: Operation) -> Form:
    """How often a number of an input stands in the result of a view or copy."""
    times = operation.primitive.memory.copies(operation)
    return ONE if times is None else times


class LookedAt:
    """What a view or copy wants of the tensors that it looks at."""

    def __init__(self, operation: Operation, wanted: Sequence[Demand], assumptions: Assumptions) -> None:
        self._operation = operation
        self._wanted = wanted
        self._assumptions = assumptions
        self._memory = operation.primitive.memory

    def of(self, tensor: Tensor) -> Demand:
        """What is wanted of one of them."""
        operation = self._operation
        if len(operation.outputs) > 1 or self._memory.box(operation, 0) is not None:
            return self._parts()
        (out,) = operation.outputs
        (demand,) = self._wanted
        view = self._memory.view(operation)
        if view is View.PART:
            return self._any_part(demand, out)
        if demand.whole:
            return WHOLE
        if view is View.WHOLE and len(operation.inputs) == 1:
            return demand.seen_through(operation)

        return self._put_together(tensor, demand)

    def _amount(self, demand: Demand, tensor: Tensor) -> Form:
        return demand.amount(tensor.size, self._assumptions)

    # Parts ----------------------------------------------------------------------------------------

    def _parts(self) -> Demand:
        """Parts are wanted, each in its place."""
        cut_up = len(self._wanted) > 1
        if cut_up and all(demand.whole for demand in self._wanted):
            return WHOLE

        return _together(self._part(number, demand) for number, demand in enumerate(self._wanted))

    def _part(self, number: int, demand: Demand) -> Demand:
        """One part is wanted: the box, or so many numbers of it."""
        box = self._memory.box(self._operation, number)
        if demand.whole and box is not None:
            return Demand(boxes=(Box((), tuple(box)),))
        return self._any_part(demand, self._operation.outputs[number])

    def _any_part(self, demand: Demand, out: Tensor) -> Demand:
        """So many numbers are wanted, wherever they lie."""
        made = Demand(made=demand.made)
        return somewhere(self._amount(demand, out)).joined(made) if demand.is_read else made

    # What is put together -------------------------------------------------------------------------

    def _put_together(self, tensor: Tensor, demand: Demand) -> Demand:
        """Some of a result is wanted that several tensors are put together to, or zeros with one."""
        inside = [self._inside(tensor, box) for box in demand.boxes]
        found = _together(part or NOTHING_READ for part in inside)

        if demand.somewhere or demand.rows or None in inside:
            found = found.joined(self._anywhere(tensor, demand))
        return found.joined(Demand(made=tuple(self._made(tensor, demand))))

    def _anywhere(self, tensor: Tensor, demand: Demand) -> Demand:
        """What is wanted anywhere may be wanted of each of them."""
        (out,) = self._operation.outputs
        return somewhere(self._left_for(tensor, self._amount(demand, out)))

    def _made(self, tensor: Tensor, demand: Demand) -> Iterator[Form]:
        """What has to be there of a tensor: all of it for all of the result, else what is surely some of it."""
        (out,) = self._operation.outputs
        for size in demand.made:
            left = self._left_for(tensor, size)
            if size == out.size or self._assumptions.at_least(left, ONE) is True:
                yield left

    def _left_for(self, tensor: Tensor, wanted: Form) -> Form:
        """Of so many numbers those that nothing else in the result can hold."""
        (out,) = self._operation.outputs
        if wanted == out.size:
            return tensor.size
        times = so_often(self._operation)
        beside = add(out.size, -mul(tensor.size, times))
        return maximum(ZERO, add(wanted, -beside)) / times

    def _inside(self, tensor: Tensor, box: Box) -> Demand | None:
        """What is wanted of a tensor for a box of the result, by where it lies; None where that is not told."""
        found = NOTHING_READ
        for place, other in enumerate(self._operation.inputs):
            if other is tensor:
                overlap = self._overlap(place, box)
                if overlap is None:
                    return None
                found = found.joined(overlap)
        return found

    def _overlap(self, place: int, box: Box) -> Demand | None:
        """The part of an input that lies in a box of the result; None where that is not known."""
        begins = self._memory.lies(self._operation, place)
        if begins is None or box.seen:
            return None
        shape = self._operation.inputs[place].shape
        along = [
            self._along(add(start, -begin), length, size)
            for (start, length), begin, size in zip(box.places, begins, shape, strict=True)
        ]
        if NOWHERE in along:
            return NOTHING_READ
        return _boxed(along)

    def _along(self, start: Form, length: Form, size: Form) -> tuple[Form, Form] | None:
        """Where a part lies on an axis that goes from 0 to a size, and how far; None where that is not known."""
        low = self._between(start, size)
        high = self._between(add(start, length), size)
        if low is None or high is None:
            return None
        if self._assumptions.at_least(low, high) is True:
            return NOWHERE
        if not self._in_order(low, high, size):
            return None
        return low, add(high, -low)

    def _in_order(self, low: Form, high: Form, size: Form) -> bool:
        """Whether two places on an axis surely come one after the other, as its own ends do."""
        is_all = low == ZERO and high == size
        return is_all or self._assumptions.at_least(high, low) is True

    def _between(self, place: Form, size: Form) -> Form | None:
        """A place on an axis that goes from 0 to a size; None where it is not known which of them is nearer."""
        if self._assumptions.at_least(ZERO, place) is True:
            return ZERO
        if self._assumptions.at_least(place, size) is True:
            return size
        is_inside = self._assumptions.at_least(place, ZERO) and self._assumptions.at_least(size, place)
        return place if is_inside else None


def _together(demands: Iterable[Demand]) -> Demand:
    """What several want."""
    return reduce(Demand.joined, demands, NOTHING_READ)


def _boxed(along: Sequence[tuple[Form, Form] | None]) -> Demand | None:
    """The box that lies so along each axis; None where that is not known of one."""
    known = [part for part in along if part is not None]
    if len(known) < len(along):
        return None
    return Demand(boxes=(Box((), tuple(known)),))
