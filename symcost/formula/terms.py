"""A form taken apart: numerator and denominator, what is added and what is taken away."""

from __future__ import annotations

from math import lcm

from symcost.formula.form import Add, Form, Rational, add, mul, num, power


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
