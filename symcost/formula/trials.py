"""Claims tried at numbers before they are proven: one that fails there needs no search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from math import ceil

from symcost.formula.facts import Facts
from symcost.formula.form import Form, Symbol
from symcost.formula.numbers import TooLarge
from symcost.formula.points import at, suspected
from symcost.formula.poly import Poly
from symcost.records import dataclass

TYPICAL = 12
"""The number tried first: many others divide it, so that facts such as `4 divides T` tend to hold there."""
MAX_TRIED = 400
"""Claims with more nodes are not tried: evaluating them takes longer than the search that it may save."""

Values = dict[Symbol, int]


def refuted(claim: Poly, facts: Facts) -> bool:
    """Whether a polynomial is below 0 at numbers that satisfy the facts: there is nothing to search for then.

    Facts about other symbols are left out, as what they say holds somewhere whatever these numbers are.
    """
    tried = claim.form
    names = _symbols(tried)
    known = _about(names, facts)
    if tried.size + sum(one.size for one in chain(known.nonnegatives, known.wholes)) > MAX_TRIED:
        return False
    return any(_fails(tried, known, values) for values in _assignments(names, tried))


def refuted_at_points(claim: Poly, facts: Facts) -> bool:
    """The same at other numbers, which are looked at together in floating point; only a suspicion is computed."""
    about = _related(claim, facts)
    places = suspected(claim, about.nonnegatives, about.wholes)
    return bool(places) and any(_fails_at(place, claim, about) for place in places[:MOST_SUSPECTED])


MOST_SUSPECTED = 3
"""Points that are computed exactly: one that rounding did not make up is enough."""


def _fails_at(place: int, claim: Poly, about: _Related) -> bool:
    tried = claim.form
    known = _Known([one.form for one in about.nonnegatives], [one.form for one in about.wholes])
    values = at(place, sorted(_symbols(tried).union(*map(_symbols, chain(known.nonnegatives, known.wholes))), key=_uid))
    return values is not None and _moved_within_limits(values) and _fails(tried, known, values)


@dataclass(frozen=True, slots=True)
class _Related:
    """Facts that speak of the symbols of a claim, or of symbols that such facts speak of."""

    nonnegatives: list[Poly]
    wholes: list[Poly]


def _related(claim: Poly, facts: Facts) -> _Related:
    known = (*facts.nonnegatives, *facts.wholes)
    if not known:
        return _Related([], [])
    names = _symbols(claim.form)
    spoken_of = [_symbols(one.form) for one in known]
    for _ in spoken_of:  # each round but the last reaches one more
        names.update(*(symbols for symbols in spoken_of if not names.isdisjoint(symbols)))
    return _Related(
        [one for one, symbols in zip(facts.nonnegatives, spoken_of, strict=False) if not names.isdisjoint(symbols)],
        [
            one
            for one, symbols in zip(facts.wholes, spoken_of[len(facts.nonnegatives) :], strict=True)
            if not names.isdisjoint(symbols)
        ],
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """Facts as forms: not negative, and whole."""

    nonnegatives: list[Form]
    wholes: list[Form]


def _about(names: set[Symbol], facts: Facts) -> _Known:
    """The facts that speak of these symbols, or of symbols that such facts speak of; `names` gets all of them."""
    nonnegatives = [known.form for known in facts.nonnegatives]
    wholes = [known.form for known in facts.wholes]
    spoken_of = [_symbols(known) for known in chain(nonnegatives, wholes)]
    for _ in spoken_of:  # each round but the last reaches one more
        names.update(*(symbols for symbols in spoken_of if not names.isdisjoint(symbols)))
    return _Known(_of(names, nonnegatives), _of(names, wholes))


def _of(names: set[Symbol], forms: Iterable[Form]) -> list[Form]:
    return [known for known in forms if not names.isdisjoint(known.free_symbols)]


def _symbols(item: Form) -> set[Symbol]:
    """The symbols of a form, and those that the limits of its counters speak of."""
    found: set[Symbol] = set()
    waiting = list(item.free_symbols)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _in_limits(name)
    return found


def _in_limits(name: Symbol) -> tuple[Symbol, ...]:
    """The symbols that the limits of a counter speak of; dimensions have none."""
    if not name.uid:
        return ()
    return name.low.free_symbols if name.high is None else (*name.low.free_symbols, *name.high.free_symbols)


def _assignments(names: set[Symbol], claim: Form) -> Iterator[Values]:
    """The typical number for all, then one of the claim's own symbols at a time at its least, and far out.

    Counters are as near to that as their limits let them, each after those that its limits speak of.
    """
    usual = dict.fromkeys(sorted(names, key=_uid), TYPICAL)
    for wanted in (usual, *_one_changed(usual, claim.free_symbols)):
        if _moved_within_limits(wanted):
            yield wanted


def _uid(name: Symbol) -> int:
    return name.uid


def _one_changed(usual: Values, names: Iterable[Symbol]) -> Iterator[Values]:
    for name in names:
        yield {**usual, name: 0 if name.uid else 1}
        yield {**usual, name: TYPICAL**2}


def _moved_within_limits(values: Values) -> bool:
    """Move counters between their limits; False where one of them has no value there."""
    try:
        return all(_moved_within(name, values) for name in values if name.uid)
    except (TooLarge, ZeroDivisionError):
        return False


def _moved_within(counter: Symbol, values: Values) -> bool:
    least = max(values[counter], ceil(counter.low.evaluate(values)))
    if counter.high is None:
        values[counter] = least
        return True
    most = ceil(counter.high.evaluate(values)) - 1
    values[counter] = min(least, most)
    return values[counter] >= counter.low.evaluate(values)


def _fails(claim: Form, known: _Known, values: Values) -> bool:
    """Whether the claim is below 0 where all facts hold; not where one of them cannot be computed."""
    try:
        if claim.evaluate(values) >= 0 or any(one.evaluate(values) < 0 for one in known.nonnegatives):
            return False
        return all(one.evaluate(values).denominator == 1 for one in known.wholes)
    except (TooLarge, ZeroDivisionError):
        return False
