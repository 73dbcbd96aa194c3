"""Which symbols a form speaks of: those in it, and those that the limits of its counters speak of in their turn."""

from __future__ import annotations

from symcost.formula.form import Form, Symbol
from symcost.formula.keys import Key, when_swept
from symcost.formula.poly import Poly

MOST_KEPT = 16_384
"""Of so many forms and polynomials it is kept."""

Names = frozenset[Symbol]

_names: dict[Key, Names] = {}
when_swept(_names.clear)


def spoken_of(item: Form) -> Names:
    """The symbols of a form, and those that the limits of its counters speak of."""
    known = _names.get(item.key)
    return _kept(item.key, _found(item)) if known is None else known


def spoken_of_in(poly: Poly) -> Names:
    """The same of a polynomial."""
    known = _names.get(poly.key)
    if known is not None:
        return known
    return _kept(poly.key, frozenset().union(*map(spoken_of, poly.atoms.values())))


def _kept(key: Key, names: Names) -> Names:
    if len(_names) >= MOST_KEPT:
        _names.clear()
    _names[key] = names
    return names


def _found(item: Form) -> Names:
    found: set[Symbol] = set()
    waiting = list(item.free_symbols)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _in_limits(name)
    return frozenset(found)


def _in_limits(name: Symbol) -> tuple[Symbol, ...]:
    """The symbols that the limits of a counter speak of; dimensions have none."""
    if not name.uid:
        return ()
    return name.low.free_symbols if name.high is None else (*name.low.free_symbols, *name.high.free_symbols)
