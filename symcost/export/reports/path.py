"""What a position of a result sees of the input, and through how many layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from symcost.errors import NoPath, SymcostError
from symcost.export.page import Page
from symcost.export.parts import Layout, Line, Notes, Row, Section, Table, pieces, plain
from symcost.export.reports.formula import in_words
from symcost.formula import Form
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.analysis.window.path_length import AxisPath
    from symcost.formula.assumed import Said
    from symcost.model import Model

NAMES = 15
"""Columns for the name of a figure: the longest is `receptive field`."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of an input: the name of the input, the axis counted from 0, and what is seen of it.

    `in_general` says the same with open dimensions, for what cannot be told with numbers; `holds`, from which sizes on.
    """

    name: str
    number: int
    path: AxisPath
    in_general: Callable[[], AxisPath] | None = None
    holds: tuple[Said, ...] = ()

    @property
    def title(self) -> str:
        """`x, axis 0 (T)`"""
        return f"{self.name}, axis {self.number} ({self.path.length})"


def page(model: Model, axes: Sequence[Axis]) -> Page:
    """A section for each axis, with a line for each figure."""
    answers = [(axis, tuple(figures(axis.path, model, axis.in_general))) for axis in axes]
    sections = tuple(
        Section(axis.title, (Table(("figure", "formula"), rows, Layout.LINES, stiff=True, indent=2, lead=NAMES),))
        for axis, rows in answers
    )
    whole = Section("", sections)
    return Page(
        model.name,
        parts=lambda: (
            whole,
            Notes(in_words(dict.fromkeys((*model.assumptions, *(fact for axis in axes for fact in axis.holds))))),
        ),
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


def figures(path: AxisPath, model: Model, in_general: Callable[[], AxisPath] | None = None) -> Iterator[Row]:
    """Each figure, or why there is none; what numbers leave open may be told in general."""
    if not path.sees:
        yield Row(("sees", "nothing"))
        return

    def figure(ask: Callable[[AxisPath], Form]) -> Line:
        return _figure(path, in_general, ask, model)

    who = "position t sees" if path.axis is not None else "sees"
    first, last = figure(lambda path: path.first), figure(lambda path: path.last)
    yield Row((who, (*pieces(first), " .. ", *pieces(last))))
    yield Row(("receptive field", figure(lambda path: path.receptive_field)))
    if path.axis is not None:
        yield Row(("stride", figure(lambda path: path.stride)))
        yield Row(("look-ahead", figure(lambda path: path.look_ahead)))
    layers = figure(lambda path: path.layers)
    bounded = isinstance(layers, Form) and path.at_most
    yield Row(("layers", ("at most ", *pieces(layers)) if bounded else layers))
    length = figure(lambda path: path.length_of_path)
    chosen = isinstance(length, Form) and path.chooses_layers
    yield Row(("path length", (*pieces(length), ", if ", *pieces(layers), " is that") if chosen else length))


def _figure(
    path: AxisPath, in_general: Callable[[], AxisPath] | None, ask: Callable[[AxisPath], Form], model: Model
) -> Line:  # fmt: skip
    try:
        return model.shown(ask(path))
    except NoPath as fault:
        return f"none: {fault.why}"
    except SymcostError as fault:
        why = f"? {fault.faults[0].report.message}"
    if in_general is not None:
        with suppress(SymcostError):
            return model.shown(ask(in_general()))
    return why
