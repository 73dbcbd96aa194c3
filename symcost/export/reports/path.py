"""What a position of a result sees of the input, and through how many layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symcost.errors import NoPath, SymcostError
from symcost.export.page import Page
from symcost.export.parts import Layout, Line, Notes, Row, Section, Table, pieces, plain
from symcost.export.reports.formula import assumed
from symcost.formula import Form

if TYPE_CHECKING:
    from symcost.analysis.window.path_length import Path
    from symcost.model import Model

NAMES = 15
"""Columns for the name of a figure: the longest is `receptive field`."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of an input: the name of the input, the axis counted from 0, and what is seen of it."""

    name: str
    number: int
    path: Path

    @property
    def title(self) -> str:
        """`x, axis 0 (T)`"""
        return f"{self.name}, axis {self.number} ({self.path.length})"


def page(model: Model, axes: Sequence[Axis]) -> Page:
    """A section for each axis, with a line for each figure."""
    answers = [(axis, tuple(figures(axis.path, model))) for axis in axes]
    sections = tuple(
        Section(axis.title, (Table(("figure", "formula"), rows, Layout.LINES, stiff=True, indent=2, lead=NAMES),))
        for axis, rows in answers
    )
    whole = Section("", sections)
    return Page(
        model.name,
        parts=lambda: (whole, Notes(assumed(model))),
        brief=lambda: (whole,),
        records=lambda: _records(answers),
        data=lambda: {"model": model.name, "axes": [_data(axis, rows) for axis, rows in answers]},
        symbols=model.symbols,
    )


def _records(answers: Sequence[tuple[Axis, tuple[Row, ...]]]) -> Table:
    rows = (Row((axis.name, str(axis.number), *row.cells)) for axis, rows in answers for row in rows)
    return Table(("input", "axis", "figure", "formula"), tuple(rows))


def _data(axis: Axis, rows: Sequence[Row]) -> dict[str, Any]:
    figures = {plain(row.cells[0]): plain(row.cells[1]) for row in rows}
    return {"input": axis.name, "axis": axis.number, "length": str(axis.path.length), "figures": figures}


def figures(path: Path, model: Model) -> Iterator[Row]:
    """Each figure, or why there is none."""
    if not path.sees:
        yield Row(("sees", "nothing"))
        return
    who = "position t sees" if path.axis is not None else "sees"
    first, last = _figure(lambda: path.first, model), _figure(lambda: path.last, model)
    yield Row((who, (*pieces(first), " .. ", *pieces(last))))
    yield Row(("receptive field", _figure(lambda: path.receptive_field, model)))
    if path.axis is not None:
        yield Row(("stride", _figure(lambda: path.stride, model)))
        yield Row(("look-ahead", _figure(lambda: path.look_ahead, model)))
    layers = _figure(lambda: path.layers, model)
    bounded = isinstance(layers, Form) and path.at_most
    yield Row(("layers", ("at most ", *pieces(layers)) if bounded else layers))
    yield Row(("path length", _figure(lambda: path.length_of_path, model)))


def _figure(ask: Callable[[], Form], model: Model) -> Line:
    try:
        return model.shown(ask())
    except NoPath as fault:
        return f"none: {fault.why}"
    except SymcostError as fault:
        return f"? {fault.faults[0].report.message}"
