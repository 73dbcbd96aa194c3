"""Symbols replaced by forms, all at once; sums are closed again where that has become possible."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping

from symcost.formula.arithmetic import counter, form
from symcost.formula.form import Form, Num, Sum, Symbol
from symcost.formula.interface import Operand
from symcost.formula.keys import Key
from symcost.formula.makers import Rebuilding
from symcost.formula.sums import sum_over


def substitute(item: Form, mapping: Mapping[Symbol, Operand]) -> Form:
    """The form with symbols replaced, all at once."""
    if not mapping:
        return item
    return _Substitution(_by_key(mapping), id).of(item)


def substitution(mapping: Mapping[Symbol, Operand]) -> Callable[[Form], Form]:
    """The same for many forms, in which parts that are equal are replaced once, and written as the first of them."""
    return _Substitution(_by_key(mapping), _key).of


def _by_key(mapping: Mapping[Symbol, Operand]) -> dict[Key, Form]:
    return {symbol.key: form(value) for symbol, value in mapping.items()}


def _key(item: Form) -> Key:
    return item.key


class _Substitution(Rebuilding):
    """Replacements by the keys of symbols; of nodes that are the `same`, the first is replaced."""

    def __init__(self, replacements: dict[Key, Form], same: Callable[[Form], Hashable]) -> None:
        self.replacements = replacements
        self.same = same
        self.results: dict[Hashable, Form] = {}

    def of(self, item: Form) -> Form:
        """The form with its symbols replaced."""
        if isinstance(item, Symbol):
            return self.replacements.get(item.key, item)
        if isinstance(item, Num):
            return item
        same = self.same(item)
        result = self.results.get(same)
        if result is None:
            result = self.results[same] = item.accept(self)
        return result

    def of_sum(self, item: Sum) -> Form:
        """The counter is bound here: it gets new limits, and is never replaced from outside."""
        low, high = self.of(item.low), self.of(item.high)
        fresh = counter(item.counter.name, low, high)
        body = _Substitution({**self.replacements, item.counter.key: fresh}, self.same).of(item.body)
        return sum_over(fresh, body)
