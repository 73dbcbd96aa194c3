"""What is certain about a polynomial for all values: that it is whole, or not negative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial
from itertools import chain, islice, product
from math import ceil, floor, prod, trunc

from symcost.formula.facts import NOTHING, Facts
from symcost.formula.form import (
    Add,
    Ceil,
    Extreme,
    Floor,
    Form,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Num,
    Pow,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.keys import Key
from symcost.formula.logarithms import arguments, multiplied_out
from symcost.formula.monomials import EMPTY, Factors, Monomial, Term
from symcost.formula.numbers import Rational, TooLarge, magnitude, number_power
from symcost.formula.poly import Poly, atom, constant, denominator, monomial, ratio, times, total
from symcost.formula.standing import found, worked_out
from symcost.formula.trials import refuted, refuted_at_points

DEPTH = 3
"""So many facts are combined at most in one proof: each multiplies the search by what it can be combined with."""
MAX_CLAIMS = 25
"""So many claims are looked at in one search: sizes of networks need a few, the others only cost time."""
MAX_SHIFTED = 4_096
"""A claim of more terms, every atom counted from its lowest value, is not written out so: it takes seconds."""
LARGEST_TIMES = 64
"""A floor is compared with so many times another one at most."""
LARGEST_POWER = 64
"""A power of a number is at least that of its exponent's least value up to here, and at least 1 beyond it.

No size of a network comes near `2^64`, and the digits of what is proven would grow without end.
"""


# Whole -----------------------------------------------------------------------------------------


def whole(poly: Poly, facts: Facts = NOTHING) -> bool:
    """Proven to be an integer for all values."""
    return not split(poly, facts)[1]


def split(poly: Poly, facts: Facts = NOTHING, depth: int = DEPTH) -> tuple[Poly, Poly]:
    """A certainly whole part and the rest; a constant rest lies in 0 to 1."""
    certain: list[Poly] = []
    rest: list[Poly] = []
    for part in poly.parts():
        ((coefficient, factors),) = part.terms.values()
        share = _whole_share(coefficient, factors, facts)
        if share == coefficient:
            certain.append(part)
        elif share == 0:
            rest.append(part)
        else:
            certain.append(monomial(share, factors))
            rest.append(monomial(coefficient - share, factors))
    inner, outer = total(certain), total(rest)
    if facts.wholes and depth:
        return _split_by_facts(inner, outer, facts, depth)
    return inner, outer


def _whole_share(coefficient: Rational, factors: Factors, facts: Facts) -> Rational:
    """How much of a coefficient makes a whole term: all of it, its whole part, or nothing."""
    if _whole_term(coefficient, factors, facts, DEPTH):
        return coefficient
    if not factors:
        return floor(coefficient)
    if magnitude(coefficient) > 1 and _whole_term(1, factors, facts, DEPTH):
        return trunc(coefficient)
    return 0


def _split_by_facts(inner: Poly, outer: Poly, facts: Facts, depth: int) -> tuple[Poly, Poly]:
    """Take whole multiples of known whole sums out: under `2 divides T - 1`, `T/2` is `(T - 1)/2 + 1/2`."""
    if outer.number is not None:
        return inner, outer
    for multiple in _whole_multiples(outer, facts):
        more, left = split(outer - multiple, facts, depth - 1)
        if _symbolic_terms(left) < _symbolic_terms(outer):
            return inner + multiple + more, left
    return inner, outer


def _whole_multiples(poly: Poly, facts: Facts) -> Iterator[Poly]:
    """Whole multiples of sums known to be whole, each with a term that the polynomial has too."""
    for known in facts.wholes:
        if len(known.terms) == 1:
            continue
        for term, piece in product(poly.terms.values(), known.terms.values()):
            coefficient, factors = ratio(term, piece)
            if _whole_term(coefficient, factors, facts, 1):
                yield known * monomial(coefficient, factors)


def _symbolic_terms(poly: Poly) -> int:
    return len(poly.terms) - (EMPTY in poly.terms)


def _whole_term(coefficient: Rational, factors: Factors, facts: Facts, depth: int) -> bool:
    """Whether a term is whole, by itself or as a product of terms known to be whole."""
    if _plainly_whole(coefficient, factors, facts) or _whole_for_each_argument(coefficient, factors, facts):
        return True
    if depth == 0 or not facts.wholes:
        return False
    singles = (known.terms.values() for known in facts.wholes if len(known.terms) == 1)
    quotients = (ratio((coefficient, factors), known) for (known,) in singles)
    return any(_simpler(*left, coefficient, factors) and _whole_term(*left, facts, depth - 1) for left in quotients)


def _whole_for_each_argument(coefficient: Rational, factors: Factors, facts: Facts) -> bool:
    """Whether a multiple of a minimum is whole because that of each argument is: `min(2*t, K)/2` where K is even."""
    for factor in factors:
        _, exponent, written = factor
        if exponent == 1 and isinstance(written, Extreme):
            others = monomial(coefficient, tuple(other for other in factors if other is not factor))
            return all(whole(others * arg.poly, facts) for arg in written.args)
    return False


def _simpler(c: Rational, f: Factors, coefficient: Rational, factors: Factors) -> bool:
    """Dividing by a known whole must mend something, or the search would wander."""
    return _faults(c, f) < _faults(coefficient, factors) or any(type(w) is Pow for _, _, w in factors)


def _faults(coefficient: Rational, factors: Factors) -> tuple[Rational, int]:
    """What keeps a term from being plainly whole: divisions by atoms, and by a number."""
    return sum((-e for _, e, _ in factors if e < 0), start=Fraction(0)), coefficient.denominator


def _plainly_whole(coefficient: Rational, factors: Factors, facts: Facts) -> bool:
    """A whole number times whole atoms; powers of a number may make up for what the coefficient divides by."""
    exponents: dict[int, list[Poly]] = {}
    for _, exponent, written in factors:
        if type(written) is Pow and (base := _whole_base(written)):
            exponents.setdefault(base, []).append(written.exponent.poly.scaled(exponent))
        elif exponent < 0 or exponent.denominator != 1 or not whole_atom(written, facts):
            return False
    return _whole_with_powers(coefficient, exponents, facts) if exponents else coefficient.denominator == 1


def _whole_with_powers(coefficient: Rational, exponents: dict[int, list[Poly]], facts: Facts) -> bool:
    """Whether a number times powers of whole bases is whole: what it divides by is taken from their exponents."""
    for base, parts in exponents.items():
        times, coefficient = _powers_within(coefficient, base)
        exponent = total((*parts, constant(times)))
        if not whole(exponent, facts) or not nonnegative(exponent, facts):
            return False
    return coefficient.denominator == 1


def _whole_base(written: Pow) -> int:
    """The base where it is a whole number above 1, or else 0."""
    base = written.base.number
    return base if isinstance(base, int) and base > 1 else 0


def _powers_within(coefficient: Rational, base: int) -> tuple[int, Rational]:
    """How often a base is a factor of a number (below 0: how often it divides), and the number without it."""
    times = 0
    while coefficient.denominator % base == 0:
        coefficient *= base
        times -= 1
    while coefficient and coefficient.numerator % base == 0:
        coefficient = Fraction(coefficient) / base
        times += 1
    return times, coefficient


def whole_atom(written: Form, facts: Facts = NOTHING) -> bool:
    """An atom that is an integer for all values."""
    if isinstance(written, (Symbol, Floor, Ceil)):
        return True
    if isinstance(written, Pow):
        return _whole_power(written, facts)
    parts = _made_of(written)
    return bool(parts) and all(whole(part.poly, facts) for part in parts)


def _made_of(written: Form) -> tuple[Form, ...]:
    """What has to be whole so that the atom is; nothing where no parts would make it so."""
    if isinstance(written, Extreme):
        return written.args
    if isinstance(written, Sum):
        return (written.body,)
    return (written,) if isinstance(written, Add) else ()


def _whole_power(written: Pow, facts: Facts) -> bool:
    exponent = written.exponent.poly
    return whole(written.base.poly, facts) and whole(exponent, facts) and nonnegative(exponent, facts)


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
    known = facts.proven.settled.get(poly.key)
    if known is not None:
        return known
    return found(facts.proven, poly.key, partial(_proves, poly, facts), False)


def _proves(poly: Poly, facts: Facts) -> bool:
    try:
        return _proves_within_bounds(poly, facts)
    except TooLarge:
        return False


def _proves_within_bounds(poly: Poly, facts: Facts) -> bool:
    clear = cleared(poly, facts)
    if clear is not None and _outweighed(clear, facts):
        return True
    # Most claims are not true, and that is seen sooner than they are written out.
    if refuted_at_points(poly, facts):
        return False

    shown: dict[Key, bool] = {}
    if clear is not None and _is_shown(clear, facts, shown):
        return True
    if _proves_logarithms(poly, facts) or _Search(facts, shown, plain=True).proves(poly):
        return True
    if refuted(poly, facts):
        return False
    return _Search(facts, shown, plain=False).proves(poly) or _proves_each_case(poly, facts)


def _is_shown(claim: Poly, facts: Facts, shown: dict[Key, bool]) -> bool:
    """Whether a claim without division is seen to hold: every atom at its least or above, and nothing taken away."""
    if claim.key not in shown:
        shown[claim.key] = _all_positive(_shifted(claim, facts))
    return shown[claim.key]


def _proves_logarithms(poly: Poly, facts: Facts) -> bool:
    """Logarithms rise: `log2(H) - log2(A)` is not negative where H is no less than A."""
    taken = arguments(poly)
    if not taken or not all(positive(one, facts) for one in taken):
        return False
    multiplied = multiplied_out(poly)
    return multiplied is not None and nonnegative(multiplied, facts)


def _proves_each_case(poly: Poly, facts: Facts) -> bool:
    """A minimum is one of its arguments, the least: the claim holds if it does for each of them."""
    if facts.minima_left == 0:
        return False
    minima = [(number, written) for number, written in poly.atoms.items() if isinstance(written, Min)]
    return any(_proves_cases_of(number, written, poly, facts) for number, written in minima)


def _proves_cases_of(number: Key, written: Min, poly: Poly, facts: Facts) -> bool:
    if poly.replaced(number, constant(0)).key == poly.key:
        return False  # it only divides, and replacing it would change nothing
    args = [arg.poly for arg in written.args]
    return all(nonnegative(poly.replaced(number, arg), _with_least(arg, args, facts)) for arg in args)


def _with_least(least: Poly, args: list[Poly], facts: Facts) -> Facts:
    """The facts, and that this argument is the least."""
    differences = tuple(arg - least for arg in args if arg.key != least.key)
    return Facts(facts.wholes, (*facts.nonnegatives, *differences), facts.minima_left - 1)


class _Search:
    """A bounded search for known not negative polynomials whose positive combination proves the claim.

    Where it is plain, these are multiplied by numbers alone, not by symbols. `shown` says of claims that were looked at
    whether they are seen to hold, also by another search.
    """

    def __init__(self, facts: Facts, shown: dict[Key, bool], *, plain: bool) -> None:
        self.facts = facts
        self.shown = shown
        self.plain = plain
        self.seen: set[Key] = set()

    def proves(self, poly: Poly) -> bool:
        """Step by step, all polynomials of a step before those of the next: the shortest proof is found first."""
        level = [poly]
        for _ in range(DEPTH + 1):
            following: list[Poly] = []
            for claim in self._unseen(level):
                if len(self.seen) > MAX_CLAIMS:
                    return False
                if _is_shown(claim, self.facts, self.shown):
                    return True
                # What follows is less: where this is below 0, so is that.
                if refuted_at_points(claim, self.facts):
                    continue
                following.append(claim)

            # What is not plain is made simpler by what is known, in all ways, and looked at again.
            reduced = chain.from_iterable(map(self._reduced, following))
            level = list(islice(reduced, MAX_CLAIMS))
        return False

    def _unseen(self, level: list[Poly]) -> Iterator[Poly]:
        """Those without division that have not been looked at."""
        for claim in level:
            clear = cleared(claim, self.facts)
            if clear is not None and clear.key not in self.seen:
                self.seen.add(clear.key)
                yield clear

    def _reduced(self, poly: Poly) -> Iterator[Poly]:
        """`poly` less a positive multiple of something not negative, so that one term goes that may be negative."""
        all_known = (*_implied(poly, self.facts), *self.facts.nonnegatives)
        in_the_way = [term for term in poly.terms.values() if self._may_be_negative(term)] if all_known else []
        for known, term in product(all_known, in_the_way):
            yield from self._without(term, poly, known)

    def _may_be_negative(self, term: Term) -> bool:
        """By its sign, or because an atom may be: of `floor(D/(T - K))` only a fact says that it is not."""
        coefficient, factors = term
        if len(factors) == 1 and lowest(factors[0][2], self.facts) is None:
            return True
        turned = sum(int(e) for number, e, w in factors if _turns(number, w, [term], self.facts))
        return coefficient > 0 if turned % 2 else coefficient < 0

    def _without(self, term: Term, poly: Poly, known: Poly) -> Iterator[Poly]:
        """`poly` less what `known` must be multiplied by so that the term goes, for each of its own terms."""
        for piece in known.terms.values():
            share, factors = ratio(term, piece)
            if share <= 0 or (factors and self.plain):
                continue
            if all(_may_multiply(exponent, w, self.facts) for _, exponent, w in factors):
                yield total((poly, times(known, -share, factors)))


def _outweighed(poly: Poly, facts: Facts) -> bool:
    """Whether each term that takes away is a part of one that adds more, at the least values of all that it has more.

    Of `4·A·B·C - 4·A`, where each is 1 or more, it is. Counted from their least values, a product of n sizes would be
    written out as 2^n terms.
    """
    for number, written in poly.atoms.items():
        if lowest(written, facts) is None:
            if not _turns(number, written, poly.terms.values(), facts):
                return False
            # From here on the atom stands for its negative, which is 0 or more.
            poly = poly.replaced(number, atom(number, written).scaled(-1))

    giving = {m: term for m, term in poly.terms.items() if term[0] > 0}
    weights = {m: coefficient for m, (coefficient, _) in giving.items()}
    taking = [term for term in poly.terms.values() if term[0] < 0]
    return all(_is_covered(term, giving, weights, facts) for term in taking)


def _is_covered(taking: Term, giving: dict[Monomial, Term], weights: dict[Monomial, Rational], facts: Facts) -> bool:
    """Whether a term is made up for by what is left of those that add; what it needs of them is spent."""
    lacking = -taking[0]
    for m, term in giving.items():
        times_more = _least_ratio(ratio(term, taking)[1], facts)
        spent = min(weights[m], Fraction(lacking) / times_more) if times_more else 0
        weights[m] -= spent
        lacking -= spent * times_more
        if lacking == 0:
            return True
    return False


def _least_ratio(factors: Factors, facts: Facts) -> Rational:
    """The least that a product is for all values; 0 where it divides, or where that is no number."""
    least: Rational = 1
    for _, exponent, written in factors:
        low = lowest(written, facts)
        number = None if low is None or exponent < 0 or exponent.denominator != 1 else low.number
        if not number:
            return 0
        least *= number_power(number, int(exponent))
    return least


def _all_positive(poly: Poly) -> bool:
    return all(coefficient >= 0 for coefficient, _ in poly.terms.values())


def _may_multiply(exponent: Rational, written: Form, facts: Facts) -> bool:
    """Whether both sides of a claim may be multiplied by a power: a divisor must not be 0."""
    return lowest(written, facts) is not None and (exponent > 0 or above_zero(written, facts))


def cleared(poly: Poly, facts: Facts) -> Poly | None:
    """The polynomial times something positive, without division; None where the sign of a divisor is not known."""
    if not poly:
        return poly
    below = denominator(poly)
    if below.number == 1:
        return poly
    ((_, divisors),) = below.terms.values()
    sign = 1
    for _, exponent, written in divisors:
        if above_zero(written, facts):
            continue
        # `1/(K - 2)` is kept as `-1/(2 - K)`: a divisor that is always negative turns what it divides.
        if exponent.denominator != 1 or not positive(written.poly.scaled(-1), facts):
            return None
        sign *= (-1) ** int(exponent)
    return (poly * below).scaled(sign)


def above_zero(written: Form, facts: Facts = NOTHING) -> bool:
    """An atom that is proven to be above 0 for all values; of a sum that divides the whole sum."""
    return positive(written.poly, facts) if type(written) is Add else is_positive_atom(written, facts)


def is_positive_atom(written: Form, facts: Facts = NOTHING) -> bool:
    """Above 0 by its lowest value, or as a power of a positive number, which comes near 0 and never reaches it."""
    low = lowest(written, facts)
    if low is None:
        return False
    return (type(written) is Pow and type(written.base) is Num) or positive(low, facts)


def _shifted(poly: Poly, facts: Facts) -> Poly:
    """The polynomial with every atom counted from its lowest value, inner counters first; down from 0 where it is none.

    A polynomial that may not be shifted becomes -1, which proves nothing.
    """
    if _is_long_shifted(poly):
        return constant(-1)
    done: set[Key] = set()
    waiting = _inner_first(poly, done)
    while waiting:
        number, written = waiting.pop()
        shifted = _from_lowest(number, written, poly, done, facts)
        if shifted is None:
            return constant(-1)
        done.add(number)
        # The limits of a counter may bring in atoms that have to be shifted in their turn.
        if shifted is not poly:
            poly = shifted
            waiting = _inner_first(poly, done)
    return poly


def _is_long_shifted(poly: Poly) -> bool:
    """Whether too many terms may come out: of `A^2·B` counted from 1 there are six, `(a + 1)^2·(b + 1)` written out."""
    terms = 0
    for _, factors in poly.terms.values():
        terms += prod(1 + ceil(exponent) for _, exponent, _ in factors if exponent > 0)
    return terms > MAX_SHIFTED


def _inner_first(poly: Poly, done: set[Key]) -> list[tuple[Key, Form]]:
    """The atoms that are not done, the innermost counter last."""
    waiting = [item for item in poly.atoms.items() if item[0] not in done]
    waiting.sort(key=_uid, reverse=True)
    waiting.reverse()
    return waiting


def _from_lowest(number: Key, written: Form, poly: Poly, done: set[Key], facts: Facts) -> Poly | None:
    """One atom counted from its lowest value; None where that is unknown or speaks of an atom that is done."""
    low = lowest(written, facts)
    if low is None:
        turns = _turns(number, written, poly.terms.values(), facts)
        return poly.replaced(number, atom(number, written).scaled(-1)) if turns else None
    if not done.isdisjoint(low.atoms):
        return None
    return poly.replaced(number, atom(number, written) + low) if low else poly


def _uid(numbered: tuple[Key, Form]) -> int:
    """A counter's limits speak of counters made before it, so that it has to be shifted before them."""
    written = numbered[1]
    return written.uid if isinstance(written, Symbol) else 0


def _turns(number: Key, written: Form, terms: Iterable[Term], facts: Facts) -> bool:
    """Whether the negative of an atom is to stand for it: `-floor(-log2(n))` is how `ceil(log2(n))` is kept."""
    if type(written) is not Floor or not nonnegative(written.numerator.poly.scaled(-1), facts):
        return False
    exponents = (e for _, factors in terms for a, e, _ in factors if a == number)
    return nonnegative(written.denominator.poly, facts) and all(e > 0 and e.denominator == 1 for e in exponents)


# What follows from what an atom is -------------------------------------------------------------


def _implied(poly: Poly, facts: Facts) -> Iterator[Poly]:
    """What is known about the atoms of a polynomial: limits of counters, floors and minima."""
    for number, written in poly.atoms.items():
        # What an atom is says the same in every proof, so that it is found out once.
        known = facts.implied_by.settled.get(number)
        if known is None:
            known = found(facts.implied_by, number, partial(_all_limits, number, written, facts), [])
        yield from known
        if isinstance(written, Pow):
            yield from _smaller_powers(number, written, poly, facts)
        if number.floored is not None:
            yield from _smaller_floors(number, number.floored, written, poly, facts)


def _smaller_powers(number: Key, written: Pow, poly: Poly, facts: Facts) -> Iterator[Poly]:
    """What is known of a power of a number beside others of the same number."""
    base = written.base.number
    if base is None or base <= 1:
        return
    for other, smaller in poly.atoms.items():
        if other != number and isinstance(smaller, Pow) and smaller.base.number == base:
            yield from _above_power(atom(number, written), written, atom(other, smaller), smaller, facts)


def _above_power(this: Poly, written: Pow, other: Poly, smaller: Pow, facts: Facts) -> Iterator[Poly]:
    """`2^L` is at least `2·2^l` where l is below L, and `2^l` where it is not above."""
    base = written.base.number or 1
    apart = written.exponent.poly - smaller.exponent.poly
    if nonnegative(apart - constant(1), facts):
        yield this - other.scaled(base)
    elif nonnegative(apart, facts):
        yield this - other


def _smaller_floors(number: Key, quotient: Poly, written: Form, poly: Poly, facts: Facts) -> Iterator[Poly]:
    """`floor((t + 1)/3)` is at least `floor(t/3)`, and `floor(log2(A))` at least `floor(log2(A) - log2(H))`."""
    for other, smaller in poly.atoms.items():
        if other is number or other.floored is None:
            continue
        apart = quotient - other.floored
        if _is_never_below(apart, facts):
            yield atom(number, written) - atom(other, smaller)
        elif times := _often_enough(quotient, other.floored, facts):
            yield atom(number, written).scaled(times) - atom(other, smaller)


def _often_enough(quotient: Poly, other: Poly, facts: Facts) -> int:
    """How often the floor of a quotient is no less than that of another: 8 times `ceil(T/320)` than `ceil(T/40)`.

    0 where that is not known. With whole p and q, `k·floor(p/q)` is at least `k·(p/q - 1 + 1/q)`; as it is whole, it
    is no less than any floor of what lies less than 1 above that.
    """
    times = _times(quotient, other)
    below = denominator(quotient)
    if times == 0 or below.number is None or not whole(quotient * below, facts):
        return 0
    least = (quotient - constant(1) + below**-1).scaled(times)
    apart = (least - other).number
    return times if apart is not None and apart > -1 else 0


def _times(quotient: Poly, other: Poly) -> int:
    """A whole number from 2 on by which what is open in one polynomial becomes that of another; 0 where none is."""
    for place, (coefficient, factors) in quotient.terms.items():
        if factors and place in other.terms:
            times = Fraction(other.terms[place][0]) / coefficient
            return int(times) if times.denominator == 1 and 2 <= times <= LARGEST_TIMES else 0
    return 0


def _is_never_below(apart: Poly, facts: Facts) -> bool:
    """Whether it is 0 or more, of a number and of a sum of logarithms; no others are asked, as that takes long."""
    if apart.number is not None:
        return apart.number > 0
    return bool(arguments(apart)) and nonnegative(apart, facts)


def _all_limits(number: Key, written: Form, facts: Facts) -> list[Poly]:
    return list(_limits(number, written, facts))


def _limits(number: Key, written: Form, facts: Facts) -> Iterator[Poly]:
    """What is not negative because of what an atom is, whatever stands around it."""
    this = atom(number, written)
    if number.floored is not None:
        return _limits_of_floor(this, number.floored, facts)
    match written:
        case Symbol(high=Form() as high):
            # A counter stops one before its limit.
            return iter((high.poly - this - constant(1),))
        case Min():
            # No argument is less than the least of them.
            return _less_than_each(this, written.args)
        case Pow(base=Num(value=2)):
            # Powers of two meet logarithms where something is halved until one is left.
            return _limits_of_power(this, written.exponent, facts)
        case _:
            return iter(())


def _less_than_each(this: Poly, args: tuple[Form, ...]) -> Iterator[Poly]:
    for arg in args:
        yield arg.poly - this


def _limits_of_floor(this: Poly, quotient: Poly, facts: Facts) -> Iterator[Poly]:
    """`floor(p/q)` is at most `p/q`, and where p and q are whole at least `p/q - 1 + 1/q`."""
    yield quotient - this
    below = denominator(quotient)
    if whole(quotient * below, facts) and nonnegative(below, facts):
        yield this - quotient + constant(1) - below**-1


def _limits_of_power(this: Poly, exponent: Form, facts: Facts) -> Iterator[Poly]:
    """Of `2^r`, where r or its limit is a logarithm rounded up."""
    if isinstance(exponent, Symbol) and exponent.high is not None:
        return _limits_below_log(this, exponent.high.poly, facts)
    return _limits_of_inverse(this, exponent.poly.scaled(-1), facts)


def _limits_below_log(this: Poly, high: Poly, facts: Facts) -> Iterator[Poly]:
    """`2^r` is less than n where r is below `ceil(log2(n))`."""
    arg = _rounded_log(high)
    if arg is not None and whole(arg, facts):
        yield arg - constant(1) - this


def _limits_of_inverse(this: Poly, rounded: Poly, facts: Facts) -> Iterator[Poly]:
    """`1/2^ceil(log2(n))` is at most `1/n`, and more than `1/(2·n)`."""
    arg = _rounded_log(rounded)
    if arg is not None and whole(arg, facts):
        yield constant(1) - arg * this
        yield (arg.scaled(2) - constant(1)) * this - constant(1)


def _rounded_log(poly: Poly) -> Poly | None:
    """What n is, where the polynomial is `ceil(log2(n))`, which is kept as `-floor(-log2(n))`."""
    floors = [(number, number.floored) for number in poly.atoms if number.floored is not None]
    if not len(floors) == len(poly.terms) == 1:
        return None
    ((number, quotient),) = floors
    inside = quotient.scaled(-1).form
    if not isinstance(inside, Log2):
        return None
    rounded_up = atom(number, inside).scaled(-1)
    return inside.arg.poly if poly.key == rounded_up.key else None


# Least values ----------------------------------------------------------------------------------


def lowest(written: Form, facts: Facts = NOTHING) -> Poly | None:
    """A value below which an atom never falls, 0 or more; None where it may be negative."""
    key = written.key
    settled = facts.lowest_of.settled
    if key in settled:
        return settled[key]
    return worked_out(facts.lowest_of, key, partial(written.accept, _Lowest(facts)))


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
        shifted = _shifted(exponent, self.facts)
        if shifted and _all_positive(shifted):
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
