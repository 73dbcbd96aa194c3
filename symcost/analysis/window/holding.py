"""For which sizes windows and path lengths hold as they are told with open dimensions.

Both ends of an axis are taken to be far from each other: a window that is longer than its axis sees less, and on an
axis of one position there is no way from one to another. A path length divides by what a layer brings nearer, so that
has to be something. Where it chose the number of layers, it is that of a model with so many.
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.analysis.depth.vanishing import open_facts
from symcost.analysis.window.path_length import AxisPath
from symcost.formula import Assumptions, AtLeast, Equal, Form, mul, num
from symcost.formula.form import Log2, Pow, Rounding
from symcost.ops.sizes import Fact, quotient_in

ONE, TWO = num(1), num(2)


def windows_hold(path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That the axis has two positions, and is as long as the window. Raises UnderivedWindow."""
    if not path.sees:
        return ()
    seen = path.receptive_field
    if seen == path.length or (seen == 1 and _is_moved(path)):
        seen = TWO
    return _as_long_as(seen, path, assumptions)


def _is_moved(path: AxisPath) -> bool:
    """Whether the first position of the result sees another one: of a single one nothing tells that it was moved."""
    return path.axis is not None and path.last.substitute({path.at: num(0)}).expand() != 0


def length_holds(path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That windows hold and what it divides by is something; or that there are as many layers as it chose.

    Raises NoPath, UnderivedWindow.
    """
    if not path.sees:
        return ()
    divisors = divisors_hold(path, assumptions)
    if path.chooses_layers:
        return (*_as_long_as(TWO, path, assumptions), *divisors, Equal(path.layers, path.length_of_path))
    return (*windows_hold(path, assumptions), *meets_another(path, assumptions.with_(*divisors)), *divisors)


def sees_something(path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That a position is seen, behind which something may lie: of `T - 1` of them from T = 2 on."""
    return tuple(open_facts([(path.receptive_field, ONE)], assumptions)) if path.sees else ()


def meets_another(path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That what is seen has two positions, without which nothing of it meets: of `T - 1` of them from T = 3 on."""
    seen = path.receptive_field
    return () if seen == path.length else tuple(open_facts([(seen, TWO)], assumptions))


def divisors_hold(path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    """That what a path length divides by is something. Raises NoPath, UnderivedWindow."""
    return tuple(open_facts(_divisors(path.length_of_path), assumptions))


def _as_long_as(least: Form, path: AxisPath, assumptions: Assumptions) -> tuple[Fact, ...]:
    return (AtLeast(path.length, least),) if assumptions.at_least(path.length, least) is None else ()


def _divisors(form: Form) -> Iterator[tuple[Form, Form]]:
    """Everything it divides by, and how much that is at least."""
    if isinstance(form, Rounding):
        below = form.denominator
        yield (below.arg, TWO) if isinstance(below, Log2) else _is_something(below)
    elif isinstance(form, Pow) and form.exponent.number is not None and form.exponent.number < 0:
        yield form.base, ONE
    for child in form.children:
        yield from _divisors(child)


def _is_something(below: Form) -> tuple[Form, Form]:
    """That a divisor is at least 1; of `floor(p/q)` with a number q that p is at least q."""
    quotient = quotient_in(below)
    if quotient is None:
        return below, ONE
    above, divisor, others = quotient
    if divisor.number is None or divisor.number <= 0:
        return below, ONE
    return above, mul(divisor, (ONE - others).expand()).expand()
