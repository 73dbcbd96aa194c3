"""Finding a few operations that are one thing to a reader, and writing that thing in their place.

A pattern is an expression with holes. Where it goes deeper than a statement, it is looked for in the statement that
made the value, if nothing else reads that; those statements go when the pattern is replaced.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import is_dataclass, replace
from math import prod
from typing import Any

from symcost.importing.program import (
    Arg,
    Arithmetic,
    Call,
    Cut,
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
from symcost.records import dataclass

COMMUTATIVE = ("+", "*")
MOST_ROUNDS = 10_000


@dataclass(frozen=True, slots=True)
class Hole:
    """Any expression, argument or size; the same wherever its name stands again."""

    name: str

    def filled(self, value: Any, bound: dict[str, Any], seen: Seen) -> Iterator[tuple[dict[str, Any], Seen]]:
        """With a value in it, beside what fills the holes so far: no way where another value is there already."""
        if self.name not in bound or bound[self.name] == value:
            yield {**bound, self.name: value}, seen


Bound = Mapping[str, Any]
"""What fills holes, by their names."""

Seen = tuple[str, ...]
"""Values of statements that a pattern went into."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where a pattern was found: what fills its holes, and what the program knows of that."""

    bound: Bound
    seen: Seen
    """Values of statements that the pattern went into."""
    program: Program

    def __getitem__(self, name: str) -> Any:
        return self.bound[name]

    def shape(self, value: Expr) -> tuple[Size, ...] | None:
        """The shape of a value as far as it is known."""
        match value:
            case Ref(value=key):
                return self.program.shapes.get(source(key))
            case Call(function="transpose", operands=(inner,), arguments=(tuple() as order,)):
                return self._turned(inner, numbers(order))
            case Call(function="reshape", arguments=(tuple() as wanted,)):
                return _sizes_only(wanted)
            case Call(operands=(inner,)) if value.function in KEEPING:
                return self.shape(inner)
        return None

    def _turned(self, value: Expr, order: tuple[int, ...] | None) -> tuple[Size, ...] | None:
        """The shape of a value whose axes are brought into another order."""
        shape = self.shape(value)
        if shape is None or order is None:
            return None
        return tuple(shape[place] for place in order)

    def of_rank(self, name: str, rank: int, order: tuple[int, ...] | None = None) -> tuple[Size, ...] | None:
        """The shape of what fills a hole, if it is known to have so many axes and to be brought into this order."""
        shape = self.shape(self[name])
        turned = order is None or numbers(self["order"]) == order
        return shape if shape is not None and len(shape) == rank and turned else None

    def axis(self, keywords: str = "named") -> int | None:
        """The axis among the keywords that fill a hole, as a plain number."""
        return number(dict(self[keywords]).get("axis"))

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


def _sizes_only(values: tuple[Any, ...]) -> tuple[Size, ...] | None:
    """A shape; None where a place of it is something else than a size."""
    return values if all(isinstance(value, Size) for value in values) else None


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


def is_whole(cut: object) -> bool:
    """Whether an axis is taken as it is: `:`."""
    return isinstance(cut, Cut) and (cut.start, cut.stop, cut.step) == (None, None, None)


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
        self._possible: dict[object, list[Idiom]] = {}
        """The idioms that an expression may be, by what stands at its head."""
        self._count()

    def _count(self) -> None:
        self._made: dict[str, Statement] = {}
        self._uses: Counter[str] = Counter(self._outs)
        for item in self._items:
            if not isinstance(item, Statement):
                self._uses.update(_reads(item))
                continue

            self._uses.update(refs(item.value))
            if len(item.targets) == 1:
                self._made[item.targets[0]] = item

    def run(self, idioms: Sequence[Idiom]) -> tuple[Item, ...]:
        """The items with every idiom that is found, until there is none."""
        for _ in range(MOST_ROUNDS):
            if not self._one(idioms):
                break
        return tuple(self._items)

    def _one(self, idioms: Sequence[Idiom]) -> bool:
        """Writes one idiom, the last that is found; False where there is none."""
        for place in reversed(range(len(self._items))):
            item = self._items[place]
            if isinstance(item, Statement) and self._one_of(place, item.value, idioms):
                return True
        return False

    def _one_of(self, place: int, whole: Expr, idioms: Sequence[Idiom]) -> bool:
        """Writes one idiom into one statement, the outermost; False where there is none."""
        for path, value in _inside(whole):
            for idiom in self._of_head(value, idioms):
                found = self._found(idiom, value)
                if found is not None:
                    self._write(place, path, idiom, *found)
                    return True
        return False

    def _of_head(self, value: Expr, idioms: Sequence[Idiom]) -> list[Idiom]:
        """Those whose pattern has the head of a value, in their order."""
        head = _head(value)
        if head not in self._possible:
            self._possible[head] = [idiom for idiom in idioms if _may_be(idiom.pattern, value)]
        return self._possible[head]

    def _found(self, idiom: Idiom, value: Expr) -> tuple[Match, Expr] | None:
        """The first way in which a value is an idiom, and what is written for it."""
        for bound, seen in self._matches(idiom.pattern, value, {}, ()):
            counted = Counter(seen)
            if not self._may_be_replaced(idiom, bound, counted):
                continue

            match = Match(bound, tuple(counted), self._program)
            new = idiom.make(match)
            if new is not None:
                return match, new
        return None

    def _may_be_replaced(self, idiom: Idiom, bound: Bound, counted: Counter[str]) -> bool:
        """Whether nothing but the idiom needs the statements that it went into, and the parameters that it owns."""
        if any(key in self._outs or self._uses[key] != count for key, count in counted.items()):
            return False
        return all(self._is_own(bound[name]) for name in idiom.owned)

    def _is_own(self, value: Any) -> bool:
        """Whether a parameter is declared here and read nowhere else."""
        if not isinstance(value, Ref) or self._uses[value.value] != 1:
            return False
        return any(isinstance(item, Declaration) and item.parameter.value == value.value for item in self._items)

    def _matches(self, pattern: Any, value: Any, bound: dict[str, Any], seen: Seen) -> Iterator[Any]:
        """Ways in which a value is what a pattern says: what fills the holes, and which statements were seen."""
        if isinstance(pattern, Hole):
            yield from pattern.filled(value, bound, seen)
            return

        # A pattern that goes deeper than a statement goes on in the one that made the value.
        if isinstance(value, Ref) and not isinstance(pattern, Ref):
            source = self._made.get(value.value)
            if source is None:
                return
            value, seen = source.value, (*seen, value.value)

        for patterns, values in _ways(pattern, value):
            yield from self._all(patterns, values, bound, seen)

    def _all(self, patterns: Sequence[Any], values: Sequence[Any], bound: dict[str, Any], seen: Seen) -> Iterator[Any]:
        if not patterns:
            yield bound, seen
            return
        for first, so_far in self._matches(patterns[0], values[0], bound, seen):
            yield from self._all(patterns[1:], values[1:], first, so_far)

    def _write(self, place: int, path: tuple[Any, ...], idiom: Idiom, match: Match, new: Expr) -> None:
        """Puts the new expression in its place, and drops what nothing reads any more."""
        item = self._items[place]
        assert isinstance(item, Statement)
        self._items[place] = replace(item, value=_put(item.value, path, new))
        gone = frozenset(match.seen)
        owned = frozenset(match[name].value for name in idiom.owned)
        self._items = [each for each in self._items if not _is_dropped(each, gone, owned)]
        self._count()


def _reads(item: Item) -> list[str]:
    return [key for key in read((item,)) for _ in range(2)]


def _is_dropped(item: Item, gone: frozenset[str], owned: frozenset[str]) -> bool:
    """Whether an idiom stands for an item now: a statement that it went into, a parameter that it owns."""
    match item:
        case Statement(targets=targets):
            return gone.issuperset(targets)
        case Declaration(parameter=parameter):
            return parameter.value in owned
    return False


def _fields(value: Any) -> tuple[Any, ...]:
    return tuple(getattr(value, name) for name in parts(type(value)))


Way = tuple[tuple[Any, ...], tuple[Any, ...]]
"""Parts of a pattern, and those of a value that they have to lie on."""


def _ways(pattern: Any, value: Any) -> tuple[Way, ...]:
    """How the parts of a pattern may lie on those of a value: in no way where they differ as they are."""
    if isinstance(pattern, tuple):
        as_long = isinstance(value, tuple) and len(value) == len(pattern)
        return ((pattern, value),) if as_long else ()

    if is_dataclass(pattern):
        return _ways_of_fields(pattern, value)
    return (((), ()),) if pattern == value else ()


def _ways_of_fields(pattern: Any, value: Any) -> tuple[Way, ...]:
    """The same of an expression; the sides of a sum or a product may be the other way round."""
    if type(pattern) is not type(value):
        return ()
    as_it_is = _fields(pattern), _fields(value)
    if not isinstance(pattern, Arithmetic) or pattern.op not in COMMUTATIVE:
        return (as_it_is,)
    turned = replace(value, left=value.right, right=value.left)
    return (as_it_is, (_fields(pattern), _fields(turned)))


def _head(value: Expr) -> object:
    """What `_may_be` asks of an expression."""
    match value:
        case Call(function=function):
            return Call, function
        case Arithmetic(op=op):
            return Arithmetic, op
    return type(value)


def _may_be(pattern: Any, value: Expr) -> bool:
    """A quick no: another class, another function, another sign."""
    match pattern, value:
        case Call(function=str() as wanted), Call(function=have):
            return wanted == have
        case Arithmetic(op=wanted), Arithmetic(op=have):
            return bool(wanted == have)
    return type(pattern) is type(value)


def _inside(value: Expr, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Expr]]:
    """An expression and those that it is made of, with the way to each."""
    yield path, value
    for step, part in _steps(value):
        yield from _inside(part, (*path, step))


def _steps(value: Expr) -> list[tuple[Any, Expr]]:
    """The expressions that one is made of, with the step to each: the place of an operand, or what a side is called."""
    match value:
        case Call(operands=operands):
            return list(enumerate(operands))
        case Arithmetic(left=left, right=right):
            return [("left", left), ("right", right)]
        case Negative(operand=operand):
            return [("operand", operand)]
    return []


def _put(value: Any, path: tuple[Any, ...], new: Expr) -> Any:
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        operands = list(value.operands)
        operands[step] = _put(operands[step], tuple(rest), new)
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
