"""Stacks over lists: `repeat kind in kinds { ... }`.

A list is known while the graph is built, so such a stack is a few blocks: equal neighbours are one block, and so is a
pattern that comes back, such as five layers with a window and one without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from symcost.diagnostics import Span
from symcost.errors import InLoop, TooManyOperations, UndecidedCondition, UnequalLists, WrongKind
from symcost.graph.expressions import evaluate
from symcost.graph.files import twice
from symcost.graph.frame import Frame
from symcost.graph.graph import Tensor
from symcost.graph.loops import MOST_ROUNDS, once, repeat
from symcost.graph.names import emits
from symcost.graph.numbered import by_number, explain
from symcost.graph.operators import operand
from symcost.graph.values import ListValue, Value, refusal
from symcost.ops.move import concat
from symcost.records import dataclass
from symcost.syntax import ast

LONGEST_PATTERN = 64
"""Rounds of a pattern that is looked for."""

Round = tuple[Value, ...]
"""What the names of a loop stand for in one round."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Rounds that come back: the values of each, and how often all of them are gone through."""

    rounds: tuple[Round, ...]
    times: int


def repeat_or_through(statement: ast.Repeat, frame: Frame) -> None:
    """`repeat kind in kinds { ... }` where `kinds` is a list; else a loop that counts. Raises InLoop."""
    if statement.counter is None or isinstance(statement.over, ast.Range):
        _counting(statement, frame)
        return
    over = evaluate(statement.over, frame)
    if not isinstance(over, ListValue):
        _counting(statement, frame)
        return
    if statement.shared or statement.carries:
        raise InLoop("a `repeat` over a list takes no `shared` and no `with`", statement.over.span)
    together = ast.RepeatTogether(statement.span, (statement.counter,), (statement.over,), statement.body)
    _through(together, [over], frame)


def _counting(statement: ast.Repeat, frame: Frame) -> None:
    """A loop that counts; where its rounds differ by their number, the loops of which it is made."""
    loops = by_number(statement, frame)
    for loop in loops:
        _counting(loop, frame)
    if not loops:
        _as_it_stands(statement, frame)


def _as_it_stands(statement: ast.Repeat, frame: Frame) -> None:
    """A loop whose rounds are alike; where they are not, the faults say why they do not come back."""
    faults = frame.context.faults
    before = len(faults)
    try:
        repeat(statement, frame)
    except UndecidedCondition as fault:
        explain(statement, frame, [fault])
        raise
    finally:
        explain(statement, frame, faults[before:])


def through_together(statement: ast.RepeatTogether, frame: Frame) -> None:
    """`repeat kind, width in kinds, widths { ... }`. Raises WrongKind, UnequalLists."""
    names, over = statement.names, statement.over
    if len(names) != len(over):
        raise WrongKind(f"{len(names)} lists behind `in`", str(len(over)), over[-1].span)
    lists: list[ListValue] = []
    for expr in over:
        value = evaluate(expr, frame)
        if not isinstance(value, ListValue):
            raise refusal("a list", value, expr.span)
        lists.append(value)
        if len(value.items) != len(lists[0].items):
            raise UnequalLists(len(lists[0].items), over[0].span, len(value.items), expr.span)
    _through(statement, lists, frame)


def _through(statement: ast.RepeatTogether, lists: Sequence[ListValue], frame: Frame) -> None:
    """Goes through lists of one length; what the rounds emit stands one behind the other."""
    for fault in twice(statement.names):
        raise fault
    rounds = _rounds(lists, statement.span)

    # What the rounds of a pattern emit would stand in another order.
    emitted = list(emits(statement.body))
    longest = 1 if emitted else LONGEST_PATTERN
    parts: dict[str, list[Tensor]] = {name: [] for name in emitted}
    for stretch in stretches(rounds, longest):
        _follow(stretch, statement, frame)
        _gather(parts, frame)
    for name, values in parts.items():
        if len(values) > 1:
            frame.names[name] = _joined(values, statement, frame)


def _rounds(lists: Sequence[ListValue], span: Span) -> list[Round]:
    """What the lists have in each round. Raises TooManyOperations."""
    columns = [[value for value, _ in one.items] for one in lists]
    rounds: list[Round] = list(zip(*columns, strict=True))
    if len(rounds) > MOST_ROUNDS:
        raise TooManyOperations(span, f"more than {MOST_ROUNDS} items in a list")
    return rounds


def _gather(parts: Mapping[str, list[Tensor]], frame: Frame) -> None:
    """Put what a stretch of rounds has emitted behind what those before it have."""
    for name, values in parts.items():
        value = frame.names.get(name)
        if isinstance(value, Tensor):
            values.append(value)


def _follow(stretch: Stretch, statement: ast.RepeatTogether, frame: Frame) -> None:
    """One block for a stretch of rounds; a single round stands in the graph around it."""
    place = statement.over[0].span
    if len(stretch.rounds) > 1:
        known = tuple(ast.Known(place, column) for column in zip(*stretch.rounds, strict=True))
        body: tuple[ast.Statement, ...] = (ast.RepeatTogether(statement.span, statement.names, known, statement.body),)
    else:
        body = statement.body
    times = ast.Number(place, Fraction(stretch.times))
    loop = ast.Repeat(statement.span, None, times, shared=False, carries=(), body=body)

    hidden = {name.text: frame.names.get(name.text) for name in statement.names}
    frame.names |= {name.text: value for name, value in zip(statement.names, stretch.rounds[0], strict=True)}
    try:
        if stretch.times == 1:
            once(loop, frame)
        else:
            repeat(loop, frame)
    finally:
        for name, value in hidden.items():
            if value is None:
                frame.names.pop(name, None)
            else:
                frame.names[name] = value


def _joined(parts: Sequence[Tensor], statement: ast.RepeatTogether, frame: Frame) -> Tensor:
    """What the stretches of a stack emit, along their first axis. Raises ConcatMismatch, ShapeMismatch."""
    operands = [operand(part, part.span) for part in parts]
    return frame.apply(parts, concat(frame.site(statement.span), *operands, axis=0), statement.span)


# Patterns -----------------------------------------------------------------------------------------


def stretches(rounds: Sequence[Round], longest: int = LONGEST_PATTERN) -> Iterator[Stretch]:
    """A list as stretches that come back, each as long as it can be, the shortest pattern first.

    >>> [(len(one.rounds), one.times) for one in stretches([("s",), ("s",), ("f",)] * 4 + [("s",)])]
    [(3, 4), (1, 1)]
    """
    keys = [tuple((type(value), value) for value in one) for one in rounds]
    start = 0
    while start < len(keys):
        size, times = _best(keys, start, longest)
        yield Stretch(tuple(rounds[start : start + size]), times)
        start += size * times


def _best(keys: Sequence[object], start: int, longest: int) -> tuple[int, int]:
    """How long the pattern is that covers most from here on, and how often it comes."""
    best = (1, _times(keys, start, 1))
    for size in range(2, min(longest, (len(keys) - start) // 2) + 1):
        times = _times(keys, start, size)
        if times > 1 and size * times > best[0] * best[1]:
            best = (size, times)
    return best


def _times(keys: Sequence[object], start: int, size: int) -> int:
    """How often the first items come, one time behind the other."""
    pattern, times = keys[start : start + size], 1
    while keys[start + times * size : start + (times + 1) * size] == pattern:
        times += 1
    return times
