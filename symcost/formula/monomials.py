"""The terms of a canonical polynomial, and how they are written out as a form."""

from __future__ import annotations

from typing import Literal

from symcost.formula.arithmetic import ONE, REPEATED, add, log2, mul, num, of_symbols, power
from symcost.formula.form import Add, Ceil, Floor, Form, Log, Log2, Num, Pow, Symbol
from symcost.formula.keys import Key
from symcost.formula.numbers import Rational, number_power

Factor = tuple[Key, Rational, Form]
"""Which atom (its key is the same for equal atoms), its exponent, and how the atom was written."""
Factors = tuple[Factor, ...]
Monomial = frozenset[tuple[Key, Rational]]
"""Which atoms with which exponents: equal for equal terms, whatever their coefficients and writings."""
Term = tuple[Rational, Factors]

EMPTY: Monomial = frozenset()
"""The monomial of a number."""


def written_out(terms: dict[Monomial, Term]) -> Form:
    """The sum of the terms in their order; a number stands last unless it led, or goes into a lone floor."""
    if len(terms) == 1:
        (only,) = terms.values()
        written = _written_term(only)
        if type(written) is not Add:
            return written
    number = terms[EMPTY][0] if EMPTY in terms else 0
    if number and number.denominator == 1:
        taker = _lone_taker(terms)
        if taker is not None:
            return _number_taken_in(terms, number, taker)
    return add(map(_written_term, _ordered(terms)))


def _ordered(terms: dict[Monomial, Term]) -> list[Term]:
    if EMPTY not in terms or next(iter(terms)) == EMPTY:  # `1 + T` stays so
        return list(terms.values())
    return [*(term for monomial, term in terms.items() if monomial != EMPTY), terms[EMPTY]]


def _lone_taker(terms: dict[Monomial, Term]) -> Monomial | None:
    """The floor that may take a number in; of several none does, since none comes before the others."""
    takers = [monomial for monomial, term in terms.items() if _takes_integers(term)]
    return takers[0] if len(takers) == 1 else None


def _takes_integers(term: Term) -> bool:
    """`floor((N - 1)/2) + 1` is `floor((N + 1)/2)`: a lone floor over a number takes the integer in."""
    coefficient, factors = term
    if coefficient != 1 or len(factors) != 1 or factors[0][1] != 1:
        return False
    floor = factors[0][2]
    return isinstance(floor, Floor) and isinstance(floor.denominator, Num) and not _is_negated_ceiling(floor)


def _number_taken_in(terms: dict[Monomial, Term], number: Rational, taker: Monomial) -> Form:
    """The sum with its number inside the floor, which leads."""
    floor = terms[taker][1][0][2]
    assert isinstance(floor, Floor)
    others = [_written_term(term) for monomial, term in terms.items() if monomial not in (taker, EMPTY)]
    shifted = add(floor.numerator, mul(number, floor.denominator))
    return add(Floor(shifted, floor.denominator), *others)


def _is_negated_ceiling(written: Form) -> bool:
    """`-floor(-x)` is `ceil(x)`."""
    return type(written) is Floor and all(c < 0 for c, _ in written.numerator.poly.terms.values())


def _written_term(term: Term) -> Form:
    coefficient, factors = term
    for _, exponent, base in factors:
        if type(base) is not Symbol or type(exponent) is not int or not 0 < exponent <= REPEATED:
            return _written_powers(coefficient, factors)
    return of_symbols(coefficient, [base for _, exponent, base in factors for _ in range(int(exponent))])


def _written_powers(coefficient: Rational, factors: Factors) -> Form:
    """The same where some factors are no symbols, or divide, or stand there more often than they are written out."""
    written: list[Form] = []
    powers = _NumericPowers(written)
    for _, exponent, base in _as_other_logarithm(factors):
        if type(base) is Pow:
            # Powers of numbers are kept by prime: those with one exponent are one power to the reader.
            if type(base.base) is Num and exponent.denominator == 1:
                powers.merge(base.base.value, base.exponent, int(exponent))
            else:
                written.append(power(base.base, mul(exponent, base.exponent)))
        # `-floor(-x)` is how a ceiling is kept; it takes its sign back here.
        elif exponent == 1 and _is_negated_ceiling(base):
            assert isinstance(base, Floor)
            coefficient = -coefficient
            written.append(Ceil((-base.numerator).expand(), base.denominator))
        else:
            written.append(power(base, num(exponent)))
    powers.fill_in()
    return mul(coefficient, *written)


LOG2_OF_10 = add(ONE, log2(num(5)))
"""As a canonical polynomial has it."""


def _as_other_logarithm(factors: Factors) -> Factors:
    """`log2(x)·ln(2)` is `ln(x)`, and `log2(x)/log2(10)` is `log10(x)`."""
    for scale in factors:
        name = _scaled_to(scale)
        if name is not None:
            return _in_one_logarithm(factors, scale, name)
    return factors


def _in_one_logarithm(factors: Factors, scale: Factor, name: Literal["ln", "log10"]) -> Factors:
    """The factors with the binary logarithm and what scales it as one; the scale alone is the logarithm of 2."""
    of_two = next(filter(_is_binary_logarithm, factors), None)
    place: Factor = scale
    arg: Form = num(2)
    if of_two is not None:
        place, arg = of_two, of_two[2].children[0]

    written: list[Factor] = []
    for factor in factors:
        if factor is place:
            written.append((factor[0], 1, Log(name, arg)))
        elif factor is not scale:
            written.append(factor)
    return tuple(written)


def _is_binary_logarithm(factor: Factor) -> bool:
    return type(factor[2]) is Log2 and factor[1] == 1


def _scaled_to(factor: Factor) -> Literal["ln", "log10"] | None:
    """Of which logarithm a factor makes a binary one, if it does."""
    _, exponent, base = factor
    if type(base) is Log and exponent == 1:
        return "ln"
    if type(base) is Add and exponent == -1 and base.key == LOG2_OF_10.key:
        return "log10"
    return None


class _NumericPowers:
    """`2^L·3^L` is `6^L`: the powers of numbers in one term that share an exponent, each where the first stood."""

    def __init__(self, written: list[Form]) -> None:
        self.written = written
        self.groups: dict[tuple[Key, bool], tuple[int, Rational, Form]] = {}

    def merge(self, base: Rational, exponent: Form, times: int) -> None:
        """Multiply by `base^(times·exponent)`; what divides is a group of its own."""
        group = (exponent.key, times > 0)
        if group not in self.groups:
            self.groups[group] = (len(self.written), 1, exponent)
            self.written.append(ONE)  # its place, until all bases are known
        place, product, shared = self.groups[group]
        self.groups[group] = (place, product * number_power(base, abs(times)), shared)

    def fill_in(self) -> None:
        for (_, multiplies), (place, product, exponent) in self.groups.items():
            self.written[place] = power(num(product), exponent if multiplies else -exponent)
