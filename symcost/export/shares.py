"""Shares of a tree of blocks in tenths of a per cent: those inside of a block add up to its own, all of them to 100 %.

Each is its true share rounded down or up, those with the largest remainders up (the method of Hamilton for seats in a
parliament): rounded each by itself, the shares of three equal blocks would add up to 99.9 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

ALL = 1000
"""Tenths of a per cent."""


def shares(levels: Sequence[int], values: Sequence[int | Fraction]) -> list[int]:
    """For rows of a tree, each with its level and value, the outermost first: tenths of a per cent of the first value.

    Rows of the same level below one add up to it, or there are none.

    >>> shares([0, 1, 1, 1], [3, 1, 1, 1])
    [1000, 334, 333, 333]
    """
    whole = Fraction(values[0]) if values else Fraction(0)
    found = [0] * len(values)
    if whole == 0:
        return found
    found[0] = ALL
    exact = [value * ALL / whole for value in values]
    for number in range(len(values)):
        inside = _inside(levels, number)
        for row, tenths in zip(inside, _apportioned(found[number], [exact[row] for row in inside]), strict=True):
            found[row] = tenths
    return found


def _inside(levels: Sequence[int], number: int) -> list[int]:
    """The rows directly below one."""
    inside = []
    for row in range(number + 1, len(levels)):
        if levels[row] <= levels[number]:
            break
        if levels[row] == levels[number] + 1:
            inside.append(row)
    return inside


def _apportioned(total: int, exact: Sequence[Fraction]) -> list[int]:
    """Whole numbers that add up to `total`, each the floor or the ceiling of the exact one.

    There are such, as `total` is itself one of the two for their sum.
    """
    floors = [value.__floor__() for value in exact]
    over = total - sum(floors)
    by_remainder = sorted(range(len(exact)), key=lambda number: floors[number] - exact[number])
    up = set(by_remainder[:over])
    return [floor + (number in up) for number, floor in enumerate(floors)]
