"""Steps by scalar: how many scalar operations one entry of a result has to wait for, with all operands at hand.

Sums, products and reductions of n numbers are joined two by two, in ⌈log2 n⌉ steps; everything else of one operation
is worked out as its formula is written, one scalar operation after the other.
"""

from __future__ import annotations

from collections.abc import Callable

from symcost.formula import Assumptions, Form, ceil_div, log2, maximum, num
from symcost.ops.use import Use

ONE = num(1)

Steps = Callable[[Use, Assumptions], Form]
"""For one use of a primitive, the longest chain of scalar operations; may raise Unsteady."""


class Unsteady(Exception):
    """How many numbers meet differs from entry to entry, by no rule that is known here."""


def no_steps(use: Use, assumptions: Assumptions) -> Form:
    """Numbers are only moved."""
    return num(0)


def two_by_two(count: Form, assumptions: Assumptions) -> Form:
    """From any number of numbers to one; of none there is nothing to wait for."""
    return ceil_div(log2(count if assumptions.at_least(count, ONE) else maximum(count, ONE)))
