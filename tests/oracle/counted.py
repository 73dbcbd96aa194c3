"""Numbers that count what is done to them, and tensors of such numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

Shape = tuple[int, ...]


class Unfit(Exception):
    """The program cannot be run at these values: sizes disagree, an assumption fails, an index is out of range."""


class Tally(Counter[str]):
    """What has been done so far. While `muted`, nothing is written down."""

    muted = False
    rate: int | Fraction = 1
    """How often what is done now is expected to be done: inside of `weigh`, a part of once."""

    def note(self, what: str) -> None:
        if not self.muted and self.rate:
            self[what] += self.rate  # type: ignore[assignment]  # whole again where nothing is weighed


class Number:
    """A scalar whose every use is noted in its tally."""

    __slots__ = ("tally", "value")

    def __init__(self, value: float, tally: Tally) -> None:
        self.value = value
        self.tally = tally

    def _noted(self, what: str, value: float) -> Number:
        self.tally.note(what)
        return Number(value, self.tally)

    def __add__(self, other: Number) -> Number:
        return self._noted("add", self.value + other.value)

    def __sub__(self, other: Number) -> Number:
        return self._noted("add", self.value - other.value)

    def __neg__(self) -> Number:
        return self._noted("add", -self.value)

    def __mul__(self, other: Number) -> Number:
        return self._noted("mul", self.value * other.value)

    def __truediv__(self, other: Number) -> Number:
        # The values are made up; where they would divide by zero only the count matters.
        return self._noted("div", self.value / other.value if other.value else 0.0)

    def compare(self, value: float) -> Number:
        """A comparison or selection, and what came of it."""
        return self._noted("cmp", value)

    def larger(self, other: Number) -> Number:
        return self.compare(max(self.value, other.value))

    def smaller(self, other: Number) -> Number:
        return self.compare(min(self.value, other.value))

    def root(self) -> Number:
        return self._noted("sqrt", math.sqrt(abs(self.value)))

    def through(self, function: Callable[[float], float]) -> Number:
        """One transcendental function; class `exp`."""
        return self._noted("exp", function(self.value))

    def flipped(self) -> Number:
        """The other sign for nothing: where a sum subtracts instead of adding."""
        return Number(-self.value, self.tally)


def multiply_accumulate(total: Number | None, a: Number, b: Number) -> Number:
    """One MAC: a product, and its addition unless it is the first of its sum."""
    tally = a.tally
    tally.note("mac")
    tally.note("multiplication inside")
    return join(total, Number(a.value * b.value, tally))


def join(total: Number | None, term: Number) -> Number:
    """The addition inside a MAC; none for the first."""
    if total is None:
        return term
    term.tally.note("addition inside")
    return Number(total.value + term.value, term.tally)


@dataclass(frozen=True)
class Tensor:
    """Numbers in row-major order."""

    shape: Shape
    data: list[Number]

    def __post_init__(self) -> None:
        assert len(self.data) == math.prod(self.shape), (self.shape, len(self.data))

    @property
    def rank(self) -> int:
        return len(self.shape)

    def at(self, position: Sequence[int]) -> Number:
        offset = 0
        for size, index in zip(self.shape, position, strict=True):
            if not 0 <= index < size:
                raise Unfit(f"index {index} in an axis of {size}")
            offset = offset * size + index
        return self.data[offset]

    def axis(self, axis: int) -> int:
        """An axis counted from the front, whichever way it was given."""
        if not -self.rank <= axis < self.rank:
            raise Unfit(f"axis {axis} of {self.shape}")
        return axis % self.rank


def positions(shape: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Every position of a shape, last axis fastest."""
    return product(*map(range, shape))


def gathered(x: Tensor, shape: Sequence[int], origin: Callable[[tuple[int, ...]], Sequence[int]]) -> Tensor:
    """The tensor whose entry at p is the entry of x at origin(p)."""
    return Tensor(tuple(shape), [x.at(origin(p)) for p in positions(shape)])


def broadcast(*shapes: Shape) -> Shape:
    """The common shape, as NumPy has it."""
    rank = max(map(len, shapes))
    axes = zip(*((1,) * (rank - len(s)) + s for s in shapes), strict=True)
    return tuple(map(_common, axes))


def _common(sizes: tuple[int, ...]) -> int:
    others = {s for s in sizes if s != 1}
    if len(others) > 1:
        raise Unfit(f"sizes {sizes} do not agree")
    return others.pop() if others else 1


def pointwise(function: Callable[..., Number], *tensors: Tensor) -> Tensor:
    """The function at every position, tensors broadcast against each other."""
    shape = broadcast(*(t.shape for t in tensors))
    return Tensor(shape, [function(*(_stretched(t, p) for t in tensors)) for p in positions(shape)])


def _stretched(x: Tensor, position: tuple[int, ...]) -> Number:
    own = position[len(position) - x.rank :]
    return x.at([0 if size == 1 else index for size, index in zip(x.shape, own, strict=True)])


def reduced(x: Tensor, axes: Sequence[int], keep: bool, function: Callable[[list[Number]], Number]) -> Tensor:
    """The function of all entries along the axes, for each position of the others."""
    gone = {x.axis(a) for a in axes}
    bounds = [range(1) if a in gone else range(size) for a, size in enumerate(x.shape)]
    inner = [range(size) if a in gone else range(1) for a, size in enumerate(x.shape)]
    data = [
        function([x.at([i + j for i, j in zip(p, q, strict=True)]) for q in product(*inner)]) for p in product(*bounds)
    ]
    shape = tuple(1 if a in gone else s for a, s in enumerate(x.shape) if keep or a not in gone)
    return Tensor(shape, data)
