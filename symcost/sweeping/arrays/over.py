"""A quantity at every point of arrays that are broadcast together: exact, and each point keeps the assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from operator import itemgetter
from typing import Any

import numpy as np

from symcost.diagnostics import Span
from symcost.errors import BadValue, TooManyPoints, ViolatedAssumption
from symcost.formula import Form, Symbol
from symcost.formula.assumed import AtLeast, Divides, Fact
from symcost.formula.numbers import exact_of
from symcost.records import dataclass
from symcost.sweeping.arrays.running import Array, Run, Value, box, greatest, narrowed, run, wide
from symcost.sweeping.bounds import LARGEST, Range, ranges
from symcost.sweeping.program import Program, compiled
from symcost.values import LARGEST_SIZE, keeps

BLOCK = 1 << 17
"""Points that are worked out together: few enough to stay near the processor."""


@dataclass(frozen=True, slots=True)
class Check:
    """An assumption, as programs of its two sides; those about rounds of loops are looked at point by point."""

    fact: Fact
    names: tuple[str, ...]
    sides: tuple[Program, Program] | None

    @property
    def text(self) -> str:
        return str(self.fact)


@dataclass(frozen=True, slots=True)
class Plan:
    """A formula compiled to a function of arrays, and what has to be checked of them."""

    program: Program
    names: tuple[str, ...]
    checks: tuple[Check, ...]

    def of(self, arrays: Mapping[str, Array]) -> Array:
        """The numbers at every point: 64-bit integers where all are such, else `int` and `Fraction` as objects.

        Raises Violated, ZeroDivisionError, TooLarge.
        """
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        if 0 in shape:
            return np.zeros(shape, dtype=np.int64)
        padded = {name: array.reshape((1,) * (len(shape) - array.ndim) + array.shape) for name, array in arrays.items()}
        self._keep_assumptions(padded, shape)
        read = [padded[name] for name in self.names]
        return _by_blocks(self.program, read, shape)

    def _keep_assumptions(self, arrays: Mapping[str, Array], shape: tuple[int, ...]) -> None:
        """Raises Violated for the first point that breaks one, with the first that it breaks."""
        broken: list[tuple[int, Check]] = []
        for check in self.checks:
            if not arrays.keys() >= set(check.names):
                continue

            place = _first_broken(check, [arrays[name] for name in check.names], shape)
            if place is not None:
                broken.append((place, check))

        if not broken:
            return

        # Of those broken at the same point `min` gives the first.
        place, check = min(broken, key=itemgetter(0))
        point = np.unravel_index(place, shape)
        raise Violated(check.text, {name: _at(array, point) for name, array in arrays.items()})


class Violated(Exception):
    """A point that does not keep an assumption."""

    def __init__(self, text: str, point: Mapping[str, int]) -> None:
        super().__init__(text, point)
        self.text: str = text
        self.point: Mapping[str, int] = point


def _at(array: Array, point: Sequence[Any]) -> int:
    """The number of a padded array at a point of what it is broadcast to."""
    return int(array[tuple(0 if size == 1 else place for place, size in zip(point, array.shape, strict=True))])


def plan(form: Form, facts: Sequence[Fact]) -> Plan:
    """A form over dimensions, and what is assumed of them.

    Raises TooLarge.
    """
    symbols = form.free_symbols
    return Plan(compiled(form, symbols), tuple(symbol.name for symbol in symbols), tuple(map(_check, facts)))


def _check(fact: Fact) -> Check:
    left, right = fact.forms
    symbols = list(dict.fromkeys([*left.free_symbols, *right.free_symbols]))
    counters = [symbol for symbol in symbols if symbol.uid]
    if counters:
        names = _dimensions(symbols).union(*map(_bounding, counters))
        return Check(fact, tuple(sorted(names)), None)

    sides = compiled(left, symbols), compiled(right, symbols)
    return Check(fact, tuple(symbol.name for symbol in symbols), sides)


def _bounding(counter: Symbol) -> set[str]:
    """The dimensions that say how many rounds there are."""
    return set[str]().union(*(_dimensions(limit.free_symbols) for limit in counter.limits))


def _dimensions(symbols: Iterable[Symbol]) -> set[str]:
    """The names of those that count no rounds."""
    return {symbol.name for symbol in symbols if not symbol.uid}


def _first_broken(check: Check, arrays: Sequence[Array], shape: tuple[int, ...]) -> int | None:
    """The place of the first point, in the order of the points, that does not keep an assumption."""
    known = [box(array) for array in arrays]
    if not arrays or _always(check, known):
        return None
    own = np.broadcast_shapes(*(array.shape for array in arrays))
    kept = np.empty(own, dtype=bool)
    for where, parts in _blocks(arrays, own):
        kept[where] = _kept(check, parts)
    if kept.all():
        return None

    first = np.unravel_index(int(np.argmin(kept)), own)  # an axis of 1 is met at its beginning first
    return int(np.ravel_multi_index(first, shape))


def _always(check: Check, known: Sequence[Range]) -> bool:
    """Whether the bounds alone say that it is kept."""
    if check.sides is None or not isinstance(check.fact, AtLeast):
        return False
    left, right = (ranges(side, known)[-1] for side in check.sides)
    return left is not None and right is not None and left[0] >= right[1]


def _kept(check: Check, arrays: Sequence[Array]) -> Value:
    """Whether each point keeps it."""
    if check.sides is None:
        return _kept_by_rounds(check, arrays)
    left, right = (run(side, arrays) for side in check.sides)
    if isinstance(check.fact, AtLeast):
        return np.greater_equal(left, right)
    if not isinstance(check.fact, Divides):
        return np.equal(left, right)

    # Where each is in 64 bits NumPy is asked; it knows no remainder of 0.
    divisible = np.frompyfunc(_divides, 2, 1)
    if _wide(left) or _wide(right):
        return np.asarray(divisible(left, right), dtype=bool)
    nonzero = np.not_equal(left, 0)
    return np.logical_and(nonzero, np.equal(np.mod(right, np.where(nonzero, left, 1)), 0))


def _wide(value: Value) -> bool:
    """Whether it is not all in 64 bits."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype == object)
    return isinstance(value, Fraction) or not -LARGEST <= int(value) <= LARGEST


def _divides(divisor: Any, multiple: Any) -> bool:
    return bool(divisor != 0 and multiple % divisor == 0)


def _kept_by_rounds(check: Check, arrays: Sequence[Array]) -> Value:
    seen: dict[tuple[int, ...], bool] = {}

    def kept(*point: Any) -> bool:
        numbers = tuple(map(int, point))
        if numbers not in seen:
            seen[numbers] = keeps(dict(zip(check.names, numbers, strict=True)), check.fact)
        return seen[numbers]

    return np.asarray(np.frompyfunc(kept, len(arrays), 1)(*arrays), dtype=bool)


# Blocks --------------------------------------------------------------------------------------------


def _by_blocks(program: Program, arrays: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """The results, worked out block by block; where the greatest do not fit into 64 bits, with bounds for each."""
    whole = Run(program, [(1, greatest(array)) for array in arrays])
    found = np.empty(shape, dtype=np.int64)
    if whole.plain:
        for where, parts in _blocks(arrays, shape):
            whole.into(found[where], parts)
        return found

    # Also numbers in 64 bits may be fractions.
    for where, parts in _blocks(arrays, shape):
        result = whole.of(parts) if whole.small else run(program, parts)
        found = filled(found, where, narrowed(result))
    return found


def _blocks(arrays: Sequence[Array], shape: tuple[int, ...]) -> Iterator[tuple[tuple[slice, ...], list[Array]]]:
    """Where each block lies in the result, and the part of every array that it needs."""
    if prod(shape) <= BLOCK:
        yield (slice(None),) * len(shape), list(arrays)
        return

    # One by one along the axes in front, in stretches along the first whose parts are small enough.
    pivot = next(axis for axis in range(len(shape)) if prod(shape[axis + 1 :]) <= BLOCK)
    step = max(1, BLOCK // prod(shape[pivot + 1 :]))
    leading = [_stretches(size, 1) for size in shape[:pivot]]
    for where in product(*leading, _stretches(shape[pivot], step)):
        yield where, [_part(array, where) for array in arrays]


def _stretches(size: int, step: int) -> list[slice]:
    """An axis in pieces of at most a step, as even as may be: what was scheduled for one serves the next."""
    pieces = -(-size // step)
    step = -(-size // pieces)
    return [slice(begin, begin + step) for begin in range(0, size, step)]


def _part(array: Array, where: tuple[slice, ...]) -> Array:
    """What of an array a block needs: all of an axis along which it is repeated."""
    if 1 not in array.shape:
        return array[where]
    axes = zip(where, array.shape, strict=False)
    return array[tuple(slice(None) if size == 1 else piece for piece, size in axes)]


def filled(found: Array, where: Any, values: Value) -> Array:
    """Numbers put in at some places; all become objects where these are not all in 64 bits."""
    if not _wide(values):
        found[where] = values
        return found
    if found.dtype != object:
        found = wide(found)
    found[where] = values
    return found


# What goes in --------------------------------------------------------------------------------------


def is_array(value: object) -> bool:
    """Whether it has several numbers: an array of NumPy's kind, a list, a tuple, a range."""
    return isinstance(value, list | tuple | range) or (getattr(value, "ndim", 0) or 0) > 0


def sizes(name: str, value: object, span: Span | None = None) -> Array:
    """An array of positive integers: of 64 bits, or of Python's where one is longer.

    Raises BadValue for the first that is no size.
    """
    array = _of_range(value) if isinstance(value, range) else np.asarray(value)
    is_long = array.dtype.kind == "u" and int(array.max(initial=0)) > LARGEST
    if is_long:
        return _each_size(name, array.astype(object), span)
    if array.dtype.kind not in "iu":
        return _each_size(name, array, span)

    array = array.astype(np.int64, copy=False)
    if int(array.min(initial=1)) < 1:  # the least is found in half the time of looking at each
        raise BadValue(name, int(array[array < 1][0]), span)
    return array


def _of_range(value: range) -> Array:
    short = not value or abs(value[0]) <= LARGEST >= abs(value[-1])
    return np.arange(value.start, value.stop, value.step) if short else np.array(list(value), dtype=object)


def _each_size(name: str, array: Array, span: Span | None) -> Array:
    """Whole floats and integers of any length; whatever else is refused."""
    found = np.empty(array.shape, dtype=object)
    for place, value in enumerate(array.flat):
        number = _size(value)
        if number is None:
            raise BadValue(name, value, span)
        found.flat[place] = number

    greatest_size = max(found.flat, default=0)
    return found.astype(np.int64) if greatest_size <= LARGEST else found


def _size(value: Any) -> int | None:
    """A value as a size, if it is one; no truth value is and no text."""
    if isinstance(value, bool | np.bool_ | str):
        return None
    number = exact_of(value)
    if not isinstance(number, int):
        return None
    return number if number >= 1 and number.bit_length() <= LARGEST_SIZE else None


# Point by point ------------------------------------------------------------------------------------

MOST_POINTS = 10_000
"""Different points at which a model may have to be built anew."""


def distinct(arrays: Mapping[str, Array]) -> Iterator[tuple[dict[str, int], Array]]:
    """The different points of some arrays, each with where it lies in what they are broadcast to.

    Raises TooManyPoints.
    """
    together = np.broadcast_arrays(*arrays.values())
    shape = together[0].shape
    groups: dict[tuple[int, ...], list[int]] = {}
    for place, point in enumerate(zip(*(array.flat for array in together), strict=True)):
        numbers = tuple(map(int, point))
        if numbers not in groups and len(groups) == MOST_POINTS:
            raise TooManyPoints(tuple(arrays), MOST_POINTS)
        groups.setdefault(numbers, []).append(place)
    for numbers, places in groups.items():
        yield dict(zip(arrays, numbers, strict=True)), np.unravel_index(np.array(places), shape)


def raised(broken: Violated) -> ViolatedAssumption:
    """Of a point for which no model is at hand to say more."""
    return ViolatedAssumption(broken.text, None, broken.point)
