"""Derivatives: what it costs to hand the gradient of an operation's results on to each of its inputs.

What a primitive does on the way back is said in its record (see `symcost.ops.gradient`); here each operation is asked
once, and gradients that meet are added up.
"""

from __future__ import annotations

from symcost.cost import NOTHING, Cost, cost
from symcost.formula import Assumptions, Form, mul
from symcost.graph.graph import Operation, Tensor
from symcost.ops.gradient import Work, one_less
from symcost.ops.sizes import Sizes


class Derivatives:
    """The gradients of operations."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._sizes = Sizes(assumptions)
        self._known: dict[Operation, tuple[Work, ...]] = {}

    def of(self, operation: Operation) -> tuple[Work, ...]:
        """All that its gradients can cost."""
        if operation not in self._known:
            work = operation.primitive.gradient.work(operation, self._sizes)
            # What runs so often forward does so on the way back.
            weight = operation.weight
            self._known[operation] = tuple(work if weight == 1 else (_times(one, weight) for one in work))
        return self._known[operation]

    def joined(self, tensor: Tensor, uses: Form) -> Cost:
        """What it costs to add up the gradients of so many uses of a tensor."""
        if tensor.parameter or (uses.number is not None and uses.number < 2):
            return NOTHING
        return cost({"add": mul(tensor.size, one_less(uses, self._sizes))})


def _times(work: Work, weight: Form) -> Work:
    return work._replace(cost=work.cost.times(weight))


def carrying(operation: Operation) -> tuple[int, ...]:
    """The inputs through which a gradient can go at all."""
    return operation.primitive.gradient.through(operation)
