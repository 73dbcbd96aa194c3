"""Which of two counts is the smaller, and from where on: a threshold in one dimension as a formula, or its numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby, islice, pairwise
from math import ceil, floor
from typing import Literal

from symcost.analysis.growth.within import Stretch, about, allowed
from symcost.formula import Assumptions, AtLeast, Form, Symbol, TooLarge, add, num
from symcost.formula.algebra import positive_root, quotient, real_roots
from symcost.formula.monomials import Factors
from symcost.formula.numbers import Rational
from symcost.formula.poly import Poly
from symcost.records import dataclass

Sign = Literal[-1, 0, 1]
"""Of left less right: -1 where left is the smaller."""

Always = Literal["equal", "less", "greater", "at most", "at least"]

BOUNDS: dict[str, tuple[tuple[Always, ...], tuple[Always, ...]]] = {
    "<": (("less",), ("equal", "greater", "at least")),
    "<=": (("less", "equal", "at most"), ("greater",)),
    ">": (("greater",), ("equal", "less", "at most")),
    ">=": (("greater", "equal", "at least"), ("less",)),
}
"""What has to be proven of two counts for a sign between them to hold for all values, or not to."""

EACH = 1024
"""Where no theorem helps, every number up to here is tried: it is there that floors and minima change their minds."""
HIGHEST = 32
"""Polynomials of a higher degree are tried like anything else: to isolate their roots takes long."""
FARTHEST = 2**24
"""And then powers of two up to here, halving where the sign has changed: no dimension of a network is greater."""
TRIED = 12
"""Sets of numbers at which a formula for the threshold is tried before it is believed; one would be chance."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Left has the sign `below` while the dimension is smaller than `root`, and the other one while it is greater."""

    root: Form
    below: Sign


@dataclass(frozen=True, slots=True)
class Ranges:
    """The sign in each stretch of whole numbers, the last one without end; `tried` where none beyond was looked at."""

    stretches: tuple[tuple[int, int | None, Sign], ...]
    tried: int | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing is claimed, and why."""

    why: str


Crossing = Threshold | Ranges | Undecided


def always(left: Form, right: Form, assumptions: Assumptions) -> Always | None:
    """What is proven to hold for all values; None where that is nothing.

    `at most` where left is nowhere greater but may be equal somewhere.
    """
    if assumptions.compare(left, right).kind == "equal":
        return "equal"
    at_least, at_most = assumptions.at_least(left, right), assumptions.at_least(right, left)
    strongest_first: tuple[tuple[Always, bool], ...] = (
        ("less", at_least is False),
        ("greater", at_most is False),
        ("at least", at_least is True),
        ("at most", at_most is True),
    )
    return next((words for words, holds in strongest_first if holds), None)


def ratio(left: Form, right: Form) -> Form | None:
    """Left over right, as simple as SymPy makes it; None where right is nothing, or one of them is no polynomial."""
    if right == 0 or not _is_polynomial(left) or not _is_polynomial(right):
        return None
    return quotient(left, right)


def _is_polynomial(form: Form) -> bool:
    return all(isinstance(written, Symbol) for written in form.poly.atoms.values())


def crossing(left: Form, right: Form, symbol: Symbol, assumptions: Assumptions) -> Crossing:
    """Where the smaller of two counts becomes the greater, in one dimension.

    For polynomials by Descartes' rule: coefficients whose signs change once have one positive root, with the sign of
    the lowest below it and that of the highest above it. Where all others are numbers, every root is isolated; what
    is no polynomial is tried number by number.
    """
    difference = (left - right).expand()
    if symbol not in difference.free_symbols:
        return Undecided("it does not occur in the difference")

    # With numbers for the others all can be found out; with formulas, what Descartes' rule tells.
    difference = _reduced(difference)
    coefficients = powers(difference, symbol)
    if all(name == symbol for name in difference.free_symbols):
        found = _with_numbers(difference, coefficients, symbol, _least(symbol, assumptions))
        return _as_assumed(found, symbol, assumptions)
    if coefficients is None:
        return Undecided(f"it is no polynomial in {symbol}; with numbers for the others it can be tried")
    return _by_signs(coefficients, assumptions)


def _reduced(form: Form) -> Form:
    """Without the dimensions that divide every term: they are positive, so the sign stays."""
    exponents = [_exponents(factors) for _, factors in form.poly.terms.values()]
    for name in exponents[0] if exponents else {}:
        shared = min(of_term.get(name, 0) for of_term in exponents)
        if shared > 0 and not name.uid:
            form = (form / name ** num(shared)).expand()
    return form


def _exponents(factors: Factors) -> dict[Symbol, Rational]:
    """Of the symbols in a term."""
    return {written: exponent for _, exponent, written in factors if isinstance(written, Symbol)}


def _by_signs(coefficients: Sequence[Form], assumptions: Assumptions) -> Crossing:
    """By Descartes' rule, where the signs of the coefficients are known for all values of the others."""
    signs = [known_sign(coefficient, assumptions) for coefficient in coefficients]
    why = _why_open(coefficients, signs)
    if why is not None:
        return Undecided(why)
    # The highest coefficient has the sign of the difference beyond the last crossing.
    return _threshold(coefficients, 1 if signs[-1] == -1 else -1, assumptions)


def _why_open(coefficients: Sequence[Form], signs: Sequence[Sign | None]) -> str | None:
    """Why the signs do not say that there is one crossing; None where they do."""
    if len(coefficients) == 1:
        return f"it is a matter of the others alone: of the sign of {coefficients[0]}"
    if signs[-1] is None:
        return f"the sign of {coefficients[-1]} is open"
    several = "there may be several crossings or none, depending on the others"
    return None if changes_once(signs) else several


def _threshold(coefficients: Sequence[Form], below: Sign, assumptions: Assumptions) -> Crossing:
    """The one root; a formula for it is believed once the sign has been seen to change there."""
    root = positive_root(coefficients)
    if root is None or not _crosses(root, coefficients, below, assumptions):
        return Undecided("there is one crossing, which no formula gives; with numbers for the others it can be found")
    return Threshold(root, below)


def changes_once(signs: Sequence[Sign | None]) -> bool:
    """Whether the signs that are not 0 change once; of two the first need not be known, since there is one root."""
    if len(signs) == 2:
        return True
    return None not in signs and sum(a != b for a, b in pairwise(sign for sign in signs if sign)) == 1


def _crosses(root: Form, coefficients: Sequence[Form], below: int, assumptions: Assumptions) -> bool:
    """Whether the sign does change from `below` there, at some sets of numbers."""
    changed = False
    for values in islice(assumptions.samples(root, *coefficients), TRIED):
        changes = _crosses_at(root, coefficients, below, values)
        if changes is False:
            return False
        changed = changed or changes is True
    return changed or len(coefficients) == 2


def _crosses_at(root: Form, coefficients: Sequence[Form], below: int, values: Mapping[Symbol, int]) -> bool | None:
    """Whether the sign changes at these numbers; None of a straight line whose root is not positive for them."""
    point = _value_of(root, values)
    if point is None:
        return False
    if point <= 0:
        return None if len(coefficients) == 2 else False
    return _changes_at(point, [coefficient.evaluate(values) for coefficient in coefficients], below)


def _value_of(root: Form, values: Mapping[Symbol, int]) -> Fraction | None:
    """The root at these numbers; None where it cannot be computed, as that of something negative."""
    try:
        return Fraction(root.evaluate(values))
    except (TooLarge, ZeroDivisionError, ValueError, TypeError):
        return None


def _changes_at(point: Fraction, coefficients: Sequence[Rational], below: int) -> bool:
    """Whether a polynomial has the sign `below` a thousandth before a point, and the other one a thousandth after."""
    before, after = (_sign(_value_at(coefficients, point * Fraction(per_mille, 1000))) for per_mille in (999, 1001))
    return before == below and after == -below


def _value_at(coefficients: Sequence[Rational], point: Rational) -> Rational:
    return sum((c * point**power for power, c in enumerate(coefficients)), start=Fraction(0))


def powers(form: Form, symbol: Symbol) -> list[Form] | None:
    """Of the powers of a symbol, the lowest first and not 0: what a positive power of it divides is divided."""
    by_exponent: dict[int, list[Form]] = {}
    for part in form.poly.parts():
        exponent = _exponent_of(symbol, part)
        if exponent is None:
            return None
        by_exponent.setdefault(exponent, []).append(_without(symbol, exponent, part.form))

    # From the least exponent that occurs: a factor that all terms share has no say in where the sign changes.
    powers = range(min(by_exponent, default=0), max(by_exponent, default=0) + 1)
    if len(powers) > HIGHEST + 1:
        return None
    return [add(by_exponent.get(power, [num(0)])).expand() for power in powers]


def _without(symbol: Symbol, exponent: int, term: Form) -> Form:
    return term / symbol ** num(exponent) if exponent else term


def _exponent_of(symbol: Symbol, part: Poly) -> int | None:
    """In one term; None where it is no whole number, or the symbol stands inside something else."""
    ((_, factors),) = part.terms.values()
    inside = [(exponent, written) for _, exponent, written in factors if symbol in written.free_symbols]
    if not inside:
        return 0
    exponent, written = inside[0]
    return int(exponent) if len(inside) == 1 and written == symbol and exponent.denominator == 1 else None


def known_sign(form: Form, assumptions: Assumptions) -> Sign | None:
    """The sign that is proven for all values; None where that is open."""
    if form == 0:
        return 0
    if assumptions.at_least(form, num(0)):
        return 1
    return -1 if assumptions.at_least(num(0), form) else None


def _least(symbol: Symbol, assumptions: Assumptions) -> int:
    """The least number that an assumption about this dimension alone leaves."""
    bounds = (fact.right.number for fact in assumptions if isinstance(fact, AtLeast) and fact.left == symbol)
    return max([1, *(ceil(bound) for bound in bounds if bound is not None)])


def _sign(value: Rational) -> Sign:
    return 0 if value == 0 else 1 if value > 0 else -1


# With numbers --------------------------------------------------------------------------------------


def _with_numbers(difference: Form, coefficients: Sequence[Form] | None, symbol: Symbol, lowest: int) -> Ranges:
    """All stretches of one sign where there is no other symbol: by the roots of a polynomial, else by trying."""
    if coefficients is None:
        return _tried(lambda value: _sign(difference.evaluate({symbol: value})), lowest)
    return _isolated([Fraction(coefficient.number or 0) for coefficient in coefficients], lowest)


def _as_assumed(found: Ranges, symbol: Symbol, assumptions: Assumptions) -> Ranges | Undecided:
    """The stretches as far as numbers there keep what is assumed of the dimension."""
    facts = about(symbol, assumptions)
    kept = (
        (*stretch, sign)
        for low, high, sign in found.stretches
        for stretch in allowed((low, high), symbol, facts, lambda form: _where_not_negative(form, symbol))
    )
    stretches = tuple(kept)
    return Ranges(stretches, found.tried) if stretches else Undecided("no number keeps what is assumed of it")


def _where_not_negative(form: Form, symbol: Symbol) -> Iterator[Stretch]:
    difference = form.expand()
    if difference.number is not None:
        yield from [(1, None)] if difference.number >= 0 else []
        return
    found = _with_numbers(difference, powers(difference, symbol), symbol, 1)
    for not_negative, group in groupby(found.stretches, key=lambda stretch: stretch[2] >= 0):
        together = list(group)
        if not_negative:
            yield together[0][0], together[-1][1]


def _isolated(coefficients: Sequence[Fraction], lowest: int) -> Ranges:
    """All stretches: between whole numbers around the roots the sign cannot change."""
    near = {lowest}
    roots = real_roots(coefficients) if any(coefficients[1:]) else []
    for low, high in roots:
        near |= {floor(low), floor(low) + 1, ceil(high), ceil(high) + 1}
    points = [(value, _sign(_value_at(coefficients, value))) for value in sorted(near) if value >= lowest]
    return Ranges(tuple(_stretches(points)))


def _tried(at: Callable[[int], Sign], lowest: int) -> Ranges:
    """Every number up to EACH, then ever greater ones; where the sign has changed between two, the places are found."""
    points = [(value, at(value)) for value in range(lowest, lowest + EACH)]

    # The step from a number to its double can be halved to the place of a change, if there is one only.
    reached = points[-1][0]
    while 2 * reached <= FARTHEST:
        try:
            points += _between(at, points[-1], (2 * reached, at(2 * reached)))
        except TooLarge:
            break  # what lies beyond is not claimed
        reached *= 2
    return Ranges(tuple(_stretches(points)), reached)


def _between(
    at: Callable[[int], Sign], before: tuple[int, Sign], after: tuple[int, Sign]
) -> Iterator[tuple[int, Sign]]:
    """The first number of each new sign on the way, by halving, and the end."""
    while before[1] != after[1]:
        numbers, sign = range(before[0], after[0]), before[1]
        changed = before[0] + bisect_left(numbers, True, key=lambda number: at(number) != sign)
        before = changed, at(changed)
        yield before
    yield after


def _stretches(points: Sequence[tuple[int, Sign]]) -> Iterator[tuple[int, int | None, Sign]]:
    """Neighbours of one sign together, each up to where the next begins."""
    runs = [(sign, next(iter(group))[0]) for sign, group in groupby(points, key=lambda point: point[1])]
    ends = [start - 1 for _, start in runs[1:]]
    for (sign, start), end in zip(runs, [*ends, None], strict=True):
        yield start, end, sign
