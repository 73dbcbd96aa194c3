"""Layers that differ by their number where nobody knows how many there are.

`repeat l in L { if (l + 1) % 6 == 0 { ... } else { ... } }` comes back every 6 rounds: five of one kind and one of the
other, L/6 times where 6 divides L. Else that is floor(L/6), and the rounds that are left come behind, those at their
beginning first. The order of the layers is that of the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from fractions import Fraction
from itertools import chain, groupby
from math import lcm
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import SymcostError, UndecidedCondition
from symcost.formula import mod, num
from symcost.graph.expressions import condition, number
from symcost.graph.frame import Frame
from symcost.graph.names import emits, names_read
from symcost.graph.values import Poisoned
from symcost.records import dataclass
from symcost.syntax import ast

LONGEST_PERIOD = 16
"""Rounds after which a pattern comes back."""

ONLY_LEFT = "rounds of an open number may differ by what is left of theirs, as in `l % 6 == 0`, and by nothing else"
WITHIN = f"rounds of an open number may differ where that comes back after at most {LONGEST_PERIOD} of them"

Signature = tuple[bool, ...]
"""What the conditions of a body come to in one round."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Rounds in a row that are alike: from which to which within the period, and what the conditions come to."""

    first: int
    end: int
    decided: Signature


def by_number(statement: ast.Repeat, frame: Frame) -> Sequence[ast.Repeat]:
    """The loops that a loop is, each of rounds that are alike; none where it does not come back like that."""
    counter = statement.counter
    if counter is None or _hands_on(statement) or counter.text in _counters(statement.body):
        return ()
    found = list(_conditions(statement.body, counter.text))
    if not found:
        return ()
    try:
        return _split(statement, counter, found, frame)
    except (SymcostError, Poisoned):
        return ()  # what is wrong is said where the loop is built as it stands


def _hands_on(statement: ast.Repeat) -> bool:
    """Whether its rounds have something in common, or leave something."""
    return bool(statement.shared or statement.carries) or any(emits(statement.body))


def _split(statement: ast.Repeat, counter: ast.Name, found: list[ast.Expr], frame: Frame) -> Sequence[ast.Repeat]:
    low, count = _ends(statement)
    period = _period(found, counter.text, frame)
    rounds = number(count, frame)
    if period is None or not rounds.free_symbols:
        return ()
    runs = list(_runs(found, counter, low, period, frame))
    if len(runs) == 1:
        return ()
    whole = frame.sizes.compare(mod(rounds, period), num(0)).kind == "equal"
    return list(_loops(statement, counter, _Period(low, count, period, whole), runs, found))


def explain(statement: ast.Repeat, frame: Frame, faults: Iterable[SymcostError]) -> None:
    """Say of conditions that could not be decided why the rounds of their loop do not come back."""
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
    return any(_is_inside(label.span, asked.span) for asked in _conditions(statement.body, counter))


def _is_inside(place: Span, span: Span) -> bool:
    """Whether a stretch holds a place."""
    return place.source is span.source and span.start <= place.start < span.end


def _blamed(statement: ast.Repeat, counter: str, frame: Frame) -> tuple[Span, str] | None:
    """The first part of a condition that does not come back with the counter, and why; None where all do."""
    for compared in chain.from_iterable(map(_compared, _conditions(statement.body, counter))):
        why = _why_not(compared, counter, frame)
        if why is not None:
            return compared.span, why
    return None


def _why_not(compared: ast.Expr, counter: str, frame: Frame) -> str | None:
    """Why a comparison does not come back with the counter."""
    for left, modulus in _remainders(compared, counter):
        if left is None:
            return ONLY_LEFT
        length = _length(modulus, frame)
        if length is None or length > LONGEST_PERIOD:
            return WITHIN
    return None


def _compared(expr: ast.Expr) -> Iterator[ast.Expr]:
    """The comparisons of which a condition is made."""
    match expr:
        case ast.Binary(op="and" | "or", left=left, right=right):
            yield from _compared(left)
            yield from _compared(right)
        case ast.Unary(op="not", operand=operand):
            yield from _compared(operand)
        case _:
            yield expr


# What comes back ----------------------------------------------------------------------------------


def _conditions(nodes: Any, counter: str) -> Iterator[ast.Expr]:
    """Every condition in a body that reads the counter, in the order of the text."""
    waiting = [nodes]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.If | ast.Chosen) and _reads(node.condition, counter):
            yield node.condition
        waiting = [*_parts(node), *waiting]


def _parts(node: Any) -> Sequence[Any]:
    """What a node, or several of them, is made of."""
    if isinstance(node, tuple):
        return node
    return [getattr(node, name) for name in _fields(node)] if isinstance(node, ast.Node) else ()


def _fields(node: ast.Node) -> list[str]:
    """All but where it stands."""
    return [field.name for field in fields(node) if field.name != "span"]


def _reads(expr: ast.Expr, counter: str) -> bool:
    return any(name.text == counter for name in names_read(expr))


def _counters(nodes: Any) -> Iterator[str]:
    """What counts the rounds of loops inside."""
    waiting = [nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, ast.Statement):
            waiting += (getattr(node, body, ()) for body in ("body", "then", "otherwise"))
            yield from _own_counter(node)


def _own_counter(statement: ast.Statement) -> Sequence[str]:
    """What counts the rounds of a loop; nothing where it has no name, or is no loop."""
    counter = getattr(statement, "counter", None)
    return () if counter is None else (counter.text,)


def _period(found: Sequence[ast.Expr], counter: str, frame: Frame) -> int | None:
    """After how many rounds all conditions come back; None where one of them need not."""
    period = 1
    for left, modulus in chain.from_iterable(_remainders(expr, counter) for expr in found):
        length = None if left is None else _length(modulus, frame)
        if length is None:
            return None
        period = lcm(period, length)
    return period if 1 < period <= LONGEST_PERIOD else None


def _length(modulus: ast.Expr, frame: Frame) -> int | None:
    """After how many rounds what is left of a division comes back; None where that is no whole number from 1 on."""
    known = number(modulus, frame).number
    if known is None or known.denominator != 1 or known < 1:
        return None
    return int(known)


def _remainders(expr: ast.Expr, counter: str) -> Iterator[tuple[ast.Expr | None, ast.Expr]]:
    """Each `left % modulus` that reads the counter; without the left side where it is read otherwise."""
    if not _reads(expr, counter):
        return
    match expr:
        case ast.Binary(op="%", left=left, right=modulus) if not _reads(modulus, counter):
            yield (left if _is_sum(left) else None), modulus
        case ast.Binary(left=left, right=right):
            yield from _remainders(left, counter)
            yield from _remainders(right, counter)
        case ast.Unary(operand=operand):
            yield from _remainders(operand, counter)
        case _:
            yield None, expr


def _is_sum(expr: ast.Expr) -> bool:
    """Sums and products of names and whole numbers: what is left of them comes back with the counter."""
    match expr:
        case ast.Name():
            return True
        case ast.Number(value=value):
            return value.denominator == 1
        case ast.Unary(op="-", operand=operand):
            return _is_sum(operand)
        case ast.Binary(op="+" | "-" | "*", left=left, right=right):
            return _is_sum(left) and _is_sum(right)
    return False


def _runs(found: Sequence[ast.Expr], counter: ast.Name, low: ast.Expr, period: int, frame: Frame) -> Iterator[_Run]:
    """The rounds of one period, those that are alike and in a row together. Raises what conditions raise."""
    first = number(low, frame)
    decided: list[Signature] = []
    for place in range(period):
        round_ = frame.inner()
        round_.names[counter.text] = (first + place).expand()
        decided.append(tuple(condition(expr, round_) for expr in found))
    for signature, alike in groupby(range(period), lambda place: decided[place]):
        places = list(alike)
        yield _Run(places[0], places[-1] + 1, signature)


# The loops of which it is made --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Period:
    """Where a loop begins, how many rounds it has, after how many it comes back, and whether they come out even."""

    low: ast.Expr
    count: ast.Expr
    length: int
    whole: bool

    @property
    def times(self) -> ast.Expr:
        """How often it comes back."""
        return _binary("/" if self.whole else "//", self.count, self._number(self.length))

    def place(self, times: ast.Expr, within: int) -> ast.Expr:
        """The number of a round."""
        behind = _binary("*", self._number(self.length), times)
        return _binary("+", _binary("+", self.low, behind), self._number(within))

    def left(self, run: _Run) -> ast.Expr:
        """How many rounds of a run are among those that are left at the end."""
        left = _binary("%", self.count, self._number(self.length))
        if run.first == 0 and run.end == self.length - 1:
            return left
        beyond = _binary("-", left, self._number(run.first))
        most = self._number(min(run.end, self.length - 1) - run.first)
        span = self.count.span
        least = ast.Call(span, ast.Name(span, "max"), (beyond, self._number(0)), ())
        return ast.Call(span, ast.Name(span, "min"), (least, most), ())

    def _number(self, value: int) -> ast.Expr:
        return ast.Number(self.count.span, Fraction(value))


def _loops(
    statement: ast.Repeat, counter: ast.Name, period: _Period, runs: Sequence[_Run], found: Sequence[ast.Expr]
) -> Iterator[ast.Repeat]:
    """Whole periods, then the rounds that are left."""
    turn = ast.Name(counter.span, f"{counter.text}÷{period.length}")  # no text can say that name
    loops = {run: _decided_loop(statement, run, found) for run in runs}
    inside = [_within(loop, run, period, turn) for run, loop in loops.items()]
    written = period.count.span.text if isinstance(period.count, ast.Name) else f"({period.count.span.text})"
    stroke = "/" if period.whole else "//"
    shown = f"repeat {written}{stroke}{period.length}"
    yield replace(statement, counter=turn, over=period.times, body=tuple(inside), shown=shown)
    if period.whole:
        return
    for run, loop in loops.items():
        if run.first < period.length - 1:
            begin = period.place(period.times, run.first)
            ends = ast.Range(statement.over.span, begin, _binary("+", begin, period.left(run)))
            yield replace(loop, over=ends, shown=f"repeat what is left of {written}")


def _within(loop: ast.Repeat, run: _Run, period: _Period, turn: ast.Expr) -> ast.Repeat:
    """The loop of one run inside of one period."""
    ends = ast.Range(loop.over.span, period.place(turn, run.first), period.place(turn, run.end))
    return replace(loop, over=ends, shown=f"repeat {run.end - run.first}")


def _decided_loop(statement: ast.Repeat, run: _Run, found: Sequence[ast.Expr]) -> ast.Repeat:
    """The loop with the body that it has in the rounds of a run."""
    return replace(statement, body=decided(statement.body, dict(zip(found, run.decided, strict=True))))


def _ends(statement: ast.Repeat) -> tuple[ast.Expr, ast.Expr]:
    """The number of the first round, and how many there are."""
    over = statement.over
    if isinstance(over, ast.Range):
        return over.start, _binary("-", over.stop, over.start)
    return ast.Number(over.span, Fraction(0)), over


def _binary(op: str, left: ast.Expr, right: ast.Expr) -> ast.Binary:
    return ast.Binary(left.span, op, left, right)


def decided(node: Any, known: dict[ast.Expr, bool]) -> Any:
    """A body whose conditions are known to come to something."""
    match node:
        case tuple():
            return tuple(decided(part, known) for part in node)
        case ast.Expr() if node in known:
            return ast.Bool(node.span, known[node])
        case ast.Node():
            return _decided_parts(node, known)
        case _:
            return node


def _decided_parts(node: ast.Node, known: dict[ast.Expr, bool]) -> ast.Node:
    changed: dict[str, Any] = {}
    for name in _fields(node):
        before = getattr(node, name)
        after = decided(before, known)
        if after is not before and after != before:
            changed[name] = after
    return replace(node, **changed) if changed else node
