"""Steps of a loop that the source ran through: what changes from one to the next, and what is made of all of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import pairwise
from typing import Any

from symcost.importing.program import Call, Cut, Expr, Plain, Ref, Size, Statement, Subscript
from symcost.importing.skeleton import Skeleton
from symcost.importing.spelling import Local
from symcost.importing.tree import Item
from symcost.importing.walk import changed, sizes
from symcost.records import dataclass
from symcost.syntax import made as trees

COUNTER = "t"
"""The number of a step."""


@dataclass(frozen=True, slots=True)
class Steps:
    """`count` steps of `period` statements, from `start` on."""

    start: int
    period: int
    count: int

    @property
    def end(self) -> int:
        """The place behind them."""
        return self.start + self.period * self.count

    def shifted(self, fewest: int) -> Iterator[Steps]:
        """The steps as they are, and as they are if they begin with any other statement, where there are enough."""
        for shift in range(self.period):
            count = (self.end - self.start - shift) // self.period
            if count >= fewest:
                yield Steps(self.start + shift, self.period, count)


@dataclass(frozen=True, slots=True)
class Join:
    """The statement behind the steps that joins what all of them make, as one tensor."""

    place: int
    axis: int
    """The new axis, along which the steps lie."""
    rank: int
    """Axes of what is joined."""

    @property
    def order(self) -> tuple[int, ...]:
        """The axes of what a scan emits, with the steps in front, in the order of what is joined."""
        return (*range(1, self.axis + 1), 0, *range(self.axis + 1, self.rank))


# Sizes -----------------------------------------------------------------------------------------


def counting(row: Sequence[Item]) -> set[int] | None:
    """Which sizes of a statement count the steps, as indices; None where one changes and does not count."""
    first = row[0]
    if not isinstance(first, Statement):
        return None

    if len(set(map(_numbers, row))) > 1:
        return None  # what each multiplies by a number of its own is no loop

    places: set[int] = set()
    counts = [(number,) for number in range(len(row))]
    columns = zip(*map(_values, row), strict=True)
    for place, column in enumerate(columns):
        if len(set(column)) == 1:
            continue
        if list(column) != counts:
            return None
        places.add(place)
    return places if places <= _indices(first) else None


def _values(item: Item) -> list[tuple[int, ...]]:
    return [size.values for size in sizes(item)]


def _numbers(item: Item) -> tuple[Plain, ...]:
    """The numbers that a statement calculates with."""
    return tuple(one for one in Skeleton(item, with_sizes=False).sizes if isinstance(one, Plain))


def _indices(statement: Statement) -> set[int]:
    """Which of the sizes of a statement are indices into a tensor, by their place among all."""
    value = statement.value
    if not isinstance(value, Subscript):
        return set()

    place, found = len(sizes(value.base)), set[int]()
    for item in value.items:
        if isinstance(item, Size):
            found.add(place)
            place += 1
        elif isinstance(item, Cut):
            place += len(sizes(item))
    return found


def with_counter(statement: Statement, places: set[int]) -> Statement:
    """The statement with the number of the step for some of its sizes."""
    count = -1

    def change(node: Any) -> Any:
        nonlocal count
        if isinstance(node, Size):
            count += 1
            return Local(trees.name(COUNTER)) if count in places else node
        return node

    return changed(statement, change)


# Values ----------------------------------------------------------------------------------------


def handed_on(names: Sequence[dict[str, str]], own: Container[str]) -> list[tuple[str, str]] | None:
    """What a step takes in and what it hands on for that; None where it takes anything else that changes."""
    pairs: list[tuple[str, str]] = []
    for key, handed in names[1].items():
        if key in own or _stays(key, names):
            continue

        # what changes from step to step has to come from the one before
        if handed not in own or not _follows(key, handed, names):
            return None
        pairs.append((key, handed))
    return pairs


def _stays(key: str, names: Sequence[dict[str, str]]) -> bool:
    """Whether all steps read one and the same value."""
    return all(name[key] == key for name in names)


def _follows(key: str, handed: str, names: Sequence[dict[str, str]]) -> bool:
    """Whether each step takes in, as `key`, what the one before it hands on."""
    return all(then[key] == now[handed] for now, then in pairwise(names))


def stacking(item: Item, keys: Sequence[str]) -> tuple[int, int] | None:
    """The new axis along which an item puts these very values, and the rank of what it makes."""
    match item:
        case Statement(value=Call(function="concat", operands=operands, keywords=(("axis", Plain(text=text)),))):
            return _along(operands, text, keys)
    return None


def _along(operands: Sequence[Expr], text: str, keys: Sequence[str]) -> tuple[int, int] | None:
    parts = [_stacked(operand) for operand in operands]
    joined = [key for key, _ in parts]
    if joined != list(keys):
        return None

    _, shape = parts[0]
    if not shape:
        return None
    axis = int(text) % len(shape)
    is_new = set(shape[axis].values) == {1}
    if not is_new:
        return None  # joined along an axis that was there
    return axis, len(shape)


def _stacked(operand: Any) -> tuple[str | None, tuple[Size, ...]]:
    """The value that an operand is, with a new axis of one, and the shape of that; None for any other operand."""
    match operand:
        case Call(function="reshape", operands=(Ref(value=key),), arguments=(tuple() as shape,)):
            return key, tuple(size for size in shape if isinstance(size, Size))
    return None, ()
