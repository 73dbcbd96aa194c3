"""Expressions of a Program as trees of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction

from symcost.importing.program import (
    Affine,
    Arg,
    Arithmetic,
    Call,
    Constant,
    Contraction,
    Cut,
    Expr,
    Function,
    Negative,
    Plain,
    Ref,
    Size,
    Subscript,
)
from symcost.records import dataclass
from symcost.syntax import ast, made
from symcost.syntax.writer import write_expression


@dataclass(frozen=True, slots=True)
class Local:
    """Stands for a size inside a definition: one of its ports, or a size over them."""

    expression: ast.Expr


@dataclass(frozen=True, slots=True)
class Root:
    """Stands for a number: the root of a size, or one over it."""

    size: Size
    below: bool

    @staticmethod
    def of(texts: Sequence[str]) -> Root | None:
        """The roots that some numbers are, if they are."""
        squares = [float(text) ** 2 for text in texts]
        for below in (True, False):
            sizes = [1 / square if below and square else square for square in squares]
            whole = tuple(map(round, sizes))
            if all(abs(size - number) < 1e-6 * size for size, number in zip(sizes, whole, strict=True)):
                return Root(Size(whole), below)
        return None


@dataclass(frozen=True, slots=True)
class Spelling:
    """How values and sizes are written in one body."""

    names: Mapping[str, str]
    size: Callable[[Size], ast.Expr]
    known: Callable[[Size], bool] = lambda size: True
    taken: frozenset[str] = frozenset()
    """Names that no index may have: those of sizes."""
    defaults: Mapping[str, Mapping[str, Size | None]] = field(default_factory=dict)
    """The ports of the definitions of the text, with their defaults."""

    def expression(self, value: Expr | Root | Local) -> ast.Expr:
        """Any expression but a contraction, which is a statement of its own."""
        match value:
            case Ref(value=key):
                return made.name(self.names[key])
            case Plain() | Local():
                return self._size(value)
            case Root():
                return self._root(value)
            case Constant(shape=shape, words=words):
                return self._constant(shape, words)

            # what is made of others
            case Call():
                return self._call(value)
            case Arithmetic():
                return self._arithmetic(value)
            case Negative(operand=operand):
                return made.negative(self._operand(operand))
            case Subscript():
                return self._subscript(value)
            case Contraction():
                raise AssertionError("a contraction is a statement of its own")

    def whole(self, value: Expr) -> ast.Expr:
        """The value of a statement: one function of one value is written `tanh(h)`."""
        return self._operand(value)

    def contraction(self, target: str, value: Contraction) -> ast.IndexAssign:
        """`target[i, j] = a[i, k] * b[k, j]`"""
        factors = [self._factor(operand, places) for operand, places in value.terms]
        indices = tuple(made.name(self._index(index)) for index in value.indices)
        return ast.IndexAssign(made.NOWHERE, made.name(target), indices, _chained("*", factors))

    def _factor(self, operand: Expr, places: Sequence[str | Affine]) -> ast.Expr:
        base = self.expression(operand)
        return made.subscript(base, [self._place(place) for place in places])

    def _index(self, index: str) -> str:
        return f"{index}_" if index in self.taken else index

    def shape(self, sizes: tuple[Size, ...]) -> ast.List:
        """`[T, 4*D]`"""
        return made.shape([self._size(size) for size in sizes])

    # Parts -------------------------------------------------------------------------------------

    def _operand(self, value: Expr) -> ast.Expr:
        """What stands beside a sign: `silu(x) * y`, and not `(x -> silu) * y`."""
        match value:
            case Call(function=function, operands=(Ref() as inner,), arguments=(), keywords=()) if function.islower():
                return made.call(function, [self.expression(inner)])
        return self.expression(value)

    def _size(self, size: Size | Local | Plain) -> ast.Expr:
        match size:
            case Local(expression=tree):
                return tree
            case Plain(text=text):
                return made.number(Fraction(text))
        return self.size(size)

    def _constant(self, shape: tuple[Size, ...], words: str) -> ast.Expr:
        sizes = self.shape(shape)
        if not words:
            return made.call("zeros", [sizes])
        return made.call("constant", [sizes, ast.String(made.NOWHERE, words.replace('"', "'"))])

    def _root(self, root: Root) -> ast.Expr:
        written = made.call("sqrt", [self._size(root.size)])
        return made.binary("/", made.number(1), written) if root.below else written

    def _arithmetic(self, value: Arithmetic) -> ast.Expr:
        """Both sides; what a function makes of a value stands behind that value: `x + (x -> f)`."""
        match value:
            case Arithmetic(op="+", left=Call() as made_of_it, right=Ref() as right):
                return made.binary("+", self.expression(right), self._operand(made_of_it))
        return made.binary(value.op, self._operand(value.left), self._operand(value.right))

    def _subscript(self, value: Subscript) -> ast.Expr:
        base = self.expression(value.base)
        return made.subscript(base, [self._item(item) for item in value.items])

    def _call(self, call: Call) -> ast.Expr:
        """A pipeline where one value goes through; `f(x, y)` where several come together."""
        operands = [self.expression(operand) for operand in call.operands]
        is_own = call.function in self.defaults
        arguments, keywords = self._ports(call) if is_own else self._said(call)

        if self._flows(call):
            return _piped(call.function, operands, arguments, keywords)
        return made.call(call.function, [*operands, *arguments], **keywords)

    def _said(self, call: Call) -> tuple[list[ast.Expr], dict[str, ast.Expr]]:
        """What is said to a function of the language by place and by name: nothing that goes without saying."""
        say = self._view if call.function == "reshape" else self.argument
        arguments = [say(argument) for argument in call.arguments]

        usual = USUAL if call.function in CONVOLUTIONS else {}
        said = [(key, argument) for key, argument in call.keywords if not _is(argument, usual.get(key))]
        return arguments, self._keywords(said)

    def _ports(self, call: Call) -> tuple[list[ast.Expr], dict[str, ast.Expr]]:
        """The ports of a definition of the text: few by their place, others by name, defaults not at all."""
        defaults = self.defaults[call.function]
        placed: list[tuple[str, Arg]] = []
        named: list[tuple[str, Arg]] = []
        for key, argument in call.keywords:
            default = defaults.get(key)
            if default is None:
                placed.append((key, argument))
            elif default != argument:
                named.append((key, argument))

        if len(placed) > MOST_PLACES:
            return [], self._keywords([*placed, *named])
        arguments = [self.argument(argument) for _, argument in placed]
        return arguments, self._keywords(named)

    def _keywords(self, said: Sequence[tuple[str, Arg]]) -> dict[str, ast.Expr]:
        return {key: self.argument(argument) for key, argument in said}

    def _view(self, shape: Arg) -> ast.Expr:
        """The shape of a view: the one size in it that has no name follows from the others."""
        if not isinstance(shape, tuple):
            return self.argument(shape)

        unnamed = [size for size in shape if isinstance(size, Size) and not self.known(size)]
        left_out = unnamed[0] if len(unnamed) == 1 else None
        return made.shape([made.number(-1) if size is left_out else self.argument(size) for size in shape])

    def _flows(self, call: Call) -> bool:
        """Whether a call reads as a stage of a pipeline: a layer does, and what one value goes into."""
        if call.operands and self._is_layer(call.function):
            return True
        return len(call.operands) == 1 and _leads(call.operands[0], call)

    def _is_layer(self, function: str) -> bool:
        """Of the language, or a definition of the text."""
        return function[:1].isupper() or function in self.defaults

    def argument(self, argument: Arg | Local | Function) -> ast.Expr:
        """What stands behind the operands of a call."""
        match argument:
            case Size() | Local() | Plain():
                return self._size(argument)
            case bool() | str():
                return _literal(argument)
            case Function(name=name):
                return made.name(name)
            case tuple():
                return self._list(argument)

    def _list(self, parts: Sequence[Arg]) -> ast.List:
        return made.shape([self.argument(part) for part in parts])

    def _item(self, item: Cut | Size | Local | Expr) -> ast.Expr:
        match item:
            case Cut():
                return self._cut(item)
            case Size() | Local():
                return self._size(item)
            case _:
                return self.expression(item)

    def _cut(self, cut: Cut) -> ast.Expr:
        start = None if cut.start is None else self._size(cut.start)
        stop = None if cut.stop is None else self._stop(cut.stop, cut.length)
        step = None if cut.step is None else self._size(cut.step)
        return ast.Slice(made.NOWHERE, start, stop, step)

    def _stop(self, stop: Size | Local, length: Size | Local | None) -> ast.Expr:
        """Where a slice ends: counted from the end where that has a name and it has not."""
        if isinstance(stop, Size) and isinstance(length, Size) and not self.known(stop):
            left = Size(tuple(end - whole for end, whole in zip(stop.values, length.values, strict=True)))
            if self.known(left) and max(left.values) < 0:
                return self._size(left)
        return self._size(stop)

    def _place(self, place: str | Affine) -> ast.Expr:
        """An index, or a sum over indices."""
        if isinstance(place, Affine):
            return self._affine(place)
        return ast.Ellipsis(made.NOWHERE) if place == "..." else made.name(self._index(place))

    def _affine(self, place: Affine) -> ast.Expr:
        terms = [self._term(factor, index) for factor, index in place.terms]
        if place.offset is not None:
            terms.append(self._size(place.offset))
        return _chained("+", terms)

    def _term(self, factor: Size | Local, index: str) -> ast.Expr:
        name = made.name(self._index(index))
        if isinstance(factor, Size) and set(factor.values) == {1}:
            return name
        return made.binary("*", self._size(factor), name)


def _chained(op: str, terms: Sequence[ast.Expr]) -> ast.Expr:
    """`a + b + c`"""
    total, *others = terms
    for term in others:
        total = made.binary(op, total, term)
    return total


def _piped(
    function: str, operands: list[ast.Expr], arguments: list[ast.Expr], keywords: dict[str, ast.Expr]
) -> ast.Pipe:
    """`x -> f`, `x -> f(y, 3, axis = 1)`"""
    first, *others = operands
    if others or arguments or keywords:
        return ast.Pipe(made.NOWHERE, first, made.call(function, [*others, *arguments], **keywords))
    return ast.Pipe(made.NOWHERE, first, made.name(function))


def _literal(value: bool | str) -> ast.Expr:
    if isinstance(value, str):
        return ast.String(made.NOWHERE, value)
    return ast.Bool(made.NOWHERE, value)


def _leads(first: Expr, call: Call) -> bool:
    """Whether what goes into a call reads well in front of it: not in `mean(x, axis = -1)` and `transpose(x)`."""
    match first:
        case Ref():
            return not _reads_as_function(call)
        case Arithmetic() | Negative() | Constant():
            # a sum in front of an arrow needs no bracket, but reads badly before a function alone: `relu(x + y)`
            said = (*call.arguments, *call.keywords)
            return bool(said)
    return True


def _reads_as_function(call: Call) -> bool:
    is_bare_transpose = call.function == "transpose" and not call.arguments
    return is_bare_transpose or call.function in REDUCTIONS


REDUCTIONS = frozenset({"sum", "mean", "max", "min"})
"""Functions that are written `mean(x, axis = -1)`."""

MOST_PLACES = 2
"""Ports that are given by their place."""

CONVOLUTIONS = frozenset({"Conv1d", "Conv2d", "Conv3d"})

USUAL = {"stride": 1, "pad": 0, "dilation": 1, "groups": 1}
"""What a convolution does if nothing is said."""


def _is(argument: Arg | Local | Function, number: int | None) -> bool:
    return isinstance(argument, Size) and set(argument.values) == {number}


def plain(size: Size) -> ast.Expr:
    """A size of one configuration, as its number."""
    return made.number(size.values[0])


class _Anonymous(dict[str, str]):
    """Names of usual length, for measuring."""

    def __missing__(self, key: str) -> str:
        return "xxx"


def measure(spelling: Spelling) -> Callable[[Expr], int]:
    """How many characters an expression takes, with names of usual length."""
    spelling = replace(spelling, names=_Anonymous())
    return lambda value: len(write_expression(spelling.expression(value)))
