"""Claims looked at in floating point where many sizes have numbers: most that do not hold are seen not to at once.

A size has the same numbers in every claim, so that what is worked out for a part serves all that it stands in. What is
found here is a suspicion: who acts on it computes exactly.

There are two sets of points for everybody: a few at which everything is looked at, and many more, mostly far out, for
what would have to be searched for otherwise. Others are made to fit what is assumed (`fitted.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import repeat
from math import ceil, floor, inf, log2, nan
from operator import add, mul
from random import Random
from types import MappingProxyType

from symcost.formula.form import Add, Ceil, Floor, Form, Log, Log2, Max, Min, Mod, Mul, Num, Pow, Sum, Symbol, Visitor
from symcost.formula.keys import Key, when_swept
from symcost.formula.poly import Poly
from symcost.records import dataclass

TYPICAL = 12
"""The number that all have at the first: many others divide it."""
MOST_VALUES = 200_000
"""So many values of parts are kept, 32 bytes each."""
MOST_SEEN = 16_384
"""Polynomials of which it is kept where they are below 0."""
LARGEST = 4_000
"""A claim made of more nodes is not looked at: evaluating it takes longer than what it may save."""
ROUNDED = 1e-9
"""A sum is this sure, in parts of its terms."""

Values = list[float]
"""One for each point; not a number where there is none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where a polynomial seems to be below 0, where not to be, and where it may be either: a bit for each point."""

    below_zero: int
    not_below: int
    open: int


class Points:
    """Numbers for every size, and what comes of them; `given` are those of some dimensions, by name."""

    def __init__(
        self, count: int, size: Callable[[int, Random], int], given: Mapping[str, Values] = MappingProxyType({})
    ) -> None:
        self.count = count
        self.all = (1 << count) - 1
        self.size = size
        self.given = given
        self._signs: dict[Key, Seen] = {}
        self._wholes: dict[Key, int] = {}
        self._kept: dict[Key, Values] = {}
        self._values = _AtPoints(self)

    def forget(self) -> None:
        """Let go of what is worked out again."""
        self._signs.clear()
        self._wholes.clear()
        self._kept.clear()

    def below_zero(self, claim: Poly) -> int:
        """The points at which a polynomial seems to be below 0, a bit for each; none of a claim that is too large."""
        return 0 if _is_large(claim) else self._seen(claim).below_zero

    def held_at(self, nonnegatives: Iterable[Poly], wholes: Iterable[Poly]) -> int:
        """The points at which what is known seems to hold, a bit for each."""
        places = self.all
        for known in nonnegatives:
            places &= self._seen(known).not_below
        for known in wholes:
            places &= self._whole_at(known)
        return places

    def signs(self, claim: Poly, places: int) -> set[int]:
        """What a polynomial seems to be at points: -1 where it is below 0, 1 where it is not, 0 where that is open."""
        if _is_large(claim):
            return {0}
        seen = self._seen(claim)
        not_below = self.all & ~(seen.below_zero | seen.open)
        signs = {-1: seen.below_zero, 0: seen.open, 1: not_below}
        return {sign for sign, those in signs.items() if places & those}

    def at(self, place: int, symbols: Iterable[Symbol]) -> dict[Symbol, int] | None:
        """The numbers of symbols at a point; None where a counter has none."""
        values = {symbol: self.of(symbol)[place] for symbol in symbols}
        if not all(-inf < value < inf for value in values.values()):
            return None
        return {symbol: int(value) for symbol, value in values.items()}

    def of(self, item: Form) -> Values:
        """The values of a form, worked out once."""
        key = item.key
        known = self._kept.get(key)
        if known is None:
            known = item.accept(self._values)
            if len(self._kept) * self.count >= MOST_VALUES:
                self._kept.clear()
            self._kept[key] = known
        return known

    def _seen(self, claim: Poly) -> Seen:
        """Found out once."""
        key = claim.key
        known = self._signs.get(key)
        if known is None:
            sums = self._sums(claim)
            below_zero = _bits([value < -sure for value, sure in sums])
            # What is not a number is neither.
            not_below = _bits([value >= -sure for value, sure in sums])
            known = Seen(below_zero, not_below, _bits([_is_open(value, sure) for value, sure in sums]))
            if len(self._signs) >= MOST_SEEN:
                self._signs.clear()
            self._signs[key] = known
        return known

    def _whole_at(self, known: Poly) -> int:
        """The points at which a polynomial seems to be whole, found out once."""
        key = known.key
        if key not in self._wholes:
            self._wholes[key] = _bits([_is_whole(value, sure) for value, sure in self._sums(known)])
        return self._wholes[key]

    def _sums(self, poly: Poly) -> list[tuple[float, float]]:
        """The values of a polynomial, and how far each may be off."""
        sums, sizes = [0.0] * self.count, [0.0] * self.count
        for coefficient, factors in poly.terms.values():
            term = [_float(coefficient)] * self.count
            for _, exponent, written in factors:
                term = list(map(mul, term, self._powers(written, exponent)))
            sums = list(map(add, sums, term))
            sizes = list(map(add, sizes, map(abs, term)))
        return [(value, ROUNDED * size) for value, size in zip(sums, sizes, strict=True)]

    def _powers(self, base: Form, exponent: object) -> Values:
        values = self.of(base)
        return values if exponent == 1 else list(map(_power, values, repeat(_float(exponent))))


def places_of(bits: int) -> Iterator[int]:
    """The points that have their bit, the first ones first."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def _is_open(value: float, sure: float) -> bool:
    """Whether a value may be below 0 or not; 0 without anything that may be off is not."""
    return not (value < -sure or value > sure or value == sure == 0)


def _bits(holds: list[bool]) -> int:
    bits = 0
    for place, held in enumerate(holds):
        if held:
            bits |= 1 << place
    return bits


def _is_large(claim: Poly) -> bool:
    return sum(written.size for written in claim.atoms.values()) + len(claim.terms) > LARGEST


def _is_whole(value: float, sure: float) -> bool:
    return abs(value) < inf and abs(value - round(value)) <= sure + ROUNDED


# Values of parts ---------------------------------------------------------------------------------


class _AtPoints(Visitor[Values]):
    """The values of a form of each kind."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.count = points.count
        self.of = points.of

    def of_num(self, item: Num) -> Values:
        return [_float(item.value)] * self.count

    def of_symbol(self, item: Symbol) -> Values:
        if not item.uid and item.name in self.points.given:
            return self.points.given[item.name]
        random = Random(f"{item.name} {item.low.size if item.uid else 0}")
        if not item.uid:
            return [float(self.points.size(place, random)) for place in range(self.count)]
        highs: Iterable[float] = repeat(inf) if item.high is None else self.of(item.high)
        return [
            _counted(low, high, place, random)
            for place, low, high in zip(range(self.count), self.of(item.low), highs, strict=False)
        ]

    def of_add(self, item: Add) -> Values:
        return [sum(values) for values in zip(*map(self.of, item.terms), strict=True)]

    def of_mul(self, item: Mul) -> Values:
        product = [_float(item.coefficient)] * self.count
        for factor in item.factors:
            product = list(map(mul, product, self.of(factor)))
        return product

    def of_pow(self, item: Pow) -> Values:
        return list(map(_power, self.of(item.base), self.of(item.exponent)))

    def of_floor(self, item: Floor) -> Values:
        return list(map(_rounded, repeat(floor), self.of(item.numerator), self.of(item.denominator)))

    def of_ceil(self, item: Ceil) -> Values:
        return list(map(_rounded, repeat(ceil), self.of(item.numerator), self.of(item.denominator)))

    def of_mod(self, item: Mod) -> Values:
        above, below = self.of(item.numerator), self.of(item.denominator)
        rounded = map(_rounded, repeat(floor), above, below)
        return [a - b * quotient for a, b, quotient in zip(above, below, rounded, strict=True)]

    def of_min(self, item: Min) -> Values:
        return [min(values) for values in zip(*map(self.of, item.args), strict=True)]

    def of_max(self, item: Max) -> Values:
        return [max(values) for values in zip(*map(self.of, item.args), strict=True)]

    def of_log2(self, item: Log2) -> Values:
        return [log2(value) if 0 < value < inf else nan for value in self.of(item.arg)]

    def of_log(self, item: Log) -> Values:
        """Of another base: what comes near whole numbers there is not told apart from them."""
        return [nan] * self.count

    def of_sum(self, item: Sum) -> Values:
        """What has rounds takes long."""
        return [nan] * self.count


def _counted(low: float, high: float, place: int, random: Random) -> float:
    """A number of a counter: its first, its last, or one between."""
    drawn = random.randint(0, 10**6)
    if not (abs(low) < inf and low < high):
        return nan
    first = ceil(low)
    if high == inf:
        return first + (0, drawn % 7, drawn)[place % 3]
    last = max(first, ceil(high) - 1)
    return float((first, last, first + drawn % (last - first + 1))[place % 3])


def _rounded(way: Callable[[float], int], above: float, below: float) -> float:
    quotient = above / below if below else nan
    return float(way(quotient)) if abs(quotient) < inf else nan


def _power(base: float, exponent: float) -> float:
    try:
        value = base**exponent
    except (OverflowError, ZeroDivisionError):
        return nan
    return value if isinstance(value, float) else nan


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]  # a whole number or a fraction
    except OverflowError:
        return nan


# The points --------------------------------------------------------------------------------------

EXPONENTS = ((0, 2), (3, 12), (20, 60))
"""Of powers of two: of sizes that are next to nothing, usual, and beyond all others."""
FAR_OUT = ((0, 2), (3, 12), (20, 60), (100, 400))
"""The same far out. Two of the last can be multiplied before a float is too small for it."""
MOST_ARE = (1, 2, 1, 4, 1, TYPICAL, 1, 1 << 10)
"""What most sizes are at a point far out."""
OTHERS = (0.05, 0.2, 0.4, 0.6, 0.8)
"""How many are something else there."""
ALIKE = (TYPICAL, 1, 1 << 10)
"""What all sizes are at the first points."""


def _size(place: int, random: Random) -> int:
    """A number of a dimension: all alike at the first points, then far apart, powers of two, multiples and others."""
    if place < len(ALIKE):
        return ALIKE[place]
    match place % 6:
        case 0:
            return random.randint(1, 30)
        case 3:
            return TYPICAL * random.randint(1, 99)
        case _:
            return 1 << random.randint(*random.choice(EXPONENTS))


def _far_size(place: int, random: Random) -> int:
    """A number of a dimension: at each point most are alike, at some few and at some many are others."""
    place, usual = divmod(place, len(MOST_ARE))
    if random.random() > OTHERS[place % len(OTHERS)]:
        return MOST_ARE[usual]
    return 1 << random.randint(*random.choice(FAR_OUT))


USUAL = Points(96, _size)
"""Enough that what few sizes satisfy, such as `log2(A/H) >= 2·log2(T) + 5`, holds at some."""
FAR = Points(512, _far_size)
"""Enough that it holds at some of them with one size far larger than all others, and the other way round."""
for _points in (USUAL, FAR):
    when_swept(_points.forget)
