"""Which roundings in a sum add up: `ceil(T/2)` and `floor(T/2)` beside the same factors are `T`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add as plus
from typing import TYPE_CHECKING, NamedTuple

from symcost.formula.form import Ceil, Floor, Form, Mul, Num, Rounding, product_key
from symcost.formula.keys import Key

if TYPE_CHECKING:
    from symcost.formula.poly import Poly

ROUNDINGS = (Floor, Ceil)


class Added(NamedTuple):
    """Terms of a sum whose roundings add up, by their places, and what all of them come to beside `factors`."""

    places: tuple[int, ...]
    before: tuple[Form, ...]
    come_to: tuple[Form, ...]
    after: tuple[Form, ...]


class _Place(NamedTuple):
    """Where a rounding stands: which term, which factor of it."""

    term: int
    factor: int


def added_up(terms: Sequence[Form]) -> Added | None:
    """The first roundings of a sum that add up; None where none do."""
    alike: dict[tuple[Key, Key], list[_Place]] = {}
    for number, term in enumerate(terms):
        for factor in _lone_rounding(term):
            # Only roundings over the same number, beside the same factors, can add up.
            factors = factors_of(term)
            beside = product_key((*factors[:factor], *factors[factor + 1 :]))
            alike.setdefault((beside, factors[factor].children[1].key), []).append(_Place(number, factor))
    found = (_sum_of(terms, places) for places in alike.values() if len(places) > 1)
    return next((added for added in found if added is not None), None)


def factors_of(term: Form) -> tuple[Form, ...]:
    """Of a product its factors; anything else is one."""
    return term.factors if type(term) is Mul else (term,)


def _lone_rounding(term: Form) -> Iterator[int]:
    """The place of the only floor or ceiling among the factors of a term, if it is over a number."""
    factors = factors_of(term)
    found = [place for place, factor in enumerate(factors) if type(factor) in ROUNDINGS]
    if len(found) == 1 and type(factors[found[0]].children[1]) is Num:
        yield found[0]


def _sum_of(terms: Sequence[Form], places: list[_Place]) -> Added | None:
    """What these roundings come to where fewer of them are left, each with its coefficient."""
    total = reduce(plus, (_weighed(terms[place.term], place.factor) for place in places))
    left = sum(type(written) in ROUNDINGS for written in total.atoms.values())
    if left >= len(places):
        return None
    first = places[0]
    factors = factors_of(terms[first.term])

    # A whole dividend stays together: `D·(T + K)`. What is left of roundings stands beside it.
    come_to = tuple(part.form for part in total.parts()) if left else (total.form,)
    numbers = tuple(place.term for place in places)
    return Added(numbers, factors[: first.factor], come_to, factors[first.factor + 1 :])


def _weighed(term: Form, factor: int) -> Poly:
    coefficient, _ = term.term
    rounding = factors_of(term)[factor]
    assert isinstance(rounding, Rounding)
    return rounding.poly.scaled(coefficient)
