"""Symbols replaced by forms, all at once; sums are closed again where that has become possible."""

from __future__ import annotations

from collections.abc import Mapping

from symcost.formula.arithmetic import counter, form
from symcost.formula.form import Form, Sum, Symbol
from symcost.formula.interface import Operand
from symcost.formula.keys import Key
from symcost.formula.makers import Rebuilding
from symcost.formula.sums import sum_over


def substitute(item: Form, mapping: Mapping[Symbol, Operand]) -> Form:
    """The form with symbols replaced, all at once."""
    if not mapping:
        return item
    replacements = {symbol.key: form(value) for symbol, value in mapping.items()}
    return _Substitution(replacements).of(item)


class _Substitution(Rebuilding):
    """Replacements by the keys of symbols; a node that stands in several places is replaced once."""

    def __init__(self, replacements: dict[Key, Form]) -> None:
        super().__init__(self.of)
        self.replacements = replacements
        self.results: dict[int, Form] = {}

    def of(self, item: Form) -> Form:
        """The form with its symbols replaced."""
        if isinstance(item, Symbol):
            return self.replacements.get(item.key, item)
        result = self.results.get(id(item))
        if result is None:
            result = self.results[id(item)] = item.accept(self)
        return result

    def of_sum(self, item: Sum) -> Form:
        """The counter is bound here: it gets new limits, and is never replaced from outside."""
        low, high = self.of(item.low), self.of(item.high)
        fresh = counter(item.counter.name, low, high)
        body = _Substitution({**self.replacements, item.counter.key: fresh}).of(item.body)
        return sum_over(fresh, body)
