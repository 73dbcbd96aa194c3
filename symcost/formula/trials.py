"""Claims tried at numbers before they are proven: one that fails there needs no search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from math import ceil

from symcost.formula.edges import edges
from symcost.formula.facts import Facts
from symcost.formula.form import Form, Symbol
from symcost.formula.keys import Key, when_swept
from symcost.formula.numbers import Rational, TooLarge
from symcost.formula.points import USUAL, Points, places_of
from symcost.formula.poly import Poly
from symcost.formula.spoken import Names, spoken_of
from symcost.formula.tried import value_at

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
    known = facts.about(claim)
    nonnegatives = [one.form for one in known.nonnegatives]
    wholes = [one.form for one in known.wholes]
    if tried.size + sum(one.size for one in chain(nonnegatives, wholes)) > MAX_TRIED:
        return False
    names = spoken_of(tried) | known.names
    return any(_fails(tried, nonnegatives, wholes, values) for values in _assignments(names, tried))


def refuted_at_points(claim: Poly, facts: Facts, points: Points = USUAL) -> bool:
    """The same at other numbers, which are looked at together in floating point; only a suspicion is computed."""
    below = points.below_zero(claim)
    if not below:
        return False
    if _fails_at_one(points, below & _held_at(points, facts), claim, facts):
        return True
    # Where all facts hold it may fail nowhere, and yet where those do that speak of its symbols.
    about = facts.about(claim)
    return about is not facts and _fails_at_one(points, below & _held_at(points, about), claim, about)


def _held_at(points: Points, facts: Facts) -> int:
    """The points at which facts seem to hold, looked at once."""
    if points not in facts.held_at:
        facts.held_at[points] = points.held_at(facts.nonnegatives, facts.wholes)
    return facts.held_at[points]


MOST_SUSPECTED = 3
"""Points that are computed exactly: one that rounding did not make up is enough."""


def _fails_at_one(points: Points, places: int, claim: Poly, facts: Facts) -> bool:
    """Whether it is below 0 at one of the points, and what is known holds there, computed exactly."""
    for place in islice(places_of(places), MOST_SUSPECTED):
        if _is_below_zero(claim, points, place) and _hold(facts, points, place):
            return True
    return False


def _hold(facts: Facts, points: Points, place: int) -> bool:
    """Whether facts hold at a point."""
    if not all(_is_not_below_zero(known, points, place) for known in facts.nonnegatives):
        return False
    return all(_is_whole(known, points, place) for known in facts.wholes)


def _is_below_zero(claim: Poly, points: Points, place: int) -> bool:
    value = _exactly(claim, points, place)
    return value is not None and value < 0


def _is_not_below_zero(known: Poly, points: Points, place: int) -> bool:
    value = _exactly(known, points, place)
    return value is not None and value >= 0


def _is_whole(known: Poly, points: Points, place: int) -> bool:
    value = _exactly(known, points, place)
    return value is not None and value.denominator == 1


_values: dict[tuple[Key, Points, int], Rational | None] = {}
when_swept(_values.clear)
MOST_VALUES = 16_384
"""So many exact values are kept."""


def _exactly(poly: Poly, points: Points, place: int) -> Rational | None:
    """The value of a polynomial at a point, computed once; None where it has none."""
    asked = (poly.key, points, place)
    if asked not in _values:
        if len(_values) >= MOST_VALUES:
            _values.clear()
        _values[asked] = _computed(poly.form, points, place)
    return _values[asked]


def _computed(item: Form, points: Points, place: int) -> Rational | None:
    values = points.at(place, sorted(spoken_of(item), key=_uid))
    if values is None or not _moved_within_limits(values):
        return None
    return value_at(item, values)


def _assignments(names: Names, claim: Form) -> Iterator[Values]:
    """The typical number for all, then one of the claim's own symbols at a time at its least, and far out; then edges.

    Counters are as near to that as their limits let them, each after those that its limits speak of.
    """
    usual = dict.fromkeys(sorted(names, key=_uid), TYPICAL)
    changed = _one_changed(usual, claim.free_symbols)
    for wanted in chain((usual,), changed, edges(claim, usual)):
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


def _fails(claim: Form, nonnegatives: Sequence[Form], wholes: Sequence[Form], values: Values) -> bool:
    """Whether the claim is below 0 where all facts hold; not where one of them cannot be computed."""
    try:
        if claim.evaluate(values) >= 0 or any(one.evaluate(values) < 0 for one in nonnegatives):
            return False
        return all(one.evaluate(values).denominator == 1 for one in wholes)
    except (TooLarge, ZeroDivisionError):
        return False
