"""Growth: how a quantity rises in one dimension while the others stay fixed."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from symcost.formula.arithmetic import ONE, ZERO, add, counter, log2, mul, num, power
from symcost.formula.facts import floored
from symcost.formula.form import Add, Form, Log2, Min, Pow, Sum, Symbol
from symcost.formula.makers import minimum
from symcost.formula.numbers import Rational, magnitude
from symcost.formula.poly import Poly
from symcost.formula.sums import sum_over

Order = tuple[Fraction, Fraction, Fraction, Fraction]
"""Of a term like `3^T · T^2 · log2(T)`: (1, 3, 2, 1); of `2^(T·T)`: (2, 2, 0, 0). Greater grows faster."""

FIXED: Order = (Fraction(0), Fraction(1), Fraction(0), Fraction(0))


class Unranked(Exception):
    """The order or the leading coefficient of something is not derived; the words say of what."""


@dataclass(frozen=True)
class Growth:
    """The leading term in one symbol: its order, and its coefficient over the other symbols."""

    symbol: Symbol
    order: Order
    leading: Form = field(compare=False)

    def __lt__(self, other: Growth) -> bool:
        return self.order < other.order

    def __le__(self, other: Growth) -> bool:
        return self.order <= other.order

    @property
    def kind(self) -> str:
        """Fixed, log T, Linear, T log T, Quadratic, T^3, exponential: the words of a table."""
        rises, _, degree, logs = self.order
        name = self.symbol.name
        if rises > 0:
            return "exponential"
        if self.order == FIXED:
            return "Fixed"
        words = {Fraction(1): "Linear", Fraction(2): "Quadratic"}
        if not logs and rises == 0 and degree in words:
            return words[degree]
        if rises < 0:
            return "vanishing"
        parts = [str(power(self.symbol, num(degree)) if degree != 2 else f"{name}^2")] if degree else []
        if degree > 2 and degree.denominator == 1:
            parts = [f"{name}^{degree}"]
        if logs:
            parts.append(f"log {name}" if logs == 1 else f"log^{logs} {name}")
        return " ".join(parts)

    def __str__(self) -> str:
        return self.kind


def growth(item: Form, symbol: Symbol) -> Growth:
    """How a form rises as the symbol does.

    Roundings are taken as their quotients, which changes neither order nor leading coefficient; a minimum
    as its slowest argument.

    Raises Unranked for what has no place among these orders, such as `T^L`.
    """
    return _of(_unrounded(item.poly, symbol), symbol)


def order_of(item: Form, symbol: Symbol) -> Growth:
    """The order that an expression like `T^2`, `T*log2(T)`, `2^T` or `1` names."""
    return growth(item, symbol)


def _unrounded(poly: Poly, symbol: Symbol) -> Poly:
    """Floors as their quotients less something between 0 and 1, so that leading terms may cancel truly."""
    for number, written in poly.atoms.items():
        if number in floored and symbol in written.free_symbols:
            quotient = _unrounded(floored[number], symbol)
            if _of(quotient, symbol).order > FIXED:
                less = counter("ε", 0, 1)
                poly = poly.replaced(number, quotient - less.poly)
    return poly


def _of(poly: Poly, symbol: Symbol) -> Growth:
    """The greatest order among the terms, and what stands before it."""
    found: dict[Order, list[Form]] = {}
    cut: set[Order] = set()
    for coefficient, factors in poly.terms.values():
        grown = [_raised(_atom(written, number, symbol), exponent) for number, exponent, written in factors]
        product = reduce(_times, grown, Growth(symbol, FIXED, num(coefficient)))
        found.setdefault(product.order, []).append(product.leading)
        if any(_is_cut(written, symbol) for _, _, written in factors):
            cut.add(product.order)
    for order in sorted(found, reverse=True):
        leading = add(found[order])
        if leading != 0:
            return Growth(symbol, order, leading)
        if order in cut and order > FIXED:
            raise Unranked(f"what is left when the leading terms of `{poly.form}` cancel")
    return Growth(symbol, FIXED, ZERO)


def _is_cut(written: Form, symbol: Symbol) -> bool:
    """Whether its leading term is not all of it, so that the rest shows where leading terms cancel."""
    match written:
        case Symbol():
            return False
        case Pow(base=base, exponent=exponent):
            return symbol in base.free_symbols or exponent.free_symbols != (symbol,)
        case _:
            return symbol in written.free_symbols


def _times(left: Growth, right: Growth) -> Growth:
    (rise, base, degree, logs), (rise2, base2, degree2, logs2) = left.order, right.order
    if rise == rise2 != 0:
        base = base * base2
        rise = Fraction(0) if base == 1 else rise if (base > 1) == (rise > 0) else -rise
    elif rise and rise2:
        raise Unranked(f"a product of exponentials of different powers of `{left.symbol}`")
    elif rise2:
        rise, base = rise2, base2
    order = (rise, base, degree + degree2, logs + logs2)
    return Growth(left.symbol, order, mul(left.leading, right.leading))


def _raised(grown: Growth, exponent: Rational) -> Growth:
    rise, base, degree, logs = grown.order
    whole = exponent.denominator == 1 and magnitude(exponent) < 1000
    raised = base ** int(exponent) if whole else Fraction(float(base) ** float(exponent))
    order = (rise if exponent > 0 else -rise, raised, degree * exponent, logs * exponent)
    return Growth(grown.symbol, order, power(grown.leading, num(exponent)))


def _atom(written: Form, number: int, symbol: Symbol) -> Growth:
    if symbol not in written.free_symbols:
        return Growth(symbol, FIXED, written)
    match written:
        case Symbol():
            return Growth(symbol, (Fraction(0), Fraction(1), Fraction(1), Fraction(0)), ONE)
        case Pow():
            return _power(written, symbol)
        case Log2():
            return _logarithm(written, symbol)
        case Min():
            return _least([growth(arg, symbol) for arg in written.args], symbol)
        case Sum():
            return _summed(written, symbol)
        case Add():
            return growth(written, symbol)
        case _ if number in floored:
            inside = growth(floored[number].form, symbol)
            return Growth(symbol, FIXED, ZERO if inside.order < FIXED else written)
        case _:
            return Growth(symbol, FIXED, written)


def _power(written: Pow, symbol: Symbol) -> Growth:
    """`2^T` is exponential, and so is `K^T` where K is not 1; `T^L` has no place among the orders."""
    exponent = growth(written.exponent, symbol)
    rises = exponent.order[2]
    if exponent.order == FIXED:
        if written.exponent.number is None and symbol in written.base.free_symbols:
            raise Unranked(f"`{written}`, whose exponent is open")
        grown = growth(written.base, symbol)
        return Growth(symbol, grown.order, power(grown.leading, written.exponent))
    rising = [part for part in written.exponent.poly.parts() if symbol in part.form.free_symbols]
    ((times, _),) = rising[0].terms.values()
    if len(rising) > 1 or rising[0].form.free_symbols != (symbol,) or times.denominator != 1 or magnitude(times) > 64:
        raise Unranked(f"`{written}`, whose exponent is not a multiple of a power of `{symbol}`")
    base = written.base.number
    base = Fraction(2) if base is None else Fraction(base)
    constant = (written.exponent - rising[0].form).expand()
    order = (rises if times > 0 else -rises, base ** abs(int(times)), Fraction(0), Fraction(0))
    return Growth(symbol, order, power(written.base, constant))


def _logarithm(written: Log2, symbol: Symbol) -> Growth:
    """`log2(c·T^p)` rises like `p·log2(T)`, `log2(2^T)` like `T`."""
    inside = growth(written.arg, symbol)
    rise, base, degree, _ = inside.order
    if rise > 0:
        return Growth(symbol, (Fraction(0), Fraction(1), rise, Fraction(0)), log2(num(base)))
    if degree > 0 or inside.order > FIXED:
        return Growth(symbol, (Fraction(0), Fraction(1), Fraction(0), Fraction(1)), num(degree or 1))
    return Growth(symbol, FIXED, log2(inside.leading))


def _least(args: list[Growth], symbol: Symbol) -> Growth:
    order = min(arg.order for arg in args)
    return Growth(symbol, order, minimum(*(arg.leading for arg in args if arg.order == order)))


def _summed(written: Sum, symbol: Symbol) -> Growth:
    """Of terms that rise like `c·t^p·log(t)^q` up to `t = T` the sum rises like `c·T^(p + 1)·log(T)^q/(p + 1)`.

    Where the symbol stands in the terms alone, all rise alike and what stands before them is summed (Karamata 1930
    for the former).
    """
    inside, limits = (
        symbol in written.body.free_symbols,
        [symbol in b.free_symbols for b in (written.low, written.high)],
    )
    if inside and not any(limits):
        grown = growth(written.body, symbol)
        return Growth(symbol, grown.order, sum_over(written.counter, grown.leading))
    rise, base, degree, logs = (each := growth(written.body, written.counter)).order
    count = growth(written.high, symbol)
    if (
        inside
        or limits[0]
        or rise
        or degree < 0
        or logs < 0
        or count.order[3]
        or count.order[0]
        or count.order <= FIXED
    ):
        raise Unranked(f"the open sum `{written}`")
    leading = mul(each.leading, power(count.leading, num(degree + 1)), 1 / Fraction(degree + 1))
    to_log = power(num(count.order[2]), num(logs))
    return Growth(symbol, (rise, base, count.order[2] * (degree + 1), logs), mul(leading, to_log))
