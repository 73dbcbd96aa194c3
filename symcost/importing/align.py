"""One model at several configurations: the same tree, whose sizes have a value for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass, replace
from itertools import zip_longest
from typing import Any

from symcost.errors.alignment import NotAligned
from symcost.importing.folding import fold
from symcost.importing.program import Call, Expr, Parameter, Plain, Program, Ref, Scope, Size, Statement
from symcost.importing.spelling import Local, Root
from symcost.importing.tree import Declaration, Item, Loop, Module, dissolved, grow
from symcost.importing.unrolled import scanned
from symcost.importing.walk import parts
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Aligned:
    """A program of several configurations, and its items as a tree with loops."""

    program: Program
    items: tuple[Item, ...]


def align(programs: Sequence[Program]) -> Aligned:
    """The programs as one. Raises NotAligned at the first place where they differ in more than sizes."""
    trees = [_tree(program) for program in programs]
    shown = [_shown(program.configurations[0]) for program in programs]
    zipped = _Zip(shown)
    items: tuple[Item, ...] = zipped.items(trees, "")
    inputs = zipped.same([program.inputs for program in programs], "")
    zipped.outputs([program.outputs for program in programs])
    joined = replace(
        programs[0],
        configurations=_configurations(programs),
        inputs=inputs,
        parameters=zipped.parameters([program.parameters for program in programs]),
        shapes=zipped.shapes(programs),
        counts=_counts(programs),
    )
    return Aligned(joined, items)


def _configurations(programs: Sequence[Program]) -> tuple[Mapping[str, int], ...]:
    return tuple(configuration for program in programs for configuration in program.configurations)


def _counts(programs: Sequence[Program]) -> dict[str, tuple[int, ...]]:
    """What the source counted of itself, at each configuration."""
    return {key: tuple(program.counts[key][0] for program in programs) for key in programs[0].counts}


def _tree(program: Program) -> tuple[Item, ...]:
    """The tree of a program, with its loops over time and over layers."""
    items = dissolved(grow(program))
    return fold(scanned(items, program.outputs), program.outputs)


class _Difference(Exception):
    """Where two programs part."""

    def __init__(self, values: Sequence[Any]) -> None:
        super().__init__("not aligned")
        self.values = values


class _Zip:
    """Several things that differ in sizes and in keys of values only, as the first with the sizes of all."""

    def __init__(self, configurations: Sequence[str]) -> None:
        self._configurations = configurations
        self.keys: dict[str, tuple[str, ...]] = {}
        """The keys of a value in each program, by that of the first."""

    def items(self, trees: Sequence[tuple[Item, ...]], path: str) -> tuple[Item, ...]:
        """The items of a body. Raises NotAligned."""
        out: list[Item] = []
        for row in zip_longest(*trees):
            if None in row:
                self._refuse(row, path)
            out.append(self._item(row, path))
        return tuple(out)

    def _item(self, row: tuple[Item, ...], path: str) -> Item:
        if all(isinstance(item, Module) for item in row):
            return self._module([item for item in row if isinstance(item, Module)])
        if all(isinstance(item, Loop) for item in row):
            return self._loop([item for item in row if isinstance(item, Loop)], path)
        made: Item = self.same(row, path)
        return made

    def _module(self, modules: Sequence[Module]) -> Module:
        scope = modules[0].scope
        return Module(scope, self.items([module.items for module in modules], scope.path))

    def _loop(self, loops: Sequence[Loop], path: str) -> Loop:
        """Rounds of one body, as many as there are in each program."""
        count = _joined([loop.count for loop in loops])
        body = self.items([loop.body for loop in loops], path)
        self.same([(loop.carried, loop.emitted) for loop in loops], path)
        return replace(loops[0], count=count, body=body)

    def same(self, row: Sequence[Any], path: str) -> Any:
        """Anything else. Raises NotAligned."""
        try:
            return self._same(row)
        except _Difference:
            self._refuse(row, path)

    def outputs(self, rows: Sequence[tuple[str, ...]]) -> None:
        """The same results in the same order. Raises NotAligned."""
        try:
            self._meet_all(rows)
        except _Difference:
            told = [f"it gives {len(row)}" for row in rows]
            other = next((place for place, row in enumerate(rows) if len(row) != len(rows[0])), None)
            if other is None:
                told, other = ["it gives one value", *["it gives another in its place"] * (len(rows) - 1)], 1
            shown = (self._configurations[0], self._configurations[other])
            raise NotAligned("", told[0], told[other], shown) from None

    def parameters(self, rows: Sequence[tuple[Parameter, ...]]) -> tuple[Parameter, ...]:
        """Those of the first, with the sizes of all where all have them."""
        found: list[Parameter] = []
        shapes = [_shapes(row) for row in rows]
        for parameter in rows[0]:
            alike = (parameter.value,) * len(rows)  # where no statement speaks of it
            keys = self.keys.get(parameter.value, alike)
            shape = _joined_shape(shapes, keys)
            if shape is not None:
                found.append(replace(parameter, shape=shape))
        return tuple(found)

    def shapes(self, programs: Sequence[Program]) -> dict[str, tuple[Size, ...]]:
        """The shapes of the values that have as many axes in all programs."""
        found: dict[str, tuple[Size, ...]] = {}
        shapes = [program.shapes for program in programs]
        for key, keys in self.keys.items():
            shape = _joined_shape(shapes, keys)
            if shape is not None:
                found[key] = shape
        return found

    # Inside ------------------------------------------------------------------------------------

    def _same(self, row: Sequence[Any]) -> Any:
        first = row[0]
        if len(set(map(type, row))) > 1:
            raise _Difference(row)
        if isinstance(first, tuple):
            return self._tuple(row)
        return self._part(row) if is_dataclass(first) else self._equal(row)

    def _equal(self, row: Sequence[Any]) -> Any:
        if not _are_equal(row):
            raise _Difference(row)
        return row[0]

    def _part(self, row: Sequence[Any]) -> Any:
        """Parts of one class: sizes of all; what only says where it stands, of the first; all others field by field."""
        match row[0]:
            case Size():
                return _joined(row)
            case Plain():
                return self._number(row)
            case Ref():
                return self._ref(row)
            case Scope() | Local():
                return row[0]
        return self._whole(row)

    def _ref(self, row: Sequence[Ref]) -> Ref:
        self._meet(tuple(each.value for each in row))
        return row[0]

    def _number(self, row: Sequence[Plain]) -> Any:
        """A number, which may change with the sizes: as one over the root of a width does."""
        if _are_equal(row):
            return row[0]
        root = Root.of([value.text for value in row])
        if root is None:
            raise _Difference(row)
        return root

    def _tuple(self, row: Sequence[Any]) -> Any:
        if len({len(value) for value in row}) != 1:
            raise _Difference(row)
        return tuple(self._same(each) for each in zip(*row, strict=True))

    def _whole(self, row: Sequence[Any]) -> Any:
        """Field by field; those that hold keys of values are met."""
        first = row[0]
        keyed = _keyed(first)
        self._meet_all([_keys_of(each, keyed) for each in row])
        made: dict[str, Any] = {}
        for name in parts(type(first)):
            if name not in keyed:
                made[name] = self._same([getattr(each, name) for each in row])
        return replace(first, **made)

    def _meet_all(self, keys: Sequence[tuple[str, ...]]) -> None:
        if len({len(each) for each in keys}) != 1:
            raise _Difference(keys)
        for row in zip(*keys, strict=True):
            self._meet(row)

    def _meet(self, keys: tuple[str, ...]) -> None:
        if self.keys.setdefault(keys[0], keys) != keys:
            raise _Difference(keys)

    def _refuse(self, row: Sequence[Any], path: str) -> Any:
        """Raises NotAligned, with the first two that are told apart: by what they are, or by what is said of them."""
        kinds = [type(item) for item in row]
        texts = [_text(item) for item in row]
        told = kinds if len(set(kinds)) > 1 else texts
        other = next((place for place, each in enumerate(told) if each != told[0]), len(row) - 1)
        shown = (self._configurations[0], self._configurations[other])
        raise NotAligned(path, texts[0], texts[other], shown)


def _keyed(value: Any) -> tuple[str, ...]:
    """The fields that hold keys of values."""
    match value:
        case Statement():
            return ("targets",)
        case Parameter():
            return ("value",)
    return getattr(value, "keyed", ())


def _keys_of(value: Any, keyed: Sequence[str]) -> tuple[str, ...]:
    keys: list[str] = []
    for name in keyed:
        held = getattr(value, name)
        keys.extend(held if isinstance(held, tuple) else (held,))
    return tuple(keys)


def _are_equal(row: Sequence[Any]) -> bool:
    return all(value == row[0] for value in row)


def _shapes(parameters: Sequence[Parameter]) -> dict[str, tuple[Size, ...]]:
    return {each.value: each.shape for each in parameters}


def _joined_shape(shapes: Sequence[Mapping[str, tuple[Size, ...]]], keys: Sequence[str]) -> tuple[Size, ...] | None:
    """The shape of a value, by its key in each program, with the sizes of all; if all know it, with as many axes."""
    row = [each.get(key) for each, key in zip(shapes, keys, strict=True)]
    known = [shape for shape in row if shape is not None]
    ranks = set(map(len, known))
    if len(known) < len(row) or len(ranks) != 1:
        return None
    return tuple(map(_joined, zip(*known, strict=True)))


def _joined(sizes: Sequence[Size]) -> Size:
    values = tuple(value for size in sizes for value in size.values)
    return Size(values, sizes[0].word)


def _shown(configuration: Mapping[str, int]) -> str:
    return ", ".join(f"{key}={value}" for key, value in configuration.items()) or "no sizes"


def _text(item: Any) -> str:
    """What an item does, in a word or two."""
    match item:
        case Module(scope=scope):
            return f"`{scope.path}` ({scope.cls})"
        case Loop(count=count):
            return f"{count.values[0]} equal rounds"
        case Statement(value=value, source=source):
            return f"`{_operation(value)}`{_from(source)}"
        case Declaration(parameter=parameter):
            return f"the parameter `{parameter.name}`"
        case None:
            return "nothing"
        case Plain(text=text):
            return f"the number {text}"
    return str(item)


def _operation(value: Expr) -> str:
    return value.function if isinstance(value, Call) else type(value).__name__.lower()


def _from(source: str) -> str:
    return f", from {source}" if source else ""
