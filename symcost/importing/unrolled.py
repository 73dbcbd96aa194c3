"""Loops over time that the source ran through step by step become `scan` again.

Steps are equal but for an index that goes up by one; each takes what the one before it hands on, and what all of them
make is joined behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from typing import Any

from symcost.importing.program import Arithmetic, Call, Constant, Plain, Ref, Size, Statement
from symcost.importing.skeleton import Skeleton
from symcost.importing.steps import COUNTER, Join, Steps, counting, handed_on, stacking, with_counter
from symcost.importing.tree import Carried, Emitted, Item, Loop, Module, made, read
from symcost.importing.walk import changed, renamed

LONGEST_STEP = 64
FEWEST_STEPS = 4


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
        for moved in steps.shifted(FEWEST_STEPS):
            loop = self._loop(moved)
            if loop is not None:
                return loop
        return self._plain

    def _longest(self) -> Steps | None:
        """The steps that cover most statements."""
        best: Steps | None = None
        for period in range(1, min(LONGEST_STEP, len(self._items) // FEWEST_STEPS) + 1):
            steps = self._repeating(period)
            if best is None or steps.period * steps.count > best.period * best.count:
                best = steps
        return best if best is not None and best.count >= FEWEST_STEPS else None

    def _repeating(self, period: int) -> Steps:
        """The longest stretch in which each statement is as the one a period before it."""
        best, start = Steps(0, period, 1), 0
        for place in range(len(self._items) - period + 1):
            if self._goes_on(place, period):
                continue
            count = (place - start) // period + 1
            if count > best.count:
                best = Steps(start, period, count)
            start = place + 1
        return best

    def _goes_on(self, place: int, period: int) -> bool:
        """Whether there is a statement at a place, and the same one a period behind it."""
        if place + period >= len(self._items):
            return False
        text = self._texts[place]
        return text is not None and text == self._texts[place + period]

    # One loop ----------------------------------------------------------------------------------

    def _loop(self, steps: Steps) -> tuple[Item, ...] | None:
        """The items with the steps as a scan; None where they are none."""
        names = self._all_names(steps)
        body = self._body(steps)
        if names is None or body is None:
            return None
        own = made(self._items[steps.start : steps.start + steps.period])
        pairs = handed_on(names, own)
        if pairs is None:
            return None
        after = {names[-1][handed] for _, handed in pairs}
        joins = self._joins(steps, names, own, after)
        if joins is None:
            return None
        return self._written(steps, body, pairs, names[-1], joins)

    def _all_names(self, steps: Steps) -> list[dict[str, str]] | None:
        """The keys of the first step, as each step has them; None where one of them would be two."""
        out: list[dict[str, str]] = []
        for number in range(steps.count):
            names = self._names(steps, number)
            if names is None:
                return None
            out.append(names)
        return out

    def _names(self, steps: Steps, number: int) -> dict[str, str] | None:
        """The keys of the first step, as one of the steps has them; None where one of them would be two."""
        names: dict[str, str] = {}
        for place in range(steps.start, steps.start + steps.period):
            first = self._text(place)
            other = self._text(place + steps.period * number)
            for mine, theirs in zip(first.keys, other.keys, strict=True):
                if names.setdefault(mine, theirs) != theirs:
                    return None
        return names

    def _text(self, place: int) -> Skeleton:
        text = self._texts[place]
        assert text is not None
        return text

    def _body(self, steps: Steps) -> tuple[Statement, ...] | None:
        """The statements of a step, with the counter for the index; None where sizes change in another way."""
        body: list[Statement] = []
        counted = 0
        for step in range(steps.period):
            start = steps.start + step
            row = self._items[start : start + steps.period * steps.count : steps.period]
            places = counting(row)
            first = row[0]
            if places is None or not isinstance(first, Statement):
                return None
            counted += len(places)
            body.append(with_counter(first, places))
        return tuple(body) if counted else None

    def _joins(
        self, steps: Steps, names: Sequence[dict[str, str]], own: Sequence[str], after: set[str]
    ) -> dict[str, Join] | None:
        """For each value of the first step that is joined behind the steps, where; None if others are read there."""
        needed = self._read_behind(steps) - after
        out: dict[str, Join] = {}
        for key in own:
            keys = [name[key] for name in names]
            if needed.isdisjoint(keys):
                continue

            # a loop emits the values of all its rounds, or none
            join = self._join(steps, keys) if needed.issuperset(keys) else None
            if join is None:
                return None
            out[key] = join
        return out

    def _read_behind(self, steps: Steps) -> set[str]:
        """What the items behind the steps read, each for itself, and what is handed out."""
        needed = set(self._outs)
        for item in self._items[steps.end :]:
            needed.update(read((item,)))
        return needed

    def _join(self, steps: Steps, keys: Sequence[str]) -> Join | None:
        """The statement that puts values side by side along a new axis."""
        for place in range(steps.end, len(self._items)):
            along = stacking(self._items[place], keys)
            if along is not None:
                axis, rank = along
                return Join(place, axis, rank)
        return None

    def _written(
        self,
        steps: Steps,
        body: tuple[Statement, ...],
        pairs: Sequence[tuple[str, str]],
        last: dict[str, str],
        joins: dict[str, Join],
    ) -> tuple[Item, ...]:
        inside = {key: f"{handed}~{steps.start}" for key, handed in pairs}
        carried = tuple(Carried(key, inside[key], handed, last[handed]) for key, handed in pairs)
        emitted = tuple(Emitted(key, f"{key}.all") for key in joins)
        count = Size((steps.count,), "length")
        loop = Loop(count, renamed(body, inside), carried, emitted, "scan", None, COUNTER)

        begun = [Statement((key,), self._constants[key]) for key in inside if key in self._constants]
        before = self._items[: steps.start]
        behind = self._behind(steps, joins)
        whole = (*before, *begun, loop, *behind)
        return changed(whole, lambda node: self._back(node, inside.keys()))

    def _behind(self, steps: Steps, joins: dict[str, Join]) -> list[Item]:
        """The items behind the steps: what joined their values takes in what the scan emits, as a transpose of it."""
        behind = list(self._items[steps.end :])
        for key, join in joins.items():
            place = join.place - steps.end
            statement = behind[place]
            assert isinstance(statement, Statement)
            order = tuple(Plain(str(axis)) for axis in join.order)
            value = Call("transpose", (Ref(f"{key}.all"),), (order,))
            behind[place] = replace(statement, value=value)
        return behind

    def _back(self, node: Any, kept: Set[str]) -> Any:
        match node:
            case Ref(value=key) if key in self._constants and key not in kept:
                return self._constants[key]
        return node
