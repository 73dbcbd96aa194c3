"""The primitive operations: one record for each, with all that a model can be asked about it."""

from collections.abc import Iterator

from symcost.ops import (
    contract as contract,
    move as move,
    order as order,
    power as power,
    reduce as reduce,
    running as running,
    window as window,
)
from symcost.ops.base import PRIMITIVES as PRIMITIVES, WRITTEN as WRITTEN, Primitive as Primitive
from symcost.ops.pointwise import POINTWISE as POINTWISE


def every_primitive() -> Iterator[Primitive]:
    """All that are known: those called by name, those written otherwise, and the rows of the pointwise table."""
    yield from PRIMITIVES.values()
    yield from WRITTEN.values()
    yield from (row.record for row in POINTWISE.values())
