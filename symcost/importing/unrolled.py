"""Loops over time that the source ran through step by step become `scan` again.

Steps are equal but for an index that goes up by one; each takes what the one before it hands on, and what all of them
make is joined behind them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from symcost.importing.program import Arithmetic, Call, Constant, Cut, Plain, Ref, Size, Statement, Subscript
from symcost.importing.skeleton import Skeleton
from symcost.importing.spelling import Local
from symcost.importing.tree import Carried, Emitted, Item, Loop, Module, made, read
from symcost.importing.walk import changed, renamed, sizes
from symcost.syntax import made as trees

LONGEST_STEP = 64
FEWEST_STEPS = 4
COUNTER = "t"


def scanned(items: tuple[Item, ...], outs: Iterable[str]) -> tuple[Item, ...]:
    """The items with scans, in every module; `outs` are the values that are read behind the items."""
    inner: list[Item] = []
    needed = set(outs)
    for item in reversed(items):
        if isinstance(item, Module):
            item = replace(item, items=scanned(item.items, needed.intersection(made(item.items))))
        inner.append(item)
        needed.update(read((item,)))
    return _Unrolled(tuple(reversed(inner)), frozenset(outs)).scanned()


@dataclass(frozen=True, slots=True)
class _Steps:
    """`count` steps of `period` statements, from `start` on."""

    start: int
    period: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.count


@dataclass(frozen=True, slots=True)
class _Join:
    """The statement behind the steps that joins what all of them make, as one tensor."""

    place: int
    value: Any


class _Unrolled:
    """The items of one body."""

    def __init__(self, items: tuple[Item, ...], outs: frozenset[str]) -> None:
        self._outs = outs
        self._constants: dict[str, Constant] = {}
        self._plain = items
        self._items = tuple(self._hoisted(item) for item in items)
        self._texts = [
            Skeleton(item, with_sizes=False) if isinstance(item, Statement) else None for item in self._items
        ]

    def _hoisted(self, item: Item) -> Item:
        """With a key for each constant: a first step begins with one where the others read what is handed on."""
        if not isinstance(item, Statement) or not isinstance(item.value, Arithmetic):
            return item

        def key(node: Any) -> Any:
            if not isinstance(node, Constant):
                return node
            name = f"constant.{len(self._constants)}"
            self._constants[name] = node
            return Ref(name)

        value = replace(item.value, left=key(item.value.left), right=key(item.value.right))
        return replace(item, value=value)

    def scanned(self) -> tuple[Item, ...]:
        steps = self._longest()
        if steps is None:
            return self._plain
        for shift in range(steps.period):
            moved = _Steps(steps.start + shift, steps.period, (steps.end - steps.start - shift) // steps.period)
            loop = self._loop(moved) if moved.count >= FEWEST_STEPS else None
            if loop is not None:
                return loop
        return self._plain

    def _longest(self) -> _Steps | None:
        """The steps that cover most statements."""
        best: _Steps | None = None
        for period in range(1, min(LONGEST_STEP, len(self._items) // FEWEST_STEPS) + 1):
            steps = self._repeating(period)
            if best is None or steps.period * steps.count > best.period * best.count:
                best = steps
        return best if best is not None and best.count >= FEWEST_STEPS else None

    def _repeating(self, period: int) -> _Steps:
        """The longest stretch in which each statement is as the one a period before it."""
        best, start = _Steps(0, period, 1), 0
        for place in range(len(self._items) - period + 1):
            text = self._texts[place]
            if place + period < len(self._items) and text is not None and text == self._texts[place + period]:
                continue
            count = (place - start) // period + 1
            if count > best.count:
                best = _Steps(start, period, count)
            start = place + 1
        return best

    # One loop ----------------------------------------------------------------------------------

    def _loop(self, steps: _Steps) -> tuple[Item, ...] | None:
        """The items with the steps as a scan; None where they are none."""
        names = self._all_names(steps)
        body = self._body(steps)
        if names is None or body is None:
            return None
        own = [key for item in self._items[steps.start : steps.start + steps.period] for key in made((item,))]
        pairs = _handed_on(names, own)
        if pairs is None:
            return None
        after = {names[-1][handed] for _, handed in pairs}
        joins = self._joins(steps, names, own, after)
        if joins is None:
            return None
        return self._written(steps, body, pairs, names[-1], joins)

    def _all_names(self, steps: _Steps) -> list[dict[str, str]] | None:
        """The keys of the first step, as each step has them; None where one of them would be two."""
        out: list[dict[str, str]] = []
        for number in range(steps.count):
            names: dict[str, str] = {}
            for step in range(steps.period):
                first, other = (self._texts[steps.start + step + steps.period * each] for each in (0, number))
                assert first is not None and other is not None
                for mine, theirs in zip(first.keys, other.keys, strict=True):
                    if names.setdefault(mine, theirs) != theirs:
                        return None
            out.append(names)
        return out

    def _body(self, steps: _Steps) -> tuple[Statement, ...] | None:
        """The statements of a step, with the counter for the index; None where sizes change in another way."""
        body: list[Statement] = []
        counted = 0
        for step in range(steps.period):
            row = [self._items[steps.start + step + steps.period * number] for number in range(steps.count)]
            places = _counting(row)
            first = row[0]
            if places is None or not isinstance(first, Statement):
                return None
            counted += len(places)
            body.append(_with_counter(first, places))
        return tuple(body) if counted else None

    def _joins(
        self, steps: _Steps, names: Sequence[dict[str, str]], own: Sequence[str], after: set[str]
    ) -> dict[str, _Join] | None:
        """For each value of the first step that is joined behind the steps, where; None if others are read there."""
        uses = Counter(key for item in self._items[steps.end :] for key in set(read((item,))))
        uses.update(self._outs)
        out: dict[str, _Join] = {}
        for key in own:
            keys = [name[key] for name in names]
            used = [each for each in keys if uses[each] and each not in after]
            if not used:
                continue
            join = self._join(steps, keys) if used == keys else None
            if join is None:
                return None
            out[key] = join
        return out

    def _join(self, steps: _Steps, keys: Sequence[str]) -> _Join | None:
        """The statement that puts values side by side along a new axis, as a transpose of what is emitted."""
        for place in range(steps.end, len(self._items)):
            item = self._items[place]
            match item:
                case Statement(
                    value=Call(function="concat", operands=operands, keywords=(("axis", Plain(text=text)),))
                ):
                    parts = [_stacked(operand) for operand in operands]
                    if [part[0] if part else None for part in parts] == list(keys):
                        shape = parts[0][1] if parts[0] else ()
                        axis = int(text) % len(shape) if shape else -1
                        if axis >= 0 and set(shape[axis].values) == {1}:
                            return _Join(place, (axis, len(shape)))
        return None

    def _written(
        self,
        steps: _Steps,
        body: tuple[Statement, ...],
        pairs: Sequence[tuple[str, str]],
        last: dict[str, str],
        joins: dict[str, _Join],
    ) -> tuple[Item, ...]:
        inside = {key: f"{handed}~{steps.start}" for key, handed in pairs}
        carried = tuple(Carried(key, inside[key], handed, last[handed]) for key, handed in pairs)
        emitted = tuple(Emitted(key, f"{key}.all") for key in joins)
        rounds = renamed(body, inside)
        loop = Loop(Size((steps.count,), "length"), rounds, carried, emitted, "scan", None, COUNTER)
        behind = list(self._items[steps.end :])
        for key, join in joins.items():
            statement = behind[join.place - steps.end]
            assert isinstance(statement, Statement)
            axis, rank = join.value
            order = (*range(1, axis + 1), 0, *range(axis + 1, rank))
            value = Call("transpose", (Ref(f"{key}.all"),), (tuple(Plain(str(each)) for each in order),))
            behind[join.place - steps.end] = replace(statement, value=value)
        before = [Statement((key,), self._constants[key]) for key, _ in pairs if key in self._constants]
        whole = (*self._items[: steps.start], *before, loop, *behind)
        kept = {key for key, _ in pairs}
        return changed(whole, lambda node: self._back(node, kept))

    def _back(self, node: Any, kept: set[str]) -> Any:
        match node:
            case Ref(value=key) if key in self._constants and key not in kept:
                return self._constants[key]
        return node


def _counting(row: Sequence[Item]) -> set[int] | None:
    """Which sizes of a statement count the steps, as indices; None where one changes and does not count."""
    places: set[int] = set()
    counts = [(number,) for number in range(len(row))]
    for place, column in enumerate(zip(*(sizes(item) for item in row), strict=True)):
        values = [size.values for size in column]
        if values == counts:
            places.add(place)
        elif len(set(values)) > 1:
            return None

    first = row[0]
    return places if isinstance(first, Statement) and places <= _indices(first) else None


def _handed_on(names: Sequence[dict[str, str]], own: Sequence[str]) -> list[tuple[str, str]] | None:
    """What a step takes in and what it hands on for that; None where it takes anything else that changes."""
    pairs: list[tuple[str, str]] = []
    first, second = names[0], names[1]
    for key in first:
        if key in own or all(name[key] == key for name in names):
            continue

        handed = second[key]
        if handed not in own or any(then[key] != now[handed] for now, then in pairwise(names)):
            return None
        pairs.append((key, handed))
    return pairs


def _indices(statement: Statement) -> set[int]:
    """Which of the sizes of a statement are indices into a tensor, by their place among all."""
    value = statement.value
    if not isinstance(value, Subscript):
        return set()
    place, found = len(sizes(value.base)), set[int]()
    for item in value.items:
        if isinstance(item, Size):
            found.add(place)
        place += len(sizes(item)) if isinstance(item, Cut) else isinstance(item, Size)
    return found


def _with_counter(statement: Statement, places: set[int]) -> Statement:
    count = -1

    def change(node: Any) -> Any:
        nonlocal count
        if isinstance(node, Size):
            count += 1
            return Local(trees.name(COUNTER)) if count in places else node
        return node

    return changed(statement, change)


def _stacked(operand: Any) -> tuple[str, tuple[Size, ...]] | None:
    """A value with a new axis of one, and its shape."""
    match operand:
        case Call(function="reshape", operands=(Ref(value=key),), arguments=(tuple() as shape,)):
            return key, tuple(size for size in shape if isinstance(size, Size))
    return None
