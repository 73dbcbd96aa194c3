"""Parts of forms: which depend on a symbol, and which of several is the greatest or the smallest."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from symcost.formula.arithmetic import add, num
from symcost.formula.form import Form, Num, Symbol
from symcost.formula.makers import maximum, minimum
from symcost.formula.terms import terms

Proven = Callable[[Form, Form], bool | None]
"""Whether the first is at least the second; None where neither that nor the contrary is proven."""


def mentions(form: Form, symbols: Iterable[Symbol]) -> bool:
    """Whether the form depends on one of the symbols."""
    if isinstance(form, Num):
        return False
    wanted = {symbol.key for symbol in symbols}
    return any(symbol.key in wanted for symbol in form.free_symbols)


def apart(form: Form, symbols: Iterable[Symbol]) -> tuple[Form, Form]:
    """A form as a sum of what depends on the symbols and what does not."""
    if not mentions(form, symbols):
        return num(0), form
    expanded = terms(form.expand())
    dependent = [term for term in expanded if mentions(term, symbols)]
    free = [term for term in expanded if not mentions(term, symbols)]
    return add(0, *dependent), add(0, *free)


def outermost(forms: Iterable[Form], proven: Proven, most: bool) -> Form:
    """The greatest or the smallest of several, as far as that is proven."""
    if most:
        return maximum(*unbounded(forms, proven))
    return minimum(*unbounded(forms, lambda left, right: proven(right, left)))


def unbounded(forms: Iterable[Form], bounds: Proven) -> list[Form]:
    """Those of several that no other is proven to bound; of two that bound one another the first."""
    remaining: list[Form] = []
    for form in forms:
        if not any(bounds(other, form) for other in remaining):
            remaining = [other for other in remaining if not bounds(form, other)]
            remaining.append(form)
    return remaining
