"""Finding a few operations that are one thing to a reader, and writing that thing in their place.

A pattern is an expression with holes. Where it goes deeper than a statement, it is looked for in the statement that
made the value, if nothing else reads that; those statements go when the pattern is replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from math import prod
from typing import Any

from symcost.importing.program import (
    Arg,
    Arithmetic,
    Call,
    Expr,
    Negative,
    Plain,
    Program,
    Ref,
    Size,
    Statement,
    Subscript,
)
from symcost.importing.tree import Declaration, Item, read, source
from symcost.importing.walk import parts, refs

COMMUTATIVE = ("+", "*")
MOST_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Hole:
    """Any expression, argument or size; the same wherever its name stands again."""

    name: str


Bound = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found: what fills its holes, and what the program knows of that."""

    bound: Bound
    seen: tuple[str, ...]
    """Values of statements that the pattern went into."""
    program: Program

    def __getitem__(self, name: str) -> Any:
        return self.bound[name]

    def shape(self, value: Expr) -> tuple[Size, ...] | None:
        """The shape of a value as far as it is known."""
        match value:
            case Ref(value=key):
                return self.program.shapes.get(source(key))
            case Call(function="transpose", operands=(inner,), arguments=(order,)) if isinstance(order, tuple):
                shape, places = self.shape(inner), numbers(order)
                return None if shape is None or places is None else tuple(shape[place] for place in places)
            case Call(function="reshape", arguments=(shape,)) if isinstance(shape, tuple):
                return shape if all(isinstance(size, Size) for size in shape) else None
            case Call(function="repeat_axis" | "attention"):
                return None
            case Call(operands=(inner,)) if value.function in KEEPING:
                return self.shape(inner)
        return None

    def last(self, value: Expr) -> Size | None:
        """The length of the last axis."""
        shape = self.shape(value)
        return shape[-1] if shape else None


KEEPING = frozenset({"rotary", "rotate_halves", "softmax", "LayerNorm", "RMSNorm"})
"""Functions of one operand that keep its shape."""

Make = Callable[[Match], Expr | None]
"""What is written for what was found; None where it is not the idiom after all."""


@dataclass(frozen=True, slots=True)
class Idiom:
    """What is looked for, and what is written for it: None where it is not that after all."""

    pattern: Any
    make: Make
    owned: tuple[str, ...] = ()
    """Holes for parameters that what is written owns itself."""


def numbers(values: Any) -> tuple[int, ...] | None:
    """Sizes as plain numbers, if they are the same in every configuration."""
    if not isinstance(values, tuple):
        return None
    found = [number(value) for value in values]
    known = [each for each in found if each is not None]
    return tuple(known) if len(known) == len(found) else None


def number(value: Any) -> int | None:
    """A size as a plain number, if it is the same in every configuration."""
    match value:
        case Size(values=values) if len(set(values)) == 1:
            return values[0]
        case Plain(text=text) if text.lstrip("-").isdigit():
            return int(text)
    return None


def equal(one: Size | None, other: Size | None) -> bool:
    """Whether two sizes are the same in every configuration."""
    return one is not None and other is not None and one.values == other.values


def agree(*pairs: tuple[Size | None, Size | tuple[int, ...] | None]) -> bool:
    """Whether each size is the one beside it in every configuration."""
    return all(_agree(one, other) for one, other in pairs)


def _agree(one: Size | None, other: Size | tuple[int, ...] | None) -> bool:
    if one is None or other is None:
        return False
    return one.values == (other.values if isinstance(other, Size) else other)


def times(one: Size, other: Size) -> tuple[int, ...]:
    """The products of two sizes."""
    return tuple(left * right for left, right in zip(one.values, other.values, strict=True))


def product(sizes: Sequence[Size]) -> tuple[int, ...]:
    """The products of several sizes."""
    return tuple(map(prod, zip(*(size.values for size in sizes), strict=True)))


def axes(order: Sequence[int]) -> tuple[Plain, ...]:
    """An order of axes, as an argument."""
    return tuple(Plain(str(place)) for place in order)


def fixed(value: int, like: Size) -> Size:
    """A number as a size."""
    return Size((value,) * len(like.values))


# One body --------------------------------------------------------------------------------------


class Rewriting:
    """The items of one body while idioms are written into it."""

    def __init__(self, program: Program, items: tuple[Item, ...], outs: Sequence[str]) -> None:
        self._program = program
        self._items = list(items)
        self._outs = frozenset(outs)
        self._count()

    def _count(self) -> None:
        self._made: dict[str, Statement] = {}
        self._uses: Counter[str] = Counter(self._outs)
        for item in self._items:
            if isinstance(item, Statement):
                self._uses.update(refs(item.value))
                if len(item.targets) == 1:
                    self._made[item.targets[0]] = item
            else:
                self._uses.update(_reads(item))

    def run(self, idioms: Sequence[Idiom]) -> tuple[Item, ...]:
        """The items with every idiom that is found, until there is none."""
        for _ in range(MOST_ROUNDS):
            if not self._one(idioms):
                break
        return tuple(self._items)

    def _one(self, idioms: Sequence[Idiom]) -> bool:
        for place in reversed(range(len(self._items))):
            item = self._items[place]
            if not isinstance(item, Statement):
                continue
            for path, value in _inside(item.value):
                for idiom in idioms:
                    match, new = self._found(idiom, value)
                    if match is not None and new is not None:
                        self._write(place, path, new, match, idiom)
                        return True
        return False

    def _found(self, idiom: Idiom, value: Expr) -> tuple[Match | None, Expr | None]:
        if not _may_be(idiom.pattern, value):
            return None, None
        for bound, seen in self._matches(idiom.pattern, value, {}, ()):
            counted = Counter(seen)
            if any(self._uses[key] != count or key in self._outs for key, count in counted.items()):
                continue
            if not all(self._is_own(bound[name]) for name in idiom.owned):
                continue
            match = Match(bound, tuple(counted), self._program)
            new = idiom.make(match)
            if new is not None:
                return match, new
        return None, None

    def _is_own(self, value: Any) -> bool:
        """Whether a parameter is declared here and read nowhere else."""
        if not isinstance(value, Ref) or self._uses[value.value] != 1:
            return False
        return any(isinstance(item, Declaration) and item.parameter.value == value.value for item in self._items)

    def _matches(self, pattern: Any, value: Any, bound: dict[str, Any], seen: tuple[str, ...]) -> Iterator[Any]:
        """Ways in which a value is what a pattern says: what fills the holes, and which statements were seen."""
        if isinstance(pattern, Hole):
            if pattern.name not in bound:
                yield {**bound, pattern.name: value}, seen
            elif bound[pattern.name] == value:
                yield bound, seen
            return
        if isinstance(value, Ref) and not isinstance(pattern, Ref):
            source = self._made.get(value.value)
            if source is None:
                return
            value, seen = source.value, (*seen, value.value)
        if isinstance(pattern, tuple):
            if isinstance(value, tuple) and len(value) == len(pattern):
                yield from self._all(pattern, value, bound, seen)
            return
        if not is_dataclass(pattern):
            if pattern == value:
                yield bound, seen
            return
        if type(pattern) is not type(value):
            return
        yield from self._all(_fields(pattern), _fields(value), bound, seen)
        if isinstance(pattern, Arithmetic) and isinstance(value, Arithmetic) and pattern.op in COMMUTATIVE:
            turned = replace(value, left=value.right, right=value.left)
            yield from self._all(_fields(pattern), _fields(turned), bound, seen)

    def _all(
        self, patterns: Sequence[Any], values: Sequence[Any], bound: dict[str, Any], seen: tuple[str, ...]
    ) -> Iterator[Any]:
        if not patterns:
            yield bound, seen
            return
        for first, so_far in self._matches(patterns[0], values[0], bound, seen):
            yield from self._all(patterns[1:], values[1:], first, so_far)

    def _write(self, place: int, path: tuple[Any, ...], new: Expr, match: Match, idiom: Idiom) -> None:
        item = self._items[place]
        assert isinstance(item, Statement)
        self._items[place] = replace(item, value=_put(item.value, path, new))
        gone = set(match.seen)
        owned = {match[name].value for name in idiom.owned}
        self._items = [
            each
            for each in self._items
            if not (isinstance(each, Statement) and set(each.targets) <= gone)
            and not (isinstance(each, Declaration) and each.parameter.value in owned)
        ]
        self._count()


def _reads(item: Item) -> list[str]:
    return [key for key in read((item,)) for _ in range(2)]


def _fields(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in parts(type(value)))


def _may_be(pattern: Any, value: Expr) -> bool:
    """A quick no: another class, another function, another sign."""
    if type(pattern) is not type(value):
        return False
    match pattern, value:
        case Call(function=str() as wanted), Call(function=have):
            return wanted == have
        case Arithmetic(op=wanted), Arithmetic(op=have):
            return bool(wanted == have)
    return True


def _inside(value: Expr, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Expr]]:
    """An expression and those that it is made of, with the way to each."""
    yield path, value
    match value:
        case Call(operands=operands):
            for place, operand in enumerate(operands):
                yield from _inside(operand, (*path, ("operands", place)))
        case Arithmetic(left=left, right=right):
            yield from _inside(left, (*path, "left"))
            yield from _inside(right, (*path, "right"))
        case Negative(operand=operand):
            yield from _inside(operand, (*path, "operand"))


def _put(value: Any, path: tuple[Any, ...], new: Expr) -> Any:
    if not path:
        return new
    step, *rest = path
    if isinstance(step, tuple):
        _, place = step
        operands = list(value.operands)
        operands[place] = _put(operands[place], tuple(rest), new)
        return replace(value, operands=tuple(operands))
    return replace(value, **{step: _put(getattr(value, step), tuple(rest), new)})


# Short for patterns ----------------------------------------------------------------------------


def call(function: Any, *operands: Any, arguments: Any = (), keywords: Any = ()) -> Any:
    """A call in a pattern."""
    return Call(function, operands, arguments, keywords)


def calculated(op: str, left: Any, right: Any) -> Any:
    """`left op right` in a pattern."""
    return Arithmetic(op, left, right)


def add(left: Any, right: Any) -> Any:
    """A sum in a pattern."""
    return Arithmetic("+", left, right)


def multiply(left: Any, right: Any) -> Any:
    """A product in a pattern."""
    return Arithmetic("*", left, right)


def subscript(base: Any, items: Any) -> Any:
    """`base[items]` in a pattern."""
    return Subscript(base, items)


def layer(function: str, operand: Expr, *arguments: Arg, **keywords: Arg) -> Call:
    """A call that is written."""
    return Call(function, (operand,), arguments, tuple(keywords.items()))
