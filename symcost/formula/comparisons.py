"""Comparisons that are asked again and again: each is proven once, and numbers that speak against it come first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from symcost.formula.arithmetic import num
from symcost.formula.assumed import AtLeast, Equal, Fact
from symcost.formula.dims import Assumptions
from symcost.formula.form import Form, Max, Min
from symcost.formula.keys import Key
from symcost.formula.samples import about, needed_symbols
from symcost.formula.shifted import least_of_shifted

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
        self._limit = most
        self._allowed = most
        self._differences: dict[tuple[Key, Key], Form] = {}
        self._at_least: Decided = {}
        self._below: Decided = {}
        self._related: dict[tuple[Assumptions, frozenset[Key]], Assumptions] = {}
        self._known_facts: dict[tuple[Fact, ...], Assumptions] = {}
        self._supposed: dict[tuple[Assumptions, tuple[AtLeast | Equal, ...]], Assumptions] = {}

    @property
    def spent(self) -> int:
        """How many proofs were tried."""
        return self._limit - self._allowed

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
        difference = self._difference(left, right)
        if difference.number is not None:
            return difference.number >= 0
        facts = self._about(difference)
        key = (facts, difference.key)
        if key not in self._at_least:
            self._at_least[key] = self._decided(difference, 1, facts, partial(_is_never_negative, facts))
        return self._at_least[key]

    def below(self, one: Form, other: Form) -> bool:
        """Whether one is proven to be smaller."""
        difference = self._difference(one, other)
        if difference.number is not None:
            return difference.number < 0
        facts = self._about(difference)
        key = (facts, difference.key)
        if key not in self._below:
            self._below[key] = self._decided(difference, -1, facts, partial(_is_always_negative, facts))
        return self._below[key]

    def equal(self, one: Form, other: Form) -> bool:
        """Whether they are the same for all values, as far as that is proven."""
        if one.key == other.key or self._difference(one, other) == 0:
            return True
        return self.at_least(one, other) and self.at_least(other, one)

    def _difference(self, one: Form, other: Form) -> Form:
        """One less the other, written out once."""
        asked = (one.key, other.key)
        if asked not in self._differences:
            self._differences[asked] = (one - other).expand()
        return self._differences[asked]

    def _about(self, difference: Form) -> Assumptions:
        """The facts that speak of the symbols of a form, or of symbols that such facts speak of: the same ones, however
        many others are supposed.
        """
        asked = (self.facts, frozenset(symbol.key for symbol in difference.free_symbols))
        if asked not in self._related:
            related = tuple(about(needed_symbols((difference,)), self.facts.facts))
            self._related[asked] = self._known_facts.setdefault(related, Assumptions(related))
        return self._related[asked]

    def _decided(self, difference: Form, sign: int, facts: Assumptions, proven: Callable[[Form], bool]) -> bool:
        """Whether a difference is proven to have this sign everywhere."""
        if self._allowed <= 0 or _cases(difference) > MOST_CASES:
            return False
        self._allowed -= 1
        least = least_of_shifted(difference if sign > 0 else -difference)
        if least is not None and (least > 0 or (least == 0 and sign > 0)):
            return True
        # A number that speaks against it is found sooner than no proof.
        return -sign not in facts.signs(facts.equated(difference)) and proven(difference)


def _is_never_negative(facts: Assumptions, difference: Form) -> bool:
    return facts.is_at_least(difference, ZERO)


def _is_always_negative(facts: Assumptions, difference: Form) -> bool:
    return facts.at_least(difference, ZERO) is False


def _cases(form: Form) -> int:
    """How many minima and maxima there are in a form."""
    return isinstance(form, Min | Max) + sum(map(_cases, form.children))
