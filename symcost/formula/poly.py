"""Canonical polynomials: sums of monomials over symbols and opaque atoms, in the author's order."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from symcost.formula.form import Add, Form, Mul, Num, Symbol
from symcost.formula.keys import Key, intern
from symcost.formula.monomials import EMPTY, Factor, Factors, Monomial, Term, written_out
from symcost.formula.numbers import Rational, TooLarge, exact, number_power, quotient
from symcost.formula.residues import KNOWN, whole_family

MAX_TERMS = 20_000
"""An expansion into more terms is refused: twenty thousand take a tenth of a second, and nobody reads them.

Without a bound `(a + b + c + d)^99`, which is one line to write, would run for minutes.
"""


class Poly:
    """A sum of terms: coefficient times atoms raised to rational exponents, never two alike, never 0.

    A negative exponent divides. Besides symbols, atoms are floors, minima, logarithms, powers with a symbolic
    exponent, open sums, and sums that only occur as divisors.
    """

    __slots__ = ("_form", "_key", "terms")

    def __init__(self, terms: dict[Monomial, Term]) -> None:
        self.terms: dict[Monomial, Term] = terms
        self._key: Key | None = None
        self._form: Form | None = None

    @property
    def key(self) -> Key:
        if self._key is None:
            told_apart = _by_lower_halves(self).terms if KNOWN.halves else self.terms
            self._key = intern(("poly", frozenset((m, c) for m, (c, _) in told_apart.items())))
        return self._key

    @property
    def number(self) -> Rational | None:
        """The value of a constant polynomial."""
        if not self.terms:
            return 0
        if len(self.terms) == 1 and EMPTY in self.terms:
            return self.terms[EMPTY][0]
        return None

    @property
    def constant(self) -> Rational:
        """The term without atoms."""
        return self.terms[EMPTY][0] if EMPTY in self.terms else 0

    @property
    def form(self) -> Form:
        """The polynomial written out."""
        if self._form is None:
            self._form = written_out(self.terms)
        return self._form

    @property
    def atoms(self) -> dict[Key, Form]:
        """Every atom with its writing."""
        return {atom: written for _, factors in self.terms.values() for atom, _, written in factors}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.key == other.key

    def __hash__(self) -> int:
        """That of the number or symbol that the polynomial is, since those compare equal to it."""
        if self.number is not None:
            return hash(self.number)
        lone = self._lone_atom
        return hash(("poly", self.key)) if lone is None else hash(lone)

    @property
    def _lone_atom(self) -> Key | None:
        """The key of the symbol that the polynomial is; None where it is anything else."""
        if len(self.terms) != 1:
            return None
        ((coefficient, factors),) = self.terms.values()
        number, exponent, written = factors[0]
        alone = coefficient == exponent == len(factors) == 1
        return number if alone and type(written) is Symbol else None

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __repr__(self) -> str:
        return f"<Poly {self.form}>"

    def __add__(self, other: Poly) -> Poly:
        return total((self, other))

    def __sub__(self, other: Poly) -> Poly:
        return total((self, other.scaled(-1)))

    def __mul__(self, other: Poly) -> Poly:
        if len(self.terms) * len(other.terms) > MAX_TERMS:
            raise TooLarge("an expansion into more than 20000 terms")
        terms: dict[Monomial, Term] = {}
        for coefficient, factors in self.terms.values():
            for other_coefficient, other_factors in other.terms.values():
                _multiply(terms, coefficient * other_coefficient, factors, other_factors)
        return _without_families(Poly(terms)) if KNOWN.families else Poly(terms)

    def __pow__(self, exponent: int) -> Poly:
        if len(self.terms) == 1:
            ((coefficient, factors),) = self.terms.values()
            scaled = tuple((atom, power * exponent, written) for atom, power, written in factors)
            # The product with 1 settles what is no longer an atom: a root that became whole.
            return monomial(number_power(coefficient, exponent), scaled) * constant(1)
        if exponent < 0:
            return inverse(self) ** -exponent
        return self._multiplied(exponent)

    def _multiplied(self, times: int) -> Poly:
        """The product of so many, by squaring."""
        result, square = constant(1), self
        while times:
            if times & 1:
                result = result * square
            times >>= 1
            if times:
                square = square * square
        return result

    def scaled(self, factor: Rational) -> Poly:
        if factor == 0:
            return Poly({})
        return Poly({m: (exact(c * factor), factors) for m, (c, factors) in self.terms.items()})

    def parts(self) -> list[Poly]:
        """Each term as a polynomial of its own."""
        return [Poly({m: term}) for m, term in self.terms.items()]

    def replaced(self, atom: Key, by: Poly) -> Poly:
        """Every positive whole power of an atom replaced."""
        pieces: list[Poly] = []
        untouched: dict[Monomial, Term] = {}
        for m, term in self.terms.items():
            times = _whole_exponent(atom, term)
            if times > 0:
                pieces.append(_without(atom, term) * (by if times == 1 else by**times))
            else:
                untouched[m] = term
        return total((Poly(untouched), *pieces)) if pieces else self


LARGEST_SHARED = 16
"""Constants from 0 to here are made once and shared: proofs ask for 0 and 1 all the time."""

_shared_constants = [Poly({}), *(Poly({EMPTY: (value, ())}) for value in range(1, LARGEST_SHARED + 1))]


def constant(value: Rational) -> Poly:
    """A number."""
    if type(value) is int and 0 <= value <= LARGEST_SHARED:
        return _shared_constants[value]
    return Poly({EMPTY: (exact(value), ())} if value else {})


def atom(number: Key, written: Form, exponent: Rational = 1) -> Poly:
    """One atom, of this identity and writing, raised to an exponent."""
    return Poly({frozenset(((number, exponent),)): (1, ((number, exponent, written),))})


def product_of_symbols(product: Mul) -> Poly:
    """`12·T·D·D`, as most products are: one term, without a step for each factor."""
    exponents: dict[Key, int] = {}
    first_written: dict[Key, Form] = {}
    for symbol in product.factors:
        number = symbol.key
        if number in exponents:
            exponents[number] += 1
        else:
            exponents[number] = 1
            first_written[number] = symbol
    factors = tuple([(number, exponent, first_written[number]) for number, exponent in exponents.items()])
    return monomial(product.coefficient, factors)


def monomial(coefficient: Rational, factors: Factors) -> Poly:
    """One term."""
    if not coefficient:
        return Poly({})
    present = tuple([factor for factor in factors if factor[1]])
    return Poly({frozenset([(number, exponent) for number, exponent, _ in present]): (exact(coefficient), present)})


def total(polys: Iterable[Poly]) -> Poly:
    """The sum of many, linear in their terms."""
    terms: dict[Monomial, Term] = {}
    for poly in polys:
        _add_all(terms, poly)
    if len(terms) > MAX_TERMS:
        raise TooLarge("an expansion into more than 20000 terms")
    return _without_families(Poly(terms)) if KNOWN.families else Poly(terms)


def _without_families(poly: Poly) -> Poly:
    """The dividend for floors that add up to it, where the first of them stood: `ceil(T/2) + floor(T/2)` is `T`."""
    whole = whole_family(poly.terms)
    if whole is None:
        return poly
    pieces: list[Poly] = []
    share: Poly | None = monomial(whole.times, whole.beside)
    for m, (coefficient, factors) in poly.terms.items():
        if m not in whole.members:
            pieces.append(Poly({m: (coefficient, factors)}))
            continue
        if share is not None:
            pieces.append(share * whole.dividend)
            share = None
        pieces.append(monomial(coefficient - whole.times, factors))
    return total(pieces)


def _by_lower_halves(poly: Poly) -> Poly:
    """The same with halves rounded up as what is left by halves rounded down, so that equal sums have equal terms."""
    for number in poly.atoms:
        if number.upper_half is not None:
            poly = poly.replaced(number, number.upper_half)
    return poly


def _add_all(terms: dict[Monomial, Term], poly: Poly) -> None:
    for m, term in poly.terms.items():
        if m in terms:
            _merge(terms, m, term[0])
        else:
            terms[m] = term


def _merge(terms: dict[Monomial, Term], m: Monomial, coefficient: Rational) -> None:
    """Add to the coefficient of a term that is there; it goes where it cancels."""
    known, factors = terms[m]
    if known == -coefficient:
        del terms[m]
    else:
        terms[m] = (exact(known + coefficient), factors)


def _multiply(terms: dict[Monomial, Term], coefficient: Rational, left: Factors, right: Factors) -> None:
    """Add the product of two terms to `terms`."""
    factors = _merged(left, right) if left and right else left or right
    for factor in factors:
        if type(factor[2]) in (Num, Add) and _settles(factor):
            _add_settled(terms, coefficient, factors)
            return
    _add_term(terms, exact(coefficient), factors)


def _add_term(terms: dict[Monomial, Term], coefficient: Rational, factors: Factors) -> None:
    m = frozenset([(number, exponent) for number, exponent, _ in factors])
    if m in terms:
        _merge(terms, m, coefficient)
    else:
        terms[m] = (coefficient, factors)


def _merged(left: Factors, right: Factors) -> Factors:
    """The factors of a product, each atom once, where and as it was written first."""
    merged = {factor[0]: factor for factor in left}
    for number, exponent, written in right:
        if number in merged:
            _, known, written = merged[number]
            exponent = exact(known + exponent)
        merged[number] = (number, exponent, written)
    return tuple([factor for factor in merged.values() if factor[1]])


def _settles(factor: Factor) -> bool:
    """A root that became whole, a divisor that became a factor: no longer atoms."""
    _, exponent, written = factor
    if exponent.denominator != 1:
        return False
    return type(written) is Num or (type(written) is Add and exponent > 0)


def _add_settled(terms: dict[Monomial, Term], coefficient: Rational, factors: Factors) -> None:
    """Add a term some of whose factors are no longer atoms, multiplied out."""
    product = monomial(coefficient, tuple(factor for factor in factors if not _settles(factor)))
    for _, exponent, written in filter(_settles, factors):
        power = written.poly ** abs(int(exponent))
        product = product * (power if exponent > 0 else inverse(power))
    _add_all(terms, product)


def _whole_exponent(atom: Key, term: Term) -> int:
    """The exponent of an atom in a term, 0 where it is no whole number."""
    for number, exponent, _ in term[1]:
        if number == atom and exponent.denominator == 1:
            return int(exponent)
    return 0


def _without(atom: Key, term: Term) -> Poly:
    coefficient, factors = term
    return monomial(coefficient, tuple(factor for factor in factors if factor[0] != atom))


def ratio(above: Term, below: Term) -> Term:
    """The quotient of two terms; sums that divide stay unexpanded."""
    coefficient, factors = above
    divisor, divisors = below
    merged = {number: (exponent, written) for number, exponent, written in factors}
    for number, exponent, written in divisors:
        known = merged.get(number, (0, written))
        merged[number] = (exact(known[0] - exponent), known[1])
    return quotient(coefficient, divisor), tuple([(number, e, w) for number, (e, w) in merged.items() if e])


def times(poly: Poly, coefficient: Rational, factors: Factors) -> Poly:
    """The product with one term."""
    return monomial(coefficient, factors) * poly if factors else poly.scaled(coefficient)


def content(poly: Poly) -> tuple[Poly, Poly]:
    """A monomial with positive coefficient, and the rest without common factor; their product is `poly`."""
    coefficients = [c for c, _ in poly.terms.values()]
    common = Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))
    outer = monomial(common, _least_exponents(poly))
    return outer, poly * inverse(outer)


def _least_exponents(poly: Poly) -> Factors:
    """Each atom with the least exponent that it has in any term, 0 where it is missing from one."""
    exponents = [dict(m) for m in poly.terms]
    return tuple(
        (number, min(known.get(number, 0) for known in exponents), written) for number, written in poly.atoms.items()
    )


def inverse(poly: Poly) -> Poly:
    """One divided by the polynomial; a sum becomes an atom with exponent -1."""
    if not poly:
        raise ZeroDivisionError("division by zero")
    if len(poly.terms) == 1:
        return poly**-1
    outer, inner = content(poly)
    sign = _sign(inner)
    inner = inner.scaled(sign)
    return outer.scaled(sign) ** -1 * atom(intern(("divisor", inner.key)), inner.form, -1)


def _sign(poly: Poly) -> int:
    """A sign that does not depend on the order of terms."""
    balance = sum(c for c, _ in poly.terms.values())
    if balance == 0:
        balance = max((_rank(m), c) for m, (c, _) in poly.terms.items())[1]
    return 1 if balance > 0 else -1


def _rank(m: Monomial) -> list[Any]:
    return sorted((number.rank, exponent) for number, exponent in m)


def denominator(poly: Poly) -> Poly:
    """The least monomial whose product with the polynomial has whole coefficients and no division."""
    whole = lcm(*[c.denominator for c, _ in poly.terms.values()])
    if all(exponent > 0 for _, factors in poly.terms.values() for _, exponent, _ in factors):
        return constant(whole)
    divisors = [(number, -exponent, written) for number, exponent, written in _least_exponents(poly) if exponent < 0]
    return monomial(whole, tuple(divisors))
