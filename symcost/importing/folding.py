"""Equal neighbours become the rounds of a loop: `repeat`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symcost.importing.program import Size, Statement
from symcost.importing.skeleton import Skeleton
from symcost.importing.steps import handed_on
from symcost.importing.tree import Carried, Declaration, Item, Loop, Module, held, made, read
from symcost.importing.walk import renamed
from symcost.records import dataclass

LONGEST_PERIOD = 8
FEWEST_PLAIN = 3
"""Rounds of one or two operations before a loop reads better than a pipeline."""


def fold(items: tuple[Item, ...], outs: Iterable[str]) -> tuple[Item, ...]:
    """The same with loops, in every module; `outs` are the values that are read behind the items."""
    inner: list[Item] = []
    needed = set(outs)
    for item in reversed(items):
        inner.append(_folded_inside(item, needed))
        needed.update(read((item,)))
    return _Body(tuple(reversed(inner)), set(outs)).folded()


def _folded_inside(item: Item, needed: set[str]) -> Item:
    match item:
        case Module(items=items):
            return replace(item, items=fold(items, needed.intersection(made(items))))
        case Loop(body=body):
            return replace(item, body=fold(body, item.results))
    return item


@dataclass(frozen=True, slots=True)
class _Run:
    """`count` equal blocks of `period` items from `start` on; `pairs` are what the first takes in and hands on."""

    start: int
    period: int
    count: int
    pairs: tuple[tuple[str, str], ...]
    last: dict[str, str]
    """The keys of the first block, as they are in the last."""

    @property
    def covered(self) -> int:
        return self.period * self.count


class _Body:
    """The items of one body, and which of its values are read where."""

    def __init__(self, items: tuple[Item, ...], outs: set[str]) -> None:
        self._items = items
        self._skeletons = [Skeleton(item) for item in items]
        self._made = [made((item,)) for item in items]
        self._last_use = {key: place for place, item in enumerate(items) for key in read((item,))}
        self._last_use |= dict.fromkeys(outs, len(items))

    def folded(self) -> tuple[Item, ...]:
        out: list[Item] = []
        place = 0
        while place < len(self._items):
            run = self._longest_run(place)
            if run is None:
                out.append(self._items[place])
                place += 1
            else:
                out.append(self._loop(run))
                place += run.covered
        return tuple(out)

    def _longest_run(self, start: int) -> _Run | None:
        """The run that covers most from here on; of two, the one with more rounds."""
        best: _Run | None = None
        for period in range(1, LONGEST_PERIOD + 1):
            run = self._run(start, period)
            if run is not None and (best is None or run.covered > best.covered):
                best = run
        return best

    def _run(self, start: int, period: int) -> _Run | None:
        """The longest sound run of this period."""
        count = self._equal_blocks(start, period)
        while count >= self._fewest(start, period):
            run = self._sound(start, period, count)
            if run is not None:
                return run
            count -= 1
        return None

    def _equal_blocks(self, start: int, period: int) -> int:
        count = 1
        while self._alike(start + (count - 1) * period, start + count * period, period):
            count += 1
        return count

    def _alike(self, one: int, other: int, period: int) -> bool:
        if other + period > len(self._items):
            return False
        return all(self._skeletons[one + step] == self._skeletons[other + step] for step in range(period))

    def _fewest(self, start: int, period: int) -> int:
        block = self._items[start : start + period]
        if any(isinstance(item, Declaration) for item in block):
            return len(self._items) + 1
        compound = any(not isinstance(item, Statement) for item in block)
        return 2 if compound or period > 2 else FEWEST_PLAIN

    def _sound(self, start: int, period: int, count: int) -> _Run | None:
        """The run, if each block takes what is the same for all, or what the block before it hands on."""
        names = self._names_of_blocks(start, period, count)
        own = frozenset(held(self._items[start : start + period]))
        pairs = handed_on(names, own) if names else None
        if not pairs:
            return None
        run = _Run(start, period, count, tuple(pairs), names[-1])
        return run if self._keeps_to_itself(run) else None

    def _names_of_blocks(self, start: int, period: int, count: int) -> list[dict[str, str]]:
        """The keys of the first block as each block has them; none at all where one of them would be two."""
        found = [self._names(start, start + number * period, period) for number in range(count)]
        names = [each for each in found if each is not None]
        return names if len(names) == count else []

    def _names(self, first: int, other: int, period: int) -> dict[str, str] | None:
        """The keys of one block as another has them; None where one of them would be two."""
        names: dict[str, str] = {}
        for step in range(period):
            pairs = zip(self._skeletons[first + step].keys, self._skeletons[other + step].keys, strict=True)
            for mine, theirs in pairs:
                if names.setdefault(mine, theirs) != theirs:
                    return None
        return names

    def _keeps_to_itself(self, run: _Run) -> bool:
        """Whether nothing but what the last block hands on is read behind the run."""
        end = run.start + run.covered
        after = {run.last[handed] for _, handed in run.pairs}
        inside = {key for place in range(run.start, end) for key in self._made[place]}
        return all(self._last_use.get(key, -1) < end for key in inside - after)

    def _loop(self, run: _Run) -> Loop:
        block: tuple[Item, ...] = self._items[run.start : run.start + run.period]
        inside = {key: f"{key}~{run.start}" for key, _ in run.pairs}
        carried = tuple(Carried(key, inside[key], handed, run.last[handed]) for key, handed in run.pairs)
        return Loop(Size((run.count,), "layers"), renamed(block, inside), carried)
