"""Powers, roots and logarithms as canonical polynomials: bases in primes, exponents term by term."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from functools import reduce
from operator import mul as times
from typing import Literal

from symcost.formula.arithmetic import num
from symcost.formula.claims import is_positive_atom, lowest, positive
from symcost.formula.form import Form, Log, Log2, Pow
from symcost.formula.keys import Key, intern
from symcost.formula.monomials import EMPTY, Factors
from symcost.formula.numbers import Rational, power_of
from symcost.formula.poly import Poly, atom, constant, content, inverse, monomial, total

LARGEST_SPLIT_BASE = 10**6
"""Larger numeric bases are not split into primes: it takes as many steps as the greatest prime is large."""


def power_poly(base: Poly, exponent: Poly) -> Poly:
    """`base^exponent`: numeric bases in primes, whole constants of the exponent as factors."""
    if exponent.number is not None:
        return _fixed_power(base, exponent.number)
    if base.number is not None:
        return _number_power(base.number, exponent)
    product = _product_power(base, exponent)
    if product is not None:
        return product
    # Of a sum the terms of the exponent still separate, if it is positive.
    if positive(base):
        return _opaque_power(("power", base.key), base.form, exponent)
    return _whole_power(base.form, exponent)


def _fixed_power(base: Poly, exponent: Rational) -> Poly:
    if not isinstance(exponent, int):
        return _root(base, exponent)
    return base**exponent if exponent >= 0 else inverse(base) ** -exponent


def _product_power(base: Poly, exponent: Poly) -> Poly | None:
    """A power of a product of positive atoms is the product of their powers; None of any other base."""
    if len(base.terms) != 1:
        return None
    ((coefficient, factors),) = base.terms.values()
    if coefficient < 0 or not all(is_positive_atom(written) for _, _, written in factors):
        return None
    powers = (_atom_power(number, e, written, exponent) for number, e, written in factors)
    return reduce(times, powers, _number_power(coefficient, exponent))


def _root(base: Poly, exponent: Rational) -> Poly:
    """A fractional power: of each atom of a product; of a sum what its terms share, and one atom for the rest."""
    product = _product_root(base, exponent)
    if product is not None:
        return product
    outer, inner = content(base)
    if inner.number == 1:  # one product that may be negative: nothing can be taken out of it
        return atom(intern(("divisor", base.key)), base.form, exponent)
    root = atom(intern(("divisor", inner.key)), inner.form, exponent)
    return root if outer.number == 1 else power_poly(outer, constant(exponent)) * root


def _product_root(base: Poly, exponent: Rational) -> Poly | None:
    """None of anything that is no product, or that may be negative: `(x^2)^(1/2)` is not `x` there."""
    if len(base.terms) != 1:
        return None
    ((coefficient, factors),) = base.terms.values()
    if coefficient < 0 or any(lowest(written) is None for _, _, written in factors):
        return None
    powered = tuple((number, e * exponent, written) for number, e, written in factors)
    return _number_root(coefficient, exponent) * monomial(1, powered)


def _number_root(value: Rational, exponent: Rational) -> Poly:
    if value == 1:
        return constant(1)
    return atom(intern(("root", value)), num(value), exponent)


def _number_power(value: Rational, exponent: Poly) -> Poly:
    if value == 1:
        return constant(1)
    if value <= 0:
        return _whole_power(num(value), exponent)  # in one piece: `0^(a - b)` is no quotient

    # By primes `2^L·3^L` and `6^L` are one; a base too large to split is an atom of its own.
    if max(value.numerator, value.denominator) > LARGEST_SPLIT_BASE:
        return _opaque_power(("power", constant(value).key), num(value), exponent)
    product = constant(1)
    for prime, multiplicity in primes_of(value):
        product = product * _opaque_power(("prime", prime), num(prime), exponent.scaled(multiplicity))
    return product


def _atom_power(number: Key, e: Rational, written: Form, exponent: Poly) -> Poly:
    """A power of a power multiplies the exponents."""
    if isinstance(written, Pow):
        return power_poly(written.base.poly, written.exponent.poly * exponent.scaled(e))
    return _opaque_power(("power", number), written, exponent.scaled(e))


def _opaque_power(name: tuple[str, Hashable], base: Form, exponent: Poly) -> Poly:
    """One atom for each term of the exponent, so that `2^(l + 1)` is `2·2^l` and `4^l` is `(2^l)^2`."""
    result = constant(1)
    for m, (coefficient, factors) in exponent.terms.items():
        if m == EMPTY:
            result = result * power_poly(base.poly, constant(coefficient))
        else:
            number = intern((*name, intern(m)))
            result = result * atom(number, Pow(base, monomial(1, factors).form), coefficient)
    return result


def _whole_power(base: Form, exponent: Poly) -> Poly:
    """A base that may be 0 or negative keeps its exponent in one piece."""
    number = intern(("whole power", base.poly.key, exponent.key))
    return atom(number, Pow(base, exponent.form))


def primes_of(value: Rational) -> Iterable[tuple[int, int]]:
    """The prime factors with their multiplicities, then those that divide, with negative ones."""
    yield from primes(value.numerator)
    for prime, multiplicity in primes(value.denominator):
        yield prime, -multiplicity


def primes(value: int) -> Iterable[tuple[int, int]]:
    """The prime factors of a number with their multiplicities."""
    prime = 2
    while value > 1:
        if prime * prime > value:
            prime = value  # nothing smaller divides what is left
        multiplicity = 0
        while value % prime == 0:
            value //= prime
            multiplicity += 1
        if multiplicity:
            yield prime, multiplicity
        prime += 1


def log_poly(arg: Poly) -> Poly:
    """`log2` of a product is the sum of the logarithms, where none of its factors may be negative."""
    if not arg:
        return atom(intern("log2(0)"), Log2(num(0)))
    outer, inner = content(arg)
    ((coefficient, factors),) = outer.terms.values()
    if any(lowest(written) is None for _, _, written in factors):
        return _log_atom(arg)
    return total((*_log_factors(factors), _log_number(coefficient), _log_rest(inner)))


def other_log_poly(name: Literal["ln", "log10"], arg: Poly) -> Poly:
    """`ln(x)` is `log2(x)·ln(2)`; `log10(x)` is `log2(x)/log2(10)`, and of a number each 5 is a 10 over 2."""
    if name == "ln":
        return log_poly(arg) * atom(intern(("ln", constant(2).key)), Log("ln", num(2)))
    tens = _fives_in(content(arg)[0]) if arg else 0
    return constant(tens) + log_poly(arg.scaled(Fraction(1, 10) ** tens)) * inverse(log_poly(constant(10)))


def _fives_in(outer: Poly) -> int:
    """How often five divides the number before a product; below 0 where it divides by five."""
    ((coefficient, _),) = outer.terms.values()
    value, fives = Fraction(coefficient), 0
    while value.numerator and value.numerator % 5 == 0:
        value, fives = value / 5, fives + 1
    while value.denominator % 5 == 0:
        value, fives = value * 5, fives - 1
    return fives


def _log_factors(factors: Factors) -> list[Poly]:
    return [_log_factor(written).scaled(exponent) for _, exponent, written in factors]


def _log_rest(inner: Poly) -> Poly:
    """What is left of a sum when its common factor is out; of a product that is 1."""
    return constant(0) if inner.number == 1 else _log_atom(inner)


def _log_factor(written: Form) -> Poly:
    if isinstance(written, Pow):
        return log_poly(written.base.poly) * written.exponent.poly
    return _log_atom(written.poly)


def _log_number(value: Rational) -> Poly:
    if max(value.numerator, value.denominator) > LARGEST_SPLIT_BASE:
        exponent = power_of(2, value)
        return _log_atom(constant(value)) if exponent is None else constant(exponent)
    return total(_log_prime(prime).scaled(multiplicity) for prime, multiplicity in primes_of(value))


def _log_prime(prime: int) -> Poly:
    return constant(1) if prime == 2 else _log_atom(constant(prime))


def _log_atom(arg: Poly) -> Poly:
    return atom(intern(("log2", arg.key)), Log2(arg.form))
