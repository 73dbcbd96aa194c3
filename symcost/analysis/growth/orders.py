"""Orders: what of a count matters when every dimension may grow, without constant factors: `n^2·d + n·d^2`."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.formula import LOGARITHMS, Assumptions, Form, div, log2, num, power, rebuild
from symcost.formula.form import Add, Ceil, Floor, Log, Log2, Mod, Mul, Pow, Sum
from symcost.formula.monomials import Factors
from symcost.formula.parts import unbounded


def order(form: Form, assumptions: Assumptions, names: Sequence[str] = ()) -> Form:
    """The terms that no other term bounds, their constant factors dropped; an upper bound, as O(...) is.

    A term is bounded by another if it is no greater for all values that keep the assumptions. What is taken away is
    left out: the rest is no smaller. `names` is the order in which dimensions stand in a product.
    """
    if form.number is not None:
        return num(1) if form.number else num(0)
    rounded = _unrounded(form, assumptions, names)
    added = [factors for coefficient, factors in rounded.poly.terms.values() if coefficient > 0]
    terms = unbounded((_product(factors, names) for factors in added), assumptions.at_least)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _unrounded(form: Form, assumptions: Assumptions, names: Sequence[str]) -> Form:
    """Quotients for roundings, and below a stroke and in a logarithm the order alone: `log2(n - 1)` is `log2(n)`."""
    match form:
        case Floor() | Ceil():
            return _unrounded(div(form.numerator, form.denominator), assumptions, names)
        case Mod():
            return _unrounded(form.denominator, assumptions, names)  # what is left of anything is less than that
        case Pow() if form.exponent.number is not None:
            base = _unrounded(form.base, assumptions, names)
            return power(_order_of_sum(base, assumptions, names), form.exponent)
        case Log2() if form.arg.number is None:
            return log2(order(form.arg, assumptions, names))
        case Log() if form.arg.number is None:
            return LOGARITHMS[form.name](order(form.arg, assumptions, names))
        case Sum():
            return form  # its counter is no dimension: its order is another question
        case _:
            return rebuild(form, lambda part: _unrounded(part, assumptions, names))


def _order_of_sum(form: Form, assumptions: Assumptions, names: Sequence[str]) -> Form:
    return order(form, assumptions, names) if isinstance(form, Add) else form


def _product(factors: Factors, names: Sequence[str]) -> Form:
    """Put together by hand: what a formula writes as `n·n` is `n^2` in a table of orders."""
    known = [factor for factor in factors if factor[2].free_symbols]  # `ln(2)` is a constant factor
    ranked = sorted(known, key=lambda factor: _rank(factor[2], names))
    raised = [written if exponent == 1 else Pow(written, num(exponent)) for _, exponent, written in ranked]
    if len(raised) > 1:
        return Mul(1, tuple(raised))
    return raised[0] if raised else num(1)


def _rank(form: Form, names: Sequence[str]) -> int:
    """Where the first of its symbols stands among the names, at the end if none does."""
    ranks = [names.index(symbol.name) for symbol in form.free_symbols if symbol.name in names]
    return min(ranks, default=len(names))
