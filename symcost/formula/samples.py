"""Small numbers that satisfy assumptions: the same ones each time, so that a counterexample is always the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from math import ceil
from random import Random

from symcost.formula.assumed import AtLeast, Divides, Equal, Fact
from symcost.formula.form import Form, Symbol
from symcost.formula.numbers import Rational, TooLarge

TRIALS = 400
"""So many small assignments are tried for a counterexample: sizes that differ at all tend to by the twentieth."""
IN_ORDER = 8
"""The first ones are 2, 3, 4, ...: numbers that one follows in the head. Then 1, then random ones."""
LARGEST = 10**9
"""A number that an assumption would make greater is left as it is: floors and powers of it would take long."""

Values = dict[Symbol, int]


def samples(assumed: Iterable[Fact], forms: Iterable[Form]) -> Iterator[Values]:
    """Small assignments to the symbols of the forms (and of facts about them) that satisfy the facts."""
    forms = tuple(forms)
    facts = about(needed_symbols(forms), tuple(assumed))
    names = needed_symbols((*forms, *chain.from_iterable(fact.forms for fact in facts)))
    random = Random(0)
    guesses = ({name: _guess(trial, place, random) for place, name in enumerate(names)} for trial in range(TRIALS))
    return (values for values in guesses if mended(values, facts, names))


def needed_symbols(forms: Iterable[Form]) -> tuple[Symbol, ...]:
    """All symbols of the forms and of the limits of their counters, limits first."""
    symbols: dict[Symbol, None] = {}
    for item in forms:
        _add_symbols(item, symbols)
    return tuple(symbols)


def _add_symbols(item: Form, symbols: dict[Symbol, None]) -> None:
    for name in item.free_symbols:
        if name not in symbols:
            for limit in _limits(name):
                _add_symbols(limit, symbols)
            symbols[name] = None


def _limits(name: Symbol) -> Iterator[Form]:
    """The limits of a counter; a dimension has none but 1."""
    if name.uid:
        yield name.low
        yield from () if name.high is None else (name.high,)


def about(names: tuple[Symbol, ...], assumed: tuple[Fact, ...]) -> list[Fact]:
    """The facts that speak of these symbols, or of symbols that such facts speak of."""
    reached = set(names)
    spoken_of = {fact: needed_symbols(fact.forms) for fact in assumed}
    for _ in assumed:  # each round but the last reaches one more, so that there are no more rounds than facts
        for symbols in spoken_of.values():
            if not reached.isdisjoint(symbols):
                reached.update(symbols)
    return [fact for fact in assumed if not reached.isdisjoint(spoken_of[fact])]


def _guess(trial: int, place: int, random: Random) -> int:
    """2, 3, 4, ... at first (1 hides differences, it comes later), then growing random numbers."""
    if trial < IN_ORDER:
        return 2 + trial + place
    if trial == IN_ORDER:
        return 1
    return random.randint(1, 4 + trial // 8)


def mended(values: Values, facts: Sequence[Fact], names: Sequence[Symbol]) -> bool:
    """Move values so that simple facts hold, draw counters from their range, then ask all facts."""
    try:
        for fact in (*facts, *facts):  # the second time because one fact may have undone another
            _mend(fact, values)
        counters = (name for name in names if name.uid)
        return all(_drawn_from_range(name, values) for name in counters) and all(fact.holds(values) for fact in facts)
    except (TooLarge, ZeroDivisionError):
        return False


def _drawn_from_range(name: Symbol, values: Values) -> bool:
    """Give a counter a value within its limits; False where there is none."""
    low = name.low.evaluate(values)
    if name.high is None:
        values[name] = max(values[name], ceil(low))
        return True
    high = name.high.evaluate(values)
    if low >= high:
        return False
    values[name] = ceil(low) + values[name] % max(1, ceil(high) - ceil(low))
    return True


def _mend(fact: Fact, values: Values) -> None:
    """Give a dimension that a fact is about a value for which it holds."""
    if fact.holds(values):
        return
    mended = _mended_value(fact, values)
    if mended is not None and 1 <= mended[1] < LARGEST:
        values[mended[0]] = ceil(mended[1])


def _mended_value(fact: Fact, values: Values) -> tuple[Symbol, Rational] | None:
    """A dimension that stands alone on one side, and the value that the other side asks for; None of longer facts."""
    match fact:
        case Divides(divisor=divisor, multiple=Symbol(uid=0) as name):
            return name, divisor.evaluate(values) * values[name]
        case AtLeast(left=Symbol(uid=0) as name, right=right):
            # Not the least value alone, or all samples would stand on the edge.
            return name, right.evaluate(values) + values[name] % 3
        case AtLeast(left=left, right=Symbol(uid=0) as name):
            return name, left.evaluate(values)
        case Equal(left=Symbol(uid=0) as name, right=other) | Equal(left=other, right=Symbol(uid=0) as name):
            return name, other.evaluate(values)
        case _:
            return None
