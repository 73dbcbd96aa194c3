"""A search for what proves a claim: known facts, of which it is the sum with positive weights."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice, product

from symcost.formula.claims import above_zero, cleared, lowest
from symcost.formula.facts import Facts
from symcost.formula.form import Form
from symcost.formula.implied import implied
from symcost.formula.keys import Key
from symcost.formula.monomials import Term
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly, ratio, times, total
from symcost.formula.signs import all_positive, from_lowest, turns_round
from symcost.formula.trials import refuted_at_points

DEPTH = 3
"""So many facts are combined at most in one proof: each multiplies the search by what it can be combined with."""
MAX_CLAIMS = 25
"""So many claims are looked at in one search: sizes of networks need a few, the others only cost time."""


def is_shown(claim: Poly, facts: Facts, shown: dict[Key, bool]) -> bool:
    """Whether a claim without division is seen to hold: every atom at its least or above, and nothing taken away."""
    if claim.key not in shown:
        shown[claim.key] = all_positive(from_lowest(claim, facts))
    return shown[claim.key]


class Search:
    """A bounded search for known not negative polynomials whose positive combination proves the claim.

    Where it is plain, these are multiplied by numbers alone, not by symbols. `shown` says of claims that were looked at
    whether they are seen to hold, also by another search.
    """

    def __init__(self, facts: Facts, shown: dict[Key, bool], *, plain: bool) -> None:
        self.facts = facts
        self.shown = shown
        self.plain = plain
        self.seen: set[Key] = set()

    def proves(self, poly: Poly) -> bool:
        """Step by step, all polynomials of a step before those of the next: the shortest proof is found first."""
        level = [poly]
        for _ in range(DEPTH + 1):
            following: list[Poly] = []
            for claim in self._unseen(level):
                if len(self.seen) > MAX_CLAIMS:
                    return False
                if is_shown(claim, self.facts, self.shown):
                    return True
                # What follows is less: where this is below 0, so is that.
                if refuted_at_points(claim, self.facts):
                    continue
                following.append(claim)

            # What is not plain is made simpler by what is known, in all ways, and looked at again.
            reduced = chain.from_iterable(map(self._reduced, following))
            level = list(islice(reduced, MAX_CLAIMS))
        return False

    def _unseen(self, level: list[Poly]) -> Iterator[Poly]:
        """Those without division that have not been looked at."""
        for claim in level:
            clear = cleared(claim, self.facts)
            if clear is not None and clear.key not in self.seen:
                self.seen.add(clear.key)
                yield clear

    def _reduced(self, poly: Poly) -> Iterator[Poly]:
        """`poly` less a positive multiple of something not negative, so that one term goes that may be negative."""
        all_known = (*implied(poly, self.facts), *self.facts.nonnegatives)
        in_the_way = [term for term in poly.terms.values() if self._may_be_negative(term)] if all_known else []
        for known, term in product(all_known, in_the_way):
            yield from self._without(term, poly, known)

    def _may_be_negative(self, term: Term) -> bool:
        """By its sign, or because an atom may be: of `floor(D/(T - K))` only a fact says that it is not."""
        coefficient, factors = term
        if len(factors) == 1 and lowest(factors[0][2], self.facts) is None:
            return True
        turned = sum(int(e) for number, e, w in factors if turns_round(number, w, [term], self.facts))
        return coefficient > 0 if turned % 2 else coefficient < 0

    def _without(self, term: Term, poly: Poly, known: Poly) -> Iterator[Poly]:
        """`poly` less what `known` must be multiplied by so that the term goes, for each of its own terms."""
        for piece in known.terms.values():
            share, factors = ratio(term, piece)
            if share <= 0 or (factors and self.plain):
                continue
            if all(_may_multiply(exponent, w, self.facts) for _, exponent, w in factors):
                yield total((poly, times(known, -share, factors)))


def _may_multiply(exponent: Rational, written: Form, facts: Facts) -> bool:
    """Whether both sides of a claim may be multiplied by a power: a divisor must not be 0."""
    return lowest(written, facts) is not None and (exponent > 0 or above_zero(written, facts))
