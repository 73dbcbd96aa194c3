"""Measures: what counts as a step of a chain, one record for each way of counting.

A new measure is one class here, or in the file of the question that asks by it; the rest of this room follows chains
without knowing what a step is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from symcost.analysis.depth.chains import BEGINNING, Chains
from symcost.analysis.depth.scalar_steps import Scalars, Unsteady
from symcost.errors import UnderivedDepth
from symcost.formula import Assumptions, Form, num
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

NONE, ONE = num(0), num(1)


class Measure(ABC):
    """How many steps a chain takes from tensor to tensor, and where it may begin and end.

    As it stands here, chains begin with everything that is given, and end wherever a number is ready. A measure that
    follows something else from parameters to results says so with `given` and `ends_anywhere`.
    """

    given: Chains = (BEGINNING,)
    """What leads to numbers without a chain of their own: of inputs, constants, results of nothing at all."""
    ends_anywhere: bool = True
    """Whether a chain counts wherever it ends, not only at the results of the graph."""

    @abstractmethod
    def steps(self, operation: Operation, operand: Tensor | None, result: Tensor) -> Form | None:
        """The steps of an operation on the way from an operand (None: from the beginning) to a result.

        None where there is no such way, however the numbers depend on each other.

        Raises UnderivedDepth.
        """

    def parameter(self, parameter: Parameter) -> Chains:
        """What leads to a parameter."""
        return (BEGINNING,)

    def handed(self, tensor: Tensor) -> Form:
        """The steps on the way out of a tensor that is handed on as it is: to another round, out of a loop or graph."""
        return NONE

    def gathered(self, tensor: Tensor) -> Form:
        """The steps on the way into a tensor that no operation makes: what a round begins with, what a block gives."""
        return NONE

    def around(self, graph: Graph) -> Measure:
        """The measure in a graph that is asked as a whole."""
        return self

    def inside(self, call: Block) -> Measure:
        """The measure inside a call; the same object for calls that are to be followed once for all."""
        return self


Made = Callable[[Assumptions], Measure]
"""A measure, for what is assumed about the sizes."""


class _Alike(Measure):
    """A measure that asks an operation only, whichever operand a chain comes from."""

    def __init__(self, assumptions: Assumptions) -> None:
        self.assumptions = assumptions

    @abstractmethod
    def of(self, operation: Operation) -> Form:
        """The steps from any operand to any result."""

    def steps(self, operation: Operation, operand: Tensor | None, result: Tensor) -> Form:
        return self.of(operation)


class OperationSteps(_Alike):
    """Every operation with arithmetic is one step, whatever it does at one entry; what only moves numbers is none."""

    def of(self, operation: Operation) -> Form:
        return ONE if operation.cost.counts else NONE


class ProductSteps(_Alike):
    """Contractions are one step (matrix products, convolutions), as papers count sequential steps; all else is none."""

    def of(self, operation: Operation) -> Form:
        return ONE if "mac" in operation.cost.counts else NONE


class ScalarSteps(_Alike):
    """What happens inside an operation counts too: ⌈log2 n⌉ additions for a sum of n (`scalar_steps.py`)."""

    def __init__(self, assumptions: Assumptions) -> None:
        super().__init__(assumptions)
        self._scalars = Scalars(assumptions)

    def of(self, operation: Operation) -> Form:
        try:
            return self._scalars.of(operation)
        except Unsteady:
            why = "how many of its numbers meet differs from entry to entry"
            raise UnderivedDepth(f"`{operation.kind}`", why, operation.span) from None
