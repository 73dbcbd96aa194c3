"""Floors of one dividend: `floor(x/n)`, `floor((x + 1)/n)`, ..., `floor((x + n - 1)/n)` add up to `x` for whole x.

Hermite's identity. For n = 2 it says that a half rounded down and a half rounded up are the whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from symcost.formula.keys import Key, intern, one_at_a_time
from symcost.formula.numbers import Rational, magnitude
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.formula.monomials import Factors, Monomial, Term
    from symcost.formula.poly import Poly

MOST_RESIDUES = 16
"""Of a greater divisor nobody writes all the floors, so that they need not be looked for."""


@dataclass(slots=True)
class Family:
    """The floors of one dividend over one divisor: the atoms that are known by now, by what is added to it."""

    home: Key
    """Under which it is found again, for as long as there is one of its floors."""
    divisor: int
    dividend: Poly
    members: dict[int, Key] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all of them are known."""
        return len(self.members) == self.divisor


class Whole(NamedTuple):
    """A family that stands in a sum with all its members, so many times beside these factors."""

    times: Rational
    beside: Factors
    members: frozenset[Monomial]
    dividend: Poly


@dataclass(slots=True)
class Known:
    """Whether there is a whole family by now, or a half rounded up. Most models have none, and pay nothing."""

    families: bool = False
    halves: bool = False


KNOWN = Known()


def join(number: Key, added: int, divisor: int, dividend: Poly) -> None:
    """Make known which atom `floor((dividend + added)/divisor)` is."""
    home = intern(("family", divisor, dividend.key))
    with one_at_a_time():
        family = home.family
        if family is None:
            family = home.family = Family(home, divisor, dividend)
        family.members[added] = number
        KNOWN.families = KNOWN.families or family.is_whole
        number.family = family


def halve_up(number: Key, lower: Poly) -> None:
    """Make known that an atom is `floor((x + 1)/2)`; `lower` is the same as `x - floor(x/2)`."""
    KNOWN.halves = True
    number.upper_half = lower


def whole_family(terms: dict[Monomial, Term]) -> Whole | None:
    """A family that is there with all its members; None where there is none."""
    for _, factors in terms.values():
        for number, _, _ in factors:
            if number.family is not None:
                return _whole_among(terms)
    return None


def _whole_among(terms: dict[Monomial, Term]) -> Whole | None:
    """The same of terms among whose factors is such a floor."""
    tried: set[tuple[Key, Monomial]] = set()
    for monomial, place, family in _places(terms):
        number, _ = place
        beside = monomial - {place}
        if (family.home, beside) in tried:
            continue
        tried.add((family.home, beside))

        # Only as often as the rarest of them, and all on one side of the sum.
        members = [_times(beside, member) for member in family.members.values()]
        times = _shared(terms, members)
        if times:
            factors = tuple(factor for factor in terms[monomial][1] if factor[0] != number)
            return Whole(times, factors, frozenset(members), family.dividend)
    return None


def _times(beside: Monomial, atom: Key) -> Monomial:
    """The monomial with one atom more; what stands there already is squared, and not there once."""
    for number, exponent in beside:
        if number == atom:
            return (beside - {(number, exponent)}) | {(number, exponent + 1)}
    return beside | {(atom, 1)}


def _places(terms: dict[Monomial, Term]) -> Iterator[tuple[Monomial, tuple[Key, Rational], Family]]:
    """Each term with each of its factors that is such a floor, to the first power, and the family of that."""
    for monomial, (_, factors) in terms.items():
        for number, exponent, _ in factors:
            family = number.family
            if exponent == 1 and family is not None and family.is_whole:
                yield monomial, (number, exponent), family


def _shared(terms: dict[Monomial, Term], members: list[Monomial]) -> Rational:
    """How often all of them are there; 0 where one is missing, or their signs differ."""
    if any(member not in terms for member in members):
        return 0
    coefficients = [terms[member][0] for member in members]
    of_one_sign = len({coefficient > 0 for coefficient in coefficients}) == 1
    return min(coefficients, key=magnitude) if of_one_sign else 0
