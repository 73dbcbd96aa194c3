"""A form taken apart: numerator and denominator, what is added and what is taken away."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, isqrt, lcm

from symcost.formula.arithmetic import add, form, mul, num, power
from symcost.formula.claims import whole
from symcost.formula.form import Add, Form, Mul, Num, Symbol
from symcost.formula.keys import Key
from symcost.formula.monomials import Factor
from symcost.formula.numbers import Rational
from symcost.formula.poly import monomial


def over(item: Form) -> tuple[Form, Form]:
    """Numerator and denominator: `D/heads` is (D, heads), `T/2 + 1/2` is (T + 1, 2)."""
    number = lcm(*(coefficient.denominator for coefficient, _ in item.poly.terms.values()))
    divisors: dict[Key, Factor] = {}
    for atom, exponent, written in _divisors(item):
        known = divisors[atom][1] if atom in divisors else 0
        divisors[atom] = (atom, max(exponent, known), written)

    above, below = item.poly * monomial(number, tuple(divisors.values())), form(number)
    for _, exponent, written in divisors.values():
        sign = _sign_as_read(written, exponent)
        below = mul(below, power((sign * written).expand(), num(exponent)))
        above = above.scaled(sign ** int(exponent))
    return above.form, below


def _sign_as_read(written: Form, exponent: Rational) -> int:
    """A sum that divides is kept with a sign of its own; as it is read, it begins with what is added."""
    turned = isinstance(written, Add) and written.terms[0].term[0] < 0 and exponent.denominator == 1
    return -1 if turned else 1


def _divisors(item: Form) -> Iterator[Factor]:
    """What the terms divide by, with the exponents there."""
    for _, factors in item.poly.terms.values():
        for atom, exponent, written in factors:
            if exponent < 0:
                yield atom, -exponent, written


def without_multiple(left: Form, right: Form) -> tuple[Form, Form]:
    """`64*floor(V/64) >= 1` as `floor(V/64) >= 1`, which says the same of whole numbers; anything else as it is."""
    least = right.number
    if least is None or len(left.poly.terms) != 1:
        return left, right

    # One term, a number times what is whole.
    ((coefficient, factors),) = left.poly.terms.values()
    counted = monomial(1, factors)
    if coefficient <= 0 or coefficient == 1 or not factors or not whole(counted):
        return left, right
    return counted.form, num(ceil(Fraction(least) / coefficient))


def signed(item: Form) -> tuple[Form, Form]:
    """What is added and what is taken away, so that the form is the first less the second."""
    positive: list[Form] = []
    negative: list[Form] = []
    for part in item.poly.parts():
        # As it is written: `-ceil(log2(n))` is kept as `floor(-log2(n))`.
        coefficient, _ = part.form.term
        (positive if coefficient > 0 else negative).append(part.form)
    return add(*positive), (-add(*negative)).expand()


def terms(item: Form) -> tuple[Form, ...]:
    """What a sum adds, as it stands; anything else is one term."""
    return item.terms if isinstance(item, Add) else (item,)


def root(item: Form) -> Form | None:
    """The square root where it is exact: of 49, of `4*M*M`; None of anything else."""
    if len(item.poly.terms) != 1:
        return None
    ((coefficient, factors),) = item.poly.terms.values()
    number = _number_root(coefficient)
    if number is None or any(exponent % 2 for _, exponent, _ in factors):
        return None
    return mul(number, *(power(written, exponent // 2) for _, exponent, written in factors))


def _number_root(value: Rational) -> Fraction | None:
    if value < 0:
        return None
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root * root == value else None


def plainly_not_zero(item: Form) -> bool:
    """Whether it is a product of symbols, and of sums of different products of symbols: no algebra makes that 0."""
    match item:
        case Mul(factors=factors):
            return all(map(plainly_not_zero, factors))
        case Add(terms=terms):  # terms that are alike have merged when it was made
            return all(map(_is_monomial, terms))
        case Num(value=value):
            return value != 0
    return isinstance(item, Symbol)


def _is_monomial(term: Form) -> bool:
    if isinstance(term, Mul):
        return all(isinstance(factor, Symbol) for factor in term.factors)
    return isinstance(term, Symbol | Num)
