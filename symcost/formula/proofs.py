"""What is certain about a polynomial for all values: that it is whole, or not negative."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from math import floor, trunc

from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Log2,
    Max,
    Min,
    Num,
    Pow,
    Rational,
    Sum,
    Symbol,
    TooLarge,
    magnitude,
    number_power,
)
from symcost.formula.poly import EMPTY, Factors, Poly, atom, constant, denominator, monomial, ratio, total

TYPICAL = 12
"""A number that many others divide, at which claims are tried before they are proven."""
MAX_TRIED = 400
"""Claims with more nodes are not tried: that would take longer than to search."""
DEPTH = 3
"""So many facts are combined at most in one proof."""
MAX_STEPS = 24
"""So many intermediate claims are looked at in one proof."""


@dataclass(frozen=True, eq=False)
class Facts:
    """Polynomials known to be whole, and polynomials known to be not negative."""

    wholes: tuple[Poly, ...] = ()
    nonnegatives: tuple[Poly, ...] = ()
    cases: int = 2
    """How many minima may be told apart in one proof."""
    memo: dict[object, object] = field(default_factory=dict, repr=False)


NOTHING = Facts()

arguments: dict[int, Poly] = {}
"""The quotient under each floor atom."""


# Whole -----------------------------------------------------------------------------------------


def whole(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be an integer for all values."""
    return not split(poly, facts)[1]


def split(poly: Poly, facts: Facts = NOTHING, depth: int = DEPTH) -> tuple[Poly, Poly]:
    """A certainly whole part and the rest; a constant rest lies in 0 to 1."""
    taken: list[Poly] = []
    rest: list[Poly] = []
    for part in poly.parts():
        ((coefficient, factors),) = part.terms.values()
        if _whole_term(coefficient, factors, facts, DEPTH):
            taken.append(part)
        elif magnitude(coefficient) > 1 and _whole_term(1, factors, facts, DEPTH):
            out = trunc(coefficient) if factors else floor(coefficient)
            taken.append(monomial(out, factors))
            rest.append(monomial(coefficient - out, factors))
        elif not factors and coefficient < 0:
            taken.append(constant(floor(coefficient)))
            rest.append(constant(coefficient - floor(coefficient)))
        else:
            rest.append(part)
    inner, outer = total(taken), total(rest)
    return _split_by_facts(inner, outer, facts, depth) if facts.wholes and depth else (inner, outer)


def _split_by_facts(inner: Poly, outer: Poly, facts: Facts, depth: int) -> tuple[Poly, Poly]:
    """Take whole multiples of known whole sums out: under `2 divides T - 1`, `T/2` is `(T - 1)/2 + 1/2`."""
    if outer.number is not None:
        return inner, outer
    for known in facts.wholes:
        if len(known.terms) == 1:
            continue
        for part in outer.parts():
            for piece in known.parts():
                coefficient, factors = ratio(part, piece)
                if not _whole_term(coefficient, factors, facts, 1):
                    continue
                multiple = known * monomial(coefficient, factors)
                more, left = split(outer - multiple, facts, depth - 1)
                if _loose(left) < _loose(outer):
                    return inner + multiple + more, left
    return inner, outer


def _loose(poly: Poly) -> int:
    return len(poly.terms) - (EMPTY in poly.terms)


def _whole_term(coefficient: Rational, factors: Factors, facts: Facts, depth: int) -> bool:
    if _plainly_whole(coefficient, factors, facts):
        return True
    if depth == 0:
        return False
    for known in facts.wholes:
        if len(known.terms) != 1:
            continue
        c, f = ratio(monomial(coefficient, factors), known)
        if _simpler(c, f, coefficient, factors) and _whole_term(c, f, facts, depth - 1):
            return True
    return False


def _simpler(c: Rational, f: Factors, coefficient: Rational, factors: Factors) -> bool:
    """Dividing by a known whole must mend something, or the search would wander."""
    return _faults(c, f) < _faults(coefficient, factors) or any(type(w) is Pow for _, _, w in factors)


def _faults(coefficient: Rational, factors: Factors) -> tuple[Rational, int]:
    return sum((-e for _, e, _ in factors if e < 0), start=Fraction(0)), coefficient.denominator


def _plainly_whole(coefficient: Rational, factors: Factors, facts: Facts) -> bool:
    exponents: dict[int, list[Poly]] = {}
    for _, exponent, written in factors:
        if type(written) is Pow and isinstance(written.base.number, int) and written.base.number > 1:
            exponents.setdefault(written.base.number, []).append(written.exponent.poly.scaled(exponent))
        elif exponent < 0 or exponent.denominator != 1 or not whole_atom(written, facts):
            return False
    if not exponents:
        return coefficient.denominator == 1
    for prime, parts in exponents.items():
        times = 0
        while coefficient.denominator % prime == 0:
            coefficient, times = coefficient * prime, times - 1
        while coefficient.numerator % prime == 0 and coefficient:
            coefficient, times = Fraction(coefficient) / prime, times + 1
        left = total((*parts, constant(times)))
        if not (whole(left, facts) and nonnegative(left, facts)):
            return False
    return coefficient.denominator == 1


def whole_atom(written: Form, facts: Facts = NOTHING) -> bool:
    """An atom that is an integer for all values."""
    match written:
        case Symbol() | Floor() | Ceil():
            return True
        case Min() | Max():
            return all(whole(arg.poly, facts) for arg in written.args)
        case Sum():
            return whole(written.body.poly, facts)
        case Add():
            return whole(written.poly, facts)
        case Pow():
            exponent = written.exponent.poly
            return whole(written.base.poly, facts) and whole(exponent, facts) and nonnegative(exponent, facts)
        case _:
            return False


# Sign ------------------------------------------------------------------------------------------


def positive(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be above 0 for all values."""
    clear = cleared(poly, facts)
    return clear is not None and nonnegative(clear - constant(1), facts)


def nonnegative(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be 0 or more for all values."""
    number = poly.number
    if number is not None:
        return number >= 0
    memo = ("nonnegative", poly.key)
    if memo not in facts.memo:
        facts.memo[memo] = False
        try:
            first, *others = (_Search(facts, *way) for way in WAYS)
            facts.memo[memo] = first.proves(poly) or (
                not _refuted(poly, facts) and (any(way.proves(poly) for way in others) or _each_case(poly, facts))
            )
        except TooLarge:
            return False
    return bool(facts.memo[memo])


def _refuted(poly: Poly, facts: Facts) -> bool:
    """Whether it is below 0 at numbers that satisfy the facts: there is nothing to search for then."""
    known = [other.form for other in facts.nonnegatives]
    wholes = [other.form for other in facts.wholes]
    form = poly.form
    if sum(item.size for item in (form, *known, *wholes)) > MAX_TRIED:
        return False
    own = form.free_symbols
    if any(name.uid for item in (form, *known, *wholes) for name in item.free_symbols):
        return False
    usual = {name: TYPICAL for item in (form, *known, *wholes) for name in item.free_symbols}
    for changed in ({}, *({name: value} for name in own for value in (1, TYPICAL**2))):
        values = usual | changed
        try:
            if (
                form.evaluate(values) < 0
                and all(item.evaluate(values) >= 0 for item in known)
                and all(item.evaluate(values).denominator == 1 for item in wholes)
            ):
                return True
        except (TooLarge, ZeroDivisionError):
            continue
    return False


def _each_case(poly: Poly, facts: Facts) -> bool:
    """A minimum is one of its arguments, the least: the claim holds if it does for each of them."""
    if facts.cases == 0:
        return False
    for number, written in poly.atoms.items():
        if isinstance(written, Min) and poly.replaced(number, constant(0)).key != poly.key:
            args = [arg.poly for arg in written.args]
            if all(nonnegative(poly.replaced(number, arg), _with_least(arg, args, facts)) for arg in args):
                return True
    return False


def _with_least(least: Poly, args: list[Poly], facts: Facts) -> Facts:
    others = tuple(arg - least for arg in args if arg.key != least.key)
    return Facts(facts.wholes, (*facts.nonnegatives, *others), facts.cases - 1)


WAYS = ((True, DEPTH), (False, 1), (False, DEPTH))
"""Ways of a proof, cheapest first: with numbers as multipliers, then with symbols; how many steps."""


class _Search:
    """A bounded search for known not negative polynomials whose positive combination proves the claim."""

    def __init__(self, facts: Facts, plain: bool, depth: int) -> None:
        self.facts = facts
        self.plain = plain
        self.depth = depth
        self.seen: set[int] = set()

    def proves(self, poly: Poly) -> bool:
        """Step by step, all polynomials of a step before those of the next."""
        level = [poly]
        for _ in range(self.depth + 1):
            following: list[Poly] = []
            for item in level:
                clear = cleared(item, self.facts)
                if clear is None or clear.key in self.seen:
                    continue
                if len(self.seen) > MAX_STEPS:
                    return False
                self.seen.add(clear.key)
                if all(c >= 0 for c, _ in _shifted(clear, self.facts).terms.values()):
                    return True
                following.append(clear)
            level = list(islice((less for item in following for less in self._reduced(item)), MAX_STEPS + 1))
        return False

    def _reduced(self, poly: Poly) -> Iterator[Poly]:
        """`poly` less a positive multiple of something not negative, so that one negative term goes."""
        for known in (*_implied(poly, self.facts), *self.facts.nonnegatives):
            for term in poly.parts():
                ((coefficient, own),) = term.terms.values()
                turned = sum(int(e) for number, e, w in own if _turns(number, w, term, self.facts))
                if coefficient * (-1) ** turned >= 0:
                    continue
                for piece in known.parts():
                    share, factors = ratio(term, piece)
                    if share <= 0 or (factors and self.plain):
                        continue
                    if all(_may_multiply(exponent, w, self.facts) for _, exponent, w in factors):
                        yield poly - monomial(share, factors) * known


def _may_multiply(exponent: Rational, written: Form, facts: Facts) -> bool:
    """Whether both sides of a claim may be multiplied by a power: a divisor must not be 0."""
    return lowest(written, facts) is not None and (exponent > 0 or _above_zero(written, facts))


def _implied(poly: Poly, facts: Facts) -> Iterator[Poly]:
    """What is known about the atoms of a polynomial: limits of counters, floors and minima."""
    for number, written in poly.atoms.items():
        key = ("implied", number)
        if key not in facts.memo:
            facts.memo[key] = []  # while the limits of an atom are found out, it has none
            facts.memo[key] = list(_limits(number, written, facts))
        found = facts.memo[key]
        assert isinstance(found, list)
        yield from found
        if isinstance(written, Pow):
            yield from _smaller_powers(number, written, poly, facts)
        if number in arguments:
            yield from _smaller_floors(number, written, poly)


def _smaller_powers(number: int, written: Pow, poly: Poly, facts: Facts) -> Iterator[Poly]:
    """`2^L` is at least `2·2^l` where l is below L."""
    base = written.base.number
    if base is None or base <= 1:
        return
    for other, smaller in poly.atoms.items():
        if other == number or not isinstance(smaller, Pow) or smaller.base.number != base:
            continue
        apart = written.exponent.poly - smaller.exponent.poly
        for steps in (1, 0):
            if nonnegative(apart - constant(steps), facts):
                yield atom(number, written) - atom(other, smaller).scaled(base**steps)
                break


def _smaller_floors(number: int, written: Form, poly: Poly) -> Iterator[Poly]:
    """`floor((t + 1)/3)` is at least `floor(t/3)`."""
    for other, smaller in poly.atoms.items():
        apart = (arguments[number] - arguments[other]).number if other in arguments and other != number else None
        if apart is not None and apart > 0:
            yield atom(number, written) - atom(other, smaller)


def _limits(number: int, written: Form, facts: Facts) -> Iterator[Poly]:
    this = atom(number, written)
    match written:
        case Symbol(high=Form() as high):
            yield high.poly - this - constant(1)
        case Floor() | Ceil() if number in arguments:
            quotient = arguments[number]
            yield quotient - this
            below = denominator(quotient)
            if whole(quotient * below, facts) and nonnegative(below, facts):
                yield this - quotient + constant(1) - below**-1
        case Min():
            yield from (arg.poly - this for arg in written.args)
        case Pow(base=Num(value=2), exponent=Symbol(high=Form() as high)):
            arg = _rounded_log(high.poly)  # 2^r is less than n where r is below ceil(log2(n))
            if arg is not None and whole(arg, facts):
                yield arg - constant(1) - this
        case Pow(base=Num(value=2), exponent=exponent):
            arg = _rounded_log(exponent.poly.scaled(-1))  # 1/2^ceil(log2(n)) is at most 1/n, and more than 1/2n
            if arg is not None and whole(arg, facts):
                yield constant(1) - arg * this
                yield (arg.scaled(2) - constant(1)) * this - constant(1)
        case _:
            pass


def _rounded_log(poly: Poly) -> Poly | None:
    """What n is, where the polynomial is `ceil(log2(n))`."""
    for number in poly.atoms if len(poly.terms) == 1 else ():
        inside = arguments[number].scaled(-1).form if number in arguments else None
        if isinstance(inside, Log2) and poly.key == atom(number, inside).scaled(-1).key:
            return inside.arg.poly
    return None


def cleared(poly: Poly, facts: Facts) -> Poly | None:
    """The polynomial times something positive, without division; None where a divisor may be negative."""
    below = denominator(poly) if poly else constant(1)
    if any(not _above_zero(written, facts) for _, _, written in next(iter(below.terms.values()))[1]):
        return None
    return poly * below


def _above_zero(written: Form, facts: Facts) -> bool:
    if type(written) is Add:
        return positive(written.poly, facts)
    low = lowest(written, facts)
    if low is not None and type(written) is Pow and type(written.base) is Num:
        return True
    return low is not None and positive(low, facts)


def _shifted(poly: Poly, facts: Facts) -> Poly:
    """The polynomial with every atom counted from its lowest value, inner counters first; down from 0 where it is none.

    A polynomial that may not be shifted becomes -1, which proves nothing.
    """
    done: set[int] = set()
    while waiting := [item for item in poly.atoms.items() if item[0] not in done]:
        number, written = max(waiting, key=lambda item: getattr(item[1], "uid", 0))
        low = lowest(written, facts)
        if low is None and _turns(number, written, poly, facts):
            done.add(number)
            poly = poly.replaced(number, atom(number, written).scaled(-1))
            continue
        if low is None or not done.isdisjoint(low.atoms):
            return constant(-1)
        done.add(number)
        poly = poly.replaced(number, atom(number, written) + low) if low else poly
    return poly


def _turns(number: int, written: Form, poly: Poly, facts: Facts) -> bool:
    """Whether the negative of an atom is to stand for it: `-floor(-log2(n))` is how `ceil(log2(n))` is kept."""
    if type(written) is not Floor or not nonnegative(written.numerator.poly.scaled(-1), facts):
        return False
    exponents = (e for _, factors in poly.terms.values() for a, e, _ in factors if a == number)
    return nonnegative(written.denominator.poly, facts) and all(e > 0 and e.denominator == 1 for e in exponents)


def lowest(written: Form, facts: Facts = NOTHING) -> Poly | None:
    """A value below which an atom never falls, 0 or more; None where it may be negative."""
    key = ("lowest", written.key)
    if key not in facts.memo:
        facts.memo[key] = _lowest(written, facts)
    found = facts.memo[key]
    assert found is None or isinstance(found, Poly)
    return found


def _lowest(written: Form, facts: Facts) -> Poly | None:
    match written:
        case Symbol():
            low = written.low.poly
            if low.number is not None:
                low = constant(max(low.number, _known_least(written, facts)))
            return low if low.number != 0 and nonnegative(low, facts) else constant(0) if not low else None
        case Pow():
            return _lowest_power(written, facts)
        case Floor() | Ceil():
            sides = (written.numerator.poly, written.denominator.poly)
            return constant(0) if all(nonnegative(side, facts) for side in sides) else None
        case Min():
            if all(nonnegative(arg.poly - constant(1), facts) for arg in written.args):
                return constant(1)
            return constant(0) if all(nonnegative(arg.poly, facts) for arg in written.args) else None
        case Max():
            return constant(0) if any(nonnegative(arg.poly, facts) for arg in written.args) else None
        case Log2():
            return constant(0) if nonnegative(written.arg.poly - constant(1), facts) else None
        case Sum():
            return constant(0) if nonnegative(written.body.poly, facts) else None
        case Num():
            return constant(0) if written.value >= 0 else None
        case _:
            return constant(0) if nonnegative(written.poly, facts) else None


def _known_least(symbol: Symbol, facts: Facts) -> Rational:
    """The greatest number that a fact of its own says a symbol is no less than: `K - 2` is not negative."""
    own = symbol.poly
    found = ((own - known).number for known in facts.nonnegatives if len(known.terms) == 2)
    return max((number for number in found if number is not None), default=0)


def _lowest_power(written: Pow, facts: Facts) -> Poly | None:
    base, exponent = written.base, written.exponent.poly
    if isinstance(base, Num) and base.value > 1:
        low = _shifted(exponent, facts)
        if low and all(c >= 0 for c, _ in low.terms.values()):
            least = low.constant
            return constant(number_power(base.value, least) if isinstance(least, int) and least < 64 else 1)
        return constant(1) if nonnegative(exponent, facts) else constant(0)
    if nonnegative(base.poly - constant(1), facts) and nonnegative(exponent, facts):
        return constant(1)
    return constant(0) if nonnegative(base.poly, facts) else None
