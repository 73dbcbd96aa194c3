"""Steps by scalar: how many scalar operations one entry of a result has to wait for, with all operands at hand.

What a primitive takes is said in its record; here each operation is asked once.
"""

from __future__ import annotations

from symcost.formula import Assumptions, Form
from symcost.graph.graph import Operation
from symcost.ops.steps import Unsteady as Unsteady


class Scalars:
    """The steps of operations by scalar."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._assumptions = assumptions
        self._known: dict[Operation, Form] = {}

    def of(self, operation: Operation) -> Form:
        """The longest chain of scalar operations from the operands to an entry of the result. Raises Unsteady."""
        if operation not in self._known:
            self._known[operation] = operation.primitive.steps(operation, self._assumptions)
        return self._known[operation]
