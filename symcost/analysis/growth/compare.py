"""Which of two counts is the smaller, and from where on: a threshold in one dimension as a formula, or its numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, islice, pairwise
from math import ceil, floor
from typing import Literal

from symcost.formula import Assumptions, AtLeast, Form, Symbol, TooLarge, add, num
from symcost.formula.algebra import positive_root, quotient, real_roots
from symcost.formula.form import Rational

Sign = Literal[-1, 0, 1]
"""Of left less right: -1 where left is the smaller."""

Always = Literal["equal", "less", "greater", "at most", "at least"]

EACH = 1024
"""Where no theorem helps, every number up to here is tried."""
HIGHEST = 32
"""Polynomials of a higher degree are tried like anything else."""
FARTHEST = 2**24
"""And then powers of two up to here, halving where the sign has changed."""
TRIED = 12
"""Sets of numbers at which a formula for the threshold is tried before it is believed."""


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
    if at_least is False:
        return "less"
    if at_most is False:
        return "greater"
    return "at least" if at_least else "at most" if at_most else None


def ratio(left: Form, right: Form) -> Form | None:
    """Left over right, as simple as SymPy makes it; None where right is nothing, or one of them is no polynomial."""
    if right == 0 or any(not isinstance(one, Symbol) for form in (left, right) for one in form.poly.atoms.values()):
        return None
    return quotient(left, right)


def crossing(left: Form, right: Form, symbol: Symbol, assumptions: Assumptions) -> Crossing:
    """Where the smaller of two counts becomes the greater, in one dimension.

    For polynomials by Descartes' rule: coefficients whose signs change once have one positive root, with the sign of
    the lowest below it and that of the highest above it. Where all others are numbers, every root is isolated; what
    is no polynomial is tried number by number.
    """
    difference = (left - right).expand()
    if symbol not in difference.free_symbols:
        return Undecided("it does not occur in the difference")
    difference = _reduced(difference)
    lowest = _lowest(symbol, assumptions)
    coefficients = _coefficients(difference, symbol)
    if all(name == symbol for name in difference.free_symbols):
        if coefficients is None:
            return _tried(lambda value: _sign(difference.evaluate({symbol: value})), lowest)
        return _isolated([Fraction(c.number or 0) for c in coefficients], lowest)
    if coefficients is None:
        return Undecided(f"it is no polynomial in {symbol}; with numbers for the others it can be tried")
    return _by_signs(coefficients, assumptions)


def _reduced(form: Form) -> Form:
    """Without the dimensions that divide every term: they are positive, so the sign stays."""
    parts = [{w: e for _, e, w in factors if isinstance(w, Symbol)} for _, factors in form.poly.terms.values()]
    for name in parts[0] if parts else {}:
        shared = min(part.get(name, 0) for part in parts)
        if shared > 0 and not name.uid:
            form = (form / name ** num(shared)).expand()
    return form


def _by_signs(coefficients: Sequence[Form], assumptions: Assumptions) -> Crossing:
    signs = [_known_sign(one, assumptions) for one in coefficients]
    if len(coefficients) == 1:
        return Undecided(f"it is a matter of the others alone: of the sign of {coefficients[0]}")
    last = signs[-1]
    if last is None:
        return Undecided(f"the sign of {coefficients[-1]} is open")
    told = [sign for sign in signs if sign]
    if len(signs) > 2 and (None in signs or sum(a != b for a, b in pairwise(told)) != 1):
        return Undecided("there may be several crossings or none, depending on the others")
    root = positive_root(coefficients)
    if root is None or not _crosses(root, coefficients, -last, assumptions):
        return Undecided("there is one crossing, which no formula gives; with numbers for the others it can be found")
    return Threshold(root, 1 if last < 0 else -1)


def _crosses(root: Form, coefficients: Sequence[Form], below: int, assumptions: Assumptions) -> bool:
    """Whether the sign does change from `below` there, at some sets of numbers."""

    def at(x: Fraction, values: dict[Symbol, int]) -> int:
        return _sign(sum(c.evaluate(values) * x**power for power, c in enumerate(coefficients)))

    tried = 0
    for values in islice(assumptions.samples(root, *coefficients), TRIED):
        try:
            here = Fraction(root.evaluate(values))
        except (TooLarge, ZeroDivisionError, ValueError, TypeError):
            return False
        if here <= 0:
            if len(coefficients) > 2:
                return False
            continue
        if at(here * Fraction(999, 1000), values) != below or at(here * Fraction(1001, 1000), values) != -below:
            return False
        tried += 1
    return tried > 0 or len(coefficients) == 2


def _coefficients(form: Form, symbol: Symbol) -> list[Form] | None:
    """Of the powers of a symbol, the lowest first and not 0: what a positive power of it divides is divided."""
    table: dict[Rational, list[Form]] = {}
    for part in form.poly.parts():
        ((_, factors),) = part.terms.values()
        exponent: Rational = 0
        for _, raised, written in factors:
            if written == symbol:
                exponent = raised
            elif symbol in written.free_symbols:
                return None
        table.setdefault(exponent, []).append(part.form / symbol ** num(exponent) if exponent else part.form)
    if not table or any(exponent.denominator != 1 for exponent in table):
        return None if table else [num(0)]
    low, high = int(min(table)), int(max(table))
    if high - low > HIGHEST:
        return None
    return [add(*table.get(power, [num(0)])).expand() for power in range(low, high + 1)]


def _known_sign(form: Form, assumptions: Assumptions) -> Sign | None:
    if form == 0:
        return 0
    if assumptions.at_least(form, num(0)):
        return 1
    return -1 if assumptions.at_least(num(0), form) else None


def _lowest(symbol: Symbol, assumptions: Assumptions) -> int:
    """The least number that an assumption about this dimension alone leaves."""
    least = 1
    for fact in assumptions:
        if isinstance(fact, AtLeast) and fact.left == symbol and fact.right.number is not None:
            least = max(least, ceil(fact.right.number))
    return least


def _sign(value: Rational) -> Sign:
    return 0 if value == 0 else 1 if value > 0 else -1


# With numbers --------------------------------------------------------------------------------------


def _isolated(coefficients: Sequence[Fraction], lowest: int) -> Ranges:
    """All stretches: between whole numbers around the roots the sign cannot change."""

    def at(value: int) -> Sign:
        return _sign(sum((c * value**power for power, c in enumerate(coefficients)), start=Fraction(0)))

    near = {lowest}
    for low, high in real_roots(coefficients) if any(coefficients[1:]) else []:
        near |= {floor(low), floor(low) + 1, ceil(high), ceil(high) + 1}
    return Ranges(tuple(_stretches([(value, at(value)) for value in sorted(near) if value >= lowest])))


def _tried(at: Callable[[int], Sign], lowest: int) -> Ranges:
    """Every number up to EACH, then ever greater ones; where the sign has changed between two, the places are found."""
    points = [(value, at(value)) for value in range(lowest, max(EACH, 2 * lowest) + 1)]
    reached = points[-1][0]
    while 2 * reached <= FARTHEST:
        try:
            points += _between(at, points[-1], (2 * reached, at(2 * reached)))
        except TooLarge:
            break
        reached *= 2
    return Ranges(tuple(_stretches(points)), reached)


def _between(
    at: Callable[[int], Sign], before: tuple[int, Sign], after: tuple[int, Sign]
) -> Iterator[tuple[int, Sign]]:
    """The first number of each new sign on the way, by halving, and the end."""
    while before[1] != after[1]:
        sign = before[1]
        found = before[0] + bisect_left(range(before[0], after[0]), True, key=lambda v: at(v) != sign)
        before = found, at(found)
        yield before
    yield after


def _stretches(points: Sequence[tuple[int, Sign]]) -> Iterator[tuple[int, int | None, Sign]]:
    """Neighbours of one sign together, each up to where the next begins."""
    runs = [(sign, next(iter(group))[0]) for sign, group in groupby(points, key=lambda point: point[1])]
    ends = [start - 1 for _, start in runs[1:]]
    for (sign, start), end in zip(runs, [*ends, None], strict=True):
        yield start, end, sign
