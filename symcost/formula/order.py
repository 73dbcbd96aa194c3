"""Growth: how a quantity rises in one dimension while the others stay fixed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from symcost.formula.arithmetic import ONE, ZERO, add, counter, log2, mul, num, power
from symcost.formula.claims import lowest, nonnegative, positive, whole
from symcost.formula.dims import Assumptions
from symcost.formula.form import Add, Form, Log2, Min, Pow, Sum, Symbol
from symcost.formula.hidden import Hidden
from symcost.formula.keys import Key
from symcost.formula.makers import minimum
from symcost.formula.monomials import Factor, Term
from symcost.formula.numbers import Rational, magnitude
from symcost.formula.poly import Poly, constant, denominator
from symcost.formula.sums import sum_over
from symcost.records import dataclass

Order = tuple[Fraction, Fraction, Fraction, Fraction]
"""Of a term like `3^T · T^2 · log2(T)`: (1, 3, 2, 1); of `2^(T·T)`: (2, 2, 0, 0). Greater grows faster."""

FIXED: Order = (Fraction(0), Fraction(1), Fraction(0), Fraction(0))
LINEAR: Order = (Fraction(0), Fraction(1), Fraction(1), Fraction(0))

NOTHING_KNOWN = Assumptions()

NAMED_DEGREES = {Fraction(1): "Linear", Fraction(2): "Quadratic"}

MAX_EXACT_EXPONENT = 1000
"""Bases of exponentials are raised exactly up to here; beyond it their digits would fill the memory."""
MAX_RISE = 64
"""An exponent that rises faster than 64 times a power of the symbol is not ranked: its base would be too long."""


class Unranked(Exception):
    """The order or the leading coefficient of something is not derived; the words say of what."""


@dataclass(frozen=True)
class Growth:
    """The leading term in one symbol: its order, and its coefficient over the other symbols."""

    symbol: Symbol
    order: Order
    leading: Form = field(compare=False)
    bound: Form | None = field(default=None, compare=False)
    """What it never exceeds, where it comes and goes and has no leading term; the order is that of this bound."""

    def __lt__(self, other: Growth) -> bool:
        return self.order < other.order

    def __le__(self, other: Growth) -> bool:
        return self.order <= other.order

    @property
    def kind(self) -> str:
        """Fixed, log T, Linear, T log T, Quadratic, T^3, exponential: the words of a table."""
        rises, _, degree, logs = self.order
        if rises > 0:
            return "exponential"
        if self.order == FIXED:
            return "Fixed"
        # `vanishing` is said of what falls exponentially; `T^-1` has a name that says how.
        if rises == logs == 0 and degree in NAMED_DEGREES:
            return NAMED_DEGREES[degree]
        if rises < 0:
            return "vanishing"

        words = (self._power_words(degree), self._logarithm_words(logs))
        return " ".join(filter(None, words))

    def _power_words(self, degree: Fraction) -> str:
        if degree == 0:
            return ""
        if degree >= 2 and degree.denominator == 1:
            return f"{self.symbol.name}^{degree}"  # a form would write small powers as products
        return str(power(self.symbol, num(degree)))

    def _logarithm_words(self, logs: Fraction) -> str:
        if logs == 0:
            return ""
        return f"log {self.symbol.name}" if logs == 1 else f"log^{logs} {self.symbol.name}"

    def __str__(self) -> str:
        return self.kind


def growth(item: Form, symbol: Symbol, known: Assumptions = NOTHING_KNOWN) -> Growth:
    """How a form rises as the symbol does; a minimum rises as its slowest argument.

    What comes and goes, like `T % 2`, has no leading term: of that a bound is told, and how the bound rises.
    Raises Unranked for what has no place among these orders, such as `T^L`.
    """
    if symbol not in item.free_symbols:
        return Growth(symbol, FIXED, item)
    hidden = Hidden(symbol)
    found = _growth(hidden.of(item), symbol, known)
    bound = None if found.bound is None else hidden.shown(found.bound)
    shown = Growth(symbol, found.order, hidden.shown(found.leading), bound)
    # What was kept together may have cancelled against something.
    return _growth(item, symbol, known) if shown.leading == 0 else shown


def order_of(item: Form, symbol: Symbol) -> Growth:
    """The order that an expression like `T^2`, `T*log2(T)`, `2^T` or `1` names."""
    return growth(item, symbol)


def by_order(item: Form, symbol: Symbol, known: Assumptions) -> dict[Order, Form]:
    """What stands before each order, the greatest first; remainders as what they may be.

    Raises Unranked.
    """
    unrounded, _ = _unrounded(item.poly, symbol, known)
    coefficients, _ = _collected(unrounded, symbol)
    return {order: add(ZERO, *coefficients[order]) for order in sorted(coefficients, reverse=True)}


def _growth(item: Form, symbol: Symbol, known: Assumptions) -> Growth:
    unrounded, remainders = _unrounded(item.poly, symbol, known)
    found = _of(unrounded, symbol)
    if not any(remainder in found.leading.free_symbols for remainder in remainders):
        return found
    # What is nowhere above 0 falls as fast as the remainder lets it; anything else rises as its bound at most.
    bound = above(item, symbol)
    bounded = _of(bound.poly, symbol)
    return replace(found if bounded.leading == 0 else bounded, bound=bound)


def _settled(item: Form, symbol: Symbol) -> Growth:
    """How a part of a form rises.

    Raises Unranked where it comes and goes.
    """
    found = growth(item, symbol)
    if found.bound is not None:
        raise Unranked(f"`{item}`, which comes and goes")
    return found


# Roundings -------------------------------------------------------------------------------------


def _unrounded(poly: Poly, symbol: Symbol, known: Assumptions) -> tuple[Poly, list[Symbol]]:
    """Floors as their quotients less a remainder, so that leading terms may cancel truly; and these remainders."""
    remainders: list[Symbol] = []
    for number, rounded in _floors_in(poly, symbol):
        in_the_end = _in_the_end(rounded, symbol, known)
        if in_the_end is not None:
            poly = poly.replaced(number, constant(in_the_end))
            continue
        quotient, inner = _unrounded(rounded, symbol, known)
        remainder = counter("remainder", 0, 1)
        poly = poly.replaced(number, quotient - remainder.poly)
        remainders += [*inner, remainder]
    return poly, remainders


def vanishing(item: Form, symbol: Symbol) -> bool:
    """Whether something that falls is rounded in it: `floor(T/k)` is 0 in the end, and not before."""
    poly = item.poly
    quotients = [quotient for _, quotient in _floors_in(poly, symbol)]
    return any(_of(_unrounded(quotient, symbol, NOTHING_KNOWN)[0], symbol).order < FIXED for quotient in quotients)


def _floors_in(poly: Poly, symbol: Symbol) -> list[tuple[Key, Poly]]:
    """The floors in which the symbol stands, and the quotients under them."""
    floors: list[tuple[Key, Poly]] = []
    for number, written in poly.atoms.items():
        if number.floored is not None and symbol in written.free_symbols:
            floors.append((number, number.floored))
    return floors


def _in_the_end(quotient: Poly, symbol: Symbol, known: Assumptions) -> int | None:
    """The floor of what vanishes; None of anything else, and where its sign is not known."""
    if _of(_unrounded(quotient, symbol, known)[0], symbol).order >= FIXED:
        return None
    if known.at_least(quotient.form, ZERO):
        return 0
    return -1 if positive(quotient.scaled(-1)) else None


def above(item: Form, symbol: Symbol) -> Form:
    """A form without roundings of the symbol that is nowhere less: `p/q` for `floor(p/q)`, one less where subtracted.

    Raises Unranked where it is not known which of the two a floor needs.
    """
    poly = item.poly
    while floors := _floors_in(poly, symbol):
        number, highest = floors[0]
        pieces = [_bounded(part, number, highest) for part in poly.parts()]
        if sum(pieces, start=constant(0)).key == poly.key:
            raise Unranked(f"`{item}`, which divides by a rounding")
        poly = sum(pieces, start=constant(0))
    return poly.form


def _bounded(part: Poly, number: Key, quotient: Poly) -> Poly:
    """A term with the floor at its highest, or where the term falls as the floor rises at its lowest."""
    ((coefficient, factors),) = part.terms.values()
    exponents = {atom: exponent for atom, exponent, _ in factors}
    if number not in exponents:
        return part

    # Where the term rises with the floor, that is at most the quotient.
    others = [factor for factor in factors if factor[0] != number]
    if coefficient * _sign(part, others, quotient, exponents[number]) > 0:
        return part.replaced(number, quotient)

    # Where it falls, the floor is more than the quotient less one; of whole numbers p/q it is at least (p - q + 1)/q.
    return part.replaced(number, quotient - constant(1) + _nearer(quotient))


def _sign(part: Poly, others: Sequence[Factor], quotient: Poly, exponent: Rational) -> int:
    """The sign of what a floor is multiplied by, that of its own power included. Raises Unranked where it is open."""
    own = 1 if nonnegative(quotient) or exponent == 1 else _sign_of_negative(quotient, exponent)
    signs = [own, *map(_sign_of, others)]
    if None in signs:
        raise Unranked(f"`{part.form}`, whose sign is open")
    return prod(sign for sign in signs if sign is not None)


def _nearer(quotient: Poly) -> Poly:
    """How much more than the quotient less one its floor is at least."""
    below = denominator(quotient)
    is_whole = whole(quotient * below) and nonnegative(below)
    return below**-1 if is_whole else constant(0)


def _sign_of(factor: Factor) -> int | None:
    """Of a factor of a term: 1 where it is never negative, -1 where it is never positive, None where that is open."""
    number, exponent, written = factor
    if lowest(written) is not None:
        return 1
    if number.floored is None:
        return None
    even = _sign_of_negative(number.floored, exponent)
    return None if even is None else -even


def _sign_of_negative(quotient: Poly, exponent: Rational) -> int | None:
    """How a power of a negative floor moves as the floor rises: even ones fall, odd ones rise.

    A ceiling is kept as the negative of the floor of something negative.
    """
    if exponent.denominator != 1 or not nonnegative(quotient.scaled(-1)):
        return None
    return 1 if exponent % 2 else -1


# Terms -----------------------------------------------------------------------------------------


def _of(poly: Poly, symbol: Symbol) -> Growth:
    """The greatest order among the terms whose coefficients do not cancel, and what stands before it."""
    coefficients, cut_off = _collected(poly, symbol)
    return _greatest(poly, coefficients, cut_off, symbol)


def _collected(poly: Poly, symbol: Symbol) -> tuple[dict[Order, list[Form]], set[Order]]:
    """What stands before each order, and in which orders something has been cut off."""
    coefficients: dict[Order, list[Form]] = {}
    cut_off: set[Order] = set()
    for term in poly.terms.values():
        grown = _of_term(term, symbol)
        coefficients.setdefault(grown.order, []).append(grown.leading)
        if any(_is_cut_off(written, symbol) for _, _, written in term[1]):
            cut_off.add(grown.order)
    return coefficients, cut_off


def _greatest(poly: Poly, coefficients: dict[Order, list[Form]], cut_off: set[Order], symbol: Symbol) -> Growth:
    """A greater order goes where its coefficients cancel, unless something below it has been cut off."""
    for order in sorted(coefficients, reverse=True):
        leading = add(coefficients[order])
        if leading != 0:
            return Growth(symbol, order, leading)
        if order in cut_off and order > FIXED:
            raise Unranked(f"what is left when the leading terms of `{poly.form}` cancel")
    return Growth(symbol, FIXED, ZERO)


def _of_term(term: Term, symbol: Symbol) -> Growth:
    coefficient, factors = term
    grown = (_raised(_of_atom(written, number, symbol), exponent) for number, exponent, written in factors)
    return reduce(_times, grown, Growth(symbol, FIXED, num(coefficient)))


def _is_cut_off(written: Form, symbol: Symbol) -> bool:
    """Whether its leading term is not all of it, so that the rest shows where leading terms cancel."""
    match written:
        case Symbol():
            return False
        case Pow(base=base, exponent=exponent):
            return symbol in base.free_symbols or exponent.free_symbols != (symbol,)
        case _:
            return symbol in written.free_symbols


def _times(left: Growth, right: Growth) -> Growth:
    _, _, degree, logs = left.order
    _, _, degree2, logs2 = right.order
    rise, base = _exponential_times(left, right)
    order = (rise, base, degree + degree2, logs + logs2)
    return Growth(left.symbol, order, mul(left.leading, right.leading))


def _exponential_times(left: Growth, right: Growth) -> tuple[Fraction, Fraction]:
    """The power of the symbol in the exponent, and the base: of `2^T · 3^T` they are 1 and 6.

    Raises Unranked for `2^T · 2^(T·T)`, which has no place among the orders.
    """
    (rise, base, *_), (rise2, base2, *_) = left.order, right.order
    if not rise2:
        return rise, base
    if not rise:
        return rise2, base2
    if rise != rise2:
        raise Unranked(f"a product of exponentials of different powers of `{left.symbol}`")
    return _alike_exponentials_times(rise, base * base2)


def _alike_exponentials_times(rise: Fraction, base: Fraction) -> tuple[Fraction, Fraction]:
    """`2^T · 2^(-T)` does not rise; and where the base falls below 1 the power falls, and the other way round."""
    if base == 1:
        return Fraction(0), base
    return (rise if (base > 1) == (rise > 0) else -rise), base


def _raised(grown: Growth, exponent: Rational) -> Growth:
    rise, base, degree, logs = grown.order
    if exponent.denominator == 1 and magnitude(exponent) < MAX_EXACT_EXPONENT:
        raised = base ** int(exponent)
    else:
        raised = Fraction(float(base) ** float(exponent))  # orders are compared, never computed with
    order = (rise if exponent > 0 else -rise, raised, degree * exponent, logs * exponent)
    return Growth(grown.symbol, order, power(grown.leading, num(exponent)))


def _of_atom(written: Form, number: Key, symbol: Symbol) -> Growth:
    if symbol not in written.free_symbols:
        return Growth(symbol, FIXED, written)
    if number.floored is not None:
        return _of_divisor(number.floored, symbol)
    rule = _RULES.get(type(written))
    return rule(written, symbol) if rule else Growth(symbol, FIXED, written)


def _of_divisor(quotient: Poly, symbol: Symbol) -> Growth:
    """A floor that is still here divides: it rises as its quotient does.

    Raises Unranked where that does not rise, and what is divided depends on where it is cut.
    """
    inside = _settled(quotient.form, symbol)
    if inside.order <= FIXED:
        raise Unranked(f"a quotient by `floor({quotient.form})`")
    return inside


def _of_power(written: Pow, symbol: Symbol) -> Growth:
    """`2^T` is exponential, and so is `K^T` where K is not 1; `T^L` has no place among the orders."""
    exponent = _settled(written.exponent, symbol)
    if exponent.order != FIXED:
        return _of_exponential(written, exponent.order[2], symbol)
    if written.exponent.number is None and symbol in written.base.free_symbols:
        raise Unranked(f"`{written}`, whose exponent is open")
    grown = _settled(written.base, symbol)
    return Growth(symbol, grown.order, power(grown.leading, written.exponent))


def _of_exponential(written: Pow, rises: Fraction, symbol: Symbol) -> Growth:
    """`c^(k·T^p + d)` has the order (p, c^k); `c^d` stands before it."""
    times, rising = _rising_part(written, symbol)
    known = written.base.number
    base = Fraction(2) if known is None else Fraction(known)  # an open base ranks as 2
    constant = (written.exponent - rising).expand()
    order = (rises if times > 0 else -rises, base ** abs(times), Fraction(0), Fraction(0))
    return Growth(symbol, order, power(written.base, constant))


def _rising_part(written: Pow, symbol: Symbol) -> tuple[int, Form]:
    """The only term of an exponent that rises, and its coefficient.

    Raises Unranked where there are several, or other symbols beside this one.
    """
    rising = [part for part in written.exponent.poly.parts() if symbol in part.form.free_symbols]
    ((times, _),) = rising[0].terms.values()
    is_multiple = len(rising) == 1 and rising[0].form.free_symbols == (symbol,)
    if not is_multiple or times.denominator != 1 or magnitude(times) > MAX_RISE:
        raise Unranked(f"`{written}`, whose exponent is not a multiple of a power of `{symbol}`")
    return int(times), rising[0].form


def _of_logarithm(written: Log2, symbol: Symbol) -> Growth:
    """`log2(c·T^p)` rises like `p·log2(T)`, `log2(2^T)` like `T`."""
    inside = _settled(written.arg, symbol)
    rise, base, degree, _ = inside.order
    if rise > 0:
        return Growth(symbol, (Fraction(0), Fraction(1), rise, Fraction(0)), log2(num(base)))
    if degree > 0 or inside.order > FIXED:
        return Growth(symbol, (Fraction(0), Fraction(1), Fraction(0), Fraction(1)), num(degree or 1))
    return Growth(symbol, FIXED, log2(inside.leading))


def _of_minimum(written: Min, symbol: Symbol) -> Growth:
    """Its slowest argument, in the end; of those that fall without end the fastest.

    Raises Unranked where it is not known whether one falls.
    """
    args = [_settled(arg, symbol) for arg in written.args]
    slowest = min(arg.order for arg in args)
    falling = [arg for arg in args if arg.order != slowest and _falls(arg, written)]
    order = max((arg.order for arg in falling), default=slowest)
    deciding = [arg for arg in falling or args if arg.order == order]
    return Growth(symbol, order, minimum(*(arg.leading for arg in deciding)))


def _falls(grown: Growth, written: Form) -> bool:
    if nonnegative(grown.leading.poly):
        return False
    if nonnegative(grown.leading.poly.scaled(-1)):
        return True
    raise Unranked(f"`{written}`, which may fall")


def _of_sum(written: Sum, symbol: Symbol) -> Growth:
    """Where the symbol stands in the terms alone, all rise alike and what stands before them is summed."""
    low, high, in_terms = (symbol in part.free_symbols for part in written.children)
    if in_terms and not low and not high:
        grown = _settled(written.body, symbol)
        return Growth(symbol, grown.order, sum_over(written.counter, grown.leading))
    return _of_longer_sum(written, symbol)


def _of_longer_sum(written: Sum, symbol: Symbol) -> Growth:
    """Where it stands in the upper limit alone, there are more terms, and later ones may be greater."""
    term = _settled(written.body, written.counter)
    high = _settled(written.high, symbol)
    elsewhere = symbol in written.body.free_symbols or symbol in written.low.free_symbols
    if elsewhere or not _has_integral(term.order) or not _is_power(high.order):
        raise Unranked(f"the open sum `{written}`")
    return _of_partial_sums(term, high)


def _has_integral(order: Order) -> bool:
    """Terms that rise like `t^p·log(t)^q` with p and q of 0 or more."""
    rise, _, degree, logs = order
    return not rise and degree >= 0 and logs >= 0


def _is_power(order: Order) -> bool:
    """A limit that rises like `T^p`."""
    rise, _, _, logs = order
    return not rise and not logs and order > FIXED


def _of_partial_sums(term: Growth, high: Growth) -> Growth:
    """Of terms that rise like `c·t^p·log(t)^q` up to `t = T` the sum rises like `c·T^(p + 1)·log(T)^q/(p + 1)`.

    Karamata 1930. With `t` up to `a·T^r` it is `T^r` that is raised, and each logarithm of it is `r·log(T)`.
    """
    rise, base, degree, logs = term.order
    reach = high.order[2]
    leading = mul(term.leading, power(high.leading, num(degree + 1)), 1 / Fraction(degree + 1))
    of_logarithms = power(num(reach), num(logs))
    return Growth(high.symbol, (rise, base, reach * (degree + 1), logs), mul(leading, of_logarithms))


_RULES: dict[type[Form], Callable[[Any, Symbol], Growth]] = {
    Symbol: lambda _, symbol: Growth(symbol, LINEAR, ONE),
    Pow: _of_power,
    Log2: _of_logarithm,
    Min: _of_minimum,
    Sum: _of_sum,
    Add: _settled,
}
"""How each kind of atom rises; others do not."""
