"""What differs among the calls of one definition, as its ports: bound by a shape where that says it, else given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from symcost.importing.names import Names
from symcost.importing.program import Plain, Size
from symcost.importing.spelling import Local, Root
from symcost.records import dataclass
from symcost.syntax import ast, made

Column = tuple[Size, ...]
"""One place of a text, as it is in each call."""

Numbers = tuple[Plain, ...]
"""The same of a number that is calculated with."""

Hole = Size | Plain | Local | Root
"""What stands in a place."""

OPTIONS = ("stride", "pad", "dilation", "groups", "kernel")
LOCAL = ((1, 0), (2, 0), (1, 1), (2, 1), (3, 0))
"""Products of axes, ports and keys that are tried for a place: how many above and below a stroke."""

MOST_TO_READ = 9.0
"""The rank of an expression that a port is better than."""
AXES = {1: "C", 2: "TC", 3: "BTC", 4: "BYXC", 5: "BZYXC"}
"""Names of axes, by how many there are: a batch first, features last."""


@dataclass(frozen=True, slots=True)
class Port:
    """A size that a call gives, or leaves to the default."""

    name: str
    column: Column | Numbers

    @property
    def sizes(self) -> Column:
        """What each call gives, if that is a size."""
        return tuple(each for each in self.column if isinstance(each, Size))

    @property
    def default(self) -> Size | None:
        """What most calls want, of what layers have a default for."""
        if not self.name.rstrip("0123456789").startswith(OPTIONS):
            return None
        counted = Counter(size.values for size in self.sizes)
        values, often = counted.most_common(1)[0]
        return next(size for size in self.sizes if size.values == values) if 2 * often > len(self.column) else None


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the places of a text: one size for all, or something over the ports."""

    holes: tuple[Hole, ...]
    shapes: tuple[tuple[Size | Local | None, ...], ...]
    ports: tuple[Port, ...]


def fill(
    columns: Sequence[Column | Numbers], shapes: Sequence[Sequence[tuple[Size, ...] | None]], names: Names
) -> Filled:
    """The places of a text filled; `shapes` are those of the inputs, in each call."""
    return _Filling(shapes, names).filled(columns)


class _Filling:
    def __init__(self, shapes: Sequence[Sequence[tuple[Size, ...] | None]], names: Names) -> None:
        self._names = names
        self._length = names.length
        self._shapes = [list(row) for row in zip(*shapes, strict=True)]
        self._axes = dict(self._axis_columns())
        self._named = self._letters()
        self._bound: dict[tuple[int, int], str] = {}
        self._ports: list[Port] = []
        self._local: dict[tuple[int, int], Names] = {}
        """Names over the keys, the axes and so many ports: their tables take long to make."""

    def filled(self, columns: Sequence[Column | Numbers]) -> Filled:
        self._keyed_first(columns)
        holes = tuple(map(self._place, columns))
        shapes = tuple(self._pattern(place, row) for place, row in enumerate(self._shapes))
        ports = sorted(self._ports, key=lambda port: port.default is not None)
        return Filled(holes, shapes, tuple(ports))

    def _keyed_first(self, columns: Sequence[Column | Numbers]) -> None:
        """Keys of the configuration make the best ports."""
        for column in map(_sizes, columns):
            if column and self._word_of_keys(column):
                self._hole(column)

    def _place(self, column: Column | Numbers) -> Hole:
        sizes = _sizes(column)
        return self._hole(sizes) if sizes else self._number(column)

    def _number(self, column: Column | Numbers) -> Hole:
        """A number that all calls have, the root of a size, or a port."""
        numbers = tuple(each for each in column if isinstance(each, Plain))
        if len(set(numbers)) == 1:
            return numbers[0]

        root = self._root(numbers)
        if root is not None:
            return root

        port = Port(_fresh("scale", self._taken()), numbers)
        self._ports.append(port)
        return Local(made.name(port.name))

    def _root(self, numbers: Numbers) -> Root | None:
        """One over the root of what each call has there, such as a width."""
        roots = [Root.of([number.text]) for number in numbers]
        if not all(root is not None and root.below for root in roots):
            return None

        squares = tuple(Size(root.size.values * self._length) for root in roots if root is not None)
        found = self._known(squares)
        return None if found is None else Root(Local(found), below=True)  # type: ignore[arg-type]

    def _hole(self, column: Column) -> Size | Local:
        if _equal(column):
            return column[0]

        known = self._said_by_port(column) or self._known(column)
        if known is not None:
            return Local(known)

        port = Port(self._word(column), column)
        self._ports.append(port)
        return Local(made.name(port.name))

    def _said_by_port(self, column: Column) -> ast.Expr | None:
        """The port that has just these sizes, if there is one already."""
        names = (made.name(port.name) for port in self._ports if _is_same(port, column))
        return next(names, None)

    def _known(self, column: Column) -> ast.Expr | None:
        """In terms of axes, of ports that there are already, and of the keys."""
        if column[0].word in OPTIONS:
            return None
        found = self._local_names(len(column)).find(_joined(column))
        if found is None or found.rank > MOST_TO_READ:
            return None
        self._bind(found.keys)
        return found.tree()

    def _bind(self, spoken_of: set[str]) -> None:
        """Has the shapes of inputs say those axes that a text speaks of."""
        for axis in self._axes:
            if self._letter_of(axis) in spoken_of:
                self._bound[axis] = self._letter_of(axis)

    def _local_names(self, calls: int) -> Names:
        """Names over all that a definition may speak of, with the values of all calls one after the other."""
        spoken_of = calls, len(self._ports)
        if spoken_of not in self._local:
            self._local[spoken_of] = self._named_over(calls)
        return self._local[spoken_of]

    def _named_over(self, calls: int) -> Names:
        keys = {key: values * calls for key, values in self._names.keys.items()}
        axes = {self._letter_of(axis): _joined(sizes) for axis, sizes in self._axes.items()}
        ports = {port.name: _joined(port.sizes) for port in self._ports if port.sizes}
        return Names(keys | axes | ports, near=LOCAL, far=())

    def _word_of_keys(self, column: Column) -> str:
        """What the keys that a place is have in common: `attention_heads`; "" where it is no key somewhere."""
        if _equal(column):
            return ""
        found = [self._names.find(size.values) for size in column]
        keys = [each.key for each in found if each is not None and each.key is not None]
        return _common_ending(keys) if len(keys) == len(column) else ""

    def _axis_columns(self) -> Iterator[tuple[tuple[int, int], Column]]:
        """The sizes of each axis that differs among the calls, the last axes first; equal ones once."""
        seen: set[tuple[int, ...]] = set()
        for axis, column in self._every_axis():
            values = _joined(column)
            if _equal(column) or values in seen:
                continue
            seen.add(values)
            yield axis, column

    def _every_axis(self) -> Iterator[tuple[tuple[int, int], Column]]:
        for place, row in enumerate(self._shapes):
            columns = list(zip(*_of_one_rank(row), strict=True))
            for axis in reversed(range(len(columns))):
                yield (place, axis), columns[axis]

    def _letters(self) -> dict[tuple[int, int], str]:
        """A name for each axis that differs among the calls."""
        names: dict[tuple[int, int], str] = {}
        for place, axis in self._axes:
            letters = AXES.get(len(self._shapes[place][0] or ()), "")
            letter = letters[axis] if letters else f"n{axis}"
            names[place, axis] = _fresh(letter, {*names.values(), *self._names.keys})
        return names

    def _letter_of(self, axis: tuple[int, int]) -> str:
        return self._named[axis]

    def _taken(self) -> set[str]:
        return {*self._named.values(), *(port.name for port in self._ports), *self._names.keys}

    def _word(self, column: Column) -> str:
        taken = self._taken()
        return _fresh(self._word_of_keys(column) or column[0].word, taken)

    def _pattern(self, place: int, row: Sequence[tuple[Size, ...] | None]) -> tuple[Size | Local | None, ...]:
        """The shape of an input, an axis by itself; () where the calls give tensors of several ranks."""
        known = _of_one_rank(row)
        return tuple(self._axis(place, axis, column) for axis, column in enumerate(zip(*known, strict=True)))

    def _axis(self, place: int, axis: int, column: Column) -> Size | Local | None:
        """A name where one is bound, a size where all calls have the same, else None."""
        if (place, axis) in self._bound:
            return Local(made.name(self._bound[place, axis]))
        return column[0] if _equal(column) else None


def _of_one_rank(row: Sequence[tuple[Size, ...] | None]) -> list[tuple[Size, ...]]:
    """The shapes of an input in all calls; none where one is not known, or they have not as many axes."""
    known = [shape for shape in row if shape is not None]
    ranks = {len(shape) for shape in known}
    return known if len(known) == len(row) and len(ranks) == 1 else []


def _common_ending(keys: Sequence[str]) -> str:
    """The words at the end that all keys have."""
    common: list[str] = []
    for words in zip(*(reversed(key.split("_")) for key in keys), strict=False):
        if len(set(words)) > 1:
            break
        common.insert(0, words[0])
    return "_".join(common)


def _fresh(word: str, taken: set[str]) -> str:
    name, number = word, 1
    while name in taken:
        number += 1
        name = f"{word}{number}"
    return name


def _equal(column: Column) -> bool:
    return len({size.values for size in column}) == 1


def _is_same(port: Port, column: Column) -> bool:
    return [size.values for size in port.sizes] == [size.values for size in column]


def _sizes(column: Column | Numbers) -> Column:
    return tuple(each for each in column if isinstance(each, Size))


def _joined(column: Column) -> tuple[int, ...]:
    """The values of all calls, one after the other."""
    return tuple(value for size in column for value in size.values)
