"""Modules of one class that do the same become one definition; what differs among them becomes its ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from typing import Any

from symcost.graph.files import library_names
from symcost.importing.folding import fold
from symcost.importing.fusing import fuse
from symcost.importing.names import Names, names_of
from symcost.importing.naming import identifier
from symcost.importing.ports import Column, Filled, Hole, Numbers, Port, fill
from symcost.importing.program import Arithmetic, Call, Plain, Program, Ref, Size, Statement
from symcost.importing.sizes import SizeTrees
from symcost.importing.skeleton import Skeleton
from symcost.importing.spelling import Local, Spelling, measure
from symcost.importing.tree import Carried, Item, Loop, Module, made, read, source
from symcost.importing.walk import changed, renamed
from symcost.records import dataclass

SHORT = 3
"""Lines of a module that is called once, and then stands where it is called."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A module of the text: its body is that of the first of its calls."""

    name: str
    path: str
    """Where the first of its calls stands in the source."""
    ins: tuple[str, ...]
    told: tuple[str, ...]
    """For each input, a value of the program that tells what to call it."""
    outs: tuple[str, ...]
    shapes: tuple[tuple[Size | Local | None, ...], ...]
    """Of each input: sizes, names that are bound by the argument, None for what nobody speaks of."""
    ports: tuple[Port, ...]
    body: tuple[Item, ...]
    calls: int = 1
    """How many calls there are in the source, a loop's for one."""


@dataclass(frozen=True, slots=True)
class Structured:
    """A program as definitions, callees first, and the body of the model itself."""

    program: Program
    definitions: tuple[Definition, ...]
    body: tuple[Item, ...]
    names: Names
    path: str = ""
    """Where the body stands in the source."""


def define(program: Program, items: tuple[Item, ...], path: str = "") -> Structured:
    """The definitions of a program whose tree is `items`, which stand at a path of the source."""
    return replace(_Defining(program).whole(items), path=path)


@dataclass(slots=True, eq=False)
class _Member:
    """One call of a module of the source, with what it takes and gives."""

    module: Module
    outs: tuple[str, ...]
    items: tuple[Item, ...] = ()
    """What it does, with a key of its own wherever a value from outside is read."""
    taken: tuple[str, ...] = ()
    """The values from outside, in the order of those keys."""
    skeleton: Skeleton | None = field(default=None, repr=False)


class _Defining:
    """The state of one run, from the innermost modules outwards."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._names = names_of(program)
        sizes = SizeTrees(self._names)
        self._measure = measure(Spelling({}, sizes.tree, sizes.known))
        self._calls: dict[int, tuple[Item, ...]] = {}
        """What stands for each module by now: a call, or what it does."""
        self._taken = set(library_names())
        self._definitions: list[Definition] = []

    def whole(self, items: tuple[Item, ...]) -> Structured:
        levels: dict[int, list[_Member]] = {}
        _collect(items, set(self._program.outputs), levels)
        for height in sorted(levels):
            self._level(levels[height])
        body = fold(self._called(items), self._program.outputs)
        return Structured(self._program, tuple(self._definitions), body, self._names)

    def _level(self, members: list[_Member]) -> None:
        groups: dict[Any, list[_Member]] = {}
        for member in members:
            folded = fold(self._called(member.module.items), member.outs)
            member.items, member.taken = apart(folded)
            member.skeleton = Skeleton((member.items, tuple(map(Ref, member.outs))), with_sizes=False)
            groups.setdefault((member.module.scope.cls, member.skeleton), []).append(member)
        for group in groups.values():
            self._define(group)

    def _inputs(self, group: Sequence[_Member]) -> list[tuple[str, ...]]:
        """What a definition takes, in each of its calls: values as they are first read, then parameters.

        Places that read one value in all calls are one input: a cross-attention takes two, and a self-attention, if it
        is the same otherwise, is called with one value twice.
        """
        columns = list(dict.fromkeys(zip(*(member.taken for member in group), strict=True)))
        parameters = {each.value for each in self._program.parameters}
        values = [column for column in columns if column[0] not in parameters]
        return [*values, *(column for column in columns if column[0] in parameters)]

    def _called(self, items: Iterable[Item]) -> tuple[Item, ...]:
        """The items with calls in place of the modules that are defined by now."""
        out: list[Item] = []
        for item in items:
            match item:
                case Module():
                    out.extend(self._calls[id(item)])
                case Loop(body=body):
                    out.append(replace(item, body=self._called(body)))
                case _:
                    out.append(item)
        return tuple(out)

    def _is_short(self, member: _Member) -> bool:
        """Whether what a module does reads as well in the place of its call."""
        lines = fuse(member.items, member.outs, self._measure)
        chooses = any(isinstance(item, Loop) and item.kind == "choose" for item in lines)
        return chooses or len(lines) <= SHORT

    def _define(self, group: list[_Member]) -> None:
        """One definition for all members, and a call in place of each; what is short and called once stays there."""
        first = group[0]
        if len(group) == 1 and self._is_short(first):
            back = {f"@{place}": key for place, key in enumerate(first.taken)}
            self._calls[id(first.module)] = renamed(first.items, back)
            return

        inputs = self._inputs(group)
        filled = fill(_columns(group), self._shapes(inputs), self._names)
        definition = self._definition(group, inputs, filled)
        self._definitions.append(definition)
        for place, member in enumerate(group):
            operands = tuple(Ref(column[place]) for column in inputs)
            ports = tuple((port.name, port.column[place]) for port in filled.ports)
            call = Call(definition.name, operands, (), ports)
            self._calls[id(member.module)] = (Statement(member.outs, call, (member.module.scope,)),)

    def _definition(self, group: Sequence[_Member], inputs: Sequence[tuple[str, ...]], filled: Filled) -> Definition:
        first, scope = group[0], group[0].module.scope
        keys = _keys(inputs)
        body = renamed(_with_holes(first.items, filled.holes), _placed(group, inputs, keys))
        return Definition(
            name=self._name(scope.cls),
            path=scope.path,
            ins=keys,
            told=tuple(map(_telling, inputs)),
            outs=first.outs,
            shapes=filled.shapes,
            ports=filled.ports,
            body=body,
            calls=len(group),
        )

    def _shapes(self, inputs: Sequence[tuple[str, ...]]) -> list[list[tuple[Size, ...] | None]]:
        """The shapes of all inputs, in each call."""
        calls = zip(*inputs, strict=True)
        return [[self._program.shapes.get(source(key)) for key in keys] for keys in calls]

    def _name(self, cls: str) -> str:
        name, number = identifier(cls), 1
        while name in self._taken:
            number += 1
            name = f"{identifier(cls)}{number}"
        self._taken.add(name)
        return name


def _collect(items: tuple[Item, ...], outs: set[str], levels: dict[int, list[_Member]]) -> int:
    """Every module by how many modules stand inside one another in it; the height of the items themselves."""
    needed, height = set(outs), 0
    found: list[tuple[int, _Member]] = []
    for item in reversed(items):
        match item:
            case Module(items=inner):
                mine = tuple(key for key in made(inner) if key in needed)
                mine = mine or tuple(made(inner))[-1:]  # a router whose choice alone is read: it works all the same
                below = _collect(inner, set(mine), levels)
                found.append((below, _Member(item, mine)))
                height = max(height, below + 1)
            case Loop(body=body):
                height = max(height, _collect(body, set(item.results), levels))
        needed.update(read((item,)))
    for below, member in reversed(found):
        levels.setdefault(below, []).append(member)
    return height


def apart(items: tuple[Item, ...]) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """The items with a key of its own wherever they read a value from outside; and those values."""
    outside = set(read(items))
    taken: list[str] = []

    def key(value: str) -> str:
        taken.append(value)
        return f"@{len(taken) - 1}"

    def change(node: Any) -> Any:
        match node:
            case Ref(value=value) if value in outside:
                return Ref(key(value))
            case Carried(before=before) if before in outside:
                return replace(node, before=key(before))
        return node

    return changed(items, change), tuple(taken)


def _keys(inputs: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """A key for each input: that of the first call, if no other input has it."""
    keys: list[str] = []
    for column in inputs:
        keys.append(column[0] if column[0] not in keys else f"{column[0]}~{len(keys)}")
    return tuple(keys)


def _placed(group: Sequence[_Member], inputs: Sequence[tuple[str, ...]], keys: Sequence[str]) -> dict[str, str]:
    """The keys of inputs, by those that each place has of its own."""
    by_column = dict(zip(inputs, keys, strict=True))
    columns = zip(*(member.taken for member in group), strict=True)
    return {f"@{place}": by_column[column] for place, column in enumerate(columns)}


def _telling(column: tuple[str, ...]) -> str:
    """The value that tells what an input is: that of the last call, where they differ most."""
    return column[-1]


def _columns(group: Sequence[_Member]) -> list[Column | Numbers]:
    """What stands in each place for a size, in every member."""
    rows = [member.skeleton.sizes for member in group if member.skeleton is not None]
    return [tuple(column) for column in zip(*rows, strict=True)]


def _with_holes(items: tuple[Item, ...], holes: Sequence[Hole]) -> tuple[Item, ...]:
    fillings: Iterator[Hole] = iter(holes)

    def change(node: Any) -> Any:
        match node:
            case Size():
                return next(fillings)
            case Arithmetic(left=left, right=right):
                sides: list[Any] = [next(fillings) if isinstance(side, Plain) else side for side in (left, right)]
                return replace(node, left=sides[0], right=sides[1])
        return node

    return changed(items, change)
