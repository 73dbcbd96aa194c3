"""Minima and maxima as canonical polynomials: what the arguments share outside, and none that can never decide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from symcost.formula.claims import is_positive_atom, nonnegative
from symcost.formula.facts import NOTHING, Facts
from symcost.formula.form import Form, Min
from symcost.formula.keys import Key, intern
from symcost.formula.monomials import EMPTY, Factors, Monomial, Term
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly, atom, constant, content, monomial
from symcost.formula.tried import Values, falls_short


def min_poly(args: list[Poly], facts: Facts, canonical: Callable[[Form], Poly]) -> Poly:
    """`min`, with what its arguments share taken out; `min(min(a, b) + c, d)` is `min(a + c, b + c, d)`.

    `canonical` gives the polynomials of the arguments of a minimum inside.
    """
    flat = chain.from_iterable(_without_min(arg, canonical) for arg in args)
    args = least_of(flat, facts)
    if len(args) == 1:
        return args[0]

    # What all arguments share stands outside, so that `min(T, K) + 1` and `min(T + 1, K + 1)` are one.
    shared = _shared_terms(args)
    differences = [arg - shared for arg in args]
    return shared + _minimum_of_coprime(differences, _shared_factor(differences, facts))


def _minimum_of_coprime(args: list[Poly], factor: Poly | None) -> Poly:
    """The minimum, a factor of all arguments before it."""
    if factor is None:
        return _minimum_atom(args)
    return _minimum_atom([arg * factor**-1 for arg in args]) * factor


def _minimum_atom(args: list[Poly]) -> Poly:
    number = intern(("min", frozenset(arg.key for arg in args)))
    return atom(number, Min(tuple(arg.form for arg in args)))


def _without_min(arg: Poly, canonical: Callable[[Form], Poly]) -> list[Poly]:
    """An argument of a minimum as several, where it adds to a minimum itself."""
    for part in arg.parts():
        ((coefficient, factors),) = part.terms.values()
        inner = _lone_minimum(factors) if coefficient > 0 else None
        if inner is not None:
            return [canonical(inner_arg).scaled(coefficient) + (arg - part) for inner_arg in inner.args]
    return [arg]


def _lone_minimum(factors: Factors) -> Min | None:
    if len(factors) != 1:
        return None
    _, exponent, written = factors[0]
    return written if exponent == 1 and isinstance(written, Min) else None


def max_poly(args: list[Poly], facts: Facts, canonical: Callable[[Form], Poly]) -> Poly:
    """`max(a, b)` is `a + b - min(a, b)`; of more, the negative of a minimum."""
    args = [arg.scaled(-1) for arg in least_of([arg.scaled(-1) for arg in args], facts)]
    if len(args) == 2:
        return args[0] + args[1] - min_poly(args, facts, canonical)
    return min_poly([arg.scaled(-1) for arg in args], facts, canonical).scaled(-1)


def least_of(args: Iterable[Poly], facts: Facts = NOTHING, at: Mapping[Key, Values] | None = None) -> list[Poly]:
    """The arguments without those that are never below another one.

    `at` are their values at some sizes for which the facts hold: what is less there is not said to be no less.
    """

    def never_below(one: Poly, other: Poly) -> bool:
        if at is not None and falls_short(at[one.key], at[other.key]):
            return False
        return nonnegative(one - other, facts)

    candidates: list[Poly] = []
    for arg in args:
        if any(never_below(arg, other) for other in candidates):
            continue
        candidates = [other for other in candidates if not never_below(other, arg)]
        candidates.append(arg)
    return candidates


def _shared_terms(args: list[Poly]) -> Poly:
    """Terms with one coefficient in all arguments, and the least number."""
    first, *others = args
    shared: dict[Monomial, Term] = {}
    for m, term in first.terms.items():
        if m != EMPTY and all(_has(other, m, term[0]) for other in others):
            shared[m] = term
    return Poly(shared) + constant(min(arg.constant for arg in args))


def _has(poly: Poly, m: Monomial, coefficient: Rational) -> bool:
    return m in poly.terms and poly.terms[m][0] == coefficient


def _shared_factor(args: list[Poly], facts: Facts) -> Poly | None:
    """A monomial that is never negative and divides every argument."""
    outer, _ = content(Poly({m: term for arg in args for m, term in arg.terms.items()}))
    ((coefficient, factors),) = outer.terms.values()
    sure = tuple(factor for factor in factors if is_positive_atom(factor[2], facts))
    shared = monomial(coefficient, sure)
    return None if shared.number == 1 else shared
