"""The shape of what a loop carries, where it is another one in each round."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symcost.importing.program import Size
from symcost.syntax import ast, made

ROUND = "l"
"""The number of a round of `repeat`, where a shape speaks of it."""

Shape = tuple[Size, ...]


def changes(before: Shape, after: Shape) -> bool:
    """Whether a round leaves another shape than it found."""
    return [size.values for size in before] != [size.values for size in after]


def in_round(before: Shape, after: Shape, tree: Callable[[Size], ast.Expr]) -> ast.List:
    """The shape in any round, over the number of the round; before and after the first one as given."""
    pairs = zip(before, after, strict=True)
    return made.shape([_axis(one, other, tree) for one, other in pairs])


def _axis(before: Size, after: Size, tree: Callable[[Size], ast.Expr]) -> ast.Expr:
    """An axis in a round: as it was, as much more each time, or as many times as much."""
    first = tree(before)
    if before.values == after.values:
        return first

    counter = made.name(ROUND)
    factor = _factor(before, after)
    if factor is None:
        step = made.binary("*", tree(_step(before, after)), counter)
        return made.binary("+", first, step)

    if factor.denominator == 1:
        return made.binary("*", first, made.binary("^", made.number(factor), counter))
    return made.binary("/", first, made.binary("^", made.number(1 / factor), counter))


def _factor(before: Size, after: Size) -> Fraction | None:
    """What a round multiplies by at all configurations, if that is a whole number or one over it."""
    pairs = zip(before.values, after.values, strict=True)
    ratios = {Fraction(two, one) for one, two in pairs}
    if len(ratios) != 1:
        return None
    (ratio,) = ratios
    return ratio if 1 in (ratio.numerator, ratio.denominator) else None


def _step(before: Size, after: Size) -> Size:
    """What a round adds."""
    pairs = zip(before.values, after.values, strict=True)
    return Size(tuple(two - one for one, two in pairs))
