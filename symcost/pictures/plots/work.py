"""Work against time as a picture: a stair for each model, its area the work, its length the depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from symcost.errors import NothingToPlot, SymcostError
from symcost.export.numbers import si
from symcost.export.subject import Subject
from symcost.pictures.plots.chart import Chart, Curve, Number, Panel
from symcost.pictures.plots.schedule import Schedule, binned, schedule

MOST = 120
"""Stairs of a model: of more steps several are one, with their mean."""
MOST_LOG = 24
"""The same on a logarithmic axis, for each e-fold of steps."""
FAR = 20
"""From so many times as many steps on both axes are logarithmic."""
HALF = Fraction(1, 2)


def work(subjects: Sequence[Subject]) -> Chart:
    """How many operations can run at each step. Raises MissingValue, TooLongToFollow, NothingToPlot."""
    schedules = [_scheduled(one) for one in subjects]
    lengths = [found.length for found in schedules]
    log = max(lengths) >= FAR * min(lengths)
    curves: list[Curve] = []
    notes: list[str] = []
    for number, (one, found) in enumerate(zip(subjects, schedules, strict=True)):
        curves.append(Curve(one.label, _stairs(found, log=log), _remark(found), number))
        notes += _notes(one, found, log=log)
    notes.append("operations: a multiply-accumulate is two, all others are one")
    heading = _heading(subjects, schedules)
    return Chart("step", (Panel("operations at a step", tuple(curves), heading=heading),), log, tuple(notes))


def _heading(subjects: Sequence[Subject], schedules: Sequence[Schedule]) -> str:
    """What of long loops is drawn, so that nobody takes the end of the axis for that of the model."""
    told = [_in_part(one, found) for one, found in zip(subjects, schedules, strict=True) if found.cut]
    return f"The first rounds only: {'; '.join(told)}" if told else ""


def _in_part(one: Subject, found: Schedule) -> str:
    """`Lstm 1024 of 5000, depth 35000`."""
    many = " and ".join(cut.partition(" rounds of ")[0] for cut in found.cut)
    depth = _depth(one)
    return f"{one.label} {many}" if depth is None else f"{one.label} {many}, depth {depth}"


def _scheduled(one: Subject) -> Schedule:
    found = schedule(one.model)
    if not found.work:
        raise NothingToPlot("operations", "step")
    return found


def _stairs(found: Schedule, *, log: bool) -> list[tuple[Number, Number]]:
    points: list[tuple[Number, Number]] = []
    for first, end, amount in binned(found, MOST_LOG if log else MOST, log=log):
        if amount:
            points += [(first - HALF, amount), (end + HALF, amount)]
    return points


def _remark(found: Schedule) -> str:
    """Steps, and operations at each in the mean; of the beginning of a long loop that is no mean of the whole."""
    if found.cut:
        return f"first {si(found.length)} steps"
    return f"{si(found.length)} steps, mean {si(round(found.work / found.length))}"


def _notes(one: Subject, found: Schedule, *, log: bool) -> Iterator[str]:
    """What is left out, and what the depth is where entries are followed one by one."""
    for cut in found.cut:
        yield f"{one.label}: only {cut} are drawn"
    if found.length > MOST:
        many = "a few" if log else str(-(-found.length // MOST))
        yield f"{one.label}: each stair is the mean of {many} steps"
    if found.cut:
        return
    depth = _depth(one)
    if depth is not None and depth != found.length:
        yield f"{one.label}: {found.length} steps where most results are waited for as a whole; its depth is {depth}"


def _depth(one: Subject) -> Number | None:
    """None where it is not derived, or has no number."""
    try:
        return one.model.number(one.model.depth.form)
    except SymcostError:
        return None
