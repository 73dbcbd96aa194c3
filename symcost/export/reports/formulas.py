"""Several that are served, as formulas: one below the other, and for two of them which is better where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symcost.export.page import Page
from symcost.export.parts import Layout, Notes, Paragraph, Part, Row, Strong, Table
from symcost.export.reports.limits import condition, regime_data
from symcost.export.reports.serving import OVER, formula_data, formula_rows, sending, title_of
from symcost.hardware.regimes import Regime
from symcost.runs.against import Named

SOLVED = "better: of the least times, and of room before it is rounded to whole texts"


def page(title: str, cases: Sequence[Named], regimes: Sequence[Regime] = ()) -> Page:
    """The formulas of each case under its name; then, of two, for which sizes one is better."""

    def parts() -> Iterator[Part]:
        for case in cases:
            yield Paragraph((Strong(case.name), *((f"  {title_of(case.service)}",) if regimes else ())))
            yield Table(("what", "formula", "over", "of"), tuple(formula_rows(case.service)), Layout.ENTRIES)
            yield from sending(case.service)
        if regimes:
            yield Table(("", ""), tuple(Row((one.words, condition(one))) for one in regimes), Layout.LINES)
        yield Notes((OVER, SOLVED) if regimes else (OVER,))

    return Page(
        title,
        parts=parts,
        brief=lambda: (Paragraph((Strong(title),)), *parts()),
        records=lambda: Table(("case", "what", "formula", "over", "of"), tuple(_records(cases))),
        data=lambda: _data(cases, regimes),
        folds=True,
    )


def _records(cases: Sequence[Named]) -> Iterator[Row]:
    for case in cases:
        for row in formula_rows(case.service):
            yield Row((case.name, *row.cells))


def _data(cases: Sequence[Named], regimes: Sequence[Regime]) -> dict[str, Any]:
    found: dict[str, Any] = {"cases": [{"name": one.name, **formula_data(one.service)} for one in cases]}
    if regimes:
        found["regimes"] = [regime_data(regime) for regime in regimes]
    return found
