"""Expressions: what Python has, as the syntax tree has it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from math import isfinite
from typing import Any, Protocol

from symcost.arguments import shown
from symcost.diagnostics import Source, Span
from symcost.errors import SymcostError
from symcost.formula import Form
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.parse import parse_expression
from symcost.syntax.words import NAME, RESERVED
from symcost.syntax.writer import write_expression

LONGEST = 10_000
"""Characters of a text that stands for an expression, and of a name."""

NOWHERE = Span(Source("<build>", ""), 0, 0)
"""Where a node stands that no text has yet."""


class Named(Protocol):
    """What can be called: a definition of a file that is being built."""

    @property
    def name(self) -> str:
        """As it is called in the text."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text of the language: `pad = "same"`.

    Raises ValueError for what no text of the language holds: quotation marks and line ends.
    """

    text: str

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"a text is wanted, not {shown(self.text)}")
        if re.search(r'["\n\r]', self.text):
            raise ValueError(f"{self.text!r} cannot stand between quotation marks")


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """An expression: a tensor, or a size. Operators make greater ones, `then` a pipeline, brackets select."""

    node: ast.Expr
    home: object = None
    """The body whose names it speaks of; None where it speaks of none."""

    def then(self, layer: str | Named, *arguments: object, **keywords: object) -> Value:
        """The value into a layer: `x -> Linear(H)`.

        Raises ValueError for what is no name or no expression, TypeError for what cannot stand in a text.
        """
        function = called(layer)
        home = shared_home((self, *arguments, *keywords.values()))
        if not arguments and not keywords:
            return Value(ast.Pipe(NOWHERE, self.node, function), home)
        return Value(ast.Pipe(NOWHERE, self.node, _call(function, arguments, keywords)), home)

    def __getitem__(self, items: object) -> Value:
        """`x[t, 0:n]`: positions, slices and `...`."""
        given = items if isinstance(items, tuple) else (items,)
        return Value(ast.Subscript(NOWHERE, self.node, tuple(map(_position, given))), shared_home((self, *given)))

    def __add__(self, other: object) -> Value:
        return self._with("+", other)

    def __radd__(self, other: object) -> Value:
        return _binary("+", other, self)

    def __sub__(self, other: object) -> Value:
        return self._with("-", other)

    def __rsub__(self, other: object) -> Value:
        return _binary("-", other, self)

    def __mul__(self, other: object) -> Value:
        return self._with("*", other)

    def __rmul__(self, other: object) -> Value:
        return _binary("*", other, self)

    def __truediv__(self, other: object) -> Value:
        return self._with("/", other)

    def __rtruediv__(self, other: object) -> Value:
        return _binary("/", other, self)

    def __floordiv__(self, other: object) -> Value:
        return self._with("//", other)

    def __matmul__(self, other: object) -> Value:
        return self._with("@", other)

    def __pow__(self, other: object) -> Value:
        return self._with("^", other)

    def __neg__(self) -> Value:
        return Value(ast.Unary(NOWHERE, "-", self.node), self.home)

    def _with(self, op: str, other: object) -> Value:
        return _binary(op, self, other)

    def __iter__(self) -> Any:
        raise TypeError("a value is not taken apart by Python; give `let` several names for several results")

    def __bool__(self) -> bool:
        raise TypeError("whether a value is true is known to no one; write `when` for `if` in the text")

    def __str__(self) -> str:
        return write_expression(self.node)

    def __repr__(self) -> str:
        return f"<{self}>"


def call(layer: str | Named, *arguments: object, **keywords: object) -> Value:
    """A layer and all it is given: `Linear(x, H)`.

    Raises ValueError for what is no name or no expression, TypeError for what cannot stand in a text.
    """
    function = called(layer)
    return Value(_call(function, arguments, keywords), shared_home((*arguments, *keywords.values())))


def called(layer: str | Named) -> ast.Name:
    """The name of a layer, or of a definition. Raises ValueError for what is no name, TypeError for what has none."""
    word = layer if isinstance(layer, str) else getattr(layer, "name", None)
    if not isinstance(word, str):
        raise TypeError(f"a layer is called by its name, or as a definition of the file, not as {shown(layer)}")
    return name(word)


def shared_home(given: Iterable[object]) -> object:
    """The body that all values speak of, in lists, too.

    Raises ValueError where they speak of several: a name means something else in each.
    """
    homes = {id(home): home for home in _homes(given)}
    if len(homes) > 1:
        names = " and ".join(sorted(str(getattr(home, "name", home)) for home in homes.values()))
        raise ValueError(f"values of {names} do not go together: each has names of its own")
    return next(iter(homes.values()), None)


def _homes(given: Iterable[object]) -> Iterator[object]:
    for value in given:
        if isinstance(value, Value) and value.home is not None:
            yield value.home
        elif isinstance(value, list | tuple):
            yield from _homes(value)


def _call(function: ast.Name, arguments: Sequence[object], keywords: dict[str, object]) -> ast.Call:
    named = tuple(ast.Keyword(NOWHERE, name(word), node(value)) for word, value in keywords.items())
    return ast.Call(NOWHERE, function, tuple(map(node, arguments)), named)


def _binary(op: str, left: object, right: object) -> Value:
    return Value(ast.Binary(NOWHERE, op, node(left), node(right)), shared_home((left, right)))


def computed(node: ast.Expr) -> Iterator[ast.Expr]:
    """The calls and operators in an expression, each as often as it stands there: what costs something."""
    match node:
        case ast.Pipe(value=value, stage=stage):
            yield node
            yield from computed(value)
            yield from computed(stage) if isinstance(stage, ast.Call) else ()
        case ast.Call(args=args, keywords=keywords):
            yield node
            for part in (*args, *(keyword.value for keyword in keywords)):
                yield from computed(part)
        case ast.Binary(left=left, right=right):
            yield node
            yield from computed(left)
            yield from computed(right)
        case ast.Unary(operand=operand):
            yield from computed(operand)
        case ast.Subscript(base=base):
            yield from computed(base)


def name(text: str) -> ast.Name:
    """A name of the language.

    Raises ValueError for what is none, such as a word with a meaning of its own.
    """
    if not isinstance(text, str) or len(text) > LONGEST or not NAME.fullmatch(text) or text in RESERVED:
        raise ValueError(f"{str(text)[:40]!r} cannot be a name")
    return ast.Name(NOWHERE, text)


def node(value: object) -> ast.Expr:
    """What stands for a value in the text.

    Raises ValueError for a text that is no expression, TypeError for what cannot stand in a text.
    """
    for kind, made in _MADE:
        if isinstance(value, kind):
            return made(value)
    try:
        return _number(operator.index(value))  # type: ignore[arg-type]  # integers of NumPy and others
    except TypeError:
        raise TypeError(f"{shown(value)} cannot stand in a text of the language") from None


def _number(value: int | Fraction) -> ast.Expr:
    if value < 0:
        return ast.Unary(NOWHERE, "-", _number(-value))
    exact = Fraction(value)
    if _is_decimal(exact):
        return ast.Number(NOWHERE, exact)
    return ast.Binary(NOWHERE, "/", _number(exact.numerator), _number(exact.denominator))


def _is_decimal(value: Fraction) -> bool:
    """Whether it can be written with a decimal point."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _float(value: float) -> ast.Expr:
    if not isfinite(value):
        raise ValueError(f"{value} is no number of the language")
    return _number(Fraction(repr(value)))


def _text(text: str) -> ast.Expr:
    if len(text) > LONGEST:
        raise ValueError(f"a text of {len(text)} characters is no expression")
    if text.isascii() and NAME.fullmatch(text) and text not in RESERVED:
        return ast.Name(NOWHERE, text)  # which most are, and the grammar would say so later
    try:
        return parse_expression(Source("<build>", text))
    except SymcostError as fault:
        raise ValueError(f"{text[:40]!r} is no expression: {fault.report.message}") from None


def shape(sizes: Sequence[object]) -> ast.List:
    """`[T, 4*D]`, with `...` for the open axes."""
    if not isinstance(sizes, list | tuple):
        raise TypeError(f"a shape or several indices are a list such as `['T', '4*D']`, not {shown(sizes)}")
    return ast.List(NOWHERE, tuple(map(_position, sizes)))


def _position(item: object) -> ast.Expr:
    if item is Ellipsis or item == "...":
        return ast.Ellipsis(NOWHERE)
    if isinstance(item, slice):
        return _slice(item)
    return node(item)


def _slice(item: slice) -> ast.Slice:
    start, stop, step = (None if part is None else node(part) for part in (item.start, item.stop, item.step))
    return ast.Slice(NOWHERE, start, stop, step)


_MADE: tuple[tuple[type | tuple[type, ...], Callable[[Any], ast.Expr]], ...] = (
    (Value, lambda value: value.node),
    (ast.Expr, lambda value: value),
    (Words, lambda value: ast.String(NOWHERE, value.text)),
    (bool, lambda value: ast.Bool(NOWHERE, value)),
    (Form, lambda value: _text(value.source())),
    (str, _text),
    ((int, Fraction), _number),
    (float, _float),
    ((list, tuple), shape),
)
"""How each kind of Python's values is written; truth values are integers in Python, so they come first."""
