"""Comparisons that are asked again and again: each is proven once, and numbers that speak against it come first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from symcost.formula.arithmetic import num
from symcost.formula.assumed import AtLeast, Equal
from symcost.formula.dims import Assumptions
from symcost.formula.form import Form, Max, Min
from symcost.formula.keys import Key
from symcost.formula.numbers import TooLarge

MOST_SAMPLES = 20
"""Numbers tried before a proof."""
MOST_CASES = 3
"""Minima and maxima in one comparison; proofs by cases of more take too long."""
ZERO = num(0)


class Comparisons:
    """What is known of forms under some facts; beyond so many proofs nothing more is."""

    def __init__(self, facts: Assumptions, most: int) -> None:
        self.facts: Assumptions = facts
        self._allowed = most
        self._known: dict[tuple[Assumptions, Key], bool | None] = {}

    @contextmanager
    def supposing(self, *facts: AtLeast | Equal) -> Iterator[None]:
        """Within, more is known."""
        before, self.facts = self.facts, self.facts.with_(*facts)
        try:
            yield
        finally:
            self.facts = before

    def at_least(self, left: Form, right: Form) -> bool | None:
        """As Assumptions.at_least."""
        difference = (left - right).expand()
        if difference.number is not None:
            return difference.number >= 0
        key = (self.facts, difference.key)
        if key not in self._known:
            self._known[key] = self._decided(difference)
        return self._known[key]

    def below(self, one: Form, other: Form) -> bool:
        """Whether one is proven to be smaller."""
        return self.at_least(one, other) is False

    def equal(self, one: Form, other: Form) -> bool:
        """Whether they are the same for all values, as far as that is proven."""
        if one.key == other.key or (one - other).expand() == 0:
            return True
        return bool(self.at_least(one, other) and self.at_least(other, one))

    def _decided(self, difference: Form) -> bool | None:
        if self._allowed <= 0 or _cases(difference) > MOST_CASES:
            return None
        self._allowed -= 1
        # Numbers of both signs are found sooner than no proof for either answer.
        return None if self._of_both_signs(difference) else self.facts.at_least(difference, ZERO)

    def _of_both_signs(self, form: Form) -> bool:
        """Whether small numbers show that it is negative here and not there."""
        signs: set[bool] = set()
        try:
            for values in islice(self.facts.samples(form), MOST_SAMPLES):
                signs.add(form.evaluate(values) >= 0)
        except (TooLarge, ZeroDivisionError):
            pass
        return len(signs) == 2


def _cases(form: Form) -> int:
    """How many minima and maxima there are in a form."""
    return isinstance(form, Min | Max) + sum(map(_cases, form.children))
