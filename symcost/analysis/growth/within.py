"""Which numbers of one dimension are allowed: stretches of a comparison cut to what is assumed of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from symcost.formula import Assumptions, AtLeast, Divides, Form, Symbol
from symcost.formula.numbers import TooLarge

Stretch = tuple[int, int | None]
"""From one number to another; None: without end."""

FARTHEST_STEP = 4096
"""So far an allowed number is looked for from either end of a stretch: more than any size has to be a multiple of."""

Limits = Callable[[Form], Iterable[Stretch]]
"""Where a form over the dimension is not negative."""


def about(symbol: Symbol, assumptions: Assumptions) -> list[AtLeast | Divides]:
    """The facts that speak of this dimension and of no other."""
    facts = (fact for fact in assumptions if isinstance(fact, AtLeast | Divides))
    return [fact for fact in facts if {name for form in fact.forms for name in form.free_symbols} == {symbol}]


def _cut(parts: list[Stretch], limits: list[Stretch]) -> list[Stretch]:
    """What parts share with limits."""
    return [both for part in parts for limit in limits for both in _shared(part, limit)]


def allowed(
    stretch: Stretch, symbol: Symbol, facts: list[AtLeast | Divides], not_negative: Limits
) -> Iterator[Stretch]:
    """The parts of a stretch in which the facts hold, from the first number that keeps them to the last."""
    divisions = [fact for fact in facts if isinstance(fact, Divides)]
    for low, high in _bounded(stretch, facts, not_negative):
        # Ends that do not divide move to the next number that does.
        first = _next(low, 1, symbol, divisions)
        last = None if high is None else _next(high, -1, symbol, divisions)
        if last is None or first <= last:
            yield first, last


def _bounded(stretch: Stretch, facts: Iterable[AtLeast | Divides], not_negative: Limits) -> list[Stretch]:
    """The parts of a stretch in which no size falls below what it is at least."""
    parts = [stretch]
    for fact in facts:
        if isinstance(fact, AtLeast):
            parts = _cut(parts, list(not_negative(fact.left - fact.right)))
    return parts


def _shared(left: Stretch, right: Stretch) -> Iterator[Stretch]:
    low = max(left[0], right[0])
    ends = [end for end in (left[1], right[1]) if end is not None]
    high = min(ends) if ends else None
    if high is None or low <= high:
        yield low, high


def _next(start: int, step: int, symbol: Symbol, divisions: list[Divides]) -> int:
    """The first number from here on that keeps the divisions; the start itself where none is near."""
    if not divisions:
        return start
    near = islice(range(start, start + step * FARTHEST_STEP, step), FARTHEST_STEP)
    return next((value for value in near if value > 0 and _holds(value, symbol, divisions)), start)


def _holds(value: int, symbol: Symbol, divisions: list[Divides]) -> bool:
    try:
        return all(fact.holds({symbol: value}) for fact in divisions)
    except (TooLarge, ZeroDivisionError):
        return True
