"""Floors of one dividend: `floor(x/n)`, `floor((x + 1)/n)`, ..., `floor((x + n - 1)/n)` add up to `x` for whole x.

Hermite's identity. For n = 2 it says that a half rounded down and a half rounded up are the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from symcost.formula.numbers import Rational, magnitude

if TYPE_CHECKING:
    from symcost.formula.monomials import Factors, Monomial, Term
    from symcost.formula.poly import Poly

MOST_RESIDUES = 16
"""Of a greater divisor nobody writes all the floors, so that they need not be looked for."""


@dataclass(slots=True)
class Family:
    """The floors of one dividend over one divisor: the atoms that are known by now, by what is added to it."""

    divisor: int
    dividend: Poly
    members: dict[int, int] = field(default_factory=dict)


class Whole(NamedTuple):
    """A family that stands in a sum with all its members, so many times beside these factors."""

    times: Rational
    beside: Factors
    members: frozenset[Monomial]
    dividend: Poly


_families: dict[tuple[int, int], Family] = {}
family_of: dict[int, Family] = {}
"""By the number of an atom whose whole family is known. Most models have none, and pay nothing."""

upper_halves: dict[int, Poly] = {}
"""`floor((x + 1)/2)` as `x - floor(x/2)`, by the number of the atom: one of the two tells sums apart."""


def join(number: int, added: int, divisor: int, dividend: Poly) -> None:
    """Make known which atom `floor((dividend + added)/divisor)` is."""
    family = _families.setdefault((divisor, dividend.key), Family(divisor, dividend))
    family.members[added] = number
    if len(family.members) == divisor:
        family_of.update(dict.fromkeys(family.members.values(), family))


def whole_family(terms: dict[Monomial, Term]) -> Whole | None:
    """A family that is there with all its members; None where there is none."""
    tried: set[tuple[int, Monomial]] = set()
    for monomial, place in _places(terms):
        number, _ = place
        family, beside = family_of[number], monomial - {place}
        if (id(family), beside) in tried:
            continue
        tried.add((id(family), beside))

        # Only as often as the rarest of them, and all on one side of the sum.
        members = [beside | {(member, 1)} for member in family.members.values()]
        times = _shared(terms, members)
        if times:
            factors = tuple(factor for factor in terms[monomial][1] if factor[0] != number)
            return Whole(times, factors, frozenset(members), family.dividend)
    return None


def _places(terms: dict[Monomial, Term]) -> Iterator[tuple[Monomial, tuple[int, Rational]]]:
    """Each term with each of its factors that is such a floor, to the first power."""
    for monomial, (_, factors) in terms.items():
        for number, exponent, _ in factors:
            if exponent == 1 and number in family_of:
                yield monomial, (number, exponent)


def _shared(terms: dict[Monomial, Term], members: list[Monomial]) -> Rational:
    """How often all of them are there; 0 where one is missing, or their signs differ."""
    if any(member not in terms for member in members):
        return 0
    coefficients = [terms[member][0] for member in members]
    of_one_sign = len({coefficient > 0 for coefficient in coefficients}) == 1
    return min(coefficients, key=magnitude) if of_one_sign else 0
