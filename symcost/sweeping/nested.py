"""Polynomials over symbols as tables of their terms, for Horner's form."""

from __future__ import annotations

from collections import Counter

from symcost.formula.form import Add, Form, Let, Mul, Num, Pow, Symbol
from symcost.formula.keys import Key, by_rank
from symcost.formula.numbers import Rational

Terms = dict[tuple[Key, ...], Rational]
"""For each product of symbols, one that is squared twice in it, its coefficient."""

MOST_TERMS = 200
"""What has more terms when it is expanded stays as it was written."""

MOST_FACTORS = 40
"""The same for the longest product."""


def polynomial(form: Form) -> Terms | None:
    """The terms of a polynomial over symbols; None for what is none, or a long one."""
    terms = _terms(form)
    return None if terms is None else {powers: value for powers, value in terms.items() if value} or {(): 0}


def _terms(form: Form) -> Terms | None:
    match form:
        case Num():
            return {(): form.value}
        case Symbol():
            return {(form.key,): 1}
        case Let():
            return _terms(form.value)
        case Add():
            return _sum_of(form)
        case Mul():
            return _product_of(form.factors, {(): form.coefficient})
        case Pow():
            return _power_of(form)
    return None


def _sum_of(form: Add) -> Terms | None:
    total: Terms = {}
    for term in form.terms:
        more = _terms(term)
        if more is None or len(total) + len(more) > MOST_TERMS:
            return None
        for powers, value in more.items():
            total[powers] = total.get(powers, 0) + value
    return total


def _product_of(factors: tuple[Form, ...], product: Terms) -> Terms | None:
    for factor in factors:
        more = _terms(factor)
        if more is None:
            return None
        multiplied = _product(product, more)
        if multiplied is None:
            return None
        product = multiplied
    return product


def _product(left: Terms, right: Terms) -> Terms | None:
    if len(left) * len(right) > MOST_TERMS:
        return None
    found: Terms = {}
    for first, value in left.items():
        for second, other in right.items():
            powers = tuple(sorted((*first, *second), key=by_rank))
            if len(powers) > MOST_FACTORS:
                return None
            found[powers] = found.get(powers, 0) + value * other
    return found


def _power_of(form: Pow) -> Terms | None:
    exponent = form.exponent.number
    if exponent is None or exponent.denominator != 1 or not 1 <= exponent <= MOST_FACTORS:
        return None
    return _product_of((form.base,) * int(exponent), {(): 1})


def variable_in_most(terms: Terms) -> Key | None:
    """The symbol that stands in most terms, the first of several; None where there are only numbers."""
    found = Counter(key for powers in terms for key in dict.fromkeys(powers))
    return max(found, key=lambda key: found[key]) if found else None
