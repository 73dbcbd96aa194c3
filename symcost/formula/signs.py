"""Signs that are seen: every atom counted from its lowest value, nothing is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, prod

from symcost.formula.claims import lowest, nonnegative
from symcost.formula.facts import Facts
from symcost.formula.form import Floor, Form, Symbol
from symcost.formula.keys import Key
from symcost.formula.monomials import Factors, Monomial, Term
from symcost.formula.numbers import Rational, number_power
from symcost.formula.poly import Poly, atom, constant, ratio

MAX_SHIFTED = 4_096
"""A claim of more terms, every atom counted from its lowest value, is not written out so: it takes seconds."""


def outweighed(poly: Poly, facts: Facts) -> bool:
    """Whether each term that takes away is a part of one that adds more, at the least values of all that it has more.

    Of `4·A·B·C - 4·A`, where each is 1 or more, it is. Counted from their least values, a product of n sizes would be
    written out as 2^n terms.
    """
    turned = _turned(poly, facts)
    return turned is not None and _adds_enough(turned, facts)


def _turned(poly: Poly, facts: Facts) -> Poly | None:
    """With the negative of each atom that has no lowest value; None where that of one has none either."""
    for number, written in poly.atoms.items():
        if lowest(written, facts) is None:
            if not turns_round(number, written, poly.terms.values(), facts):
                return None
            # From here on the atom stands for its negative, which is 0 or more.
            poly = poly.replaced(number, atom(number, written).scaled(-1))
    return poly


def _adds_enough(poly: Poly, facts: Facts) -> bool:
    """Whether the terms that add make up for all that take away."""
    giving = {m: term for m, term in poly.terms.items() if term[0] > 0}
    weights = {m: coefficient for m, (coefficient, _) in giving.items()}
    taking = [term for term in poly.terms.values() if term[0] < 0]
    return all(_is_covered(term, giving, weights, facts) for term in taking)


def _is_covered(taking: Term, giving: dict[Monomial, Term], weights: dict[Monomial, Rational], facts: Facts) -> bool:
    """Whether a term is made up for by what is left of those that add; what it needs of them is spent."""
    lacking = -taking[0]
    for m, term in giving.items():
        times_more = _least_ratio(ratio(term, taking)[1], facts)
        spent = min(weights[m], Fraction(lacking) / times_more) if times_more else 0
        weights[m] -= spent
        lacking -= spent * times_more
        if lacking == 0:
            return True
    return False


def _least_ratio(factors: Factors, facts: Facts) -> Rational:
    """The least that a product is for all values; 0 where it divides, or where that is no number."""
    least: Rational = 1
    for _, exponent, written in factors:
        low = lowest(written, facts)
        number = None if low is None or exponent < 0 or exponent.denominator != 1 else low.number
        if not number:
            return 0
        least *= number_power(number, int(exponent))
    return least


def all_positive(poly: Poly) -> bool:
    """Whether no term is taken away."""
    return all(coefficient >= 0 for coefficient, _ in poly.terms.values())


def from_lowest(poly: Poly, facts: Facts) -> Poly:
    """The polynomial with every atom counted from its lowest value, inner counters first; down from 0 where it is none.

    A polynomial that may not be shifted becomes -1, which proves nothing.
    """
    if _is_long_shifted(poly):
        return constant(-1)
    done: set[Key] = set()
    waiting = _inner_first(poly, done)
    while waiting:
        number, written = waiting.pop()
        shifted = _one_from_lowest(number, written, poly, done, facts)
        if shifted is None:
            return constant(-1)
        done.add(number)
        # The limits of a counter may bring in atoms that have to be shifted in their turn.
        if shifted is not poly:
            poly = shifted
            waiting = _inner_first(poly, done)
    return poly


def _is_long_shifted(poly: Poly) -> bool:
    """Whether too many terms may come out: of `A^2·B` counted from 1 there are six, `(a + 1)^2·(b + 1)` written out."""
    terms = 0
    for _, factors in poly.terms.values():
        terms += prod(1 + ceil(exponent) for _, exponent, _ in factors if exponent > 0)
    return terms > MAX_SHIFTED


def _inner_first(poly: Poly, done: set[Key]) -> list[tuple[Key, Form]]:
    """The atoms that are not done, the innermost counter last."""
    waiting = [item for item in poly.atoms.items() if item[0] not in done]
    waiting.sort(key=_uid, reverse=True)
    waiting.reverse()
    return waiting


def _one_from_lowest(number: Key, written: Form, poly: Poly, done: set[Key], facts: Facts) -> Poly | None:
    """One atom counted from its lowest value; None where that is unknown or speaks of an atom that is done."""
    low = lowest(written, facts)
    if low is None:
        turns = turns_round(number, written, poly.terms.values(), facts)
        return poly.replaced(number, atom(number, written).scaled(-1)) if turns else None
    if not done.isdisjoint(low.atoms):
        return None
    return poly.replaced(number, atom(number, written) + low) if low else poly


def _uid(numbered: tuple[Key, Form]) -> int:
    """A counter's limits speak of counters made before it, so that it has to be shifted before them."""
    written = numbered[1]
    return written.uid if isinstance(written, Symbol) else 0


def turns_round(number: Key, written: Form, terms: Iterable[Term], facts: Facts) -> bool:
    """Whether the negative of an atom is to stand for it: `-floor(-log2(n))` is how `ceil(log2(n))` is kept."""
    if type(written) is not Floor or not nonnegative(written.numerator.poly.scaled(-1), facts):
        return False
    exponents = (e for _, factors in terms for a, e, _ in factors if a == number)
    return nonnegative(written.denominator.poly, facts) and all(e > 0 and e.denominator == 1 for e in exponents)
