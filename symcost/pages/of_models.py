"""Pages of several models side by side, and of a quantity at many sizes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from symcost.arguments import DATA, FLAG, NAME, NOTHING, TEXTS, VALUES, each, taking
from symcost.pages.given import COLUMNS, MODEL, MODELS, QUANTITY

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.model import Model
    from symcost.quantity import Quantity


@taking(models=MODELS, columns=TEXTS, dimension=NAME, orders=FLAG, convention=DATA, values=VALUES | NOTHING)
def table(
    models: Iterable[Model], *, columns: Sequence[str] = COLUMNS, dimension: str = "T", orders: bool = False,
    convention: str | Path = "default", values: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """Models side by side; the column `scaling` is how the first count grows in `dimension`.

    `values` are numbers, or sizes over dimensions that all share: `{"I": "D", "H": "D"}`.
    Raises UnknownQuantity, UnknownDimension, BadValue.
    """
    from symcost.export.reports.overview import overview, page
    from symcost.export.subject import labelled, with_values
    from symcost.questions import questions

    given = each("table", "models", MODEL, iter(models))
    subjects = with_values(labelled(_with_files(given)), values or {})
    return page(overview(subjects, list(columns), questions(), dimension, str(convention), orders))


@taking(quantity=QUANTITY)
def sweep(quantity: Quantity, **values: int | Iterable[int]) -> Page:
    """A quantity at each combination of sizes, a row for each: `sweep(m.macs, T=(512, 1024), H=range(64, 257, 64))`.

    In a notebook a plot stands below the table, if matplotlib is installed: over the dimension with the most sizes, a
    curve for each combination of the others.

    Raises ValueError for more than 10 000 rows (`Quantity.over` gives arrays), UnknownDimension, BadValue,
    ViolatedAssumption.
    """
    from dataclasses import replace

    from symcost.export.reports.swept import asked, page
    from symcost.model import Asking
    from symcost.pictures.plots.over import in_short
    from symcost.pictures.plots.swept import Swept

    points = {name: (given,) if isinstance(given, int) else tuple(given) for name, given in values.items()}
    found = asked(quantity, points)
    numbers = [(sizes, form.number) for sizes, form in found if form.number is not None]
    words = in_short(quantity.ask.name) if isinstance(quantity.ask, Asking) else "value"
    swept = Swept(tuple(points), numbers, words)
    return replace(page(str(quantity), tuple(points), found), picture=swept.image)


@taking(left=MODEL, right=MODEL, of=NAME | TEXTS, dimensions=TEXTS, convention=DATA, values=VALUES | NOTHING)
def compare(
    left: Model, right: Model, *, of: str | Sequence[str] = ("macs",), dimensions: Sequence[str] = (),
    convention: str | Path = "default", values: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """The difference of two models, their ratio, and where one becomes better than the other.

    `dimensions` are those of the crossover (T, or those that matter); `values` as for `table`.
    Raises UnknownQuantity, UnknownDimension, BadValue.
    """
    from symcost.export.reports.comparison import Comparison, page
    from symcost.export.subject import labelled, with_values
    from symcost.questions import question

    one, other = with_values(labelled(_with_files((left, right))), values or {})
    asked = [question(name).name for name in ((of,) if isinstance(of, str) else of)]
    if not asked:
        raise ValueError("no quantity is given to compare in")
    return page([Comparison(name, one, other, str(convention)) for name in asked], tuple(dimensions))


def _with_files(models: Iterable[Model]) -> Iterator[tuple[str, Model]]:
    """Each with what its file is called: by that models of one name are told apart."""
    for model in models:
        yield PurePath(model.span.source.name).stem, model
