"""Trees that were made and not read, with places all the same: their text is written when a place is asked for.

A program that searches makes thousands of architectures of which nobody reads a line, and to write and parse them would
be most of its work. Here each node gets a place that knows only its number among all nodes. When something is said of
one, the text is written and read, and the node of that number there says where it stands.

Only what is as plain as most is placed so; whatever could be refused, or read otherwise, is written and parsed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from fractions import Fraction
from typing import Any, TypeVar

from symcost.diagnostics import Source, Span
from symcost.once import once
from symcost.syntax import ast
from symcost.syntax.parse import parse
from symcost.syntax.words import NAME, RESERVED, SOFT
from symcost.syntax.writer import write

DEEPEST = 60
"""Levels of a tree that is plain; far below what the parser takes."""

MOST_NODES = 20_000
"""Nodes of a tree that is plain."""

GREATEST = 10**15
"""Numerators and denominators of numbers that are plain."""

N = TypeVar("N", bound=ast.Node)


class Unwritten(Source):
    """A text that is written when it is asked for."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "name", name)
        self.items: Sequence[ast.Item] = ()
        """What the text says."""

    @property
    def text(self) -> str:
        """As `write` has it."""
        return self._text

    @once
    def _text(self) -> str:
        return write(self.items)

    @once
    def spans(self) -> list[Span]:
        """Where each node stands, by its number."""
        read = parse(Source(self.name, self.text))
        found = [span for item in read.items for span in _spans(item)]
        assert len(found) == sum(1 for item in self.items for _ in _spans(item)), "the text says what the tree does"
        return found


class Place(Span):
    """Where a node of a text stands that is written when it is asked."""

    __slots__ = ("_node", "_number")
    _node: ast.Node | None
    _number: int

    def __init__(self, source: Unwritten, number: int, node: ast.Node | None) -> None:
        set_once = object.__setattr__
        set_once(self, "source", source)
        set_once(self, "_number", number)
        set_once(self, "_node", node)

    @property
    def _found(self) -> Span:
        source: Any = self.source
        span: Span = source.spans[self._number]
        return span

    @property
    def start(self) -> int:
        """Of the text as it is written."""
        return self._found.start

    @property
    def end(self) -> int:
        """Of the text as it is written."""
        return self._found.end

    @property
    def text(self) -> str:
        """As it is written; a name and a whole number are what they are, wherever they stand."""
        match self._node:
            case ast.Name(text=text):
                return text
            case ast.Number(value=value) if value.denominator == 1 and value < 1_000:
                return str(value)
        return self._found.text

    def __reduce__(self) -> tuple[Any, ...]:
        return Span, (self.source, self.start, self.end)


def placed(items: Sequence[ast.Item], name: str) -> ast.File | None:
    """The tree with a place for each node; None where it is not plain, so that its text has to be read."""
    source = Unwritten(name)
    try:
        source.items = _Placing(source).all(items)
    except NotPlain:
        return None
    return ast.File(source, tuple(source.items))


class NotPlain(Exception):
    """Something that might be refused, or read otherwise, if it were written."""


class _Placing:
    """Copies a tree, since one node may stand in several places of it, and numbers what it copies."""

    def __init__(self, source: Unwritten) -> None:
        self._source = source
        self._number = 0

    def all(self, items: Sequence[ast.Item]) -> tuple[ast.Item, ...]:
        """Raises NotPlain."""
        return tuple(self._node(item, 0) for item in items)

    def _node(self, node: N, depth: int) -> N:
        kind = type(node)
        names = _PARTS.get(kind)
        if names is None or depth > DEEPEST or self._number > MOST_NODES:
            raise NotPlain
        plain = _PLAIN.get(kind)
        if plain is not None and not plain(node):
            raise NotPlain
        place = self._place(node)
        return kind(place, *[self._part(getattr(node, name), depth + 1) for name in names])

    def _part(self, part: Any, depth: int) -> Any:
        kind = type(part)
        if kind in _BARE:
            return part
        if kind is tuple:
            return tuple([self._part(each, depth) for each in part]) if part else part
        return self._place(None) if kind is Span else self._node(part, depth)

    def _place(self, node: ast.Node | None) -> Place:
        number = self._number
        self._number = number + 1
        return Place(self._source, number, node)


def _spans(node: ast.Node) -> Iterator[Span]:
    """The places of a tree in the order in which `_Placing` numbers them."""
    yield node.span
    for name in _PARTS[type(node)]:
        yield from _spans_of(getattr(node, name))


def _spans_of(part: Any) -> Iterator[Span]:
    if isinstance(part, ast.Node):
        yield from _spans(part)
    elif isinstance(part, tuple):
        for each in part:
            yield from _spans_of(each)
    elif isinstance(part, Span):
        yield part


# What is plain ------------------------------------------------------------------------------------


_KINDS: tuple[type[ast.Node], ...] = (
    *(ast.Name, ast.Number, ast.String, ast.Bool, ast.Ellipsis, ast.List, ast.Unary, ast.Binary),
    *(ast.Keyword, ast.Call, ast.Pipe, ast.Slice, ast.Subscript),
    *(ast.ParamEntry, ast.Param, ast.Let, ast.Layer, ast.Assign, ast.IndexAssign, ast.Emit, ast.Return),
    *(ast.Divides, ast.Carry, ast.Scan, ast.Repeat, ast.Choose, ast.If, ast.Port, ast.Definition, ast.Config),
)

_PARTS = {kind: tuple(each.name for each in fields(kind) if each.name != "span") for kind in _KINDS}
"""What a node is made of, in the order of its class, for the kinds that can be plain."""

_BARE = frozenset((str, bool, type(None), Fraction))
"""What is no node and has no place."""

_OPERATORS = frozenset("+ - * / // @ ^ == != < <= > >= and or".split())


_WORDS = RESERVED | SOFT


def _is_name(node: ast.Name) -> bool:
    return node.text not in _WORDS and NAME.fullmatch(node.text) is not None


def _is_number(node: ast.Number) -> bool:
    """A decimal that nobody would write with an exponent."""
    value = node.value
    if not isinstance(value, Fraction) or not 0 <= value.numerator < GREATEST:
        return False
    return value.denominator == 1 or (value.denominator < GREATEST and GREATEST % value.denominator == 0)


def _is_text(text: str | None) -> bool:
    return text is None or re.search(r'["\n\r]', text) is None


def _is_definition(node: ast.Definition) -> bool:
    return node.doc is None and bool(node.body)


_PLAIN: dict[type[ast.Node], Callable[[Any], bool]] = {
    ast.Name: _is_name,
    ast.Number: _is_number,
    ast.String: lambda node: _is_text(node.value),
    ast.Binary: lambda node: node.op in _OPERATORS,
    ast.Ellipsis: lambda node: not node.group,
    ast.Let: lambda node: _is_text(node.words) and _is_text(node.latex),
    ast.Return: lambda node: bool(node.values),
    ast.Scan: lambda node: bool(node.body),
    ast.Repeat: lambda node: bool(node.body),
    ast.Choose: lambda node: bool(node.body),
    ast.If: lambda node: bool(node.then) and not node.otherwise,
    ast.Definition: _is_definition,
}
"""Whether a node by itself is what its text says, where that depends on more than its kind."""
