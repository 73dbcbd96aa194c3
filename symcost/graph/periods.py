"""Layers that come back after a few of them where nobody knows how many there are.

`repeat l in L { if (l + 1) % 6 == 0 { ... } else { ... } }` comes back every 6 rounds: five of one kind and one of the
other, L/6 times where 6 divides L. Else that is floor(L/6), and the rounds that are left come behind, those at their
beginning first. The order of the layers is that of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, groupby
from math import lcm

from symcost.formula import Form, mod, num
from symcost.graph.conditions import decided, reads
from symcost.graph.expressions import condition, number
from symcost.graph.frame import Frame
from symcost.graph.loops import MOST_ROUNDS
from symcost.records import dataclass
from symcost.syntax import ast

LONGEST_PERIOD = 16
"""Rounds after which a pattern comes back."""

Signature = tuple[bool, ...]
"""What the comparisons of a body come to in one round."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Rounds in a row that are alike: from which to which within the period, and what the comparisons come to."""

    first: int
    end: int
    decided: Signature


def by_period(
    statement: ast.Repeat, counter: ast.Name, found: Sequence[ast.Expr], frame: Frame
) -> Sequence[ast.Repeat]:
    """The loops that a loop is whose rounds come back; none where they need not, or all are alike.

    `found`: the comparisons by which they may differ. Raises what comparisons raise.
    """
    low, count = _ends(statement)
    period = _period(found, counter.text, frame)
    rounds = number(count, frame)
    if period is None or (rounds.number is not None and rounds.number <= MOST_ROUNDS):
        return ()
    runs = list(_runs(found, counter, low, period, frame))
    if len(runs) == 1:
        return ()
    whole = frame.sizes.compare(mod(rounds, period), num(0)).kind == "equal"
    return list(
        _loops(statement, counter, _Period(low, count, _said(statement, count, rounds), period, whole), runs, found)
    )


def _said(statement: ast.Repeat, count: ast.Expr, rounds: Form) -> str:
    """How many rounds there are, as the author says it; a part of a loop has a number of its own."""
    if isinstance(count, ast.Name):
        return count.text
    return f"({rounds if statement.shown else count.span.text})"


def comes_back(compared: ast.Expr, counter: str, frame: Frame) -> bool | None:
    """Whether a comparison comes back with the counter soon enough; None where it reads more than what is left."""
    for left, modulus in _remainders(compared, counter):
        if left is None:
            return None
        length = _length(modulus, frame)
        if length is None or length > LONGEST_PERIOD:
            return False
    return True


def open_divisors(compared: ast.Expr, counter: str, frame: Frame) -> list[str]:
    """The dimensions that decide after how many rounds a comparison comes back."""
    symbols: dict[str, None] = {}
    for _, modulus in _remainders(compared, counter):
        symbols |= dict.fromkeys(one.name for one in number(modulus, frame).free_symbols if not one.uid)
    return list(symbols)


# What comes back ----------------------------------------------------------------------------------


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
    if not reads(expr, counter):
        return
    match expr:
        case ast.Binary(op="%", left=left, right=modulus) if not reads(modulus, counter):
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
    """Where a loop begins, how many rounds it has, and how that is said; after how many it comes back, and whether
    they come out even.
    """

    low: ast.Expr
    count: ast.Expr
    said: str
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

    def rounds(self, run: _Run) -> ast.Expr:
        """How many rounds of a run are in each whole period."""
        return self._number(run.end - run.first)

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
    stroke = "/" if period.whole else "//"
    shown = f"repeat {period.said}{stroke}{period.length}"
    yield replace(statement, counter=turn, over=period.times, body=tuple(inside), shown=shown)
    if period.whole:
        return
    for run, loop in loops.items():
        if run.first < period.length - 1:
            begin = period.place(period.times, run.first)
            ends = ast.Range(statement.over.span, begin, _binary("+", begin, period.left(run)))
            yield replace(loop, over=ends, shown=f"repeat what is left of {period.said}")


def _within(loop: ast.Repeat, run: _Run, period: _Period, turn: ast.Expr) -> ast.Repeat:
    """The loop of one run inside of one period: from `a` to `a + 2`, so that its rounds are known to be 2."""
    begin = period.place(turn, run.first)
    ends = ast.Range(loop.over.span, begin, _binary("+", begin, period.rounds(run)))
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
