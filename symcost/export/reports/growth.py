"""How a quantity rises in its dimensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from symcost.analysis.growth.growth import Regime, Rise, regimes, rises, together
from symcost.analysis.growth.orders import order
from symcost.export.page import Page
from symcost.export.parts import Formula, Layout, Line, Notes, Order, Paragraph, Part, Row, Section, Table, plain
from symcost.export.reports.formula import assumed
from symcost.formula import Form, Growth, Symbol
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model

HEAD = ("dimension", "order", "leading term")


@dataclass(frozen=True, slots=True)
class Question:
    """A formula of a model and the dimensions in which it is asked how it rises, one by one or `together`.

    `overall` are the dimensions over which its order is told besides; None for no such line.
    """

    model: Model
    form: Form
    symbols: Sequence[Symbol]
    together: bool = False
    overall: Sequence[str] | None = None


def page(question: Question) -> Page:
    """For each side of a `min` or `max` the formula and a line for each dimension.

    Raises UnderivedGrowth.
    """
    model = question.model
    assumptions = model.facts
    sections = tuple(_section(question, regime) for regime in regimes(question.form, assumptions, question.symbols))
    return Page(
        model.name,
        parts=lambda: (*sections, Notes(assumed(model))),
        brief=lambda: sections,
        records=lambda: _records(sections),
        data=lambda: {"model": model.name, "regimes": [_data(section) for section in sections]},
        symbols=model.symbols,
        folds=True,
    )


def _section(question: Question, regime: Regime) -> Section:
    rows = (_together(question, regime),) if question.together else tuple(_each(question, regime))
    parts: list[Part] = [Formula(regime.form)]
    if rows:
        parts.append(Table(HEAD, rows, Layout.LINES, indent=2))
    if question.overall is not None:
        overall = order(regime.form, regime.assumptions, question.overall)
        parts.append(Paragraph(Order(overall), indent=2))
    return Section(f"where {regime}" if str(regime) else "", tuple(parts))


def _each(question: Question, regime: Regime) -> Iterator[Row]:
    """A line for each dimension: its name, the order, the leading term."""
    for symbol in question.symbols:
        risen = rises(regime.form, symbol, regime.assumptions)
        yield Row((symbol.name, risen.growth, _leading(risen)))


def _leading(risen: Rise) -> Line:
    """`at most 2·T·T  while T <= W`"""
    before = "at most " if risen.at_most else ""
    limits = f"  while {', '.join(risen.limits)}" if risen.limits else ""
    return (before, risen.leading, limits)


def _together(question: Question, regime: Regime) -> Row:
    grown: Growth = together(regime.form, question.symbols)
    names = ", ".join(symbol.name for symbol in question.symbols)
    return Row((f"{names} times {grown.symbol}", grown, grown.leading))


# For spreadsheets and programs -----------------------------------------------------------------


def _records(sections: Sequence[Section]) -> Table:
    """One line for each dimension under each condition."""
    rows = []
    for section in sections:
        formula = next(part for part in section.parts if isinstance(part, Formula))
        tables = [part for part in section.parts if isinstance(part, Table)]
        rows += [Row((section.heading, formula.form, *row.cells)) for table in tables for row in table.rows]
    return Table(("where", "formula", *HEAD), tuple(rows))


def _data(section: Section) -> dict[str, Any]:
    data: dict[str, Any] = {"where": plain(section.heading)}
    for part in section.parts:
        match part:
            case Formula(form=form):
                data["form"] = form
            case Table(rows=rows):
                data["dimensions"] = [dict(zip(HEAD, map(plain, row.cells), strict=True)) for row in rows]
            case Paragraph(line=line):
                data["order"] = plain(line)
    return data
