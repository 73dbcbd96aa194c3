"""One quantity at several sizes, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Row, Table

if TYPE_CHECKING:
    from symcost.quantity import Quantity

MOST = 10_000
"""Points of one table."""


def page(quantity: Quantity, title: str, points: Mapping[str, Sequence[int]]) -> Page:
    """A row for each point: its sizes, and the value there.

    Raises ValueError where there are too many; what `Quantity.at` raises.
    """
    number = 1
    for values in points.values():
        number *= len(values)
    if number > MOST:
        raise ValueError(f"{number} points are more than the {MOST} of one table; `over` gives an array")
    rows = tuple(_rows(quantity, points))
    return Page(title, parts=lambda: (Table((*points, "value"), rows),), symbols=())


def _rows(quantity: Quantity, points: Mapping[str, Sequence[int]]) -> Iterator[Row]:
    for values in product(*points.values()):
        here = quantity.at(**dict(zip(points, values, strict=True)))
        sizes: list[Line] = [str(value) for value in values]
        form = here.form
        cell: Line = form if form.number is None else Figure(form.number)
        yield Row((*sizes, cell))
