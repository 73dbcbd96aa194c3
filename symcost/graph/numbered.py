"""Layers that differ by their number where nobody knows how many there are, as the loops of which they are made.

Rounds differ by where they stand, as in `l < dense` or `l == L - 1` (see stretches.py), by what is left of their
number, as in `l % 6 == 0` (see periods.py), or by both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from symcost.diagnostics import Span
from symcost.errors import SymcostError, UndecidedCondition
from symcost.formula import Form
from symcost.graph.conditions import conditions, told_apart
from symcost.graph.frame import Frame
from symcost.graph.loops import MOST_ROUNDS, rounds_of
from symcost.graph.names import emits
from symcost.graph.periods import LONGEST_PERIOD, by_period, comes_back, open_divisors
from symcost.graph.stretches import UnknownOrder, by_place, in_order, stretch_of, stretches_of
from symcost.graph.values import Poisoned
from symcost.ops.sizes import in_words
from symcost.syntax import ast

KINDS = (
    "rounds of an open number may differ by where they stand, as in `l < 3` or `l == L - 1`, and by what is left of "
    "theirs, as in `l % 6 == 0`"
)
WITHIN = f"rounds of an open number may differ where that comes back after at most {LONGEST_PERIOD} of them"
SHARED = "rounds that share their parameters are one block, which is alike in all of them"
STACKED = "what rounds of an open number `emit` is stacked by one block, which is alike in all of them"
STARTING = "what comes back is told apart from a round on whose number is known"
CARRIED = "what comes back with the number of a round is told apart in a `repeat` without `with`"


_OTHERWISE = ("or let them differ by where they stand, as in `l < 3`, or by what is left of few, as in `l % 6 == 0`",)


GIVE_NUMBERS = ("give it numbers",)


class _Why(NamedTuple):
    """What keeps the rounds of a loop from being told apart: where that stands, why, and what helps."""

    span: Span
    note: str
    helps: tuple[str, ...] = GIVE_NUMBERS


def by_number(statement: ast.Repeat, frame: Frame) -> Sequence[ast.Repeat]:
    """The loops that a loop is, whose rounds may differ further; none where they do not, or cannot be told apart."""
    counter = statement.counter
    if counter is None or _hands_on(statement):
        return ()
    found = told_apart(statement.body, counter.text)
    if not found:
        return ()
    try:
        if any(_why_not(each, counter.text, frame) for each in found):
            return ()
        return by_place(statement, counter, found, frame) or _by_period(statement, counter, found, frame)
    except (SymcostError, Poisoned, UnknownOrder):
        return ()  # what is wrong is said where the loop is built as it stands


def _by_period(
    statement: ast.Repeat, counter: ast.Name, found: Sequence[ast.Expr], frame: Frame
) -> Sequence[ast.Repeat]:
    return () if statement.carries else by_period(statement, counter, found, frame)


def _hands_on(statement: ast.Repeat) -> bool:
    """Whether its rounds have something in common, or leave something behind one another."""
    return statement.shared or any(emits(statement.body))


# Why they cannot be told apart --------------------------------------------------------------------


def explain(statement: ast.Repeat, frame: Frame, faults: Iterable[SymcostError]) -> None:
    """Say of conditions that could not be decided why the rounds of their loop cannot be told apart."""
    counter = statement.counter
    blamed = None if counter is None else _blamed(statement, counter.text, frame)
    if counter is None or blamed is None:
        return
    for fault in _undecided(faults):
        if _asks(statement, counter.text, fault):
            fault.of_layers(*blamed)


def _undecided(faults: Iterable[SymcostError]) -> Iterator[UndecidedCondition]:
    yield from (fault for fault in faults if isinstance(fault, UndecidedCondition))


def _asks(statement: ast.Repeat, counter: str, fault: SymcostError) -> bool:
    """Whether a fault lies in a condition that reads the counter."""
    label = fault.report.label
    if label is None:
        return False
    return any(_is_inside(label.span, asked.span) for asked in conditions(statement.body, counter))


def _is_inside(place: Span, span: Span) -> bool:
    """Whether a stretch holds a place."""
    return place.source is span.source and span.start <= place.start < span.end


def _blamed(statement: ast.Repeat, counter: str, frame: Frame) -> _Why | None:
    """The first part of a condition because of which rounds cannot be told apart; None where all of it can be."""
    found = told_apart(statement.body, counter)
    try:
        for each in found:
            why = _why_not(each, counter, frame)
            if why is not None:
                return _too_many(statement, each, frame) or _Why(each.span, why, _mends(why, each, counter, frame))
        return _out_of_order(found, counter, frame) or _of_all_rounds(statement, found, counter, frame)
    except (SymcostError, Poisoned):
        return None


def _too_many(statement: ast.Repeat, compared: ast.Expr, frame: Frame) -> _Why | None:
    """Where the number of rounds is known, and so high a one that they are not built one by one."""
    count = rounds_of(statement, frame).literal
    if count is None or count <= MOST_ROUNDS:
        return None
    note = f"rounds that differ in this way are written out one by one, {MOST_ROUNDS} at most; here are {count}"
    mends = (f"give the loop {MOST_ROUNDS} rounds at most", *_OTHERWISE)
    return _Why(compared.span, note, mends)


def _why_not(compared: ast.Expr, counter: str, frame: Frame) -> str | None:
    """Why rounds cannot be told apart by a comparison."""
    back = comes_back(compared, counter, frame)
    if back or stretch_of(compared, counter, frame) is not None:
        return None
    return KINDS if back is None else WITHIN


def _mends(why: str, compared: ast.Expr, counter: str, frame: Frame) -> tuple[str, ...]:
    """What makes a comparison one that tells rounds apart; how many there are is left open where that is no matter."""
    sizes = open_divisors(compared, counter, frame) if why == WITHIN else []
    if not sizes:
        return GIVE_NUMBERS
    names = ", ".join(f"`{size}`" for size in sizes)
    return (f"give {names} a number with which it does, as in `{sizes[0]}=4`: how many rounds there are may stay open",)


def _out_of_order(found: Sequence[ast.Expr], counter: str, frame: Frame) -> _Why | None:
    """Where two rounds are compared with, and nobody knows which of them comes first."""
    cuts: list[Form] = []
    for each, stretch in stretches_of(found, counter, frame).items():
        cuts += stretch.cuts
        try:
            in_order(cuts, frame.sizes)
        except UnknownOrder as order:
            note = f"which of the rounds `{order.one.source()}` and `{order.other.source()}` comes first is not known"
            mend = f"where it always holds, write `assume {in_words(order.other, order.one)}`"
            return _Why(each.span, note, ("give it numbers", mend))
    return None


def _of_all_rounds(statement: ast.Repeat, found: Sequence[ast.Expr], counter: str, frame: Frame) -> _Why | None:
    """What a loop of alike rounds alone can do."""
    if not found:
        return None
    if statement.shared:
        return _Why(found[0].span, SHARED)
    if any(emits(statement.body)):
        return _Why(found[0].span, STACKED)
    back = [each for each in found if comes_back(each, counter, frame)]
    return _Why(back[0].span, CARRIED if statement.carries else STARTING) if back else None
