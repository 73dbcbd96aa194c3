"""From flat statements to the tree of modules that they stand in, and what a body is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, filterfalse, groupby
from typing import ClassVar, Literal

from symcost.importing.program import Parameter, Program, Scope, Size, Statement
from symcost.importing.walk import refs
from symcost.records import dataclass

CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
"""Classes that only hold others; they dissolve into what stands around them."""

TURNED = "a transpose"
"""What the front end calls the source of a statement that only brings axes into another order."""

LEAVES = frozenset(
    "Linear Bilinear Identity Embedding Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d"
    " LayerNorm RMSNorm GroupNorm BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm2d Dropout Dropout2d DropPath"
    " StochasticDepth ReLU ReLU6 GELU SiLU Sigmoid Tanh Softmax Hardswish Hardsigmoid Mish ELU LeakyReLU PReLU"
    " Flatten Unflatten MaxPool2d AvgPool2d AdaptiveAvgPool2d Upsample PixelShuffle GELUActivation".split()
)
"""Classes of PyTorch that are one operation to a reader, whatever it takes to write it."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A parameter that is written out, in the innermost body that holds all its uses."""

    parameter: Parameter


@dataclass(frozen=True, slots=True)
class Carried:
    """A value that each round hands to the next: before all, within a round, as a round leaves it, and after all."""

    before: str
    inside: str
    result: str
    after: str
    keyed: ClassVar[tuple[str, ...]] = ("before", "inside", "result", "after")


@dataclass(frozen=True, slots=True)
class Emitted:
    """A value that each round makes, and all of them together behind the loop, with a new leading axis."""

    inside: str
    after: str
    keyed: ClassVar[tuple[str, ...]] = ("inside", "after")


@dataclass(frozen=True, slots=True)
class Loop:
    """`count` rounds of one body: one after the other, or along an axis, or by chosen ones of `total`."""

    count: Size
    body: tuple[Item, ...]
    carried: tuple[Carried, ...] = ()
    emitted: tuple[Emitted, ...] = ()
    kind: Literal["repeat", "scan", "choose"] = "repeat"
    total: Size | None = None
    counter: str = ""
    """What the number of a round is called in the body."""

    @property
    def results(self) -> list[str]:
        """What a round makes that is needed outside of it."""
        return [*(each.result for each in self.carried), *(each.inside for each in self.emitted)]

    @property
    def left(self) -> list[str]:
        """The same as they are called behind the loop."""
        return [*(each.after for each in self.carried), *(each.after for each in self.emitted)]


@dataclass(frozen=True, slots=True)
class Module:
    """What one call of a module of the source does."""

    scope: Scope
    items: tuple[Item, ...]


Item = Statement | Declaration | Loop | Module


def made(items: Iterable[Item]) -> list[str]:
    """The values that items make, in their order; of a loop, those that it leaves."""
    return list(chain.from_iterable(map(_made, items)))


def _made(item: Item) -> Sequence[str]:
    match item:
        case Statement(targets=targets):
            return targets
        case Loop():
            return item.left
        case Module(items=inner):
            return made(inner)
    return (item.parameter.value,)


def held(items: Iterable[Item]) -> list[str]:
    """All values that items make or name, also those within the rounds of a loop."""
    known = tuple(items)
    return [*made(known), *chain.from_iterable(map(_held_inside, known))]


def _held_inside(item: Item) -> list[str]:
    match item:
        case Loop(body=body, carried=carried):
            return [*held(body), *(each.inside for each in carried)]
        case Module(items=inner):
            return held(inner)
    return []


def read(items: Iterable[Item]) -> list[str]:
    """The values that items take from outside, each once, in the order of their first use."""
    own: set[str] = set()
    taken: dict[str, None] = {}
    for item in items:
        taken |= dict.fromkeys(key for key in _read(item) if key not in own)
        own.update(made((item,)))
    return list(taken)


def _read(item: Item) -> list[str]:
    match item:
        case Statement(value=value):
            return refs(value)
        case Loop():
            return _read_by_rounds(item)
        case Module(items=items):
            return read(items)
    return []  # a parameter


def _read_by_rounds(loop: Loop) -> list[str]:
    """What a loop takes from outside: for what a round takes from the one before it, what comes into the first."""
    inside = {each.inside: each.before for each in loop.carried}
    first = [inside.get(key, key) for key in read(loop.body)]
    return [*first, *(each.before for each in loop.carried if each.before not in first)]


def source(key: str) -> str:
    """The value of the program that a key stands for: within a loop, what comes into a round has a key of its own."""
    return key.partition("~")[0]


# Growing ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Written:
    """A parameter that is written out, and the first and the last statement that reads it."""

    parameter: Parameter
    places: tuple[int, int]

    def is_between(self, first: int, last: int) -> bool:
        """Whether nothing outside these statements reads it."""
        begins, ends = self.places
        return first <= begins and ends <= last


def grow(program: Program) -> tuple[Item, ...]:
    """The tree of a program: its modules, and each parameter that is written out where its uses meet."""
    written_out = [each for each in program.parameters if not each.owned]
    places = _uses(program)
    unused = [Declaration(each) for each in written_out if not each.used]
    written = [_Written(each, places[each.value]) for each in written_out if each.used and each.value in places]
    written.sort(key=lambda each: each.places)
    return (*unused, *_grown(list(enumerate(program.statements)), 0, written))


def _uses(program: Program) -> dict[str, tuple[int, int]]:
    """The first and the last statement that reads each value."""
    places: dict[str, tuple[int, int]] = {}
    for place, statement in enumerate(program.statements):
        for key in refs(statement.value):
            first, _ = places.get(key, (place, place))
            places[key] = first, place
    return places


def _grown(statements: Sequence[tuple[int, Statement]], depth: int, written: list[_Written]) -> tuple[Item, ...]:
    """The statements below `depth` modules, and the parameters that only they read."""
    items: list[Item] = []
    for scope, members in groupby(statements, lambda each: _scope(each[1], depth)):
        group = list(members)
        if scope is None:
            items.extend(statement for _, statement in group)
            continue

        inside = _read_only_by(group, written)
        written = list(filterfalse(inside.__contains__, written))
        items.append(Module(scope, _grown(group, depth + 1, inside)))

    declared = [Declaration(each.parameter) for each in written]
    return (*declared, *items)


def _read_only_by(statements: Sequence[tuple[int, Statement]], written: Iterable[_Written]) -> list[_Written]:
    """The parameters that nothing else reads."""
    (first, _), (last, _) = statements[0], statements[-1]
    return [each for each in written if each.is_between(first, last)]


def _scope(statement: Statement, depth: int) -> Scope | None:
    return statement.scopes[depth] if depth < len(statement.scopes) else None


def dissolved(items: Iterable[Item]) -> tuple[Item, ...]:
    """Without the modules that only hold others, or one statement, or that take nothing in."""
    return tuple(chain.from_iterable(map(_dissolved, items)))


def _dissolved(item: Item) -> tuple[Item, ...]:
    match item:
        case Module(scope=scope, items=items):
            inner = dissolved(items)
            return (Module(scope, inner),) if _stays(scope, inner) else inner
        case Loop(body=body):
            return (replace(item, body=dissolved(body)),)
    return (item,)


def _stays(scope: Scope, items: tuple[Item, ...]) -> bool:
    """Whether a module is more to a reader than what it holds."""
    if scope.cls in CONTAINERS | LEAVES:
        return False
    return _steps(items) > 1 and bool(read(items))


def _steps(items: Iterable[Item]) -> int:
    """How much is done, but for axes that are turned on the way in or out."""
    return sum(not (isinstance(item, Statement) and item.source == TURNED) for item in items)


def unwrapped(items: tuple[Item, ...], path: str = "") -> tuple[str, tuple[Item, ...]]:
    """Without a module that holds the whole network but for an operation or two; its path, and the items."""
    modules = [item for item in items if isinstance(item, Module)]
    loops = any(isinstance(item, Loop) for item in items)
    if len(modules) != 1 or loops:
        return path, items
    place = items.index(modules[0])
    return unwrapped((*items[:place], *modules[0].items, *items[place + 1 :]), modules[0].scope.path)
