"""Quantities of several models over one dimension, with what `compare` solves and `growth` says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.analysis.growth.growth import rises
from symcost.errors import MissingValue, NothingToPlot, UnderivedGrowth
from symcost.export.subject import Subject
from symcost.formula import symbol
from symcost.pictures.plots.chart import Chart, Curve, Number, Panel
from symcost.pictures.plots.crossings import crossings
from symcost.pictures.plots.over import Over, in_short, numbers, worded
from symcost.pictures.plots.shades import shades
from symcost.pictures.plots.sizes import Size, dots


def lines(over: Over, quantities: Sequence[str], published: Sequence[Size] = ()) -> Chart:
    """A panel for each quantity; with `published` sizes as points, a model that lacks numbers has these alone.

    Raises UnknownDimension, MissingValue, NothingToPlot, and the faults of the quantities.
    """
    over.demand_known()
    notes: list[str] = []
    panels = tuple(_panel(over, name, published, notes) for name in quantities)
    return Chart(worded(over.subjects, over.name), panels, over.log, tuple(notes))


def _panel(over: Over, quantity: str, published: Sequence[Size], notes: list[str]) -> Panel:
    named = list(dots(over, quantity, published, notes))
    curves = list(_curves(over, quantity, notes, may_lack=bool(published)))
    named = [dot for dot in named if _has_a_place(over, dot.y)]
    if not curves and not named:
        raise NothingToPlot(quantity, over.name)
    crossed = tuple(crossings(over, quantity, curves))
    regimes = tuple(shades(over, quantity)) if curves else ()
    return Panel(in_short(quantity), tuple(curves), (*crossed, *named), regimes, over.log)


def _curves(over: Over, quantity: str, notes: list[str], *, may_lack: bool) -> Iterator[Curve]:
    """The line of each model; a note where there is none.

    Raises MissingValue for a model that lacks a number, unless it `may_lack` one.
    """
    for number, one in enumerate(over.subjects):
        try:
            points = list(numbers(over, one, quantity))
        except MissingValue as missing:
            if not may_lack:
                raise
            notes.append(f"no line of {one.label}: {missing.report.message}")
            continue

        shown = [(size, found) for size, found in points if _has_a_place(over, found)]
        if shown:
            yield Curve(one.label, shown, _slope(over, one, quantity), number)
        else:
            notes.append(f"{quantity} of {one.label} is 0 at all sizes, which has no place on a logarithmic axis")


def _has_a_place(over: Over, number: Number) -> bool:
    """Whether a number can be drawn: on logarithmic axes there is no 0."""
    return number > 0 or not over.log


def _slope(over: Over, one: Subject, quantity: str) -> str:
    """`linear`: how the model rises, in words; nothing where that is not known."""
    form = one.form(quantity, over.convention, kept=over.name)
    try:
        risen = rises(form, symbol(over.name), one.told(over.name))
    except UnderivedGrowth:
        return ""
    return str(risen.growth.kind).lower()
