"""Canonical polynomials: sums of monomials over symbols and opaque atoms, in the author's order."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import gcd, lcm

from symcost.formula.form import (
    ONE,
    Add,
    Ceil,
    Floor,
    Form,
    Num,
    Pow,
    Rational,
    TooLarge,
    add,
    exact,
    intern,
    mul,
    num,
    number_power,
    power,
)

Factor = tuple[int, Rational, Form]
"""Which atom (its number is equal for equal atoms), its exponent, and how the atom was written."""
Factors = tuple[Factor, ...]
Monomial = frozenset[tuple[int, Rational]]
Term = tuple[Rational, Factors]

MAX_TERMS = 20_000
"""An expansion into more terms is refused."""


class Poly:
    """A sum of terms: coefficient times atoms raised to rational exponents, never two alike, never 0.

    A negative exponent divides. Besides symbols, atoms are floors, minima, logarithms, powers with a symbolic
    exponent, open sums, and sums that only occur as divisors.
    """

    __slots__ = ("_form", "_key", "terms")

    def __init__(self, terms: dict[Monomial, Term]) -> None:
        self.terms = terms
        self._key: int | None = None
        self._form: Form | None = None

    @property
    def key(self) -> int:
        if self._key is None:
            self._key = intern(("poly", frozenset((m, c) for m, (c, _) in self.terms.items())))
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
            self._form = _written(self)
        return self._form

    @property
    def atoms(self) -> dict[int, Form]:
        """Every atom with its writing."""
        return {atom: written for _, factors in self.terms.values() for atom, _, written in factors}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.key == other.key

    def __hash__(self) -> int:
        """That of the number or symbol that the polynomial is, since those compare equal to it."""
        number = self.number
        if number is not None:
            return hash(number)
        if len(self.terms) == 1:
            (coefficient, factors), *_ = self.terms.values()
            if coefficient == 1 and len(factors) == 1 and factors[0][1] == 1:
                return hash(factors[0][0])
        return hash(("poly", self.key))

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
        return Poly(terms)

    def __pow__(self, exponent: int) -> Poly:
        if len(self.terms) == 1:
            ((coefficient, factors),) = self.terms.values()
            scaled = tuple((atom, power * exponent, written) for atom, power, written in factors)
            return monomial(number_power(coefficient, exponent), scaled) * constant(1)
        if exponent < 0:
            return inverse(self) ** -exponent
        result, square = constant(1), self
        while exponent:
            if exponent & 1:
                result = result * square
            exponent >>= 1
            square = square * square if exponent else square
        return result

    def scaled(self, factor: Rational) -> Poly:
        if factor == 0:
            return Poly({})
        return Poly({m: (exact(c * factor), factors) for m, (c, factors) in self.terms.items()})

    def parts(self) -> list[Poly]:
        """Each term as a polynomial of its own."""
        return [Poly({m: term}) for m, term in self.terms.items()]

    def replaced(self, atom: int, by: Poly) -> Poly:
        """Every positive whole power of an atom replaced."""
        pieces: list[Poly] = []
        untouched: dict[Monomial, Term] = {}
        for m, (coefficient, factors) in self.terms.items():
            exponent = next((e for a, e, _ in factors if a == atom), 0)
            if exponent == 0 or exponent.denominator != 1 or exponent < 0:
                untouched[m] = (coefficient, factors)
            else:
                rest = tuple(factor for factor in factors if factor[0] != atom)
                pieces.append(monomial(coefficient, rest) * by ** int(exponent))
        return total((Poly(untouched), *pieces)) if pieces else self


EMPTY: Monomial = frozenset()


def constant(value: Rational) -> Poly:
    """A number."""
    return Poly({EMPTY: (exact(value), ())} if value else {})


def atom(number: int, written: Form, exponent: Rational = 1) -> Poly:
    """One atom, of this identity and writing, raised to an exponent."""
    return Poly({frozenset(((number, exponent),)): (1, ((number, exponent, written),))})


def monomial(coefficient: Rational, factors: Factors) -> Poly:
    """One term."""
    kept = tuple(factor for factor in factors if factor[1])
    return Poly({frozenset((a, e) for a, e, _ in kept): (exact(coefficient), kept)} if coefficient else {})


def total(polys: Iterable[Poly]) -> Poly:
    """The sum of many, linear in their terms."""
    terms: dict[Monomial, Term] = {}
    for poly in polys:
        for m, (coefficient, factors) in poly.terms.items():
            _accumulate(terms, m, coefficient, factors)
    if len(terms) > MAX_TERMS:
        raise TooLarge("an expansion into more than 20000 terms")
    return Poly(terms)


def _accumulate(terms: dict[Monomial, Term], m: Monomial, coefficient: Rational, factors: Factors) -> None:
    known = terms.get(m)
    if known is None:
        terms[m] = (coefficient, factors)
    elif known[0] == -coefficient:
        del terms[m]
    else:
        terms[m] = (exact(known[0] + coefficient), known[1])


def _multiply(terms: dict[Monomial, Term], coefficient: Rational, left: Factors, right: Factors) -> None:
    """Add the product of two terms to `terms`."""
    factors = left or right
    if left and right:
        merged = {number: (exponent, written) for number, exponent, written in left}
        for number, exponent, written in right:
            if number in merged:
                exponent = exact(exponent + merged[number][0])
                written = merged[number][1]
            merged[number] = (exponent, written)
        factors = tuple((number, e, written) for number, (e, written) in merged.items() if e)
    if any(type(factor[2]) in (Num, Add) and _settles(factor) for factor in factors):
        for m, (c, f) in _settled(coefficient, factors).terms.items():
            _accumulate(terms, m, c, f)
    else:
        _accumulate(terms, frozenset((a, e) for a, e, _ in factors), exact(coefficient), factors)


def _settles(factor: Factor) -> bool:
    """A root that became whole, a divisor that became a factor: no longer atoms."""
    _, exponent, written = factor
    whole = exponent.denominator == 1
    return whole and (type(written) is Num or (type(written) is Add and exponent > 0))


def _settled(coefficient: Rational, factors: Factors) -> Poly:
    result = monomial(coefficient, tuple(factor for factor in factors if not _settles(factor)))
    for factor in factors:
        if _settles(factor):
            _, exponent, written = factor
            whole = int(exponent)
            result = result * (written.poly**whole if whole > 0 else inverse(written.poly**-whole))
    return result


def ratio(above: Poly, below: Poly) -> Term:
    """The quotient of two single terms, as a term; sums that divide stay unexpanded."""
    ((coefficient, factors),) = above.terms.values()
    ((divisor, divisors),) = below.terms.values()
    merged = {number: (exponent, written) for number, exponent, written in factors}
    for number, exponent, written in divisors:
        known = merged.get(number, (0, written))
        merged[number] = (exact(known[0] - exponent), known[1])
    return Fraction(coefficient) / divisor, tuple((number, e, w) for number, (e, w) in merged.items() if e)


def content(poly: Poly) -> tuple[Poly, Poly]:
    """A monomial with positive coefficient, and the rest without common factor; their product is `poly`."""
    coefficients = [c for c, _ in poly.terms.values()]
    common = Fraction(gcd(*(c.numerator for c in coefficients)), lcm(*(c.denominator for c in coefficients)))
    least: dict[int, Rational] = {}
    writings = poly.atoms
    for number in writings:
        least[number] = min(dict(m).get(number, 0) for m in poly.terms)
    shared = tuple((number, exponent, writings[number]) for number, exponent in least.items() if exponent)
    outer = monomial(common, shared)
    return outer, poly * inverse(outer)


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
        balance = max((sorted(m), c) for m, (c, _) in poly.terms.items())[1]
    return 1 if balance > 0 else -1


def denominator(poly: Poly) -> Poly:
    """The least monomial whose product with the polynomial has whole coefficients and no division."""
    whole = lcm(*(c.denominator for c, _ in poly.terms.values()))
    writings = poly.atoms
    least = {number: min(dict(m).get(number, 0) for m in poly.terms) for number in writings}
    return monomial(whole, tuple((number, -e, writings[number]) for number, e in least.items() if e < 0))


# Back to a form --------------------------------------------------------------------------------


def _written(poly: Poly) -> Form:
    terms, whole = dict(poly.terms), poly.constant
    if whole and whole.denominator == 1:
        place = [m for m, term in terms.items() if _takes_integers(term)]
        if len(place) == 1:
            floor = terms[place[0]][1][0][2]
            assert isinstance(floor, Floor)
            del terms[EMPTY]
            rest = [_written_term(term) for m, term in terms.items() if m != place[0]]
            shifted = add(floor.numerator, mul(whole, floor.denominator))
            return add(Floor(shifted, floor.denominator), *rest)
    constants = [terms.pop(EMPTY)] if EMPTY in terms and not _leads(poly) else []
    return add(map(_written_term, (*terms.values(), *constants)))


def _leads(poly: Poly) -> bool:
    """`1 + T` stays so; a number that stood anywhere else stands last."""
    return next(iter(poly.terms)) == EMPTY


def _takes_integers(term: Term) -> bool:
    """`floor((N - 1)/2) + 1` is `floor((N + 1)/2)`: a lone floor over a number takes the integer in."""
    coefficient, factors = term
    if coefficient != 1 or len(factors) != 1 or factors[0][1] != 1:
        return False
    floor = factors[0][2]
    return isinstance(floor, Floor) and isinstance(floor.denominator, Num) and not _rounds_up(floor)


def _rounds_up(written: Form) -> bool:
    """`-floor(-x)` is `ceil(x)`."""
    return type(written) is Floor and all(c < 0 for c, _ in written.numerator.poly.terms.values())


def _written_term(term: Term) -> Form:
    coefficient, factors = term
    written: list[Form] = []
    powers: dict[tuple[int, bool], tuple[int, Rational, Form]] = {}
    for _, exponent, base in factors:
        if type(base) is Pow and type(base.base) is Num and exponent.denominator == 1:
            group = (base.exponent.key, exponent > 0)
            if group not in powers:
                powers[group] = (len(written), 1, base.exponent)
                written.append(ONE)
            place, known, shared = powers[group]
            powers[group] = (place, known * number_power(base.base.value, abs(int(exponent))), shared)
        elif type(base) is Pow:
            written.append(power(base.base, mul(exponent, base.exponent)))
        elif type(base) is Floor and exponent == 1 and _rounds_up(base):
            coefficient = -coefficient
            written.append(Ceil((-base.numerator).expand(), base.denominator))
        else:
            written.append(power(base, num(exponent)))
    for (_, above), (place, number, shared) in powers.items():
        written[place] = power(num(number), shared if above else -shared)
    return mul(coefficient, *written)
