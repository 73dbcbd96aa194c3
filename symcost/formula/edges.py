"""Numbers at which a rounded quotient is about to become another one, where claims about several of them fail first.

Of `1 + floor(p/256) - floor((p + 3)/256)` any number of samples may see nothing; at `p + 3 = 256` it shows what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import gcd

from symcost.formula.form import Ceil, Floor, Form, Symbol
from symcost.formula.numbers import TooLarge

MOST_EDGES = 24
"""So many are looked at: two of each rounded quotient and size in it."""
ROOM = 12
"""Sizes are so many times what is divided by, so that a counter gets as far as to an edge."""

Values = dict[Symbol, int]


def edges(claim: Form, names: Iterable[Symbol]) -> Iterator[Values]:
    """Numbers for some symbols, at which a quotient by a number in a claim is whole, or one part less than that."""
    return islice(_edges(claim, list(names)), MOST_EDGES)


def _edges(claim: Form, names: list[Symbol]) -> Iterator[Values]:
    rounded = _rounded(claim)
    largest = max(rounded.values(), default=0)
    base = {name: 0 if name.uid else ROOM * largest for name in names}
    for above, below in rounded.items():
        for name in above.free_symbols:
            for remainder in (0, below - 1):
                moved = _moved(above, below, name, remainder, base)
                if moved is not None:
                    yield {**base, name: moved}


def _rounded(claim: Form) -> dict[Form, int]:
    """What is divided by a whole number and rounded, wherever it stands in a claim."""
    found: dict[Form, int] = {}
    waiting = [claim]
    while waiting:
        item = waiting.pop()
        waiting += item.children
        if isinstance(item, Floor | Ceil):
            below = item.denominator.number
            if isinstance(below, int) and below > 1:
                found[item.numerator] = below
    return found


def _moved(above: Form, below: int, name: Symbol, remainder: int, base: Values) -> int | None:
    """The next number of a size from which on a quotient leaves that remainder; None where that is not known."""
    try:
        here = above.evaluate(base)
        step = above.evaluate({**base, name: base[name] + 1}) - here
    except (TooLarge, ZeroDivisionError):
        return None
    if not (isinstance(here, int) and isinstance(step, int)) or gcd(step, below) != 1:
        return None
    return base[name] + (remainder - here) * pow(step, -1, below) % below
