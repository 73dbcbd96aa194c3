"""Parts of a form that do not depend on a symbol, kept as they were written while the rest is worked out."""

from __future__ import annotations

from symcost.formula.arithmetic import add, counter, mul, power
from symcost.formula.form import Add, Form, Mul, Num, Pow, Symbol
from symcost.formula.keys import Key


class Hidden:
    """Puts names in the place of sums, roundings, minima and the like without the symbol, and takes them back."""

    def __init__(self, symbol: Symbol) -> None:
        self._symbol = symbol
        self._names: dict[Key, Symbol] = {}
        self._forms: dict[Symbol, Form] = {}

    def of(self, item: Form) -> Form:
        """The form with one name for each part that stands by itself or as a factor; equal parts have one name."""
        match item:
            case Num() | Symbol():
                return item
            case Add() if self._moves(item):
                return add(*map(self.of, item.terms))
            case Mul():
                return mul(item.coefficient, *map(self.of, item.factors))
            case Pow(exponent=Num() as exponent):
                return power(self.of(item.base), exponent)
            case _:
                return self._as_it_moves(item)

    def _as_it_moves(self, item: Form) -> Form:
        """What moves with the symbol as it is; a power, too; else a name for it."""
        return item if self._moves(item) or isinstance(item, Pow) else self._name(item)

    def shown(self, item: Form) -> Form:
        """The form with the parts in their places again."""
        return item.substitute(self._forms)

    def _moves(self, item: Form) -> bool:
        return self._symbol in item.free_symbols

    def _name(self, item: Form) -> Symbol:
        name = self._names.get(item.key)
        if name is None:
            name = self._names[item.key] = counter("part", 0)
            self._forms[name] = item
        return name
