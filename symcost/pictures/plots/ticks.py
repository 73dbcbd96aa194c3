"""Numbers beside a logarithmic axis that is too short for powers of ten: two at least, or nobody knows its scale."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import ceil, floor, log10

FEWEST = 2
MANTISSAS = ((1,), (1, 2, 5), (1, 2, 3, 4, 5, 6, 8))
"""What stands before powers of ten: the least that is enough."""
STEPS = (5, 2, 1)
"""Of equal distances, where even these are too few; the widest first."""


def short_ticks(low: float, high: float) -> list[float]:
    """Where numbers stand on an axis from one to the other; nothing where powers of ten are enough."""
    for mantissas in MANTISSAS:
        found = list(_within(low, high, mantissas))
        if len(found) >= FEWEST:
            return [] if mantissas == (1,) else found
    return _equal(low, high)


def _within(low: float, high: float, mantissas: tuple[int, ...]) -> Iterator[float]:
    for exponent in range(floor(log10(low)), ceil(log10(high)) + 1):
        for mantissa in mantissas:
            tick = mantissa * 10.0**exponent
            if low <= tick <= high:
                yield tick


def _equal(low: float, high: float) -> list[float]:
    """At the widest equal distances that leave two numbers within."""
    for exponent in count(ceil(log10(high - low)), -1):
        for step in STEPS:
            distance = step * 10.0**exponent
            turns = range(ceil(low / distance), floor(high / distance) + 1)
            if len(turns) >= FEWEST:
                return [turn * distance for turn in turns]
    raise AssertionError("distances become as small as need be")
