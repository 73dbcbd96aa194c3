"""What the language does without a definition: each activation by its formula, each move by moving."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from tests.oracle.counted import Number, Tally, Tensor, Unfit, gathered, positions, reduced


def _constant(x: Number, value: float) -> Number:
    return Number(value, x.tally)


def _exp(x: float) -> float:
    return math.exp(min(x, 700.0))


def _log(x: float) -> float:
    return math.log(abs(x) or 1.0)


def sigmoid(x: Number) -> Number:
    return x.through(lambda v: 1 / (1 + _exp(-v)))


def leaky_relu(x: Number, slope: Number | None = None) -> Number:
    below = x * (slope if slope is not None else _constant(x, 0.01))
    return below.compare(x.value if x.value > 0 else below.value)


def elu(x: Number) -> Number:
    below = x.through(_exp) - _constant(x, 1.0)
    return below.compare(x.value if x.value > 0 else below.value)


def gelu(x: Number) -> Number:
    inner = (x * _constant(x, math.sqrt(0.5))).through(math.erf)
    return x * _constant(x, 0.5) * (_constant(x, 1.0) + inner)


def through(function: Callable[[float], float]) -> Callable[[Number], Number]:
    return lambda x: x.through(function)


TRANSCENDENTAL = {
    "exp": _exp,
    "log": _log,
    "tanh": math.tanh,
    "erf": math.erf,
    "sin": math.sin,
    "cos": math.cos,
}

ELEMENTWISE: dict[str, Callable[..., Number]] = {
    **{name: through(function) for name, function in TRANSCENDENTAL.items()},
    "sigmoid": sigmoid,
    "sqrt": lambda x: x.root(),
    "rsqrt": lambda x: _constant(x, 1.0) / x.root(),
    "relu": lambda x: x.larger(_constant(x, 0.0)),
    "leaky_relu": leaky_relu,
    "elu": elu,
    "gelu": gelu,
    "silu": lambda x: x * sigmoid(x),
    "softplus": lambda x: (_constant(x, 1.0) + x.through(_exp)).through(_log),
    "softsign": lambda x: x / (_constant(x, 1.0) + x.compare(abs(x.value))),
    "abs": lambda x: x.compare(abs(x.value)),
    "where": lambda c, a, b: c.compare(a.value if c.value else b.value),
}

ARITHMETIC: dict[str, Callable[[Number, Number], Number]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": lambda a, b: a.larger(b),
    "min": lambda a, b: a.smaller(b),
    "==": lambda a, b: a.compare(float(a.value == b.value)),
    "!=": lambda a, b: a.compare(float(a.value != b.value)),
    "<": lambda a, b: a.compare(float(a.value < b.value)),
    "<=": lambda a, b: a.compare(float(a.value <= b.value)),
    ">": lambda a, b: a.compare(float(a.value > b.value)),
    ">=": lambda a, b: a.compare(float(a.value >= b.value)),
}


def power(x: Number, exponent: Any) -> Number:
    """x to a static exponent: products for a whole number, a root or division if one does, else exp(n log x)."""
    match exponent:
        case 0:
            return _constant(x, 1.0)
        case 0.5:
            return x.root()
        case -0.5:
            return _constant(x, 1.0) / x.root()
        case -1:
            return _constant(x, 1.0) / x
        case int() if exponent > 0:
            return reduce(lambda total, _: total * x, range(exponent - 1), x)
    return (x.through(_log) * _constant(x, float(exponent))).through(_exp)


def general_power(x: Number, exponent: Number) -> Number:
    return (x.through(_log) * exponent).through(_exp)


def folded(name: str, tally: Tally) -> Callable[[list[Number]], Number]:
    """A reduction of many numbers to one."""

    def fold(numbers: list[Number]) -> Number:
        first, *rest = numbers or [Number(0.0, tally)]
        joining = ARITHMETIC["+" if name in ("sum", "mean") else name]
        total = reduce(joining, rest, first)
        return total * Number(1 / max(len(numbers), 1), tally) if name == "mean" else total

    return fold


# Along an axis ------------------------------------------------------------------------------------


def rows(x: Tensor, axis: int) -> list[list[int]]:
    """The places of the numbers in each row along an axis, in row-major order of the other axes."""
    where = x.axis(axis)
    found: dict[tuple[int, ...], list[int]] = {}
    for place, position in enumerate(positions(x.shape)):
        found.setdefault(_without(position, where), []).append(place)
    return list(found.values())


def from_rows(rows_: Sequence[Sequence[Number]], shape: Sequence[int], axis: int) -> Tensor:
    """A tensor of this shape from its rows along an axis."""
    others = dict(zip(positions(_without(shape, axis)), rows_, strict=True))
    data = [others[_without(position, axis)][position[axis]] for position in positions(shape)]
    return Tensor(tuple(shape), data)


def running_sum(numbers: Sequence[Number]) -> list[Number]:
    sums = list(numbers[:1])
    for number in numbers[1:]:
        sums.append(sums[-1] + number)
    return sums


def inserted(numbers: Sequence[Number], most: int | None = None) -> list[int]:
    """The places of numbers from the smallest to the largest, by binary insertion.

    With `most` from the largest to the smallest, in a list of so many that begins with numbers below all others.
    """
    if most is None:
        ordered: list[int] = []
        for place, number in enumerate(numbers):
            ordered.insert(_search([numbers[p] for p in ordered], number, smaller=True), place)
        return ordered
    lowest = Number(-math.inf, Tally())
    kept: list[int | None] = [*([0] if numbers else []), *[None] * (most - 1)]
    for place, number in enumerate(numbers[1:], 1):
        found = [lowest if p is None else numbers[p] for p in kept]
        kept.insert(_search(found, number, smaller=False), place)
        kept.pop()
    return [p for p in kept if p is not None]


def _search(ordered: Sequence[Number], number: Number, smaller: bool) -> int:
    """The place for a number, with as many comparisons whatever comes out: what is left is always the larger half."""
    first, left = 0, len(ordered) + 1
    while left > 1:
        half = left // 2
        other = ordered[first + half - 1].value
        number.compare(0.0)
        if (other <= number.value) if smaller else (other >= number.value):
            first += half
        left -= half
    return first


def ordered(x: Tensor, axis: int, most: int | None = None) -> tuple[Tensor, list[int]]:
    """Rows in order, or the largest of each; and the place in x of every number, in the order of the result."""
    where = x.axis(axis)
    size = x.shape[where] if most is None else most
    if size > x.shape[where]:
        raise Unfit(f"the {size} largest of {x.shape[where]}")
    picked = [[row[p] for p in inserted([x.data[place] for place in row], most)] for row in rows(x, axis)]
    shape = (*x.shape[:where], size, *x.shape[where + 1 :])
    labels = from_rows([[Number(float(p), Tally()) for p in row] for row in picked], shape, where)
    places_ = [int(label.value) for label in labels.data]
    return Tensor(shape, [x.data[place] for place in places_]), places_


# Moves: nothing is counted ---------------------------------------------------------------------


def transposed(x: Tensor, axes: Sequence[int] | None = None) -> Tensor:
    order = [*range(x.rank - 2), x.rank - 1, x.rank - 2] if axes is None else [x.axis(a) for a in axes]
    if sorted(order) != list(range(x.rank)):
        raise Unfit(f"{axes} is no order of {x.rank} axes")
    inverse = [order.index(a) for a in range(x.rank)]
    return gathered(x, [x.shape[a] for a in order], lambda p: [p[i] for i in inverse])


def concatenated(parts: Sequence[Tensor], axis: int) -> Tensor:
    where = parts[0].axis(axis)
    for part in parts:
        if part.rank != parts[0].rank or _without(part.shape, where) != _without(parts[0].shape, where):
            raise Unfit(f"cannot join {[p.shape for p in parts]}")
    shape = list(parts[0].shape)
    shape[where] = sum(part.shape[where] for part in parts)
    return Tensor(tuple(shape), [_picked(parts, where, p) for p in positions(shape)])


def _without(shape: Sequence[int], axis: int) -> tuple[int, ...]:
    return (*shape[:axis], *shape[axis + 1 :])


def _picked(parts: Sequence[Tensor], axis: int, position: Sequence[int]) -> Number:
    p = list(position)
    for part in parts:
        if p[axis] < part.shape[axis]:
            return part.at(p)
        p[axis] -= part.shape[axis]
    raise AssertionError


def cut(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    """The entries `start` to `stop` (excluded) of an axis."""
    where = x.axis(axis)
    if not 0 <= start <= stop <= x.shape[where]:
        raise Unfit(f"{start}:{stop} of an axis of {x.shape[where]}")
    shape = list(x.shape)
    shape[where] = stop - start
    return gathered(x, shape, lambda p: _moved(p, where, p[where] + start))


def every(x: Tensor, axis: int, step: int) -> Tensor:
    """The first entry of an axis, and those that follow it, so many apart."""
    if step < 1:
        raise Unfit(f"steps of {step}")
    kept = range(0, x.shape[axis], step)
    shape = [*x.shape[:axis], len(kept), *x.shape[axis + 1 :]]
    return gathered(x, shape, lambda p: _moved(p, axis, kept[p[axis]]))


def _moved(position: Sequence[int], axis: int, index: int) -> list[int]:
    return [index if a == axis else i for a, i in enumerate(position)]


def parted(x: Tensor, parts: int | Sequence[int], axis: int) -> tuple[Tensor, ...]:
    size = x.shape[x.axis(axis)]
    if isinstance(parts, int):
        if size % parts:
            raise Unfit(f"{size} in {parts} parts")
        parts = [size // parts] * parts
    if sum(parts) != size:
        raise Unfit(f"{size} in parts of {parts}")
    starts = [sum(parts[:i]) for i in range(len(parts))]
    return tuple(cut(x, axis, start, start + part) for start, part in zip(starts, parts, strict=True))


def padded(x: Tensor, before: int, after: int, axis: int, tally: Tally) -> Tensor:
    where = x.axis(axis)
    if before < 0 or after < 0:
        raise Unfit("negative padding")
    shape = list(x.shape)
    shape[where] += before + after

    def entry(p: tuple[int, ...]) -> Number:
        inside = before <= p[where] < before + x.shape[where]
        return x.at(_moved(p, where, p[where] - before)) if inside else Number(0.0, tally)

    return Tensor(tuple(shape), [entry(p) for p in positions(shape)])


def reversed_(x: Tensor, axis: int) -> Tensor:
    where = x.axis(axis)
    return gathered(x, x.shape, lambda p: _moved(p, where, x.shape[where] - 1 - p[where]))


def repeated(x: Tensor, times: int, axis: int) -> Tensor:
    where = x.axis(axis)
    shape = list(x.shape)
    shape[where] *= times
    return gathered(x, shape, lambda p: _moved(p, where, p[where] // times))


def windows(x: Tensor, kernel: int, stride: int, dilation: int, axis: int) -> Tensor:
    where = x.axis(axis)
    begins = [n for n in range(0, x.shape[where], stride) if n + dilation * (kernel - 1) < x.shape[where]]
    if not begins or kernel < 1:
        raise Unfit(f"windows of {kernel} in {x.shape[where]}")
    shape = [*x.shape[:where], len(begins), kernel, *x.shape[where + 1 :]]
    return gathered(x, shape, lambda p: (*p[:where], begins[p[where]] + dilation * p[where + 1], *p[where + 2 :]))


def taken(table: Tensor, indices: Tensor) -> Tensor:
    """Rows of a table by number. Made-up numbers are folded into the table."""
    rows = [abs(int(n.value)) % table.shape[0] for n in indices.data]
    width = math.prod(table.shape[1:])
    data = [n for row in rows for n in table.data[row * width : (row + 1) * width]]
    return Tensor(indices.shape + table.shape[1:], data)


def stacked(rounds: Sequence[Tensor]) -> Tensor:
    """One value per round, on a new leading axis."""
    shapes = {r.shape for r in rounds}
    if len(shapes) != 1:
        raise Unfit(f"emitted values of shapes {shapes}")
    return Tensor((len(rounds), *rounds[0].shape), [n for r in rounds for n in r.data])


def reduce_axes(name: str, x: Tensor, axes: Sequence[int], keep: bool, tally: Tally) -> Tensor:
    return reduced(x, axes, keep, folded(name, tally))
