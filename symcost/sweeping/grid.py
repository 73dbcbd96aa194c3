"""Grids of sizes that are never held as a whole: each axis is a list or a range, points are told by their place."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import reduce
from math import exp, log, prod
from operator import mul
from typing import TYPE_CHECKING, Any

from symcost.errors import BadRange
from symcost.records import dataclass
from symcost.values import LARGEST_SIZE, number_in

if TYPE_CHECKING:
    from symcost.sweeping.arrays.running import Array

MOST_LISTED = 100_000
"""Sizes of a list, or of a range at equal ratios."""

RATIOS = 100
"""Sizes of a range at equal ratios, where no number is said."""

LARGEST_RATIO = 10**15
"""Beyond this, a float does not tell whole numbers apart."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The sizes of one name, in their order."""

    name: str
    sizes: Sequence[int]

    def __len__(self) -> int:
        return length(self.sizes)

    @property
    def key(self) -> list[Any]:
        """What tells it from another, as JSON has it."""
        sizes = self.sizes
        written = ["range", sizes.start, sizes.stop, sizes.step] if isinstance(sizes, range) else list(sizes)
        return [self.name, written]


def length(sizes: Sequence[int]) -> int:
    """Also of a range that `len` is too short for."""
    if isinstance(sizes, range):
        return max(0, (sizes.stop - sizes.start + sizes.step - 1) // sizes.step)
    return len(sizes)


def axis(name: str, written: str) -> Axis:
    """`1:100`, `64:4096:64`, `1:1e6:log`, `1:1e6:log:20` or `64,128,256`; ends are within.

    Raises BadRange.
    """
    if ":" not in written:
        return Axis(name, _listed(name, written))
    begin, end, *how = (part.strip() for part in written.split(":"))
    low, high = _size(name, written, begin), _size(name, written, end)
    if low > high:
        raise BadRange(name, written, f"it is empty, since it ends at {high}, before {low}")
    match how:
        case []:
            return Axis(name, range(low, high + 1))
        case ["log"]:
            return Axis(name, _at_equal_ratios(name, written, low, high, RATIOS))
        case ["log", count]:
            return Axis(name, _at_equal_ratios(name, written, low, high, _size(name, written, count)))
        case [step]:
            return Axis(name, range(low, high + 1, _size(name, written, step)))
    raise BadRange(name, written, "it has a beginning, an end, and a step or `log`")


def _listed(name: str, written: str) -> tuple[int, ...]:
    sizes = [_size(name, written, part) for part in written.split(",", MOST_LISTED)]
    if len(sizes) > MOST_LISTED:
        raise BadRange(name, written, f"a list has at most {MOST_LISTED}")
    return tuple(sizes)


def _size(name: str, written: str, part: str) -> int:
    """A whole number of at least 1. Raises BadRange."""
    number = int(part) if re.fullmatch("[0-9]{1,40}", part) else number_in(part.strip())
    if isinstance(number, int) and number >= 1 and number.bit_length() <= LARGEST_SIZE:
        return number
    raise BadRange(name, written, _no_size(number, part))


def _no_size(number: object, part: str) -> str:
    """Why what is written is none."""
    if not part:
        return "a number is missing"
    shown = f"`{part[:40]}`"
    if isinstance(number, str):
        return f"{shown} is no number"
    return f"{shown} is no size" if isinstance(number, int) else f"{shown} is not whole"


def _at_equal_ratios(name: str, written: str, low: int, high: int, count: int) -> tuple[int, ...]:
    """From low to high, both within, rounded to whole numbers, each once."""
    if count > MOST_LISTED or high > LARGEST_RATIO:
        raise BadRange(name, written, f"at most {MOST_LISTED} sizes of at most {LARGEST_RATIO} are at equal ratios")
    if count == 1 or low == high:
        return (low,)
    step = (log(high) - log(low)) / (count - 1)
    between = (round(low * exp(step * place)) for place in range(1, count - 1))
    return tuple(dict.fromkeys([low, *(min(high, max(low, size)) for size in between), high]))


@dataclass(frozen=True, slots=True)
class Grid:
    """All points of some axes; the last axis runs fastest."""

    axes: tuple[Axis, ...]

    @property
    def rows(self) -> int:
        return prod(length(axis.sizes) for axis in self.axes)

    def columns(self, begin: int, end: int) -> dict[str, Array]:
        """The sizes of the points from `begin` up to `end`, a column for each axis."""
        import numpy as np

        found: dict[str, Array] = {}
        places = np.arange(begin, end)
        for number, axis in enumerate(self.axes):
            inside = reduce(mul, (length(other.sizes) for other in self.axes[number + 1 :]), 1)
            found[axis.name] = _taken(axis.sizes)(places // inside % length(axis.sizes))
        return found


def _taken(sizes: Sequence[int]) -> Callable[[Array], Array]:
    """The sizes at places."""
    import numpy as np

    if not isinstance(sizes, range):
        fits = max(sizes) < 1 << 63
        listed = np.array(sizes, dtype=np.int64 if fits else object)
        return lambda places: listed[places]
    if sizes.start + sizes.step * length(sizes) < 1 << 63:
        return lambda places: sizes.start + sizes.step * places
    return lambda places: sizes.start + sizes.step * places.astype(object)
