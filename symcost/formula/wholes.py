"""What is certain to be whole: which polynomials are integers for all values, and which part of the others is."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import floor, trunc

from symcost.formula.claims import nonnegative, whole
from symcost.formula.facts import NOTHING, Facts
from symcost.formula.form import Add, Ceil, Extreme, Floor, Form, Pow, Sum, Symbol
from symcost.formula.monomials import EMPTY, Factors
from symcost.formula.numbers import Rational, magnitude
from symcost.formula.poly import Poly, constant, monomial, ratio, total

DEPTH = 3
"""So many facts are combined at most to see that something is whole."""


def is_whole(poly: Poly, facts: Facts) -> bool:
    """Whether nothing is left of a polynomial without its whole part."""
    return not split(poly, facts)[1]


def split(poly: Poly, facts: Facts = NOTHING, depth: int = DEPTH) -> tuple[Poly, Poly]:
    """A certainly whole part and the rest; a constant rest lies in 0 to 1."""
    certain: list[Poly] = []
    rest: list[Poly] = []
    for part in poly.parts():
        ((coefficient, factors),) = part.terms.values()
        share = _whole_share(coefficient, factors, facts)
        if share == coefficient:
            certain.append(part)
        elif share == 0:
            rest.append(part)
        else:
            certain.append(monomial(share, factors))
            rest.append(monomial(coefficient - share, factors))
    inner, outer = total(certain), total(rest)
    if facts.wholes and depth:
        return _split_by_facts(inner, outer, facts, depth)
    return inner, outer


def _whole_share(coefficient: Rational, factors: Factors, facts: Facts) -> Rational:
    """How much of a coefficient makes a whole term: all of it, its whole part, or nothing."""
    if _whole_term(coefficient, factors, facts, DEPTH):
        return coefficient
    if not factors:
        return floor(coefficient)
    if magnitude(coefficient) > 1 and _whole_term(1, factors, facts, DEPTH):
        return trunc(coefficient)
    return 0


def _split_by_facts(inner: Poly, outer: Poly, facts: Facts, depth: int) -> tuple[Poly, Poly]:
    """Take whole multiples of known whole sums out: under `2 divides T - 1`, `T/2` is `(T - 1)/2 + 1/2`."""
    if outer.number is not None:
        return inner, outer
    for multiple in _whole_multiples(outer, facts):
        more, left = split(outer - multiple, facts, depth - 1)
        if _symbolic_terms(left) < _symbolic_terms(outer):
            return inner + multiple + more, left
    return inner, outer


def _whole_multiples(poly: Poly, facts: Facts) -> Iterator[Poly]:
    """Whole multiples of sums known to be whole, each with a term that the polynomial has too."""
    for known in facts.wholes:
        if len(known.terms) == 1:
            continue
        for term, piece in product(poly.terms.values(), known.terms.values()):
            coefficient, factors = ratio(term, piece)
            if _whole_term(coefficient, factors, facts, 1):
                yield known * monomial(coefficient, factors)


def _symbolic_terms(poly: Poly) -> int:
    return len(poly.terms) - (EMPTY in poly.terms)


def _whole_term(coefficient: Rational, factors: Factors, facts: Facts, depth: int) -> bool:
    """Whether a term is whole, by itself or as a product of terms known to be whole."""
    if _plainly_whole(coefficient, factors, facts) or _whole_for_each_argument(coefficient, factors, facts):
        return True
    if depth == 0 or not facts.wholes:
        return False
    singles = (known.terms.values() for known in facts.wholes if len(known.terms) == 1)
    quotients = (ratio((coefficient, factors), known) for (known,) in singles)
    return any(_simpler(*left, coefficient, factors) and _whole_term(*left, facts, depth - 1) for left in quotients)


def _whole_for_each_argument(coefficient: Rational, factors: Factors, facts: Facts) -> bool:
    """Whether a multiple of a minimum is whole because that of each argument is: `min(2*t, K)/2` where K is even."""
    for factor in factors:
        _, exponent, written = factor
        if exponent == 1 and isinstance(written, Extreme):
            others = monomial(coefficient, tuple(other for other in factors if other is not factor))
            return all(whole(others * arg.poly, facts) for arg in written.args)
    return False


def _simpler(c: Rational, f: Factors, coefficient: Rational, factors: Factors) -> bool:
    """Dividing by a known whole must mend something, or the search would wander."""
    return _faults(c, f) < _faults(coefficient, factors) or any(type(w) is Pow for _, _, w in factors)


def _faults(coefficient: Rational, factors: Factors) -> tuple[Rational, int]:
    """What keeps a term from being plainly whole: divisions by atoms, and by a number."""
    return sum((-e for _, e, _ in factors if e < 0), start=Fraction(0)), coefficient.denominator


def _plainly_whole(coefficient: Rational, factors: Factors, facts: Facts) -> bool:
    """A whole number times whole atoms; powers of a number may make up for what the coefficient divides by."""
    exponents: dict[int, list[Poly]] = {}
    for _, exponent, written in factors:
        if type(written) is Pow and (base := _whole_base(written)):
            exponents.setdefault(base, []).append(written.exponent.poly.scaled(exponent))
        elif exponent < 0 or exponent.denominator != 1 or not whole_atom(written, facts):
            return False
    return _whole_with_powers(coefficient, exponents, facts) if exponents else coefficient.denominator == 1


def _whole_with_powers(coefficient: Rational, exponents: dict[int, list[Poly]], facts: Facts) -> bool:
    """Whether a number times powers of whole bases is whole: what it divides by is taken from their exponents."""
    for base, parts in exponents.items():
        times, coefficient = _powers_within(coefficient, base)
        exponent = total((*parts, constant(times)))
        if not whole(exponent, facts) or not nonnegative(exponent, facts):
            return False
    return coefficient.denominator == 1


def _whole_base(written: Pow) -> int:
    """The base where it is a whole number above 1, or else 0."""
    base = written.base.number
    return base if isinstance(base, int) and base > 1 else 0


def _powers_within(coefficient: Rational, base: int) -> tuple[int, Rational]:
    """How often a base is a factor of a number (below 0: how often it divides), and the number without it."""
    times = 0
    while coefficient.denominator % base == 0:
        coefficient *= base
        times -= 1
    while coefficient and coefficient.numerator % base == 0:
        coefficient = Fraction(coefficient) / base
        times += 1
    return times, coefficient


def whole_atom(written: Form, facts: Facts = NOTHING) -> bool:
    """An atom that is an integer for all values."""
    if isinstance(written, (Symbol, Floor, Ceil)):
        return True
    if isinstance(written, Pow):
        return _whole_power(written, facts)
    parts = _made_of(written)
    return bool(parts) and all(whole(part.poly, facts) for part in parts)


def _made_of(written: Form) -> tuple[Form, ...]:
    """What has to be whole so that the atom is; nothing where no parts would make it so."""
    if isinstance(written, Extreme):
        return written.args
    if isinstance(written, Sum):
        return (written.body,)
    return (written,) if isinstance(written, Add) else ()


def _whole_power(written: Pow, facts: Facts) -> bool:
    exponent = written.exponent.poly
    return whole(written.base.poly, facts) and whole(exponent, facts) and nonnegative(exponent, facts)
