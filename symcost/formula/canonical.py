"""Form to canonical polynomial, under facts or none: equal forms have equal polynomials, as far as that is known."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from math import ceil, floor
from operator import mul as times

from symcost.formula import standing
from symcost.formula.arithmetic import add, mul
from symcost.formula.facts import NOTHING, Facts
from symcost.formula.floors import ceil_poly, floor_poly, value_of, with_ceiling
from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Let,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.keys import intern
from symcost.formula.minima import least_of, max_poly, min_poly
from symcost.formula.monomials import EMPTY, Factor, Term
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly, atom, constant, inverse, monomial, product_of_symbols, total
from symcost.formula.powers import log_poly, other_log_poly, power_poly
from symcost.formula.wholes import split


def canonical(item: Form, facts: Facts = NOTHING) -> Poly:
    """The canonical polynomial of a form, under facts; without them the form keeps it.

    Raises TooLarge, ZeroDivisionError.
    """
    return item.poly if facts is NOTHING else _Canonical(facts).of(item)


def worked_out(item: Form) -> Poly:
    """The canonical polynomial of a form without facts, which is what the form asks for when it has none yet."""
    return item.accept(_WITHOUT_FACTS)


class _Canonical(Visitor[Poly]):
    """The polynomial of a node from those of its children."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def of(self, item: Form) -> Poly:
        """The polynomial of a child. Without facts the form itself keeps it, under facts they do."""
        if self.facts is NOTHING:
            return item.poly
        known = self.facts.canonical_of.settled.get(item.key)
        if known is not None:
            return known
        return standing.worked_out(self.facts.canonical_of, item.key, partial(item.accept, self))

    def of_num(self, item: Num) -> Poly:
        return constant(item.value)

    def of_symbol(self, item: Symbol) -> Poly:
        return atom(item.key, item)

    def of_add(self, item: Add) -> Poly:
        return total(map(self.of, item.terms))

    def of_mul(self, item: Mul) -> Poly:
        for factor in item.factors:
            if type(factor) is not Symbol:
                break
        else:
            return product_of_symbols(item)
        return reduce(times, map(self.of, item.factors), constant(item.coefficient))

    def of_pow(self, item: Pow) -> Poly:
        return power_poly(self.of(item.base), self.of(item.exponent))

    def of_floor(self, item: Floor) -> Poly:
        return floor_poly(self.of(item.numerator) * inverse(self.of(item.denominator)), self.facts, item)

    def of_ceil(self, item: Ceil) -> Poly:
        return ceil_poly(self.of(item.numerator) * inverse(self.of(item.denominator)), self.facts, item)

    def of_mod(self, item: Mod) -> Poly:
        above, below = self.of(item.numerator), self.of(item.denominator)
        return above - below * floor_poly(above * inverse(below), self.facts)

    def of_min(self, item: Min) -> Poly:
        return min_poly([self.of(arg) for arg in item.args], self.facts, self.of)

    def of_max(self, item: Max) -> Poly:
        return max_poly([self.of(arg) for arg in item.args], self.facts, self.of)

    def of_log2(self, item: Log2) -> Poly:
        return log_poly(self.of(item.arg))

    def of_log(self, item: Log) -> Poly:
        return other_log_poly(item.name, self.of(item.arg))

    def of_sum(self, item: Sum) -> Poly:
        low, high, body = self.of(item.low), self.of(item.high), self.of(item.body)
        return total(_summed(item.counter, low, high, term) for term in body.terms.values())

    def of_let(self, item: Let) -> Poly:
        return self.of(item.value)


_WITHOUT_FACTS = _Canonical(NOTHING)


# Written as their author did -------------------------------------------------------------------


_ROUND: dict[type[Form], Callable[[Rational], int]] = {Floor: floor, Ceil: ceil}


def as_written(kind: type[Floor] | type[Ceil], numerator: Form, below: Form, facts: Facts = NOTHING) -> Form:
    """A floor or ceiling under facts, as its author wrote it unless something can be taken out."""
    quotient = canonical(numerator, facts) * inverse(canonical(below, facts))
    outer, rest = split(quotient, facts)
    value = value_of(rest)
    if value is not None:
        return (outer + constant(_ROUND[kind](value))).form
    if _stays(outer, rest, below):
        return kind(numerator, below)

    # Something can be taken out: then it is written as the polynomial says.
    if kind is Floor:
        return floor_poly(quotient, facts).form
    return with_ceiling(ceil_poly(quotient, facts))


def _stays(outer: Poly, rest: Poly, below: Form) -> bool:
    """Whether nothing can be taken out but a number, which stays inside over a number: `floor((T + 5)/2)`."""
    if outer.number is None or (outer and not isinstance(below, Num)):
        return False
    return all(number.floored is None for number in rest.atoms)


def remainder(left: Form, right: Form, facts: Facts = NOTHING) -> Form:
    """What is left of `left` after whole multiples of `right`, as its author wrote it unless some can be taken out.

    What `(64 - V % 64) % 64` adds to V is `64*ceil(V/64) - V`, so that a size that is padded up reads so.
    """
    below = canonical(right, facts)
    outer, rest = split(canonical(left, facts) * inverse(below), facts)
    if rest.number is not None:
        return (below.scaled(rest.number)).form
    left_over = rest * below
    if EMPTY not in rest.terms and all(coefficient < 0 for coefficient, _ in rest.terms.values()):
        lacking = left_over.scaled(-1)
        return add(mul(right, as_written(Ceil, lacking.form, right, facts)), left_over.form)
    return Mod(left_over.form if outer else left, right)


def winners(args: list[Form], *, least: bool, facts: Facts = NOTHING) -> list[Form]:
    """The arguments of a minimum or maximum that may decide it."""
    polys = [canonical(arg, facts) for arg in args]
    signed = polys if least else [poly.scaled(-1) for poly in polys]
    keys = {poly.key for poly in least_of(signed, facts)}
    deciding = [arg for arg, poly in zip(args, signed, strict=True) if poly.key in keys]
    return deciding if len(keys) > 1 else deciding[:1]


# Open sums -------------------------------------------------------------------------------------


def _summed(counter: Symbol, low: Poly, high: Poly, term: Term) -> Poly:
    """One term summed: what is free of the counter outside; the counter's own name does not matter."""
    coefficient, factors = term
    bound = monomial(1, tuple(factor for factor in factors if _depends(factor, counter)))
    free = monomial(coefficient, tuple(factor for factor in factors if not _depends(factor, counter)))
    if bound.number == 1:
        return (high - low) * free
    return free * _sum_atom(counter, low, high, bound.form)


def _sum_atom(counter: Symbol, low: Poly, high: Poly, body: Form) -> Poly:
    """A sum by its limits and its body, in which a counter without a name stands for its own.

    Nested sums need names of their own: the limits and how many sums are inside tell them apart.
    """
    nameless = Symbol("", -_nesting(body), low.form, high.form, home=(low.key, high.key))
    renamed = body.substitute({counter: nameless})
    number = intern(("sum", low.key, high.key, renamed.poly.key))
    return atom(number, Sum(counter, low.form, high.form, body))


def _depends(factor: Factor, counter: Symbol) -> bool:
    return any(symbol.key == counter.key for symbol in factor[2].free_symbols)


def _nesting(item: Form) -> int:
    """One more than the number of sums that stand in one another."""
    return max(map(_nesting, item.children), default=1) + isinstance(item, Sum)
