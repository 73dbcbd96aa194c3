"""Closed sums over a loop counter, in the form in which a lecture would write them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import zip_longest
from math import comb, lcm

from symcost.formula.arithmetic import ZERO, add, div, mul, num, power
from symcost.formula.dims import Assumptions
from symcost.formula.form import Add, Floor, Form, Max, Min, Mul, Num, Pow, Sum, Symbol
from symcost.formula.makers import floor_div, maximum, minimum
from symcost.formula.monomials import Factors
from symcost.formula.numbers import Rational, exact, magnitude
from symcost.formula.poly import Poly, monomial

MAX_DEGREE = 40
"""Powers of the counter above this stay open."""

MAX_UNROLLED = 64
"""So many rounds between numbers are written out where no rule closes their sum."""

Coefficients = list[Rational]
"""A polynomial in one variable with numeric coefficients, the constant first."""


def sum_over(counter: Symbol, body: Form) -> Form:
    """The sum of `body` over `counter.low <= counter < counter.high`.

    Polynomials by Faulhaber's formula, polynomials times `r^t` by the geometric sum, `min`, `max` and
    `floor((t + a)/c)` by cases; whatever else depends on the counter stays an open sum.
    """
    if counter.high is None:
        raise ValueError(f"the counter `{counter.name}` has no upper limit")
    if (counter.high - counter.low).expand() == 1:
        return body.substitute({counter: counter.low})
    closed = _Range(counter, counter.low, counter.high).sum(body)
    written_out = closed.expand()
    return written_out if written_out.size < closed.size else closed


class _Range:
    """The values that one counter takes."""

    def __init__(self, counter: Symbol, low: Form, high: Form) -> None:
        self.counter, self.low, self.high = counter, low, high
        self.count = (high - low).expand() if low != 0 else high

    def free(self, item: Form) -> bool:
        return self.counter not in item.free_symbols

    def sum(self, body: Form) -> Form:
        """Terms free of the counter are repeated together, where the first of them stood."""
        if not isinstance(body, Add) or self._lone(body):
            return self._term(body)
        free = [term for term in body.terms if self.free(term)]
        first = free[0] if free else None
        parts = []
        for term in body.terms:
            if term is first:
                parts.append(mul(add(free), self.count))
            elif not self.free(term):
                parts.append(self._term(term))
        return add(parts)

    def _lone(self, body: Form) -> bool:
        """A polynomial in nothing but the counter: closed as a whole, so that its roots show."""
        return body.free_symbols == (self.counter,) and _in_one(body.poly, self.counter) is not None

    def _term(self, term: Form) -> Form:
        """Factors free of the counter stay in place, before the closed sum of the others."""
        coefficient = term.coefficient if isinstance(term, Mul) else 1
        factors = term.factors if isinstance(term, Mul) else (term,)
        if isinstance(term, Num):
            return mul(term, self.count)
        free = [factor for factor in factors if self.free(factor)]
        bound = [factor for factor in factors if not self.free(factor)]
        if not bound:
            return mul(term, self.count)
        if len(bound) == 1 and isinstance(bound[0], Add) and not self._lone(bound[0]):
            return mul(coefficient, *free, self.sum(bound[0]))
        rest = mul(*bound)
        closed = self._closed(rest)
        return mul(coefficient, *free, self._open(rest) if closed is None else closed)

    def _open(self, rest: Form) -> Form:
        """A sum that no rule closes: a few numbered rounds are written out, more stay a sum."""
        low, high = self.low.number, self.high.number
        if isinstance(low, int) and isinstance(high, int) and high - low <= MAX_UNROLLED:
            return add(rest.substitute({self.counter: num(turn)}) for turn in range(low, high))
        return Sum(self.counter, self.low, self.high, rest)

    def _closed(self, rest: Form) -> Form | None:
        match rest:
            case Min() | Max():
                return self._extreme(rest)
            case Floor():
                return self._floor(rest)
            case _:
                return self._polynomial(rest.poly)

    # Polynomials, geometric sums ---------------------------------------------------------------

    def _polynomial(self, poly: Poly) -> Form | None:
        """Collected by what does not depend on the counter and by the ratio `r` of its powers."""
        groups: dict[tuple[int, Rational], tuple[Form, Coefficients]] = {}
        for part in poly.parts():
            ((coefficient, factors),) = part.terms.values()
            found = self._split(factors)
            if found is None:
                return None
            outer, degree, ratio = found
            _, coefficients = groups.setdefault((outer.key, ratio), (outer.form, []))
            coefficients.extend([0] * (degree + 1 - len(coefficients)))
            coefficients[degree] += coefficient
        return add(
            mul(outer, self._power_sum(coefficients) if ratio == 1 else self._geometric(coefficients, ratio))
            for (_, ratio), (outer, coefficients) in groups.items()
        )

    def _split(self, factors: Factors) -> tuple[Poly, int, Rational] | None:
        """What is free of the counter, the counter's exponent, and the ratio of consecutive powers."""
        free: list[tuple[int, Rational, Form]] = []
        degree, ratio = 0, Fraction(1)
        for factor in factors:
            _, exponent, written = factor
            if self.free(written):
                free.append(factor)
            elif written == self.counter and exponent.denominator == 1 and 0 <= exponent <= MAX_DEGREE:
                degree = int(exponent)
            elif isinstance(written, Pow) and isinstance(written.base, Num):
                whole = exponent.denominator == 1 and magnitude(exponent) <= 64
                if not whole or written.exponent != self.counter or magnitude(written.base.value) > 10**6:
                    return None
                ratio *= Fraction(written.base.value) ** int(exponent)
            else:
                return None
        return monomial(1, tuple(free)), degree, exact(ratio)

    def _power_sum(self, coefficients: Coefficients) -> Form:
        """The sum of a polynomial: that up to `high` less that up to `low`."""
        summed = faulhaber(coefficients)
        start = self.low.number
        if start is None:
            return add(written(summed, self.high), mul(-1, written(summed, self.low)))
        return written(_plus(summed, [-_at(summed, start)]), self.high)

    def _geometric(self, coefficients: Coefficients, ratio: Rational) -> Form:
        """With Q(t + 1)·r - Q(t) equal to the polynomial, the sum is `Q(high)·r^high - Q(low)·r^low`."""
        quotient = _geometric_quotient(coefficients, ratio)
        below = lcm(*(c.denominator for c in quotient))
        whole = [c * below for c in quotient]
        high, low = (mul(_written_sum(whole, end), _ratio_power(ratio, end)) for end in (self.high, self.low))
        ends = (high, mul(-1, low)) if ratio > 1 else (mul(-1, low), high)
        return mul(Fraction(1, below), add(*ends))

    # Minima, floors ----------------------------------------------------------------------------

    def _extreme(self, item: Min | Max) -> Form | None:
        """`min(t + a, w)` is `t + a` until it passes `w`, then `w`; `max` the other way round."""
        rising = [arg for arg in item.args if not self.free(arg)]
        fixed = [arg for arg in item.args if self.free(arg)]
        if len(rising) != 1 or len(fixed) != 1 or not self.free(shift := (rising[0] - self.counter).expand()):
            return None
        turn = minimum(self._not_below(fixed[0] if shift == 1 else (fixed[0] - shift).expand()), self.high)
        first, then = (rising[0], fixed[0]) if isinstance(item, Min) else (fixed[0], rising[0])
        before = _Range(self.counter, self.low, turn).sum(first)
        return add(before, _Range(self.counter, turn, self.high).sum(then))

    def _not_below(self, turn: Form) -> Form:
        match Assumptions().at_least(turn, self.low):
            case True:
                return turn
            case False:
                return self.low
            case None:
                return maximum(turn, self.low)

    def _floor(self, floor: Floor) -> Form | None:
        """`floor((t + a)/c)`: with `q = floor(n/c)`, the sum below n is `q·n - c·q·(q + 1)/2`."""
        if not isinstance(floor.denominator, Num):
            return None
        shift = (floor.numerator - self.counter).expand()
        if not self.free(shift) or not Assumptions().is_integer(shift):
            return None
        divisor = floor.denominator

        def below(end: Form) -> Form:
            end = add(end, shift).expand()
            whole = floor_div(end, divisor)
            return div(mul(whole, (2 * end - divisor * (whole + 1)).expand()), 2)

        return add(below(self.high), mul(-1, below(self.low)))


# Polynomials in one variable -------------------------------------------------------------------


def _in_one(poly: Poly, variable: Symbol) -> Coefficients | None:
    """The coefficients of a polynomial in this variable alone."""
    coefficients: Coefficients = []
    for coefficient, factors in poly.terms.values():
        degree: Rational = 0
        if factors:
            if len(factors) > 1 or factors[0][2] != variable:
                return None
            degree = factors[0][1]
        if not isinstance(degree, int) or not 0 <= degree <= MAX_DEGREE:
            return None
        coefficients.extend([0] * (degree + 1 - len(coefficients)))
        coefficients[degree] = coefficient
    return coefficients


def _plus(left: Coefficients, right: Coefficients) -> Coefficients:
    return [exact(a + b) for a, b in zip_longest(left, right, fillvalue=0)]


def _at(coefficients: Coefficients, value: Rational) -> Rational:
    result: Rational = 0
    for coefficient in reversed(coefficients):
        result = result * value + coefficient
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


def _geometric_quotient(coefficients: Coefficients, ratio: Rational) -> Coefficients:
    """The polynomial Q with Q(t + 1)·r - Q(t) equal to the given one, from the highest power down."""
    left, result = list(coefficients), [Fraction(0)] * len(coefficients)
    for degree in range(len(left) - 1, -1, -1):
        lead = Fraction(left[degree]) / (ratio - 1)
        result[degree] = lead
        for lower in range(degree + 1):
            left[lower] -= lead * ratio * comb(degree, lower)
        left[degree] += lead
    return [exact(value) for value in result]


def _ratio_power(ratio: Rational, exponent: Form) -> Form:
    return div(power(ratio.numerator, exponent), power(ratio.denominator, exponent))


def written(coefficients: Coefficients, variable: Form) -> Form:
    """The polynomial factored over its rational roots: `N·(N - 1)·(2·N - 1)/6`."""
    number = variable.number
    if number is not None:
        return num(_at(coefficients, number))
    while coefficients and coefficients[-1] == 0:
        coefficients = coefficients[:-1]
    if not coefficients:
        return ZERO
    below = lcm(*(c.denominator for c in coefficients))
    left = [int(c * below) for c in coefficients]
    factors: list[Form] = []
    scale = Fraction(1, below)
    while len(left) > 1 and left[0] == 0:
        left = left[1:]
        factors.append(variable)
    for root in _roots(left):
        left = _divided(left, root)
        factors.append(add(mul(root.denominator, variable), -root.numerator))
    if len(left) == 1:
        return mul(scale * left[0], *factors)
    return mul(scale, *factors, _written_sum(list(left), variable))


def _written_sum(coefficients: Coefficients, variable: Form) -> Form:
    powers = ((power(variable, degree), c) for degree, c in enumerate(coefficients) if c)
    return add(mul(c, raised) for raised, c in reversed(list(powers)))


def _roots(coefficients: list[int]) -> list[Fraction]:
    """The rational roots with their multiplicity, simplest first, by the rational root theorem."""
    found: list[Fraction] = []
    if len(coefficients) < 2 or max(abs(coefficients[0]), abs(coefficients[-1])) > 10**6:
        return found
    for below in _divisors(coefficients[-1]):
        for above in _divisors(coefficients[0]):
            for root in (Fraction(-above, below), Fraction(above, below)):
                reduced = root.denominator == below
                while reduced and len(coefficients) > 1 and _at(list(coefficients), root) == 0:
                    coefficients = _divided(coefficients, root)
                    found.append(root)
    return found


def _divided(coefficients: list[int], root: Fraction) -> list[int]:
    """The quotient by `q·x - p` for the root p/q; whole by Gauss's lemma."""
    result: list[int] = []
    carry = 0
    for coefficient in reversed(coefficients[1:]):
        carry = (coefficient + root.numerator * carry) // root.denominator
        result.append(carry)
    return result[::-1]


def _divisors(value: int) -> list[int]:
    value = abs(value)
    small = [d for d in range(1, int(value**0.5) + 1) if value % d == 0]
    return small + [value // d for d in reversed(small) if d * d != value]
