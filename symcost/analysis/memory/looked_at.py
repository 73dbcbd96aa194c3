"""Looked at: what is wanted of a tensor of which a view or a copy is wanted.

Views and copies read nothing by themselves. A part that is known by its place is followed through what is put together
(concat, pad): of each tensor in it the part that lies there. Where that depends on sizes, or no place is known, only so
much is known to come from one tensor as nothing else in the result can hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.analysis.memory.demand import NOTHING_READ, WHOLE, Box, Demand, somewhere
from symcost.formula import Assumptions, Form, add, maximum, mul, num
from symcost.graph.graph import Operation, Tensor
from symcost.ops.memory import View

ZERO, ONE = num(0), num(1)


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
            return somewhere(self._amount(demand, out)).joined(Demand(made=demand.made))
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

        found = NOTHING_READ
        for number, demand in enumerate(self._wanted):
            found = found.joined(self._part(number, demand))
        return found

    def _part(self, number: int, demand: Demand) -> Demand:
        """One part is wanted: the box, or so many numbers of it."""
        box = self._memory.box(self._operation, number)
        if demand.whole and box is not None:
            return Demand(boxes=(Box((), tuple(box)),))
        amount = self._amount(demand, self._operation.outputs[number])
        return somewhere(amount).joined(Demand(made=demand.made))

    # What is put together -------------------------------------------------------------------------

    def _put_together(self, tensor: Tensor, demand: Demand) -> Demand:
        """Some of a result is wanted that several tensors are put together to, or zeros with one."""
        (out,) = self._operation.outputs
        found = somewhere(self._left_for(tensor, self._amount(demand, out)))
        for size in demand.made:
            found = found.joined(Demand(made=(self._left_for(tensor, size),)))
        for box in demand.boxes:
            for part in self._inside(tensor, box):
                found = found.joined(Demand(boxes=(part,)))
        return found

    def _left_for(self, tensor: Tensor, wanted: Form) -> Form:
        """Of so many numbers those that nothing else in the result can hold."""
        (out,) = self._operation.outputs
        if wanted == out.size:
            return tensor.size
        times = so_often(self._operation)
        left = add(wanted, -add(out.size, -mul(tensor.size, times))) / times
        return left if self._assumptions.at_least(left, ZERO) is True else maximum(ZERO, left)

    def _inside(self, tensor: Tensor, box: Box) -> Iterator[Box]:
        """The part of a tensor in a box of the result, from each place where it lies, if its place is known."""
        for place, other in enumerate(self._operation.inputs):
            begins = self._memory.lies(self._operation, place)
            if other is tensor and begins is not None and not box.seen:
                found = self._overlap(box, begins, tensor)
                if found is not None:
                    yield Box((), found)

    def _overlap(self, box: Box, begins: Sequence[Form], tensor: Tensor) -> tuple[tuple[Form, Form], ...] | None:
        """Where a tensor that begins there has a part in a box; None where there is none, or that is not known."""
        found = []
        for (start, length), begin, size in zip(box.places, begins, tensor.shape, strict=True):
            low = self._between(add(start, -begin), size)
            high = self._between(add(start, length, -begin), size)
            if low is None or high is None or self._assumptions.at_least(high, add(low, ONE)) is not True:
                return None
            found.append((low, add(high, -low)))
        return tuple(found)

    def _between(self, place: Form, size: Form) -> Form | None:
        """A place on an axis that goes from 0 to a size; None where it is not known which of them is nearer."""
        if self._assumptions.at_least(ZERO, place) is True:
            return ZERO
        if self._assumptions.at_least(place, size) is True:
            return size
        is_inside = self._assumptions.at_least(place, ZERO) and self._assumptions.at_least(size, place)
        return place if is_inside else None
