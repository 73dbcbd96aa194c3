"""For which sizes windows and path lengths hold as they are told with open dimensions.

Both ends of an axis are taken to be far from each other: a window that is longer than its axis sees less, and on an
axis of one position there is no way from one to another. A path length divides by what a layer brings nearer, so that
has to be something. Where it chose the number of layers, it is that of a model with so many.
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.analysis.depth.vanishing import open_facts
from symcost.analysis.window.path_length import Path
from symcost.formula import Assumptions, Equal, Form, num
from symcost.formula.form import Log2, Rounding
from symcost.ops.sizes import Fact, unrounded

ONE, TWO = num(1), num(2)


def windows_hold(path: Path, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That the axis has two positions, and is as long as the window. Raises UnderivedWindow."""
    if not path.sees:
        return ()
    seen = path.receptive_field
    return tuple(open_facts([(path.length, TWO if seen == path.length else seen)], assumptions))


def length_holds(path: Path, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That what it divides by is something, and that there are as many layers as it chose.

    Raises NoPath, UnderivedWindow.
    """
    if not path.sees:
        return ()
    length = path.length_of_path
    facts: list[Fact] = list(open_facts(_divisors(length), assumptions))

    chosen = set(path.layers.free_symbols) - set(length.free_symbols)
    if chosen and not path.connects:
        facts.append(Equal(path.layers, length))
    return tuple(facts)


def _divisors(form: Form) -> Iterator[tuple[Form, Form]]:
    """Everything it divides by under a floor or a ceiling, and how much that is at least."""
    if isinstance(form, Rounding):
        below = form.denominator
        yield (below.arg, TWO) if isinstance(below, Log2) else unrounded(below, ONE)
    for child in form.children:
        yield from _divisors(child)
