"""How low an atom falls: by its own limits, and by what is known of the parts that it is made of."""

from __future__ import annotations

from symcost.formula.claims import nonnegative, positive
from symcost.formula.facts import Facts
from symcost.formula.form import Add, Ceil, Floor, Form, Log, Log2, Max, Min, Mod, Num, Pow, Sum, Symbol, Visitor
from symcost.formula.numbers import Rational, number_power
from symcost.formula.poly import Poly, constant
from symcost.formula.signs import all_positive, from_lowest

LARGEST_POWER = 64
"""A power of a number is at least that of its exponent's least value up to here, and at least 1 beyond it.

No size of a network comes near `2^64`, and the digits of what is proven would grow without end.
"""


def lowest_value(written: Form, facts: Facts) -> Poly | None:
    """A value below which an atom never falls, 0 or more; None where it may be negative."""
    return written.accept(_Lowest(facts))


class _Lowest(Visitor[Poly | None]):
    """The lowest value of an atom of each kind, 0 or more, or None."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def _never_below(self, poly: Poly, least: int) -> bool:
        return nonnegative(poly - constant(least), self.facts)

    def of_num(self, item: Num) -> Poly | None:
        return _zero_if(item.value >= 0)

    def of_symbol(self, item: Symbol) -> Poly | None:
        low = item.low.poly
        if low.number is not None:
            low = constant(_known_least(item, low.number, self.facts))
        if not low:
            return constant(0)
        return low if nonnegative(low, self.facts) else None

    def of_add(self, item: Add) -> Poly | None:
        return self._of_any(item)

    def of_mul(self, item: Form) -> Poly | None:
        return self._of_any(item)

    def _of_any(self, item: Form) -> Poly | None:
        return _zero_if(nonnegative(item.poly, self.facts))

    def of_pow(self, item: Pow) -> Poly | None:
        base, exponent = item.base, item.exponent.poly
        if isinstance(base, Num) and base.value > 1:
            return self._of_numeric_power(base.value, exponent)
        if self._never_below(base.poly, 1) and nonnegative(exponent, self.facts):
            return constant(1)
        return self._of_any(base)

    def _of_numeric_power(self, base: Rational, exponent: Poly) -> Poly:
        """1 for `2^L`, and as much more as its exponent is never below; 0 where the exponent may be negative."""
        shifted = from_lowest(exponent, self.facts)
        if shifted and all_positive(shifted):
            least = shifted.constant
            return constant(number_power(base, least) if isinstance(least, int) and least < LARGEST_POWER else 1)
        return constant(1 if nonnegative(exponent, self.facts) else 0)

    def of_floor(self, item: Floor) -> Poly | None:
        above, below = item.numerator.poly, item.denominator.poly
        if positive(below, self.facts) and nonnegative(above - below, self.facts):
            return constant(1)
        return self._of_quotient(item.numerator, item.denominator)

    def of_ceil(self, item: Ceil) -> Poly | None:
        if positive(item.numerator.poly, self.facts) and positive(item.denominator.poly, self.facts):
            return constant(1)
        return self._of_quotient(item.numerator, item.denominator)

    def _of_quotient(self, numerator: Form, denominator: Form) -> Poly | None:
        return _zero_if(nonnegative(numerator.poly, self.facts) and nonnegative(denominator.poly, self.facts))

    def of_mod(self, item: Mod) -> Poly | None:
        return self._of_any(item)

    def of_min(self, item: Min) -> Poly | None:
        args = [arg.poly for arg in item.args]
        if all(self._never_below(arg, 1) for arg in args):
            return constant(1)
        return _zero_if(all(nonnegative(arg, self.facts) for arg in args))

    def of_max(self, item: Max) -> Poly | None:
        return _zero_if(any(nonnegative(arg.poly, self.facts) for arg in item.args))

    def of_log(self, item: Log) -> Poly | None:
        return _zero_if(self._never_below(item.arg.poly, 1))

    def of_log2(self, item: Log2) -> Poly | None:
        if not self._never_below(item.arg.poly, 1):
            return None
        return constant(1 if self._never_below(item.arg.poly, 2) else 0)

    def of_sum(self, item: Sum) -> Poly | None:
        return _zero_if(nonnegative(item.body.poly, self.facts))


def _zero_if(never_negative: bool) -> Poly | None:
    return constant(0) if never_negative else None


def _known_least(symbol: Symbol, least: Rational, facts: Facts) -> Rational:
    """The greatest number that a symbol is no less than, by its own limit or a fact: `K - 2` is not negative."""
    if facts.nonnegatives:
        own = symbol.poly
        bounds = ((own - known).number for known in facts.nonnegatives if len(known.terms) == 2)
        return max([least, *(bound for bound in bounds if bound is not None)])
    return least
