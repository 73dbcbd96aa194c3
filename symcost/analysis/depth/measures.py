"""Measures: what counts as a step of a chain, one record for each way of counting.

A new measure is one class here, or in the file of the question that asks by it; the rest of this room follows chains
without knowing what a step is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Protocol

from symcost.analysis.depth.chains import BEGINNING, Chains
from symcost.analysis.depth.scalar_steps import Scalars, Unsteady
from symcost.errors import UnderivedDepth
from symcost.formula import Assumptions, Form, num
from symcost.formula.claims import positive
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

NONE, ONE = num(0), num(1)


class Measure(Protocol):
    """How many steps a chain takes from tensor to tensor, and where it may begin and end."""

    @property
    def at_hand(self) -> Chains:
        """What leads to numbers without a chain of their own: to inputs, constants, what is made of nothing at all."""

    @property
    def ends_anywhere(self) -> bool:
        """Whether a chain counts wherever it ends, not only at the results of the graph."""

    def steps(self, operation: Operation, operand: Tensor | None, result: Tensor) -> Form | None:
        """The steps of an operation on the way from an operand (None: from the beginning) to a result.

        None where there is no such way, however the numbers depend on each other.

        Raises UnderivedDepth.
        """

    def parameter(self, parameter: Parameter) -> Chains:
        """What leads to a parameter."""

    def handed(self, tensor: Tensor) -> Form:
        """The steps on the way out of a tensor that is handed on as it is: to another round, out of a loop or graph."""

    def gathered(self, tensor: Tensor) -> Form:
        """The steps on the way into a tensor that no operation makes: what a round begins with, what a block gives."""

    def inside(self, call: Block) -> Measure:
        """The measure inside a call; the same object for calls that are to be followed once for all."""


Made = Callable[[Assumptions, Graph], Measure]
"""A measure, for what is assumed about the sizes, in a graph that is asked as a whole."""


class _Alike(ABC):
    """A measure that asks an operation only: all that is given is at hand, and a chain counts wherever it ends."""

    at_hand: Chains = (BEGINNING,)
    ends_anywhere = True

    def __init__(self, assumptions: Assumptions, graph: Graph) -> None:
        self.assumptions = assumptions

    @abstractmethod
    def of(self, operation: Operation) -> Form:
        """The steps from any operand to any result. Raises UnderivedDepth."""

    def steps(self, operation: Operation, operand: Tensor | None, result: Tensor) -> Form:
        return self.of(operation)

    def parameter(self, parameter: Parameter) -> Chains:
        return (BEGINNING,)

    def handed(self, tensor: Tensor) -> Form:
        return NONE

    def gathered(self, tensor: Tensor) -> Form:
        return NONE

    def inside(self, call: Block) -> Measure:
        return self


class OperationSteps(_Alike):
    """Every operation with arithmetic is one step, whatever it does at one entry; what only moves numbers is none."""

    def of(self, operation: Operation) -> Form:
        return ONE if any(map(self._is_something, operation.cost.counts.values())) else NONE

    def _is_something(self, count: Form) -> bool:
        """False for what comes to nothing in every round, as `-2·t` in a loop of one."""
        if positive(count.poly) or not any(symbol.uid for symbol in count.free_symbols):
            return True
        return self.assumptions.at_least(NONE, count) is not True


class ProductSteps(_Alike):
    """Contractions are one step (matrix products, convolutions), as papers count sequential steps; all else is none."""

    def of(self, operation: Operation) -> Form:
        return ONE if "mac" in operation.cost.counts else NONE


class ScalarSteps(_Alike):
    """What happens inside an operation counts too: ⌈log2 n⌉ additions for a sum of n (`scalar_steps.py`)."""

    def __init__(self, assumptions: Assumptions, graph: Graph) -> None:
        super().__init__(assumptions, graph)
        self._scalars = Scalars(assumptions)

    def of(self, operation: Operation) -> Form:
        try:
            return self._scalars.of(operation)
        except Unsteady:
            why = "how many of its numbers meet differs from entry to entry"
            raise UnderivedDepth(f"`{operation.kind}`", why, operation.span) from None
