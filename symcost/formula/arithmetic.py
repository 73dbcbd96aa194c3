"""Makers of numbers, symbols, sums, products, powers and logarithms: what is alike merges, the author's order stays."""

from __future__ import annotations

from fractions import Fraction
from itertools import chain
from typing import Any

from symcost.formula.form import NUMBER, Add, Form, Log, Log2, Mul, Num, Pow, Symbol
from symcost.formula.halves import ROUNDINGS, added_up
from symcost.formula.interface import Operand
from symcost.formula.keys import Key, fresh_uid, when_swept
from symcost.formula.numbers import Rational, exact, exact_of, magnitude, number_power, power_of, quotient

REPEATED = 4
"""`D^2` up to `D^4` are written as products, as a lecture does; of more factors a reader would lose count."""

SMALLEST_SHARED, LARGEST_SHARED = -64, 1024
"""These numbers are made once and shared: nearly all coefficients and widths are among them."""

_shared_numbers: dict[Rational, Num] = {value: Num(value) for value in range(SMALLEST_SHARED, LARGEST_SHARED + 1)}
ZERO, ONE = _shared_numbers[0], _shared_numbers[1]
_dimensions: dict[str, Symbol] = {}
when_swept(_dimensions.clear)


def num(value: Rational) -> Num:
    """A number."""
    if type(value) is not int:
        value = exact(value)
    known = _shared_numbers.get(value)
    return Num(value) if known is None else known


def symbol(name: str) -> Symbol:
    """The dimension of this name: a positive integer."""
    known = _dimensions.get(name)
    if known is None:
        known = _dimensions.setdefault(name, Symbol(name))
    return known


def counter(name: str, low: Operand, high: Operand | None = None) -> Symbol:
    """A fresh loop counter, `low <= counter < high` (without `high`: no limit)."""
    uid, home = fresh_uid()
    return Symbol(name, uid, form(low), None if high is None else form(high), home)


def form(value: Operand) -> Form:
    """The value as a form; of another type than `int` a number that is exact (see `exact_of`).

    Raises TypeError.
    """
    if isinstance(value, Form):
        return value
    if isinstance(value, (int, Fraction)):
        return num(value)
    number = exact_of(value)
    if number is not None:
        return num(number)
    raise TypeError(f"not an exact number: {value!r}")


# Sums ------------------------------------------------------------------------------------------


def add(*forms: Any) -> Form:
    """The sum of many (given one by one, or as one iterable), terms in their order, equal terms merged.

    Numbers merge at the place of the first, or at the end where one of them stood at the end.
    """
    if (of_numbers := _sum_of_numbers(forms)) is not None:
        return of_numbers
    remaining = _merged(forms)
    if len(remaining) == 1:
        return remaining[0]
    fewer = _roundings_added(remaining) if any(map(_rounds, remaining)) else None
    return Add(tuple(remaining)) if fewer is None else fewer


def _merged(forms: tuple[Any, ...]) -> list[Form]:
    """The terms of a sum, each kind once; 0 where none remains."""
    # Of each term its coefficient, by the key of the rest, and how that was written first.
    coefficients: dict[Key, Rational] = {}
    first_written: dict[Key, Form] = {}
    number_stood_last, rest = False, None
    as_written = True
    for item in _listed(forms):
        if not isinstance(item, Form):
            item = form(item)
        terms = item.terms if type(item) is Add else (item,)
        for term in terms:
            coefficient, rest = term.term
            if rest in coefficients:
                coefficients[rest] += coefficient
                as_written = False
            else:
                coefficients[rest] = coefficient
                first_written[rest] = term
        # A single number says nothing about where its author would have it: `2 + T` stays so.
        if rest is NUMBER and len(terms) > 1:
            number_stood_last = True

    if number_stood_last or rest is NUMBER:
        coefficients[NUMBER] = coefficients.pop(NUMBER)
        first_written[NUMBER] = first_written.pop(NUMBER)
    if as_written and coefficients and coefficients.get(NUMBER, 1):  # nothing has merged or cancelled
        return list(first_written.values())
    return _remaining(coefficients, first_written)


def _sum_of_numbers(forms: tuple[Any, ...]) -> Form | None:
    """The sum where all of them are numbers, as they are where a configuration is built."""
    total: Rational = 0
    for item in forms:
        if type(item) is not Num:
            return None
        total += item.value
    return num(total)


def _listed(forms: tuple[Any, ...]) -> tuple[Operand, ...]:
    if len(forms) != 1 or isinstance(forms[0], Form):
        return forms
    return forms if isinstance(forms[0], (int, Fraction)) else tuple(forms[0])


def _remaining(coefficients: dict[Key, Rational], written: dict[Key, Form]) -> list[Form]:
    """The terms whose coefficients have not cancelled; 0 where none remains."""
    return [_with_coefficient(written[rest], c) for rest, c in coefficients.items() if c] or [ZERO]


def _rounds(term: Form) -> bool:
    """Whether a term has a floor or ceiling among its factors."""
    if type(term) is Mul:
        return any(type(factor) in ROUNDINGS for factor in term.factors)
    return type(term) in ROUNDINGS


def _roundings_added(terms: list[Form]) -> Form | None:
    """`D·ceil(T/2) + D·floor(T/2)` as `D·T`, where the first of them stood; None where no roundings add up."""
    found = added_up(terms)
    if found is None:
        return None
    others: list[list[Form]] = [[] if place in found.places else [term] for place, term in enumerate(terms)]
    others[found.places[0]] = [mul(1, *found.before, part, *found.after) for part in found.come_to]
    return add(ZERO, *chain.from_iterable(others))


def _with_coefficient(term: Form, coefficient: Rational) -> Form:
    if type(term) is Num:
        return num(coefficient)
    if type(term) is Mul:
        return term if term.coefficient == coefficient else mul(coefficient, *term.factors)
    return term if coefficient == 1 else mul(coefficient, term)


# Products --------------------------------------------------------------------------------------


def mul(*forms: Operand) -> Form:
    """The product, coefficient first, factors in their order; powers of one base combine and cancel."""
    if len(forms) == 1:
        return form(forms[0])
    coefficient: Rational = 1
    factors: list[Form] = []
    for item in forms:
        if type(item) is int:
            coefficient *= item
            continue
        if not isinstance(item, Form):
            item = form(item)
        if type(item) is Num:
            coefficient *= item.value
            continue
        # A sum stays together; the coefficient that its terms share goes with those of the others.
        if type(item) is Add:
            content, item = _content(item)
            coefficient *= content
        if type(item) is Mul:
            coefficient *= item.coefficient
            factors.extend(item.factors)
        else:
            factors.append(item)

    if coefficient == 0:
        return ZERO
    # Without a power there is nothing to combine: `H·H` is left as its author wrote it.
    for factor in factors:
        if type(factor) is Pow:
            coefficient, factors = _powers_combined(coefficient, factors)
            break
    return _product(coefficient, factors)


def of_symbols(coefficient: Rational, symbols: list[Form]) -> Form:
    """The product of a number other than 0 and of symbols: nothing in it combines."""
    return _product(coefficient, symbols)


def _product(coefficient: Rational, factors: list[Form]) -> Form:
    if not factors:
        return num(coefficient)
    if len(factors) == 1 and coefficient == 1:
        return factors[0]
    return Mul(coefficient, tuple(factors))


def _content(item: Add) -> tuple[Rational, Form]:
    """`4·I·H + 4·H·H` is 4 times `I·H + H·H`: the coefficient that all terms share, up to their signs."""
    coefficients = [term.term[0] for term in item.terms]
    shared = _shared_coefficient(coefficients)
    if shared == 1:
        return 1, item
    signs = [1 if coefficient == shared else -1 for coefficient in coefficients]
    return shared, Add(tuple(map(_with_coefficient, item.terms, signs)))


def _shared_coefficient(coefficients: list[Rational]) -> Rational:
    """What all are but for their signs, negative where all of them are; 1 where they differ."""
    shared = magnitude(coefficients[0])
    if any(magnitude(coefficient) != shared for coefficient in coefficients):
        return 1
    return -shared if all(coefficient < 0 for coefficient in coefficients) else shared


def _base(factor: Form) -> Form:
    return factor.base if type(factor) is Pow else factor


def _exponent(factor: Form) -> Form:
    return factor.exponent if type(factor) is Pow else ONE


def _powers_combined(coefficient: Rational, factors: list[Form]) -> tuple[Rational, list[Form]]:
    """One power for each base, where it stood first; a base whose exponents cancel is gone."""
    placed: dict[Rational, Form] = {}
    for places in _places_by_base(factors).values():
        alike = [factors[place] for place in places]
        coefficient, combined = _combined(coefficient, places, alike)
        placed.update(combined)
    return exact(coefficient), [placed[place] for place in sorted(placed)]


def _places_by_base(factors: list[Form]) -> dict[Key, list[int]]:
    places: dict[Key, list[int]] = {}
    for place, factor in enumerate(factors):
        places.setdefault(_base(factor).key, []).append(place)
    return places


def _combined(coefficient: Rational, places: list[int], alike: list[Form]) -> tuple[Rational, dict[Rational, Form]]:
    """Factors of one base at these places: the coefficient then, and what stands where."""
    plain = _places_of_plain(places, alike)
    if len(plain) == len(places):
        return coefficient, dict(zip(places, alike, strict=True))

    # What has become a number goes into the coefficient, and the other way round.
    base, exponent = _base(alike[0]), _total_exponent(alike)
    coefficient, exponent = _absorb(coefficient, base, exponent)
    if not isinstance(exponent, Num) or not isinstance(exponent.value, int):
        return coefficient, {places[0]: Pow(base, exponent)}
    if isinstance(base, Num):
        return coefficient * number_power(base.value, exponent.value), {}
    return coefficient, _repeated(base, exponent, places[0], plain)


def _places_of_plain(places: list[int], factors: list[Form]) -> list[int]:
    """Where a factor stands by itself and not as a power."""
    return [place for place, factor in zip(places, factors, strict=True) if type(factor) is not Pow]


def _total_exponent(alike: list[Form]) -> Form:
    """Of one factor the exponent as it was written, of several their sum."""
    exponent = add(*map(_exponent, alike))
    return exponent.expand() if len(alike) > 1 else exponent


def _repeated(base: Form, exponent: Num, first: int, plain: list[int]) -> dict[Rational, Form]:
    """A whole power, as copies where there are few of them; `plain` are the places where some stood already."""
    times = exponent.value
    if 0 <= times <= len(plain):  # those stay where the author put them
        return dict.fromkeys(plain[: int(times)], base)
    if 0 < times <= REPEATED:  # places between two whole ones keep the copies side by side
        return {first + Fraction(turn, 10): base for turn in range(int(times))}
    return {first: Pow(base, exponent)}


def _absorb(coefficient: Rational, base: Form, exponent: Form) -> tuple[Rational, Form]:
    """`4·2^L` is `2^(L + 2)`: a coefficient that is a power of the base goes into the exponent."""
    if not isinstance(base, Num) or isinstance(exponent, Num):
        return coefficient, exponent
    times = power_of(base.value, magnitude(coefficient))
    folded = add(exponent, times or 0)
    if not times or _is_worse(folded, exponent):
        return coefficient, exponent
    return 1 if coefficient > 0 else -1, folded


def _is_worse(folded: Form, exponent: Form) -> bool:
    """`2/2^L` stays: `2^(-L + 1)` would be longer to read."""
    return _falls(exponent) and _has_both_signs(folded)


def _falls(exponent: Form) -> bool:
    if isinstance(exponent, Add):
        return exponent.terms[0].term[0] < 0
    return exponent.term[0] < 0


def _has_both_signs(item: Form) -> bool:
    return isinstance(item, Add) and len({term.term[0] > 0 for term in item.terms}) > 1


# Quotients, powers, logarithms -----------------------------------------------------------------


def div(left: Operand, right: Operand) -> Form:
    """The exact quotient."""
    if isinstance(left, Num) and isinstance(right, Num):
        return num(quotient(left.value, right.value))
    return mul(left, _inverse(form(right)))


def _inverse(item: Form) -> Form:
    match item:
        case Num():
            return num(Fraction(1) / item.value)
        case Mul():
            return mul(Fraction(1) / item.coefficient, *map(_inverse, item.factors))
        case Pow():
            return power(item.base, mul(-1, item.exponent))
        case Add():
            # `1/(2·T + 2)` is `1/2·(T + 1)^-1`, so that it can meet its like.
            content, rest = _content(item)
            return mul(Fraction(1) / content, Pow(rest, num(-1)))
        case _:
            return Pow(item, num(-1))


def power(base: Operand, exponent: Operand) -> Form:
    """`base^exponent`; small whole powers are products, numbers are computed."""
    base, exponent = form(base), form(exponent)
    if isinstance(exponent, Num):
        return _power_to_number(base, exponent)
    match base, exponent:
        case Num(value=1), _:
            return ONE
        case Num(value=2), Log2():
            return exponent.arg
        case Pow(base=Num(value=value)), _ if value > 0:
            # Not of `(T^2)^x`: exponents multiply for a positive base only, or for whole ones.
            return power(base.base, mul(base.exponent, exponent).expand())
        case _:
            return Pow(base, exponent)


def _power_to_number(base: Form, exponent: Num) -> Form:
    if exponent.value == 0 or (isinstance(base, Num) and base.value == 1):
        return ONE
    if exponent.value == 1:
        return base
    return _whole_power(base, exponent) if isinstance(exponent.value, int) else _root(base, exponent)


def _whole_power(base: Form, exponent: Num) -> Form:
    """A power of a product or of a power is made of its parts, whatever their signs, since the exponent is whole."""
    times = int(exponent.value)
    match base:
        case Num():
            return num(number_power(base.value, times))
        case Pow():
            return power(base.base, mul(base.exponent, exponent))
        case Mul():
            raised = (power(factor, exponent) for factor in base.factors)
            return mul(number_power(base.coefficient, times), *raised)
        case _:
            return _repeated_factor(base, exponent)


def _repeated_factor(base: Form, exponent: Num) -> Form:
    times = exponent.value
    return mul(*[base] * int(times)) if 1 < times <= REPEATED else Pow(base, exponent)


def _root(base: Form, exponent: Num) -> Form:
    """Of a power of a positive number the exponents multiply; elsewhere `(x^2)^(1/2)` is not `x`."""
    if isinstance(base, Pow) and isinstance(base.base, Num) and base.base.value > 0:
        return power(base.base, mul(base.exponent, exponent).expand())
    return Pow(base, exponent)


def log2(item: Operand) -> Form:
    """The binary logarithm; `log2(2^k)` is `k`."""
    item = form(item)
    base = item.base if isinstance(item, Pow) else item
    times = power_of(2, base.value) if isinstance(base, Num) else None
    if times is None:
        return Log2(item)
    return mul(times, item.exponent) if isinstance(item, Pow) else num(times)


def ln(item: Operand) -> Form:
    """The natural logarithm; that of 1 is 0."""
    item = form(item)
    return ZERO if item == 1 else Log("ln", item)


def log10(item: Operand) -> Form:
    """The logarithm to base ten; `log10(10^k)` is `k`."""
    item = form(item)
    base = item.base if isinstance(item, Pow) else item
    times = power_of(10, base.value) if isinstance(base, Num) else None
    if times is None:
        return Log("log10", item)
    return mul(times, item.exponent) if isinstance(item, Pow) else num(times)


LOGARITHMS = {"ln": ln, "log10": log10}
"""The makers of logarithms to other bases than 2, by name."""
