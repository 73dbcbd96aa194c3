"""Comparisons that are asked again and again: each is proven once, and numbers that speak against it come first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from symcost.formula.arithmetic import num
from symcost.formula.assumed import AtLeast, Equal
from symcost.formula.dims import Assumptions
from symcost.formula.form import Form, Max, Min
from symcost.formula.keys import Key
from symcost.formula.numbers import Rational, TooLarge

MOST_SAMPLES = 20
"""Numbers tried before a proof."""
MOST_CASES = 3
"""Minima and maxima in one comparison; proofs by cases of more take too long."""
ZERO = num(0)

Decided = dict[tuple[Assumptions, Key], bool]


class Comparisons:
    """What is known of forms under some facts; beyond so many proofs nothing more is.

    A claim and its contrary are asked apart, so that nobody proves the one to answer the other.
    """

    def __init__(self, facts: Assumptions, most: int) -> None:
        self.facts: Assumptions = facts
        self._allowed = most
        self._at_least: Decided = {}
        self._below: Decided = {}
        self._supposed: dict[tuple[Assumptions, tuple[AtLeast | Equal, ...]], Assumptions] = {}

    @contextmanager
    def supposing(self, *facts: AtLeast | Equal) -> Iterator[None]:
        """Within, more is known."""
        before, asked = self.facts, (self.facts, facts)
        if asked not in self._supposed:
            # What was found out under the same facts before is not looked for again.
            self._supposed[asked] = before.with_(*facts)
        self.facts = self._supposed[asked]
        try:
            yield
        finally:
            self.facts = before

    def at_least(self, left: Form, right: Form) -> bool:
        """Whether one is proven to be no smaller than another."""
        difference = (left - right).expand()
        if difference.number is not None:
            return difference.number >= 0
        key = (self.facts, difference.key)
        if key not in self._at_least:
            self._at_least[key] = self._decided(difference, 1, self._is_never_negative)
        return self._at_least[key]

    def below(self, one: Form, other: Form) -> bool:
        """Whether one is proven to be smaller."""
        difference = (one - other).expand()
        if difference.number is not None:
            return difference.number < 0
        key = (self.facts, difference.key)
        if key not in self._below:
            self._below[key] = self._decided(difference, -1, self._is_always_negative)
        return self._below[key]

    def equal(self, one: Form, other: Form) -> bool:
        """Whether they are the same for all values, as far as that is proven."""
        if one.key == other.key or (one - other).expand() == 0:
            return True
        return self.at_least(one, other) and self.at_least(other, one)

    def _decided(self, difference: Form, sign: int, proven: Callable[[Form], bool]) -> bool:
        """Whether a difference is proven to have this sign everywhere."""
        if self._allowed <= 0 or _cases(difference) > MOST_CASES:
            return False
        self._allowed -= 1
        # One number that speaks against it is found sooner than no proof.
        return not self._is_somewhere(-sign, difference) and proven(difference)

    def _is_somewhere(self, sign: int, form: Form) -> bool:
        """Whether numbers show that it is negative somewhere, or that it is not."""
        if sign in self.facts.signs(form):
            return True
        try:
            for values in islice(self.facts.samples(form), MOST_SAMPLES):
                if _sign(form.evaluate(values)) == sign:
                    return True
        except (TooLarge, ZeroDivisionError):
            pass
        return False

    def _is_never_negative(self, difference: Form) -> bool:
        return self.facts.is_at_least_zero(difference)

    def _is_always_negative(self, difference: Form) -> bool:
        return self.facts.at_least(difference, ZERO) is False


def _sign(value: Rational) -> int:
    """-1 below 0, and 1 from there on."""
    return -1 if value < 0 else 1


def _cases(form: Form) -> int:
    """How many minima and maxima there are in a form."""
    return isinstance(form, Min | Max) + sum(map(_cases, form.children))
