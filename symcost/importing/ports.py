"""What differs among the calls of one definition, as its ports: bound by a shape where that says it, else given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from symcost.importing.names import Names
from symcost.importing.program import Size
from symcost.importing.spelling import Local, Over
from symcost.syntax import ast, made

Column = tuple[Size, ...]
"""One place of a text, as it is in each call."""

OPTIONS = ("stride", "pad", "dilation", "groups", "kernel")
FACTORS = (2, 3, 4, 6, 8, 16)
AXES = {1: "C", 2: "TC", 3: "BTC", 4: "BYXC", 5: "BZYXC"}
"""Names of axes, by how many there are: a batch first, features last."""


@dataclass(frozen=True, slots=True)
class Port:
    """A size that a call gives, or leaves to the default."""

    name: str
    column: Column

    @property
    def default(self) -> Size | None:
        """What most calls want, of what layers have a default for."""
        if not self.name.rstrip("0123456789").startswith(OPTIONS):
            return None
        counted = Counter(size.values for size in self.column)
        values, often = counted.most_common(1)[0]
        return next(size for size in self.column if size.values == values) if 2 * often > len(self.column) else None


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the places of a text: one size for all, or something over the ports."""

    holes: tuple[Size | Local | Over, ...]
    shapes: tuple[tuple[Size | Local | None, ...], ...]
    ports: tuple[Port, ...]


def fill(columns: Sequence[Column], shapes: Sequence[Sequence[tuple[Size, ...] | None]], names: Names) -> Filled:
    """The places of a text filled; `shapes` are those of the inputs, in each call."""
    return _Filling(shapes, names).filled(columns)


class _Filling:
    def __init__(self, shapes: Sequence[Sequence[tuple[Size, ...] | None]], names: Names) -> None:
        self._names = names
        self._shapes = [list(row) for row in zip(*shapes, strict=True)]
        self._axes = dict(self._axis_columns())
        self._bound: dict[tuple[int, int], str] = {}
        self._ports: list[Port] = []

    def filled(self, columns: Sequence[Column]) -> Filled:
        for column in columns:  # keys of the configuration make the best ports
            if not _equal(column) and self._word_of_keys(column):
                self._hole(column)
        holes = [self._hole(column) for column in columns]
        shapes = tuple(self._pattern(place, row) for place, row in enumerate(self._shapes))
        plain = [port for port in self._ports if port.default is None]
        ports = (*plain, *(port for port in self._ports if port.default is not None))
        return Filled(tuple(holes), shapes, ports)

    def _hole(self, column: Column) -> Size | Local | Over:
        if _equal(column):
            return column[0]
        known = self._known(column)
        if known is not None:
            return Local(known)
        over = self._over(column)
        if over is not None:
            return over
        port = Port(self._word(column), column)
        self._ports.append(port)
        return Local(made.name(port.name))

    def _known(self, column: Column) -> ast.Expr | None:
        """In terms of an axis or of a port that there is already."""
        for factor in (Fraction(1), *map(Fraction, FACTORS), *(Fraction(1, factor) for factor in FACTORS)):
            for port in self._ports:
                if _ratio(column, port.column) == factor:
                    return _times(factor, made.name(port.name))
            for axis, sizes in self._axes.items():
                if _ratio(column, sizes) == factor:
                    return _times(factor, made.name(self._letter(axis)))
        return None

    def _over(self, column: Column) -> Over | None:
        """A size that all calls have, over a port."""
        for port in self._ports:
            products = [
                tuple(one * two for one, two in zip(size.values, given.values, strict=True))
                for size, given in zip(column, port.column, strict=True)
            ]
            whole = Size(products[0])
            if len(set(products)) == 1 and self._names.find(whole.values) is not None:
                return Over(whole, made.name(port.name))
        return None

    def _word_of_keys(self, column: Column) -> str:
        """What the keys that a place is have in common: `attention_heads`; "" where it is no key somewhere."""
        found = [self._names.find(size.values) for size in column]
        keys = [each.key.split("_") for each in found if each is not None and each.key is not None]
        if len(keys) < len(column):
            return ""
        common: list[str] = []
        for parts in zip(*(reversed(key) for key in keys), strict=False):
            if len(set(parts)) > 1:
                break
            common.insert(0, parts[0])
        return "_".join(common)

    def _axis_columns(self) -> Iterator[tuple[tuple[int, int], Column]]:
        """The sizes of each axis that differs among the calls, the last axes first."""
        for place, row in enumerate(self._shapes):
            if any(shape is None for shape in row):
                continue
            known = [shape for shape in row if shape is not None]
            if len({len(shape) for shape in known}) != 1:
                continue
            for axis in reversed(range(len(known[0]))):
                column = tuple(shape[axis] for shape in known)
                if not _equal(column):
                    yield (place, axis), column

    def _letter(self, axis: tuple[int, int]) -> str:
        if axis not in self._bound:
            rank = len(self._shapes[axis[0]][0] or ())
            letters = AXES.get(rank, "")
            letter = letters[axis[1]] if letters else f"n{axis[1]}"
            taken = {*self._bound.values(), *(port.name for port in self._ports), *self._names.keys}
            self._bound[axis] = _fresh(letter, taken)
        return self._bound[axis]

    def _word(self, column: Column) -> str:
        taken = {*self._bound.values(), *(port.name for port in self._ports), *self._names.keys}
        return _fresh(self._word_of_keys(column) or column[0].word, taken)

    def _pattern(self, place: int, row: Sequence[tuple[Size, ...] | None]) -> tuple[Size | Local | None, ...]:
        """The shape of an input: a name where one is bound, a size where all calls have the same, else None."""
        known = [shape for shape in row if shape is not None]
        if len(known) < len(row) or len({len(shape) for shape in known}) != 1:
            return ()
        pattern: list[Size | Local | None] = []
        for axis in range(len(known[0])):
            column = tuple(shape[axis] for shape in known)
            if (place, axis) in self._bound:
                pattern.append(Local(made.name(self._bound[place, axis])))
            else:
                pattern.append(column[0] if _equal(column) else None)
        return tuple(pattern)


def _fresh(word: str, taken: set[str]) -> str:
    name, number = word, 1
    while name in taken:
        number += 1
        name = f"{word}{number}"
    return name


def _equal(column: Column) -> bool:
    return len({size.values for size in column}) == 1


def _ratio(column: Column, other: Column) -> Fraction | None:
    """What the sizes of one are of those of the other, if it is the same everywhere."""
    ratios: set[Fraction] = set()
    for one, two in zip(column, other, strict=True):
        for value, base in zip(one.values, two.values, strict=True):
            if not base or not value:
                return None
            ratios.add(Fraction(value, base))
    return ratios.pop() if len(ratios) == 1 else None


def _times(factor: Fraction, tree: ast.Expr) -> ast.Expr:
    if factor.numerator != 1:
        tree = made.binary("*", made.number(factor.numerator), tree)
    return made.binary("/", tree, made.number(factor.denominator)) if factor.denominator != 1 else tree
