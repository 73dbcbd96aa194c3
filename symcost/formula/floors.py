"""Floors and ceilings as canonical polynomials: whole parts outside, one floor for floors of floors."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from symcost.formula.claims import positive, whole
from symcost.formula.evaluate import evaluate
from symcost.formula.even_quotients import whole_quotient
from symcost.formula.facts import NOTHING, Facts
from symcost.formula.form import Ceil, Floor, Form, Log, Log2, Num
from symcost.formula.keys import Key, intern
from symcost.formula.monomials import EMPTY, LOG2_OF_10, Monomial
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly, atom, constant, denominator, monomial
from symcost.formula.residues import MOST_RESIDUES, halve_up, join
from symcost.formula.wholes import split


def floor_poly(quotient: Poly, facts: Facts = NOTHING, written: Form | None = None) -> Poly:
    """`floor(quotient)`: whole parts outside, nested floors flattened, negated floors as ceilings.

    `written` is how its author wrote it, kept where nothing is taken out.
    """
    outer, rest = split(quotient, facts)
    value = value_of(rest)
    if value is not None:
        return outer + constant(floor(value))
    even = whole_quotient(rest, facts)
    if even is not None:
        return outer + even
    lowered = _lowered(rest, facts)
    if lowered is not rest:
        rest, written = lowered, None
    # From here on the rest is symbolic. A floor of a floor first: it may have more whole parts to take out.
    flat = _flattened(rest, facts)
    if flat is not None:
        return outer + floor_poly(flat, facts)
    # `floor(-x)` is `-ceil(x)`, and a ceiling over whole numbers is a floor again, of something positive.
    if _all_negative(rest) and _is_over_whole(rest, facts):
        return outer - ceil_poly(rest.scaled(-1), facts)
    return outer + _floor_atom(rest, None if outer else written)


def ceil_poly(quotient: Poly, facts: Facts = NOTHING, written: Form | None = None) -> Poly:
    """`ceil(p/q)` is `floor((p + q - 1)/q)` for whole p and positive whole q, elsewhere `-floor(-p/q)`."""
    outer, rest = split(quotient, facts)
    value = value_of(rest)
    if value is not None:
        return outer + constant(ceil(value))
    if not _is_over_whole(rest, facts):
        return outer - _floor_atom(rest.scaled(-1), None)
    lifted = rest + constant(1) - denominator(rest) ** -1
    return outer + floor_poly(lifted, facts, None if outer else written)


def value_of(rest: Poly) -> Rational | None:
    """The number that it is, or comes to: of logarithms of numbers as near as a rounding needs."""
    if rest.number is not None or not rest.terms:
        return rest.number
    for _, factors in rest.terms.values():
        for _, _, written in factors:
            if not _is_of_logarithms(written):
                return None
    return evaluate(rest.form, {})


def _is_of_logarithms(written: Form) -> bool:
    """Whether an atom is the logarithm of a positive number, or that of 10, by which `log10` divides."""
    if isinstance(written, Log | Log2):
        return isinstance(written.arg, Num) and written.arg.value > 0
    return written.key == LOG2_OF_10.key


def _all_negative(poly: Poly) -> bool:
    """Whether all that stands before symbols is negative; a number may be anything."""
    return all(coefficient < 0 for monomial, (coefficient, _) in poly.terms.items() if monomial != EMPTY)


def _is_over_whole(quotient: Poly, facts: Facts) -> bool:
    """Whether it is a whole number over a positive whole one."""
    below = denominator(quotient)
    return whole(quotient * below, facts) and _is_positive_whole(below, facts)


def _is_positive_whole(poly: Poly, facts: Facts) -> bool:
    return whole(poly, facts) and positive(poly, facts)


def _floor_atom(rest: Poly, written: Form | None) -> Poly:
    number = intern(("floor", rest.key))
    if number.floored is None:
        _make_known(number, rest)
        number.floored = rest  # last, so that who finds it here finds all the rest as well
    if written is None:
        below = denominator(rest)
        written = Floor(_number_last(rest * below).form, below.form)
    return atom(number, written)


def _make_known(number: Key, quotient: Poly) -> None:
    """Which floor of which dividend an atom is, where the dividend is whole and the divisor a small number."""
    fraction = quotient.constant
    symbolic = quotient - constant(fraction)
    divisor = denominator(symbolic).number
    if divisor is None or not 1 < divisor <= MOST_RESIDUES:
        return
    added = fraction * divisor
    dividend = symbolic.scaled(divisor)
    if added.denominator != 1 or not whole(dividend):
        return
    join(number, int(added), int(divisor), dividend)
    if divisor == 2 and added == 1:
        halve_up(number, dividend - floor_poly(symbolic))


def _lowered(rest: Poly, facts: Facts) -> Poly:
    """`(8*D + 765)/768` as `(D + 95)/96`: of a whole number over 96, what is added counts in whole parts of 96."""
    fraction = rest.constant
    symbolic = rest - constant(fraction)
    divisor = denominator(symbolic).number
    if divisor is None or (fraction * divisor).denominator == 1 or not whole(symbolic.scaled(divisor), facts):
        return rest
    return symbolic + constant(Fraction(floor(fraction * divisor), int(divisor)))


def _number_last(poly: Poly) -> Poly:
    terms = dict(poly.terms)
    if EMPTY in terms:
        terms[EMPTY] = terms.pop(EMPTY)
    return Poly(terms)


def _flattened(rest: Poly, facts: Facts) -> Poly | None:
    """`floor((floor(x) + r)/b)` is `floor((x + r)/b)` for whole r and positive whole b; None where it is not so."""
    inner = _lone_inner_floor(rest)
    if inner is None:
        return None
    part, number, quotient = inner
    below = _divisor_of(number, part)
    others = rest - part
    # With a fraction beside it the inner floor would lose what the outer one still needs.
    if _is_positive_whole(below, facts) and whole(others * below, facts):
        return others + quotient * below**-1
    return None


def _divisor_of(number: Key, part: Poly) -> Poly:
    """What the inner floor of a term is divided by."""
    ((coefficient, factors),) = part.terms.values()
    return monomial(coefficient, tuple(factor for factor in factors if factor[0] != number)) ** -1


def _lone_inner_floor(poly: Poly) -> tuple[Poly, Key, Poly] | None:
    """The only term with a floor as a factor, the key of that floor, and the quotient under it."""
    floors: list[tuple[Poly, Key, Poly]] = []
    for part in poly.parts():
        ((_, factors),) = part.terms.values()
        for number, exponent, _ in factors:
            if number.floored is not None and exponent == 1:
                floors.append((part, number, number.floored))
    return floors[0] if len(floors) == 1 else None


def with_ceiling(poly: Poly) -> Form:
    """A sum written out, its floor as a ceiling: `floor((T + 3)/4)` that came from ceilings is `ceil(T/4)`."""
    lone = _lone_floor(poly)
    if lone is None:
        return poly.form
    ((_, factors),) = lone.terms.values()
    number = factors[0][0]
    rest = number.floored
    assert rest is not None
    below = denominator(rest)
    raised = rest - constant(1) + below**-1
    if EMPTY in raised.terms:
        return poly.form
    written = Ceil((raised * below).form, below.form)
    if written.poly.key != lone.key:
        return poly.form
    return (poly - lone + atom(number, written)).form


def _lone_floor(poly: Poly) -> Poly | None:
    """The only term that is a floor, where that is a floor itself and no multiple of one."""
    floors = [(m, term) for m, term in poly.terms.items() if _is_power_of_floor(m)]
    if len(floors) != 1:
        return None
    coefficient, factors = floors[0][1]
    exponent = factors[0][1]
    return Poly(dict(floors)) if coefficient == exponent == 1 else None


def _is_power_of_floor(monomial: Monomial) -> bool:
    if len(monomial) != 1:
        return False
    ((number, _),) = monomial
    return number.floored is not None
