"""Polynomials in one variable with numeric coefficients: summed by Faulhaber's formula, written by their roots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product, zip_longest
from math import comb, gcd, isqrt, lcm

from symcost.formula.arithmetic import ZERO, add, mul, num, power
from symcost.formula.form import Form, Symbol
from symcost.formula.monomials import Factors
from symcost.formula.numbers import Rational, exact
from symcost.formula.poly import Poly

MAX_DEGREE = 40
"""Powers above this are left alone: their sums have as many terms, with coefficients of as many digits."""

MAX_ROOT_COEFFICIENT = 10**6
"""Roots are looked for among the divisors of two coefficients; of larger ones that takes long."""

Coefficients = list[Rational]
"""A polynomial in one variable with numeric coefficients, the constant first."""


def is_degree(exponent: Rational) -> bool:
    """A whole exponent within the bound."""
    return exponent.denominator == 1 and 0 <= exponent <= MAX_DEGREE


def coefficients_in(poly: Poly, variable: Symbol) -> Coefficients | None:
    """The coefficients of a polynomial in this variable alone; None of any other."""
    coefficients: Coefficients = []
    for coefficient, factors in poly.terms.values():
        degree = _degree_in(variable, factors)
        if degree is None:
            return None
        put(coefficients, degree, coefficient)
    return coefficients


def _degree_in(variable: Symbol, factors: Factors) -> int | None:
    if not factors:
        return 0
    _, exponent, written = factors[0]
    alone = len(factors) == 1 and written == variable
    return int(exponent) if alone and is_degree(exponent) else None


def put(coefficients: Coefficients, degree: int, coefficient: Rational) -> None:
    """Add to the coefficient of a power."""
    coefficients.extend([0] * (degree + 1 - len(coefficients)))
    coefficients[degree] += coefficient


def plus(left: Coefficients, right: Coefficients) -> Coefficients:
    """The sum of two polynomials."""
    return [exact(a + b) for a, b in zip_longest(left, right, fillvalue=0)]


def value_at(coefficients: Sequence[Rational], point: Rational) -> Rational:
    """The value at a point, by Horner's rule."""
    result: Rational = 0
    for coefficient in reversed(coefficients):
        result = result * point + coefficient
    return exact(result)


def faulhaber(coefficients: Sequence[Rational]) -> Coefficients:
    """The polynomial S with S(0) = 0 and S(n + 1) - S(n) equal to the given one (Faulhaber's formula).

    Solved from the highest power down: n^(k+1)/(k+1) has the difference n^k + lower powers.
    """
    left, result = list(coefficients), [Fraction(0)] * (len(coefficients) + 1)
    for degree in range(len(left) - 1, -1, -1):
        lead = Fraction(left[degree]) / (degree + 1)
        result[degree + 1] = lead
        for lower in range(degree + 1):
            left[lower] -= lead * comb(degree + 1, lower)
    return [exact(value) for value in result]


def geometric_quotient(coefficients: Coefficients, ratio: Rational) -> Coefficients:
    """The polynomial Q with Q(t + 1)·r - Q(t) equal to the given one, from the highest power down."""
    left, result = list(coefficients), [Fraction(0)] * len(coefficients)
    for degree in range(len(left) - 1, -1, -1):
        lead = Fraction(left[degree]) / (ratio - 1)
        result[degree] = lead
        for lower in range(degree + 1):
            left[lower] -= lead * ratio * comb(degree, lower)
        left[degree] += lead
    return [exact(value) for value in result]


# Writing ---------------------------------------------------------------------------------------


def written(coefficients: Coefficients, variable: Form) -> Form:
    """The polynomial factored over its rational roots: `N·(N - 1)·(2·N - 1)/6`."""
    if variable.number is not None:
        return num(value_at(coefficients, variable.number))
    if not any(coefficients):
        return ZERO

    # Over the least common denominator the coefficients are whole, and so are those of what is divided by a root.
    below = lcm(*(c.denominator for c in coefficients))
    left = _without_leading_zeros([int(c * below) for c in coefficients])
    factors: list[Form] = []
    for root in _roots(left):
        left = _divided(left, root)
        factors.append(_root_factor(root, variable))
    # What is left has no rational root: a number, or a sum that stays one.
    return mul(Fraction(1, below), *factors, written_sum(left, variable))


def _root_factor(root: Fraction, variable: Form) -> Form:
    """`q·x - p` for the root p/q, and `x` as it is written for the root 0."""
    return add(mul(root.denominator, variable), -root.numerator) if root else variable


def written_sum(coefficients: Sequence[Rational], variable: Form) -> Form:
    """The polynomial as a sum of powers, the highest first."""
    terms = [mul(c, power(variable, degree)) for degree, c in enumerate(coefficients) if c]
    return add(reversed(terms))


def _without_leading_zeros(coefficients: list[int]) -> list[int]:
    while coefficients[-1] == 0:
        coefficients = coefficients[:-1]
    return coefficients


def _roots(coefficients: list[int]) -> list[Fraction]:
    """The rational roots with their multiplicity, 0 first, then the simplest, by the rational root theorem."""
    roots: list[Fraction] = []
    # Where 0 is a root the lowest coefficients are 0; the theorem is about the others.
    for root in _candidates([coefficient for coefficient in coefficients if coefficient]):
        while len(coefficients) > 1 and value_at(coefficients, root) == 0:
            coefficients = _divided(coefficients, root)
            roots.append(root)
    return roots


def _candidates(coefficients: list[int]) -> Iterator[Fraction]:
    """0, and a divisor of the lowest coefficient over one of the highest: no other fraction can be a root."""
    yield Fraction(0)
    lowest, highest = abs(coefficients[0]), abs(coefficients[-1])
    for below, above in product(_divisors(highest), _divisors(lowest)):
        if gcd(above, below) == 1:  # else it has come before
            yield Fraction(-above, below)
            yield Fraction(above, below)


def _divided(coefficients: list[int], root: Fraction) -> list[int]:
    """The quotient by `q·x - p` for the root p/q; whole by Gauss's lemma."""
    result: list[int] = []
    carry = 0
    for coefficient in reversed(coefficients[1:]):
        carry = (coefficient + root.numerator * carry) // root.denominator
        result.append(carry)
    return result[::-1]


def _divisors(value: int) -> list[int]:
    """From the smallest on; none of a number that is too large to look for them."""
    if value > MAX_ROOT_COEFFICIENT:
        return []
    small = [d for d in range(1, isqrt(value) + 1) if value % d == 0]
    return small + [value // d for d in reversed(small) if d * d != value]
