"""The name of an integer: the smallest expression of the keys that has its value in each configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import combinations, combinations_with_replacement, product as all_of
from math import gcd, isqrt, lcm, prod
from operator import floordiv, mod

from symcost.importing.program import Program
from symcost.records import dataclass
from symcost.syntax import ast, made

NEAR = ((1, 0), (2, 0), (1, 1), (2, 1))
FAR = ((1, 2), (2, 2), (3, 0), (3, 1), (4, 0))
"""Keys above and below the stroke of a product: those that are tried first, and those that are tried then."""

LARGEST_FACTOR = 512
LARGEST_AREA = 64 * 64
"""Of a square patch of an image, over which a number of positions is taken."""
OFFSETS = (1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6, 7, -7, 8, -8)
BESIDE_SQUARES = (0, 1, 3)
"""What stands beside the square of a sum: distances in a window, of a token that is no patch, BEiT's of such a one."""

ROUNDED_OVER = (2, 4, 8, 16, 32)
"""What a size is divided by before it is rounded."""

Vector = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """`c * a * b / d`, of keys."""

    factor: Fraction
    above: tuple[str, ...]
    below: tuple[str, ...] = ()

    @property
    def rank(self) -> float:
        """How much there is to read; less is better."""
        number = 0.0 if self.factor == 1 else 1.0 + _weight(self.factor)
        return number + 2.0 * len(self.above) + 2.5 * len(self.below)

    def times(self, factor: Fraction) -> Product:
        return Product(self.factor * factor, self.above, self.below)


@dataclass(frozen=True, slots=True)
class Rounded:
    """`ceil(a/c)`, `floor(a/c)`, of a key: like a product, as far as sums are concerned."""

    name: str
    key: str
    divisor: int
    factor: Fraction = Fraction(1)
    below: tuple[str, ...] = ()

    @property
    def above(self) -> tuple[str, ...]:
        """The key, as products have it."""
        return (self.key,)

    @property
    def rank(self) -> float:
        """More to read than a quotient."""
        return 6.0

    def value(self, size: int) -> int:
        """What it is for one size of the key."""
        return -(-size // self.divisor) if self.name == "ceil" else size // self.divisor

    def tree(self) -> ast.Expr:
        """As the language has it."""
        return made.call(self.name, [made.binary("/", made.name(self.key), made.number(self.divisor))])


@dataclass(frozen=True, slots=True)
class Sum:
    """`product + product + number`"""

    products: tuple[Product | Rounded, ...]
    number: int = 0

    @property
    def rank(self) -> float:
        return sum(each.rank + 1 for each in self.products) + (0 if not self.number else 1 + abs(self.number) / 8)

    @property
    def ratios(self) -> Iterator[tuple[str, str]]:
        """What has to divide what, where a product has one key above its stroke."""
        for each in self.products:
            if isinstance(each, Rounded):
                continue
            below = list(each.below)
            if each.factor.denominator != 1:
                below.append(str(each.factor.denominator))

            # The quotient of two powers is whole where that of their roots is: S^2/P^2.
            alike = len(set(each.above)) == len(set(below)) == 1
            as_often = len(each.above) == len(below)
            if alike and as_often:
                yield below[0], each.above[0]

    @property
    def key(self) -> str | None:
        """The key that it is, if it is no more than that."""
        match self:
            case Sum(products=(Product(factor=factor, above=(key,), below=()),), number=0) if factor == 1:
                return key
        return None

    @property
    def keys(self) -> set[str]:
        return {key for each in self.products for key in (*each.above, *each.below)}

    def tree(self) -> ast.Expr:
        """As the language has it."""
        total: ast.Expr | None = None
        for product in self.products:
            term = product.tree() if isinstance(product, Rounded) else _tree(product)
            total = _added(total, term, negative=product.factor < 0)
        if self.number or total is None:
            total = _added(total, made.number(abs(self.number)), negative=self.number < 0)
        return total


@dataclass(frozen=True, slots=True)
class Times:
    """`(S/8 - 1)^2 + 3`, `B*(S^2/P^2 + 1)`: a sum times itself, or times a key; and a number."""

    sum: Sum
    by: str | None = None
    """The key; None for itself."""
    number: int = 0

    key = None

    @property
    def rank(self) -> float:
        """Some more to read than the sum."""
        return self.sum.rank + 3.0 + abs(self.number)

    @property
    def keys(self) -> set[str]:
        """All that it speaks of."""
        return self.sum.keys | ({self.by} if self.by else set())

    @property
    def ratios(self) -> Iterator[tuple[str, str]]:
        """What has to divide what."""
        return self.sum.ratios

    def tree(self) -> ast.Expr:
        """As the language has it."""
        inner = self.sum.tree()
        if self.by is not None:
            return made.binary("*", made.name(self.by), inner)
        square = made.binary("^", inner, made.number(2))
        return _added(square, made.number(abs(self.number)), negative=self.number < 0) if self.number else square


def _weight(factor: Fraction) -> float:
    """How odd a factor looks: powers of two and small numbers are usual."""
    size = max(abs(factor.numerator), factor.denominator)
    usual = size & (size - 1) == 0 or size <= 4
    return 0.0 if usual and 1 in (factor.numerator, factor.denominator) else 0.5 + size / 32


def _added(total: ast.Expr | None, term: ast.Expr, *, negative: bool) -> ast.Expr:
    if total is None:
        return made.negative(term) if negative else term
    return made.binary("-" if negative else "+", total, term)


def _tree(product: Product) -> ast.Expr:
    """Without its sign."""
    factor = abs(product.factor)
    top: list[ast.Expr] = [made.number(factor.numerator)] if factor.numerator != 1 or not product.above else []
    above = _powers(product.above)
    below = [*([made.number(factor.denominator)] if factor.denominator != 1 else []), *_powers(product.below)]
    up = _multiplied([*top, *above])
    return made.binary("/", up, _multiplied(below)) if below else up


def _powers(keys: Sequence[str]) -> list[ast.Expr]:
    return [
        made.name(key) if keys.count(key) == 1 else made.binary("^", made.name(key), made.number(keys.count(key)))
        for key in dict.fromkeys(keys)
    ]


def _multiplied(terms: Sequence[ast.Expr]) -> ast.Expr:
    total = terms[0]
    for term in terms[1:]:
        total = made.binary("*", total, term)
    return total


Name = Sum | Times

Table = dict[Vector, list[Product]]
"""Products by their values up to a common factor."""


# Search ----------------------------------------------------------------------------------------


class Names:
    """The expressions over some keys, whose values in each configuration are known."""

    def __init__(
        self,
        keys: Mapping[str, Sequence[int]],
        near: Sequence[tuple[int, int]] = NEAR,
        far: Sequence[tuple[int, int]] = FAR,
    ) -> None:
        self._shapes = near, far
        self._keys = {key: tuple(values) for key, values in keys.items() if len(set(values)) > 1}
        self._length = max(map(len, self._keys.values()), default=0)
        self._near_table: Table | None = None
        self._far_table: Table | None = None
        self._found: dict[tuple[int, ...], Name | None] = {}

    @property
    def length(self) -> int:
        """How many configurations there are, if a key varies among them; else 1."""
        return max(self._length, 1)

    @property
    def keys(self) -> Mapping[str, tuple[int, ...]]:
        """All keys that vary, with their values."""
        return self._keys

    def behind(self, values: Sequence[int]) -> list[str]:
        """The keys that values without a name may follow from: all but those that change nothing by themselves.

        Two configurations that differ in one key alone tell; of a key that never changed alone nothing is known.
        """
        return [key for key in self._keys if not self._changes_nothing(key, values)]

    def _changes_nothing(self, key: str, values: Sequence[int]) -> bool:
        """Whether the values are the same wherever this key alone is another one, and there is such a place."""
        pairs = [pair for pair in combinations(range(self._length), 2) if self._differ_by(pair) == {key}]
        return bool(pairs) and all(values[one] == values[other] for one, other in pairs)

    def _differ_by(self, pair: tuple[int, int]) -> set[str]:
        one, other = pair
        return {key for key, values in self._keys.items() if values[one] != values[other]}

    def find(self, values: Sequence[int]) -> Name | None:
        """The smallest expression with these values; None where there is none, or where they are all the same."""
        key = tuple(values)
        if key not in self._found:
            self._found[key] = self._search(key)
        return self._found[key]

    def _search(self, values: tuple[int, ...]) -> Name | None:
        if len(set(values)) == 1 or not self._keys:
            return None
        return min(self._candidates(values), key=_order, default=None)

    def _candidates(self, values: Vector) -> Sequence[Name]:
        """All expressions of the plainest sort that has any."""
        for table in (self._near, self._far):
            found = [*self._products(values, table()), *self._shifted(values, table())]
            if found:
                return found
        return [*self._pairs(values), *self._rounded(values), *self._times(values)]

    def _products(self, wanted: Vector, table: Table) -> Iterator[Sum]:
        for product in table.get(_direction(wanted), ()):
            place = next(place for place, value in enumerate(wanted) if value)  # a counter begins at 0
            factor = wanted[place] / self._value(product, place)
            if _is_usual(factor):
                yield Sum((product.times(factor),))

    def _shifted(self, wanted: Vector, table: Table) -> Iterator[Sum]:
        for offset in OFFSETS:
            for each in self._products(tuple(value - offset for value in wanted), table):
                yield Sum(each.products, offset)

    def _pairs(self, wanted: Vector) -> Iterator[Sum]:
        """Sums of two products, one of them a plain one; and of a number."""
        for plain in self._plain:
            rest = [have - self._value(plain, place) for place, have in enumerate(wanted)]
            if all(each.denominator == 1 for each in rest):
                yield from self._beside(plain, tuple(map(int, rest)))

    def _beside(self, plain: Product, rest: Vector) -> Iterator[Sum]:
        """A plain product, and one that is what it leaves, but for a small number."""
        for offset in (0, 1, -1):
            shifted = tuple(value - offset for value in rest)
            for each in self._products(shifted, self._near()):
                yield Sum((plain, *each.products), offset)

    def _times(self, wanted: Vector) -> Iterator[Times]:
        """The square of a sum, or a sum times a key."""
        if min(wanted) >= 0:
            yield from self._squares(wanted)
            yield from self._times_key(wanted)

    def _squares(self, wanted: Vector) -> Iterator[Times]:
        for number in BESIDE_SQUARES:
            roots = _roots(tuple(value - number for value in wanted))
            if roots is not None:
                yield from (Times(each, number=number) for each in self._sums(roots))

    def _times_key(self, wanted: Vector) -> Iterator[Times]:
        for key, sizes in self._keys.items():
            divides = key in self._divisors and not any(map(mod, wanted, sizes))
            if divides:
                quotients = tuple(map(floordiv, wanted, sizes))
                yield from (Times(each, key) for each in self._sums(quotients))

    def _sums(self, wanted: Vector) -> list[Sum]:
        """What is more than a product."""
        if len(set(wanted)) == 1:
            return []
        return [*self._shifted(wanted, self._near()), *self._pairs(wanted)]

    def _rounded(self, wanted: Vector) -> Iterator[Sum]:
        """A quotient that is rounded, and a product added to it."""
        for one, values in self._quotients():
            rest = tuple(have - value for have, value in zip(wanted, values, strict=True))
            if not any(rest):
                yield Sum((one,))
            elif 0 not in rest:
                yield from (Sum((one, *each.products)) for each in self._products(rest, self._near()))

    def _quotients(self) -> Iterator[tuple[Rounded, Vector]]:
        """Every key over every number, rounded, and its values."""
        for key, sizes in self._keys.items():
            for name, divisor in all_of(("ceil", "floor"), ROUNDED_OVER):
                one = Rounded(name, key, divisor)
                yield one, tuple(map(one.value, sizes))

    # Tables ------------------------------------------------------------------------------------

    def _near(self) -> Table:
        """Products of few keys, by their values up to a common factor."""
        if self._near_table is None:
            self._near_table = self._table(self._shapes[0])
        return self._near_table

    def _far(self) -> Table:
        """Products of more keys."""
        if self._far_table is None:
            self._far_table = self._table(self._shapes[1])
        return self._far_table

    def _table(self, shapes: Sequence[tuple[int, int]]) -> Table:
        out: Table = {}
        for above_count, below_count in shapes:
            for above in combinations_with_replacement(self._keys, above_count):
                for below in combinations_with_replacement(self._divisors, below_count):
                    if not set(above) & set(below):
                        self._enter(out, Product(Fraction(1), above, below))
        return out

    def _enter(self, table: Table, product: Product) -> None:
        places = range(self._length)
        tops = [prod(self._keys[key][place] for key in product.above) for place in places]
        bottoms = [prod(self._keys[key][place] for key in product.below) for place in places]
        whole = lcm(*bottoms)
        values = tuple(top * (whole // bottom) for top, bottom in zip(tops, bottoms, strict=True))
        if len(set(values)) > 1:
            table.setdefault(_direction(values), []).append(product)

    @cached_property
    def _divisors(self) -> list[str]:
        """Keys that are never 0, as a counter is."""
        return [key for key, values in self._keys.items() if 0 not in values]

    @cached_property
    def _plain(self) -> list[Product]:
        """Products of one or two keys, with a small factor."""
        keys = list(self._keys)
        one = [Product(Fraction(factor), (key,)) for key in keys for factor in (1, 2, -1)]
        one += [Product(Fraction(1, factor), (key,)) for key in keys for factor in (2, 4)]
        ratios = [Product(Fraction(1), (key,), (other,)) for key in keys for other in self._divisors if key != other]
        return [*one, *ratios]

    def _value(self, product: Product, place: int) -> Fraction:
        top = prod(self._keys[key][place] for key in product.above)
        return product.factor * Fraction(top, prod(self._keys[key][place] for key in product.below))


def _order(found: Name) -> tuple[float, str]:
    """The one with the least to read; of two such, always the same."""
    return found.rank, str(found)


def _direction(values: Vector) -> Vector:
    """The values up to a common factor."""
    common = gcd(*values)
    sign = -1 if values[0] < 0 else 1
    return tuple(sign * value // common for value in values) if common else values


def _is_usual(factor: Fraction) -> bool:
    """Whether a factor is one that a source would have: `4`, `1/8`, `1/256` for a square patch, `3/4`, `21`."""
    size, below = abs(factor.numerator), factor.denominator
    if below <= 8:
        return 0 < size <= (LARGEST_FACTOR if below == 1 else 64)
    square = below <= LARGEST_AREA and isqrt(below) ** 2 == below
    return size == 1 and (below <= 64 or square)


def names_of(program: Program) -> Names:
    """The names that the keys of a program make."""
    first, *others = program.configurations
    return Names({key: [value, *(each[key] for each in others)] for key, value in first.items()})


def unnamed(values: Iterable[tuple[int, ...]], names: Names) -> list[tuple[int, ...]]:
    """Those that vary and have no name."""
    return [each for each in dict.fromkeys(values) if len(set(each)) > 1 and names.find(each) is None]


def _roots(squares: Vector) -> Vector | None:
    """The square roots, where all of them are whole."""
    roots = tuple(isqrt(max(square, 0)) for square in squares)
    exact = all(root * root == square for root, square in zip(roots, squares, strict=True))
    return roots if exact else None
