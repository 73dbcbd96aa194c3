"""The primitive operations: one record for each, with all that a model can be asked about it.

Every file of this folder is found by itself, and what it registers can be written at once.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from symcost.ops.base import PRIMITIVES as PRIMITIVES, WRITTEN as WRITTEN, Primitive as Primitive
from symcost.ops.pointwise import POINTWISE as POINTWISE

for _found in iter_modules(__path__):
    import_module(f"{__name__}.{_found.name}")


def every_primitive() -> Iterator[Primitive]:
    """All that are known: those called by name, those written otherwise, and the rows of the pointwise table."""
    yield from PRIMITIVES.values()
    yield from WRITTEN.values()
    yield from (row.record for row in POINTWISE.values())
