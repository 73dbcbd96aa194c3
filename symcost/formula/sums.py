"""Closed sums over a loop counter, in the form in which a lecture would write them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import lcm
from typing import TypeGuard

from symcost.formula.arithmetic import add, div, mul, num, power
from symcost.formula.dims import Assumptions
from symcost.formula.form import Add, Floor, Form, Max, Min, Mul, Num, Pow, Sum, Symbol
from symcost.formula.keys import Key
from symcost.formula.makers import ceil_div, floor_div, maximum, minimum
from symcost.formula.monomials import Factor, Factors
from symcost.formula.named import kept, opened
from symcost.formula.numbers import Rational, exact, magnitude
from symcost.formula.poly import Poly, monomial
from symcost.formula.univariate import (
    Coefficients,
    coefficients_in,
    faulhaber,
    geometric_quotient,
    is_degree,
    plus,
    put,
    value_at,
    written,
    written_sum,
)

MAX_UNROLLED = 64
"""So many rounds between numbers are written out where no rule closes their sum; more would hide the formula."""
MAX_RATIO_BASE, MAX_RATIO_EXPONENT = 10**6, 64
"""Greater ratios of a geometric sum stay open: their numerators and denominators would fill the page."""


def sum_over(counter: Symbol, body: Form) -> Form:
    """The sum of `body` over `counter.low <= counter < counter.high`.

    Polynomials by Faulhaber's formula, polynomials times `r^t` by the geometric sum, `min`, `max` and
    `floor((t + a)/c)` by cases; whatever else depends on the counter stays an open sum.

    Raises ValueError for a counter without an upper limit.
    """
    if counter.high is None:
        raise ValueError(f"the counter `{counter.name}` has no upper limit")
    if (counter.high - counter.low).expand() == 1:
        return body.substitute({counter: counter.low})
    body, named_again = kept(opened(body, counter))
    closed = _Range(counter, counter.low, counter.high).sum(body)
    written_out = closed.expand()
    return named_again(written_out if written_out.size < closed.size else closed)


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
        summed = (self._in_place(term, free) for term in body.terms)
        return add(part for part in summed if part is not None)

    def _in_place(self, term: Form, free: list[Form]) -> Form | None:
        """The sum of a term; of all that are free where the first of them stands, and nothing where the others do."""
        if not self.free(term):
            return self._term(term)
        return mul(add(free), self.count) if term is free[0] else None

    def _lone(self, body: Form) -> bool:
        """A polynomial in nothing but the counter: closed as a whole, so that its roots show."""
        return body.free_symbols == (self.counter,) and coefficients_in(body.poly, self.counter) is not None

    def _term(self, term: Form) -> Form:
        """Factors free of the counter stay in place, before the closed sum of the others."""
        if self.free(term):
            return mul(term, self.count)
        coefficient, factors = (term.coefficient, term.factors) if isinstance(term, Mul) else (1, (term,))
        free = [factor for factor in factors if self.free(factor)]
        bound = [factor for factor in factors if not self.free(factor)]
        return mul(coefficient, *free, self._product(bound))

    def _product(self, bound: list[Form]) -> Form:
        """The sum of a product whose factors all depend on the counter."""
        if len(bound) == 1 and isinstance(bound[0], Add) and not self._lone(bound[0]):
            return self.sum(bound[0])
        product = mul(*bound)
        closed = self._closed(product)
        return self._open(product) if closed is None else closed

    def _open(self, body: Form) -> Form:
        """A sum that no rule closes: a few numbered rounds are written out, more stay a sum."""
        low, high = self.low.number, self.high.number
        if isinstance(low, int) and isinstance(high, int) and high - low <= MAX_UNROLLED:
            return add(body.substitute({self.counter: num(turn)}) for turn in range(low, high))
        return Sum(self.counter, self.low, self.high, body)

    def _closed(self, body: Form) -> Form | None:
        """The sum by the rule for its kind; None where there is none."""
        match body:
            case Min() | Max():
                return self._extreme(body)
            case Floor():
                return self._floor(body)
            case _:
                return self._polynomial(body.poly)

    # Polynomials, geometric sums ---------------------------------------------------------------

    def _polynomial(self, poly: Poly) -> Form | None:
        """Collected by what does not depend on the counter and by the ratio `r` of its powers."""
        groups: dict[tuple[Key, Rational], tuple[Form, Coefficients]] = {}
        for coefficient, factors in poly.terms.values():
            split = self._split(factors)
            if split is None:
                return None
            outer, degree, ratio = split
            _, coefficients = groups.setdefault((outer.key, ratio), (outer.form, []))
            put(coefficients, degree, coefficient)
        return add(mul(outer, self._series(group, ratio)) for (_, ratio), (outer, group) in groups.items())

    def _split(self, factors: Factors) -> tuple[Poly, int, Rational] | None:
        """What is free of the counter, the counter's exponent, and the ratio of consecutive powers.

        None where the counter stands anywhere else.
        """
        free: list[Factor] = []
        degree, ratio = 0, Fraction(1)
        for factor in factors:
            _, exponent, base = factor
            # Three kinds of factors can be summed in closed form, and nothing else.
            if self.free(base):
                free.append(factor)
            elif base == self.counter and is_degree(exponent):
                degree = int(exponent)
            elif (step := self._ratio(base, exponent)) is not None:
                ratio *= step
            else:
                return None
        return monomial(1, tuple(free)), degree, exact(ratio)

    def _ratio(self, item: Form, exponent: Rational) -> Fraction | None:
        """What `c^(k·t)` is multiplied by from one t to the next, c a number; None of anything else."""
        if not isinstance(item, Pow) or not isinstance(item.base, Num) or exponent.denominator != 1:
            return None
        base = item.base.value
        if magnitude(base) > MAX_RATIO_BASE or magnitude(exponent) > MAX_RATIO_EXPONENT:
            return None
        return Fraction(base) ** int(exponent) if item.exponent == self.counter else None

    def _series(self, coefficients: Coefficients, ratio: Rational) -> Form:
        return self._power_sum(coefficients) if ratio == 1 else self._geometric(coefficients, ratio)

    def _power_sum(self, coefficients: Coefficients) -> Form:
        """The sum of a polynomial: that up to `high` less that up to `low`."""
        summed = faulhaber(coefficients)
        start = self.low.number
        if start is None:
            return add(written(summed, self.high), mul(-1, written(summed, self.low)))
        return written(plus(summed, [-value_at(summed, start)]), self.high)

    def _geometric(self, coefficients: Coefficients, ratio: Rational) -> Form:
        """With Q(t + 1)·r - Q(t) equal to the polynomial, the sum is `Q(high)·r^high - Q(low)·r^low`."""
        quotient = geometric_quotient(coefficients, ratio)
        below = lcm(*(c.denominator for c in quotient))
        whole = [c * below for c in quotient]
        high, low = (mul(written_sum(whole, end), _ratio_power(ratio, end)) for end in (self.high, self.low))
        # Q is negative where powers fall: what is greater stands first.
        ends = (high, mul(-1, low)) if ratio > 1 else (mul(-1, low), high)
        return mul(Fraction(1, below), add(*ends))

    # Minima, floors ----------------------------------------------------------------------------

    def _extreme(self, item: Min | Max) -> Form | None:
        """`min(t + a, w)` is `t + a` until it passes `w`, then `w`; `max` the other way round."""
        sides = self._moving_and_fixed(item)
        if sides is None:
            return None
        moving, fixed = sides
        shift = (moving - self.counter).expand()
        if not self.free(shift):
            return None
        turn = self._turn(shift, fixed)
        first, then = sides if isinstance(item, Min) else (fixed, moving)
        before = _Range(self.counter, self.low, turn).sum(first)
        return add(before, _Range(self.counter, turn, self.high).sum(then))

    def _moving_and_fixed(self, item: Min | Max) -> tuple[Form, Form] | None:
        """The argument with the counter and the one without it; None where there are more of either."""
        if len(item.args) != 2:
            return None
        first, second = item.args
        if self.free(first):
            first, second = second, first
        return (first, second) if self.free(second) and not self.free(first) else None

    def _turn(self, shift: Form, fixed: Form) -> Form:
        """The counter from which on `t + shift` is no less than `fixed`, within the range."""
        # At `t = w - 1` both `t + 1` and `w` are right, and `w` is shorter to write.
        turn = _whole(fixed, floor_div) if shift == 1 else _whole((fixed - shift).expand(), ceil_div)
        return minimum(self._not_below(turn), self.high)

    def _not_below(self, turn: Form) -> Form:
        """The greater of a counter and the first; said only where that is not known."""
        match Assumptions().at_least(turn, self.low):
            case True:
                return turn
            case False:
                return self.low
            case None:
                return maximum(turn, self.low)

    def _floor(self, floor: Floor) -> Form | None:
        """`floor((t + a)/c)` for whole numbers a and c > 0: the sum up to `high` less that up to `low`."""
        if not _counts(floor.denominator):
            return None
        shift = (floor.numerator - self.counter).expand()
        if not self.free(shift) or not Assumptions().is_integer(shift):
            return None
        high, low = (add(end, shift).expand() for end in (self.high, self.low))
        return add(_floors_below(high, floor.denominator), mul(-1, _floors_below(low, floor.denominator)))


def _whole(turn: Form, rounded: Callable[[Form], Form]) -> Form:
    """Where a fraction is met, as a round: those are whole, and what they are compared with may be a half."""
    return turn if Assumptions().is_integer(turn) else rounded(turn)


def _counts(divisor: Form) -> TypeGuard[Num]:
    """Whether it is a whole number from 1 on, so that each value of a floor comes as often as that."""
    return isinstance(divisor, Num) and isinstance(divisor.value, int) and divisor.value >= 1


def _floors_below(end: Form, divisor: Num) -> Form:
    """The sum of `floor(t/c)` over `0 <= t < n`: with `q = floor(n/c)` it is `q·n - c·q·(q + 1)/2`."""
    whole = floor_div(end, divisor)
    return div(mul(whole, (2 * end - divisor * (whole + 1)).expand()), 2)


def _ratio_power(ratio: Rational, exponent: Form) -> Form:
    return div(power(ratio.numerator, exponent), power(ratio.denominator, exponent))
