"""What a form speaks of: the symbols in it and in the limits of its counters, and the logarithms.

A logarithm is something by itself: what is known of `log2(H)` says nothing of H that a proof by sums would find, while
a proof about `log2(H)` may well ask for H.
"""

from __future__ import annotations

from symcost.formula.form import Form, Log, Log2, Symbol
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
            for limit in name.limits:
                waiting += limit.free_symbols
    return frozenset(found)


# Marks -------------------------------------------------------------------------------------------

Marks = frozenset[Key]
"""Symbols, and what logarithms are taken of."""

_near: dict[Key, Marks] = {}
_within: dict[Key, Marks] = {}
when_swept(_near.clear)
when_swept(_within.clear)


def near(poly: Poly) -> Marks:
    """What a polynomial speaks of, but for what is inside of its logarithms."""
    return frozenset().union(*(_marks(written, _near) for written in poly.atoms.values()))


def within(asked: Poly | Form) -> Marks:
    """All that a polynomial or an atom speaks of."""
    if isinstance(asked, Form):
        return _marks(asked, _within)
    return frozenset().union(*(_marks(written, _within) for written in asked.atoms.values()))


def _marks(item: Form, known: dict[Key, Marks]) -> Marks:
    """Those of a form, found out once."""
    key = item.key
    if key not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        own = _own_mark(item)
        stops = known is _near and isinstance(item, Log | Log2)
        inside = () if stops else _inside(item)
        found = frozenset().union(*(_marks(part, known) for part in inside))
        known[key] = found if own is None else found | {own}
    return known[key]


def _inside(item: Form) -> tuple[Form, ...]:
    """The parts of a form, and the limits of a counter."""
    return item.limits if isinstance(item, Symbol) else item.children


def _own_mark(item: Form) -> Key | None:
    if isinstance(item, Symbol):
        return item.key
    return item.arg.poly.key if isinstance(item, Log | Log2) else None
