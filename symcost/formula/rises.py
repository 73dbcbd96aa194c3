"""By how much a form may change where a symbol grows by one: seen from how it is written, without a proof.

Bounds hold for all values of the other symbols, and from every value of the symbol to the next as long as both are
among those that it may have. They are wide where a form is not seen through; that says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor

from symcost.formula.claims import lowest
from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Rounding,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.numbers import Rational, exact
from symcost.records import dataclass

Bound = Rational | None
"""A number; None where there is none."""


@dataclass(frozen=True, slots=True)
class Rise:
    """The change lies between these two."""

    least: Bound
    most: Bound

    @property
    def never_falls(self) -> bool:
        """Whether it is 0 or more everywhere."""
        return self.least is not None and self.least >= 0

    @property
    def never_rises(self) -> bool:
        """Whether it is 0 or less everywhere."""
        return self.most is not None and self.most <= 0

    @property
    def number(self) -> Rational | None:
        """The change, where it is always the same."""
        return self.least if self.least == self.most else None

    def scaled(self, factor: Rational) -> Rise:
        """That of so many times the form."""
        least = None if self.least is None else exact(self.least * factor)
        most = None if self.most is None else exact(self.most * factor)
        return Rise(least, most) if factor > 0 else Rise(most, least)

    def rounded(self) -> Rise:
        """That of the floor or the ceiling: where `x` grows by d, they grow by d rounded down or up."""
        least = None if self.least is None else floor(self.least)
        most = None if self.most is None else ceil(self.most)
        return Rise(least, most)

    def in_direction(self) -> Rise:
        """The same as far as only the direction is told: that of any function that rises, of the form."""
        return _together([self])


STILL = Rise(0, 0)
ANY = Rise(None, None)


def rise(item: Form, at: Symbol) -> Rise:
    """Between which numbers a form changes from one value of a symbol to the next."""
    return _Rising(at).of(item)


class _Rising(Visitor[Rise]):
    """The rise of a form of each kind."""

    def __init__(self, at: Symbol) -> None:
        self.at = at
        self.known: dict[int, Rise] = {}

    def of(self, item: Form) -> Rise:
        """That of a part, looked at once."""
        known = self.known.get(id(item))
        if known is None:
            known = self.known[id(item)] = item.accept(self)
        return known

    def _is_free(self, item: Form) -> bool:
        """Whether a part does not change at all."""
        return self.at not in item.free_symbols

    def of_num(self, item: Num) -> Rise:
        return STILL

    def of_symbol(self, item: Symbol) -> Rise:
        return Rise(1, 1) if item.key == self.at.key else STILL

    def of_add(self, item: Add) -> Rise:
        rises = [self.of(term) for term in item.terms]
        return Rise(_sum(each.least for each in rises), _sum(each.most for each in rises))

    def of_mul(self, item: Mul) -> Rise:
        moving = [factor for factor in item.factors if not self._is_free(factor)]
        if not moving:
            return STILL
        if len(item.factors) == 1:
            return self.of(moving[0]).scaled(item.coefficient)

        return self._of_product(item, moving)

    def _of_product(self, item: Mul, moving: Sequence[Form]) -> Rise:
        """A product of what is nowhere negative goes where all of its factors go."""
        signed: Iterable[Form] = item.factors
        if len(moving) == 1:
            signed = filter(self._is_free, item.factors)
        if any(lowest(factor) is None for factor in signed):
            return ANY
        return _together([self.of(factor) for factor in moving]).scaled(item.coefficient)

    def of_pow(self, item: Pow) -> Rise:
        if self._is_free(item):
            return STILL
        base, exponent = item.base.number, item.exponent.number
        if base is not None and base > 1:
            return self.of(item.exponent).in_direction()
        if exponent is None or lowest(item.base) is None:
            return ANY
        return self.of(item.base).in_direction().scaled(1 if exponent > 0 else -1)

    def of_floor(self, item: Floor) -> Rise:
        return self._rounded(item)

    def of_ceil(self, item: Ceil) -> Rise:
        return self._rounded(item)

    def _rounded(self, item: Rounding) -> Rise:
        """That of a floor or a ceiling."""
        if self._is_free(item):
            return STILL
        below = item.denominator.number
        if below is not None and below > 0:
            return self.of(item.numerator).scaled(Fraction(1) / below).rounded()
        if self._is_free(item.denominator) and lowest(item.denominator) is not None:
            return self.of(item.numerator).in_direction()
        return ANY

    def of_mod(self, item: Mod) -> Rise:
        return STILL if self._is_free(item) else ANY

    def of_min(self, item: Min) -> Rise:
        return self._outermost(item.args)

    def of_max(self, item: Max) -> Rise:
        return self._outermost(item.args)

    def _outermost(self, args: tuple[Form, ...]) -> Rise:
        """The least and the greatest of several change by no less than the slowest of them, and by no more."""
        rises = [self.of(arg) for arg in args]
        least = [each.least for each in rises if each.least is not None]
        most = [each.most for each in rises if each.most is not None]
        return Rise(
            min(least) if len(least) == len(rises) else None,
            max(most) if len(most) == len(rises) else None,
        )

    def of_log2(self, item: Log2) -> Rise:
        return self.of(item.arg).in_direction()

    def of_log(self, item: Log) -> Rise:
        return self.of(item.arg).in_direction()

    def of_sum(self, item: Sum) -> Rise:
        return STILL if self._is_free(item) else ANY


def _together(rises: Sequence[Rise]) -> Rise:
    """The direction that several share, and nothing of how steep they are."""
    never_falls = all(each.never_falls for each in rises)
    never_rises = all(each.never_rises for each in rises)
    return Rise(0 if never_falls else None, 0 if never_rises else None)


def _sum(bounds: Iterable[Bound]) -> Bound:
    """None where one of them is missing."""
    added: Rational = 0
    for bound in bounds:
        if bound is None:
            return None
        added += bound
    return exact(added)
