"""Orders: what of a count matters when every dimension may grow, without constant factors: `n^2·d + n·d^2`."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.formula import Assumptions, Form, div, log2, num, power, rebuild
from symcost.formula.form import Add, Ceil, Floor, Log2, Mul, Pow, Rational, Sum
from symcost.formula.monomials import Factors


def order(form: Form, assumptions: Assumptions, names: Sequence[str] = ()) -> Form:
    """The terms that no other term bounds, their constant factors dropped; an upper bound, as O(...) is.

    A term is bounded by another if it is no greater for all values that keep the assumptions. What is taken away is
    left out: the rest is no smaller. `names` is the order in which dimensions stand in a product.
    """
    if form.number is not None:
        return num(1) if form.number else num(0)
    form = _unrounded(form, assumptions, names)
    terms = [_product(factors, names) for coefficient, factors in form.poly.terms.values() if coefficient > 0]
    kept: list[Form] = []
    for term in terms:
        if not any(assumptions.at_least(other, term) for other in kept):
            kept = [*(other for other in kept if not assumptions.at_least(term, other)), term]
    return kept[0] if len(kept) == 1 else Add(tuple(kept))


def _unrounded(form: Form, assumptions: Assumptions, names: Sequence[str]) -> Form:
    """Quotients for roundings, and below a stroke and in a logarithm the order alone: `log2(n - 1)` is `log2(n)`."""
    match form:
        case Floor() | Ceil():
            return _unrounded(div(form.numerator, form.denominator), assumptions, names)
        case Pow(base=base, exponent=exponent) if exponent.number is not None:
            base = _unrounded(base, assumptions, names)
            return power(order(base, assumptions, names) if isinstance(base, Add) else base, exponent)
        case Log2(arg=arg) if arg.number is None:
            return log2(order(arg, assumptions, names))
        case Sum():
            return form
        case _:
            return rebuild(form, lambda part: _unrounded(part, assumptions, names))


def _product(factors: Factors, names: Sequence[str]) -> Form:
    """Put together by hand: what a formula writes as `n·n` is `n^2` in a table of orders."""
    place = {name: number for number, name in enumerate(names)}

    def rank(factor: tuple[int, Rational, Form]) -> int:
        return min((place.get(s.name, len(place)) for s in factor[2].free_symbols), default=len(place))

    raised = [w if e == 1 else Pow(w, num(e)) for _, e, w in sorted(factors, key=rank)]
    match raised:
        case []:
            return num(1)
        case [one]:
            return one
        case _:
            return Mul(1, tuple(raised))
