"""Where two lines of a plot meet: a crossing that is told by formulas is drawn where both lines are, or not at all.

A formula may hold from some size on only (depths do from the second round on), and sizes are whole: lines may cross
between two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import exp, log

from symcost.pictures.plots.chart import Curve, Number

CLOSE = 50
"""Two numbers less than a fiftieth of them apart are one place in a picture."""

Place = tuple[Number, Number]
"""Size and value."""


def meeting(
    pair: tuple[Curve, Curve], told: Number, values: tuple[Number, Number], *, is_log: bool
) -> Place | None:  # fmt: skip
    """Where two lines meet; None where they do not lie on different sides of each other before `told` and behind it.

    `values` are both numbers at the nearest whole size, which is the place where they are as good as equal.
    """
    size = round(told)
    left, right = values
    if left == right:
        return size, left
    around = _around(pair, told)
    if around is None:
        return None
    if CLOSE * abs(Fraction(left - right)) < max(abs(Fraction(left)), abs(Fraction(right))):
        return size, left
    return _between(around, is_log=is_log)


Around = tuple[tuple[Number, Number, Number], tuple[Number, Number, Number]]
"""Size and both values, before a crossing and behind it."""


def _around(pair: tuple[Curve, Curve], told: Number) -> Around | None:
    """The nearest sizes on either side that both lines have; None where the same one is below at both."""
    for before, behind in pairwise(_common(*pair)):
        if before[0] <= told <= behind[0] and _gap(before) * _gap(behind) <= 0:
            return before, behind
    return None


def _common(left: Curve, right: Curve) -> Sequence[tuple[Number, Number, Number]]:
    others = dict(right.points)
    return [(size, value, others[size]) for size, value in left.points if size in others]


def _gap(at: tuple[Number, Number, Number]) -> Number:
    _, left, right = at
    return left - right


def _between(around: Around, *, is_log: bool) -> Place:
    """Where two straight stretches meet, on axes of powers those of their logarithms."""
    before, behind = around
    if _gap(before) == 0:
        return before[:2]
    if not is_log:
        part = Fraction(_gap(before)) / (_gap(before) - _gap(behind))
        return _at(before[0], behind[0], part), _at(before[1], behind[1], part)

    (start, low, other), (end, high, far) = ([log(number) for number in at] for at in around)
    share = (low - other) / (low - other - high + far)
    return Fraction(exp(start + share * (end - start))), Fraction(exp(low + share * (high - low)))


def _at(start: Number, end: Number, part: Fraction) -> Fraction:
    return start + part * (end - start)
