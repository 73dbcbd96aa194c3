"""One quantity at several sizes, as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Row, Table

if TYPE_CHECKING:
    from symcost.formula import Form
    from symcost.quantity import Quantity

MOST = 10_000
"""Points of one table."""


def asked(quantity: Quantity, points: Mapping[str, Sequence[int]]) -> list[tuple[tuple[int, ...], Form]]:
    """The value at each combination of sizes, in the order of the table.

    Raises ValueError where there are too many; what `Quantity.at` raises.
    """
    number = 1
    for values in points.values():
        number *= len(values)
    if number > MOST:
        raise ValueError(f"{number} points are more than the {MOST} of one table; `over` gives an array")
    return [(sizes, quantity.at(**dict(zip(points, sizes, strict=True))).form) for sizes in product(*points.values())]


def page(title: str, names: Iterable[str], found: Iterable[tuple[tuple[int, ...], Form]]) -> Page:
    """A row for each point: its sizes, and the value there."""
    rows = tuple(Row((*map(_size, sizes), _value(form))) for sizes, form in found)
    return Page(title, parts=lambda: (Table((*names, "value"), rows),), symbols=())


def _size(number: int) -> Line:
    return Figure(number, digits=None)


def _value(form: Form) -> Line:
    return form if form.number is None else Figure(form.number)
