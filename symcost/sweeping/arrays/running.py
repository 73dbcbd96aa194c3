"""Programs run over NumPy arrays: in 64 bits where that is proven to be exact, else in integers of Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from symcost.formula.evaluate import MAX_ROUNDS, decimal_logarithm, logarithm, logarithm_to, natural_logarithm, power
from symcost.formula.numbers import Rational, TooLarge, checked, exact
from symcost.once import once
from symcost.sweeping.bounds import Range, fits, long, ranges
from symcost.sweeping.program import Program, Step

Array = Any  # NumPy is an extra; of 64-bit integers or of objects, which are `int` or `Fraction`
Value = Any  # an array or a number

Schedule = list[tuple[int, Any, int, int, Value]]
"""For each step that calculates: its place, its operation, the two it reads, and where it writes if that is known."""

TARGET = "target"
"""Stands for the array that the results are written into."""


def box(array: Array) -> Range:
    """The least and the greatest of an array that is not empty."""
    return _python(array.min()), _python(array.max())


def greatest(array: Array) -> Rational:
    """The greatest of an array that is not empty; sizes are at least 1."""
    return _python(array.max())


def wide(array: Array) -> Array:
    """The same numbers as Python has them."""
    return array if array.dtype == object else array.astype(object)


def run(program: Program, inputs: Sequence[Array]) -> Value:
    """What a program makes of arrays that are broadcast together.

    Raises ZeroDivisionError, TooLarge.
    """
    return Run(program, [box(array) for array in inputs]).of(inputs)


class Run:
    """A program and between which numbers its steps lie, for inputs of which that is known."""

    def __init__(self, program: Program, known: Sequence[Range]) -> None:
        self.program = program
        self.ranges: list[Range] = ranges(program, known)
        self.last_use: list[list[int]] = _last_uses(program)
        self._shapes: tuple[tuple[int, ...], ...] | None = None
        self._schedule: Schedule = []

    @once
    def small(self) -> bool:
        """Whether all of it is proven to be in 64 bits."""
        return all(map(fits, self.ranges))

    @once
    def plain(self) -> bool:
        """Whether each step is besides one operation of NumPy that cannot fail, on arrays."""
        steps = self.program.steps
        arrays: set[int] = set()
        for place, step in enumerate(steps):
            if step.kind == "number" and step.number.denominator == 1:
                continue

            # A fraction is no input, and no operation of NumPy.
            cannot_fail = step.kind in PLAIN and not self._may_divide_by_zero(step)
            on_arrays = not arrays.isdisjoint(step.args)
            if step.kind != "input" and not (cannot_fail and on_arrays):
                return False
            arrays.add(place)
        return self.small

    def _may_divide_by_zero(self, step: Step) -> bool:
        return any(_may_be_zero(self.ranges[arg]) for arg in _divisors(step))

    def into(self, target: Array, inputs: Sequence[Array]) -> None:
        """The results of a plain program, written where they belong."""
        values = self._numbers.copy()
        values[: len(inputs)] = inputs
        for place, operation, left, right, room in self._scheduled(target, inputs):
            values[place] = operation(values[left], values[right], out=target if room is TARGET else room)

    @once
    def _numbers(self) -> list[Value]:
        """The numbers of a plain program at their places, as NumPy has them: it would turn them anew in each block."""
        found: list[Value] = [None] * len(self.program.steps)
        for place, step in enumerate(self.program.steps):
            if step.kind == "number":
                found[place] = np.asarray(step.number, dtype=np.int64)
        return found

    def _scheduled(self, target: Array, inputs: Sequence[Array]) -> Schedule:
        """Which step writes where, for blocks of one shape; most blocks have the shape of the one before."""
        shapes = (target.shape, *(array.shape for array in inputs))
        if self._shapes != shapes:
            self._shapes, self._schedule = shapes, self._schedule_of(target.shape, [array.shape for array in inputs])
        return self._schedule

    def _schedule_of(self, whole: tuple[int, ...], inputs: Sequence[tuple[int, ...]]) -> Schedule:
        """Results of the whole shape are written over what nobody reads any more, the last one into the target."""
        shapes: list[tuple[int, ...]] = [()] * len(self.program.steps)
        shapes[: len(inputs)] = inputs
        rooms: dict[int, Value] = {}
        free: list[Value] = [TARGET]
        found: Schedule = []
        for place, step in enumerate(self.program.steps):
            if step.kind not in PLAIN:
                continue
            left, right = step.args
            shapes[place] = _broadcast(shapes[left], shapes[right])
            free += [rooms.pop(used) for used in self.last_use[place] if used in rooms]
            if place == len(shapes) - 1:
                rooms[place] = TARGET
            elif shapes[place] == whole:
                rooms[place] = free.pop() if free else np.empty(whole, dtype=np.int64)
            found.append((place, PLAIN[step.kind], left, right, rooms.get(place)))
        return found

    def of(self, inputs: Sequence[Array]) -> Value:
        """The result for arrays that are within them."""
        values: list[Value] = []
        for place, step in enumerate(self.program.steps):
            values.append(self._step(place, step, values, inputs))
            for read in self.last_use[place]:
                values[read] = None  # so that its memory serves again
        return values[-1]

    def _step(self, place: int, step: Step, values: list[Value], inputs: Sequence[Array]) -> Value:
        if step.kind == "input":
            return inputs[int(step.number)]
        if step.kind == "number":
            return step.number
        args = [values[arg] for arg in step.args]
        return self._sum(step, args) if step.kind == "sum" else self._calculated(place, step, args)

    def _calculated(self, place: int, step: Step, args: list[Value]) -> Value:
        """In 64 bits, where what goes in and what comes out are."""
        if self._may_divide_by_zero(step) and np.any(np.equal(args[1], 0)):
            raise ZeroDivisionError

        in_64_bits = fits(self.ranges[place]) and not any(map(_is_wide, args))
        return _done(step.kind, args) if in_64_bits else self._wide(place, step, args)

    def _wide(self, place: int, step: Step, args: list[Value]) -> Value:
        """In integers and fractions without an end; one that is too long is refused."""
        found = _done(step.kind, [_objects(_plain(arg)) for arg in args])
        if long(self.ranges[place]):
            return _each(checked, found)
        return found

    # Open sums ------------------------------------------------------------------------------------

    def _sum(self, step: Step, args: list[Value]) -> Value:
        """Round by round, each for the points that have it."""
        low, high, *read = args
        first, last = _first_and_last(low, high)
        if last - first > MAX_ROUNDS:
            raise TooLarge("a sum of more than a million rounds")
        assert step.body is not None
        known = [self.ranges[place] for place in step.args[2:]]
        body = Run(step.body, [(first, last - 1), *known])
        shape = np.broadcast_shapes(*(np.shape(arg) for arg in args))
        total: Value = np.zeros(shape, dtype=object if _sum_is_wide(body, last - first) else np.int64)
        for turn in range(first, last):
            total = _added(total, body, turn, (np.less_equal(low, turn), np.greater(high, turn)), read, shape)
        return total


def _added(
    total: Array, body: Run, turn: int, there: tuple[Value, Value], read: Sequence[Value], shape: tuple[int, ...]
) -> Array:
    """The total with one round more, at the points that have it."""
    has = np.logical_and(*there)
    if np.all(has):
        return _joined(total, body.of([turn, *read]), ...)
    where = np.broadcast_to(has, shape)
    if not np.any(where):
        return total
    some = [np.broadcast_to(value, shape)[where] for value in read]
    return _joined(total, body.of([turn, *some]), where)


def _joined(total: Array, more: Value, where: Any) -> Array:
    if _is_wide(more) and total.dtype != object:
        total = wide(total)
    if total.dtype == object and isinstance(more, np.ndarray):
        more = wide(more)
    total[where] += more
    return total


def _first_and_last(low: Value, high: Value) -> tuple[int, int]:
    """From where to where the rounds of any point go; of no point there are none."""
    if not np.size(low) or not np.size(high):
        return 0, 0
    return int(np.min(low)), int(np.max(high))


def _sum_is_wide(body: Run, rounds: int) -> bool:
    one = body.ranges[-1]
    return one is None or not fits((min(0, one[0]) * rounds, max(0, one[1]) * rounds))


# One step ------------------------------------------------------------------------------------------


def _broadcast(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of what is made of two; NumPy is asked only where neither is the other's."""
    if left == right or not right:
        return left
    return np.broadcast_shapes(left, right) if left else right


def _last_uses(program: Program) -> list[list[int]]:
    """For each step the earlier ones that nobody reads after it."""
    last: dict[int, int] = {}
    for place, step in enumerate(program.steps):
        last |= dict.fromkeys(step.args, place)

    found: list[list[int]] = [[] for _ in program.steps]
    for read, place in last.items():
        found[place].append(read)
    return found


def _divisors(step: Step) -> tuple[int, ...]:
    return step.args[1:] if step.kind in ("div", "floor", "ceil", "mod") else ()


def _may_be_zero(found: Range) -> bool:
    return found is None or found[0] <= 0 <= found[1]


def _is_wide(value: Value) -> bool:
    """Whether it is not all in 64 bits: a fraction, or a number of Python that is too long."""
    if isinstance(value, np.ndarray):
        return bool(value.dtype == object)
    return not isinstance(value, int | np.integer) or not fits((int(value), int(value)))


def _divided(above: Value, below: Value) -> Value:
    """The quotient; where it is whole everywhere in 64 bits, otherwise in fractions."""
    found = np.floor_divide(above, below)
    return found if np.array_equal(found * below, np.broadcast_to(above, np.shape(found))) else _fraction(above, below)


def _fraction(above: Value, below: Value) -> Value:
    return _each(lambda left, right: exact(Fraction(left) / right), _plain(above), _plain(below))


def _plain(value: Value) -> Value:
    return wide(value) if isinstance(value, np.ndarray) else int(value) if isinstance(value, np.integer) else value


def _objects(value: Value) -> Array:
    """As an array of objects also where it is one number: NumPy turns that into 64 bits, which it may not fit into."""
    return np.asarray(value, dtype=object)


def _upwards(above: Value, below: Value) -> Value:
    return -np.floor_divide(np.negative(above), below)


OPERATIONS: dict[str, Callable[..., Value]] = {
    "add": np.add,
    "mul": np.multiply,
    "div": _divided,
    "floor": np.floor_divide,
    "ceil": _upwards,
    "mod": np.mod,
    "min": np.minimum,
    "max": np.maximum,
}
"""Of numbers in 64 bits whose result is in them too, if it is whole; and of integers and fractions of Python."""


def _done(kind: str, args: Sequence[Value]) -> Value:
    """What an operation makes of numbers."""
    if kind in OPERATIONS:
        return OPERATIONS[kind](*args)
    return _one_by_one(kind, args)


def _each(function: Callable[..., Any], *args: Value) -> Value:
    """One by one."""
    found = np.frompyfunc(function, len(args), 1)(*args)
    return found if isinstance(found, np.ndarray) else exact(found)


PLAIN: dict[str, Any] = {
    kind: OPERATIONS[kind] for kind in ("add", "mul", "floor", "mod", "min", "max")
}  # fmt: skip
"""Those that are one of NumPy's."""

ODD: dict[str, Callable[..., Rational]] = {
    "power": power,
    "log2": logarithm,
    "log_to": lambda value, base: logarithm_to(base, value),
    "ln": natural_logarithm,
    "log10": decimal_logarithm,
}
"""What NumPy has no exact operation for."""


def _one_by_one(kind: str, args: Sequence[Value]) -> Value:
    """An operation number by number; for those that come again, once."""
    kept: dict[tuple[Any, ...], Rational] = {}

    def once(*given: Any) -> Rational:
        if given not in kept:
            if len(kept) > MOST_KEPT:
                kept.clear()
            kept[given] = exact(ODD[kind](*map(_python, given)))
        return kept[given]

    found = _each(once, *map(_plain, args))
    return narrowed(found)


MOST_KEPT = 100_000


def _python(value: Any) -> Rational:
    return value if isinstance(value, int | Fraction) else int(value)


def narrowed(found: Value) -> Value:
    """In 64 bits, where all of it is whole and fits; fractions that are whole as integers."""
    if isinstance(found, int | Fraction):
        return exact(found)
    if not isinstance(found, np.ndarray) or found.dtype != object or not found.size:
        return found
    found = _each(exact, found)
    whole = all(type(value) is int for value in found.flat)
    return found.astype(np.int64) if whole and fits(box(found)) else found
