"""Form to canonical polynomial: how floors, minima, powers and logarithms are brought to one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from math import ceil, floor
from operator import mul as times

from symcost.formula.evaluate import evaluate
from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Log2,
    Max,
    Min,
    Mul,
    Num,
    Pow,
    Rational,
    Sum,
    Symbol,
    intern,
    num,
    power_of,
)
from symcost.formula.poly import (
    EMPTY,
    Poly,
    atom,
    constant,
    content,
    denominator,
    inverse,
    monomial,
    total,
)
from symcost.formula.proofs import NOTHING, Facts, arguments, lowest, nonnegative, positive, split, whole

LARGEST_SPLIT_BASE = 10**6
"""Larger numeric bases are not split into primes."""


def canonical(item: Form, facts: Facts = NOTHING) -> Poly:
    """The canonical polynomial of a form, under facts."""
    match item:
        case Num():
            return constant(item.value)
        case Symbol():
            return atom(item.key, item)
        case _ if facts is NOTHING:
            return _canonical(item, _default, facts)
        case _:
            key = ("canonical", item.key)
            if key not in facts.memo:
                facts.memo[key] = _canonical(item, lambda child: canonical(child, facts), facts)
            found = facts.memo[key]
            assert isinstance(found, Poly)
            return found


def _default(item: Form) -> Poly:
    return item.poly


def _canonical(item: Form, inner: Callable[[Form], Poly], facts: Facts) -> Poly:
    match item:
        case Add():
            return total(map(inner, item.terms))
        case Mul():
            return reduce(times, map(inner, item.factors), constant(item.coefficient))
        case Pow():
            return power_poly(inner(item.base), inner(item.exponent))
        case Floor():
            return floor_poly(inner(item.numerator) * inverse(inner(item.denominator)), facts, item)
        case Ceil():
            return ceil_poly(inner(item.numerator) * inverse(inner(item.denominator)), facts, item)
        case Min():
            return min_poly([inner(arg) for arg in item.args], facts)
        case Max():
            return max_poly([inner(arg) for arg in item.args], facts)
        case Log2():
            return log_poly(inner(item.arg))
        case Sum():
            return sum_poly(item, inner)
        case _:
            raise TypeError(f"not a form: {type(item).__name__}")


# Floors ----------------------------------------------------------------------------------------


def floor_poly(quotient: Poly, facts: Facts = NOTHING, written: Form | None = None) -> Poly:
    """`floor(quotient)`: whole parts outside, nested floors flattened, negated floors as ceilings."""
    outer, rest = split(quotient, facts)
    if (value := _value(rest)) is not None:
        return outer + constant(floor(value))
    flat = _flattened(rest, facts)
    if flat is not None:
        return outer + floor_poly(flat, facts)
    if all(c < 0 for m, (c, _) in rest.terms.items() if m != EMPTY) and _over_whole(rest, facts):
        return outer - ceil_poly(rest.scaled(-1), facts)
    return outer + _floor_atom(rest, None if outer or written is None else written)


def ceil_poly(quotient: Poly, facts: Facts = NOTHING, written: Form | None = None) -> Poly:
    """`ceil(p/q)` is `floor((p + q - 1)/q)` for whole p and positive whole q."""
    outer, rest = split(quotient, facts)
    if (value := _value(rest)) is not None:
        return outer + constant(ceil(value))
    if not _over_whole(rest, facts):
        return outer - _floor_atom(rest.scaled(-1), None)
    lifted = rest + constant(1) - denominator(rest) ** -1
    return outer + floor_poly(lifted, facts, None if outer else written)


def _value(rest: Poly) -> Rational | None:
    """The number that it is, or comes to: of logarithms of numbers as near as a rounding needs."""
    if rest.number is not None or not rest.terms:
        return rest.number
    written = (factor for _, factors in rest.terms.values() for *_, factor in factors)
    logarithms = all(isinstance(w, Log2) and isinstance(w.arg, Num) and w.arg.value > 0 for w in written)
    return evaluate(rest.form, {}) if logarithms else None


def _over_whole(quotient: Poly, facts: Facts) -> bool:
    below = denominator(quotient)
    return whole(quotient * below, facts) and whole(below, facts) and positive(below, facts)


def _floor_atom(rest: Poly, written: Form | None) -> Poly:
    number = intern(("floor", rest.key))
    arguments.setdefault(number, rest)
    if written is None:
        below = denominator(rest)
        above = rest * below
        last = {m: above.terms[m] for m in (*(m for m in above.terms if m != EMPTY), EMPTY) if m in above.terms}
        written = Floor(Poly(last).form, below.form)
    return atom(number, written)


def _flattened(rest: Poly, facts: Facts) -> Poly | None:
    """`floor((floor(x) + r)/b)` is `floor((x + r)/b)` for whole r and positive whole b."""
    floors = [
        (part, number)
        for part in rest.parts()
        for number, exponent, _ in next(iter(part.terms.values()))[1]
        if number in arguments and exponent == 1
    ]
    if len(floors) != 1:
        return None
    part, number = floors[0]
    ((coefficient, factors),) = part.terms.values()
    below = monomial(coefficient, tuple(factor for factor in factors if factor[0] != number)) ** -1
    if whole(below, facts) and positive(below, facts) and whole((rest - part) * below, facts):
        return rest - part + arguments[number] * below**-1
    return None


def written_floor(numerator: Form, denominator: Form) -> Form:
    """`floor(numerator/denominator)`, as the author wrote it unless something can be taken out."""
    return as_written(Floor, numerator, denominator)


def written_ceil(numerator: Form, denominator: Form) -> Form:
    """`ceil(numerator/denominator)`, as the author wrote it unless something can be taken out."""
    return as_written(Ceil, numerator, denominator)


def as_written(kind: type[Floor] | type[Ceil], numerator: Form, below: Form, facts: Facts = NOTHING) -> Form:
    """A floor or ceiling under facts, as its author wrote it unless something can be taken out."""
    quotient = canonical(numerator, facts) * inverse(canonical(below, facts))
    outer, rest = split(quotient, facts)
    if (value := _value(rest)) is not None:
        return (outer + constant(floor(value) if kind is Floor else ceil(value))).form
    plain = outer.number is not None and (not outer or isinstance(below, Num))
    if plain and not any(number in arguments for number in rest.atoms):
        return kind(numerator, below)
    if kind is Floor:
        return floor_poly(quotient, facts).form
    return _ceil_form(ceil_poly(quotient, facts))


def _ceil_form(poly: Poly) -> Form:
    """`floor((T + 3)/4)` that came from ceilings is `ceil(T/4)`."""
    floors = [(m, term) for m, term in poly.terms.items() if len(m) == 1 and next(iter(m))[0] in arguments]
    if len(floors) != 1 or floors[0][1][0] != 1 or floors[0][1][1][0][1] != 1:
        return poly.form
    rest = arguments[floors[0][1][1][0][0]]
    below = denominator(rest)
    raised = rest - constant(1) + below**-1
    written = Ceil((raised * below).form, below.form)
    if EMPTY in raised.terms or written.poly.key != Poly(dict(floors)).key:
        return poly.form
    return (poly - Poly(dict(floors)) + atom(floors[0][1][1][0][0], written)).form


# Minima ----------------------------------------------------------------------------------------


def min_poly(args: list[Poly], facts: Facts = NOTHING) -> Poly:
    """`min`, with what its arguments share taken out; `min(min(a, b) + c, d)` is `min(a + c, b + c, d)`."""
    args = least_of([flat for arg in args for flat in _without_min(arg, facts)], facts)
    if len(args) == 1:
        return args[0]
    shared = _shared_terms(args)
    args = [arg - shared for arg in args]
    outer = _shared_factor(args, facts)
    if outer is not None:
        args = [arg * outer**-1 for arg in args]
    number = intern(("min", frozenset(arg.key for arg in args)))
    least = atom(number, Min(tuple(arg.form for arg in args)))
    return shared + (least if outer is None else least * outer)


def _without_min(arg: Poly, facts: Facts) -> list[Poly]:
    """An argument of a minimum as several, where it adds to a minimum itself."""
    for m, (coefficient, factors) in arg.terms.items():
        if len(factors) == 1 and isinstance(factors[0][2], Min) and factors[0][1] == 1 and coefficient > 0:
            rest = arg - Poly({m: (coefficient, factors)})
            return [canonical(one, facts).scaled(coefficient) + rest for one in factors[0][2].args]
    return [arg]


def max_poly(args: list[Poly], facts: Facts = NOTHING) -> Poly:
    """`max(a, b)` is `a + b - min(a, b)`; of more, the negative of a minimum."""
    args = [arg.scaled(-1) for arg in least_of([arg.scaled(-1) for arg in args], facts)]
    if len(args) == 2:
        return args[0] + args[1] - min_poly(args, facts)
    return min_poly([arg.scaled(-1) for arg in args], facts).scaled(-1)


def least_of(args: list[Poly], facts: Facts = NOTHING) -> list[Poly]:
    """The arguments without those that are never below another one."""
    kept: list[Poly] = []
    for arg in args:
        if any(nonnegative(arg - other, facts) for other in kept):
            continue
        kept = [other for other in kept if not nonnegative(other - arg, facts)]
        kept.append(arg)
    return kept


def winners(args: list[Form], *, least: bool, facts: Facts = NOTHING) -> list[Form]:
    """The arguments of a minimum or maximum that may decide it."""
    polys = [canonical(arg, facts) for arg in args]
    signed = polys if least else [poly.scaled(-1) for poly in polys]
    keys = {poly.key for poly in least_of(signed, facts)}
    kept = [arg for arg, poly in zip(args, signed, strict=True) if poly.key in keys]
    return kept if len(keys) > 1 else kept[:1]


def _shared_terms(args: list[Poly]) -> Poly:
    """Terms with one coefficient in all arguments, and the least number."""
    first, *others = args
    same = {m: t for m, t in first.terms.items() if m != EMPTY and all(_has(o, m, t[0]) for o in others)}
    return Poly(same) + constant(min(arg.constant for arg in args))


def _has(poly: Poly, m: frozenset[tuple[int, Rational]], coefficient: Rational) -> bool:
    return m in poly.terms and poly.terms[m][0] == coefficient


def _shared_factor(args: list[Poly], facts: Facts) -> Poly | None:
    """A monomial that is never negative and divides every argument."""
    outer, _ = content(Poly({m: t for arg in args for m, t in arg.terms.items()}))
    ((coefficient, factors),) = outer.terms.values()
    sure = tuple(factor for factor in factors if _may_leave(factor[2], facts))
    shared = monomial(coefficient, sure)
    return None if shared.number == 1 else shared


# Powers, logarithms ----------------------------------------------------------------------------


def power_poly(base: Poly, exponent: Poly) -> Poly:
    """`base^exponent`: numeric bases in primes, whole constants of the exponent as factors."""
    fixed = exponent.number
    if isinstance(fixed, int):
        return base**fixed if fixed >= 0 else inverse(base) ** -fixed
    if fixed is not None:
        return _root(base, fixed)
    number = base.number
    if number is not None:
        return _number_power(number, exponent)
    if len(base.terms) == 1:
        ((coefficient, factors),) = base.terms.values()
        if coefficient > 0 and all(_may_leave(written, NOTHING) for _, _, written in factors):
            parts = (_atom_power(number, e, written, exponent) for number, e, written in factors)
            return reduce(times, parts, _number_power(coefficient, exponent))
    if positive(base):
        return _opaque_power(("power", base.key), base.form, exponent)
    return _whole_power(base.form, exponent)


def _root(base: Poly, exponent: Rational) -> Poly:
    """A fractional power: of each atom of a product, otherwise of the whole."""
    if len(base.terms) == 1:
        ((coefficient, factors),) = base.terms.values()
        if coefficient > 0 and all(lowest(written) is not None for _, _, written in factors):
            powered = tuple((number, e * exponent, written) for number, e, written in factors)
            return _number_root(coefficient, exponent) * monomial(1, powered)
    outer, inner = content(base)
    return (
        power_poly(outer, constant(exponent)) * atom(intern(("divisor", inner.key)), inner.form, exponent)
        if outer.number != 1
        else atom(intern(("divisor", inner.key)), inner.form, exponent)
    )


def _number_root(value: Rational, exponent: Rational) -> Poly:
    if value == 1:
        return constant(1)
    return atom(intern(("root", value)), num(value), exponent)


def _number_power(value: Rational, exponent: Poly) -> Poly:
    if value == 1:
        return constant(1)
    if value <= 0:
        return _whole_power(num(value), exponent)
    if max(value.numerator, value.denominator) > LARGEST_SPLIT_BASE:
        return _opaque_power(("power", constant(value).key), num(value), exponent)
    up = (_opaque_power(("prime", p), num(p), exponent.scaled(k)) for p, k in primes(value.numerator))
    down = (_opaque_power(("prime", p), num(p), exponent.scaled(-k)) for p, k in primes(value.denominator))
    return reduce(times, (*up, *down), constant(1))


def _atom_power(number: int, e: Rational, written: Form, exponent: Poly) -> Poly:
    """A power of a power multiplies the exponents."""
    if isinstance(written, Pow):
        return power_poly(written.base.poly, written.exponent.poly * exponent.scaled(e))
    return _opaque_power(("power", number), written, exponent.scaled(e))


def _opaque_power(name: tuple[str, int], base: Form, exponent: Poly) -> Poly:
    """One atom for each term of the exponent, so that `2^(l + 1)` is `2·2^l` and `4^l` is `(2^l)^2`."""
    result = constant(1)
    for m, (coefficient, factors) in exponent.terms.items():
        if m == EMPTY:
            result = result * power_poly(base.poly, constant(coefficient))
        else:
            number = intern((*name, intern(m)))
            result = result * atom(number, Pow(base, monomial(1, factors).form), coefficient)
    return result


def _whole_power(base: Form, exponent: Poly) -> Poly:
    """A base that may be 0 or negative keeps its exponent in one piece."""
    number = intern(("whole power", base.poly.key, exponent.key))
    return atom(number, Pow(base, exponent.form))


def primes(value: int) -> Iterable[tuple[int, int]]:
    """The prime factors of a number with their multiplicities."""
    prime = 2
    while value > 1:
        prime = prime if prime * prime <= value else value
        count = 0
        while value % prime == 0:
            value, count = value // prime, count + 1
        if count:
            yield prime, count
        prime += 1


def log_poly(arg: Poly) -> Poly:
    """`log2` of a product is the sum of the logarithms."""
    if not arg:
        return atom(intern("log2(0)"), Log2(num(0)))
    outer, inner = content(arg)
    ((coefficient, factors),) = outer.terms.values()
    if any(lowest(written) is None for _, _, written in factors):
        return _log_atom(arg)
    parts = [_log_factor(written).scaled(exponent) for _, exponent, written in factors]
    parts.append(_log_number(coefficient))
    return total(parts if inner.number == 1 else (*parts, _log_atom(inner)))


def _log_factor(written: Form) -> Poly:
    if isinstance(written, Pow):
        return log_poly(written.base.poly) * written.exponent.poly
    return _log_atom(written.poly)


def _log_number(value: Rational) -> Poly:
    if max(value.numerator, value.denominator) > LARGEST_SPLIT_BASE:
        exponent = power_of(2, value)
        return _log_atom(constant(value)) if exponent is None else constant(exponent)
    up = [_log_prime(p).scaled(k) for p, k in primes(value.numerator)]
    return total((*up, *(_log_prime(p).scaled(-k) for p, k in primes(value.denominator))))


def _log_prime(prime: int) -> Poly:
    return constant(1) if prime == 2 else _log_atom(constant(prime))


def _log_atom(arg: Poly) -> Poly:
    return atom(intern(("log2", arg.key)), Log2(arg.form))


# Open sums -------------------------------------------------------------------------------------


def sum_poly(item: Sum, inner: Callable[[Form], Poly]) -> Poly:
    """Term by term, what is free of the counter outside; the counter's own name does not matter."""
    bound = item.counter.key
    low, high = inner(item.low), inner(item.high)
    pieces = []
    for part in inner(item.body).parts():
        ((coefficient, factors),) = part.terms.values()
        free = tuple(factor for factor in factors if not _depends(factor[2], bound))
        rest = monomial(1, tuple(factor for factor in factors if _depends(factor[2], bound)))
        if rest.number == 1:
            pieces.append((high - low).scaled(coefficient) * monomial(1, free))
            continue
        nameless = Symbol(f"{low.key}..{high.key}", -_nesting(rest.form), low.form, high.form)
        renamed = rest.form.substitute({item.counter: nameless})
        number = intern(("sum", low.key, high.key, renamed.poly.key))
        summed = atom(number, Sum(item.counter, low.form, high.form, rest.form))
        pieces.append(monomial(coefficient, free) * summed)
    return total(pieces)


def _depends(written: Form, bound: int) -> bool:
    return any(symbol.key == bound for symbol in written.free_symbols)


def _may_leave(written: Form, facts: Facts) -> bool:
    """An atom that is never 0 nor negative."""
    low = lowest(written, facts)
    if low is not None and isinstance(written, Pow) and isinstance(written.base, Num):
        return True
    return low is not None and positive(low, facts)


def _nesting(item: Form) -> int:
    deeper = max((_nesting(child) for child in item.children), default=0)
    return deeper + isinstance(item, Sum) if deeper or isinstance(item, Sum) else 1
