"""A form taken apart: numerator and denominator, what is added and what is taken away."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt, lcm

from symcost.formula.arithmetic import add, mul, num, power
from symcost.formula.form import Add, Form
from symcost.formula.numbers import Rational


def over(item: Form) -> tuple[Form, Form]:
    """Numerator and denominator: `D/heads` is (D, heads), `T/2 + 1/2` is (T + 1, 2)."""
    terms = item.poly.terms.values()
    number = lcm(*(coefficient.denominator for coefficient, _ in terms))
    atoms: dict[int, tuple[Rational, Form]] = {}
    for _, factors in terms:
        for atom, exponent, written in factors:
            if exponent < 0:
                largest = max(-exponent, atoms.get(atom, (0, written))[0])
                atoms[atom] = (largest, written)
    denominator = mul(num(number), *(power(written, num(exponent)) for exponent, written in atoms.values()))
    return (item * denominator).expand(), denominator


def signed(item: Form) -> tuple[Form, Form]:
    """What is added and what is taken away, so that the form is the first less the second."""
    positive: list[Form] = []
    negative: list[Form] = []
    for part in item.poly.parts():
        ((coefficient, _),) = part.terms.values()
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
    if coefficient < 0 or any(exponent % 2 for _, exponent, _ in factors):
        return None
    above, below = (isqrt(number) for number in coefficient.as_integer_ratio())
    if (above * above, below * below) != coefficient.as_integer_ratio():
        return None
    return mul(Fraction(above, below), *(power(written, exponent // 2) for _, exponent, written in factors))
