"""Expressions of a Program as trees of the language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
            case Plain(text=text):
                return made.number(Fraction(text))
            case Local(expression=tree):
                return tree
            case Root(size=size, below=below):
                root = made.call("sqrt", [self._size(size)])
                return made.binary("/", made.number(1), root) if below else root
            case Constant(shape=shape, words=words):
                return self._constant(shape, words)
            case Call():
                return self._call(value)
            case Arithmetic(op="+", left=Call() as left, right=Ref() as right):
                return made.binary("+", self.expression(right), self._operand(left))  # x + (x -> f)
            case Arithmetic(op=op, left=left, right=right):
                return made.binary(op, self._operand(left), self._operand(right))
            case Negative(operand=operand):
                return made.negative(self._operand(operand))
            case Subscript(base=base, items=items):
                return made.subscript(self.expression(base), [self._item(item) for item in items])
            case Contraction():
                raise AssertionError("a contraction is a statement of its own")

    def whole(self, value: Expr) -> ast.Expr:
        """The value of a statement: one function of one value is written `tanh(h)`."""
        return self._operand(value)

    def contraction(self, target: str, value: Contraction) -> ast.IndexAssign:
        """`target[i, j] = a[i, k] * b[k, j]`"""
        product: ast.Expr | None = None
        for operand, places in value.terms:
            term = made.subscript(self.expression(operand), [self._place(place) for place in places])
            product = term if product is None else made.binary("*", product, term)
        assert product is not None
        indices = tuple(made.name(self._index(index)) for index in value.indices)
        return ast.IndexAssign(made.NOWHERE, made.name(target), indices, product)

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

    def _size(self, size: Size | Local) -> ast.Expr:
        return size.expression if isinstance(size, Local) else self.size(size)

    def _constant(self, shape: tuple[Size, ...], words: str) -> ast.Expr:
        sizes = self.shape(shape)
        if not words:
            return made.call("zeros", [sizes])
        return made.call("constant", [sizes, ast.String(made.NOWHERE, words.replace('"', "'"))])

    def _call(self, call: Call) -> ast.Expr:
        """A pipeline where one value goes through; `f(x, y)` where several come together."""
        operands = [self.expression(operand) for operand in call.operands]
        if call.function in self.defaults:
            return self._own(call, operands)

        say = self._view if call.function == "reshape" else self.argument
        arguments = [say(argument) for argument in call.arguments]
        usual = USUAL if call.function in CONVOLUTIONS else {}
        said = [(key, argument) for key, argument in call.keywords if not _is(argument, usual.get(key))]
        keywords = {key: self.argument(argument) for key, argument in said}
        if operands and self._flows(call):
            return _piped(call.function, operands, arguments, keywords)
        return made.call(call.function, [*operands, *arguments], **keywords)

    def _own(self, call: Call, operands: list[ast.Expr]) -> ast.Expr:
        """A call of a definition of the text: few ports by their place, others by name, defaults not at all."""
        defaults = self.defaults[call.function]
        plain = [(key, argument) for key, argument in call.keywords if defaults.get(key) is None]
        named = [(key, argument) for key, argument in call.keywords if defaults.get(key) not in (None, argument)]
        if len(plain) > MOST_PLACES:
            plain, named = [], [*plain, *named]

        arguments = [self.argument(argument) for _, argument in plain]
        keywords = {key: self.argument(argument) for key, argument in named}
        if operands:
            return _piped(call.function, operands, arguments, keywords)
        return made.call(call.function, arguments, **keywords)

    def _view(self, shape: Arg) -> ast.Expr:
        """The shape of a view: the one size in it that has no name follows from the others."""
        if not isinstance(shape, tuple):
            return self.argument(shape)

        unnamed = [size for size in shape if isinstance(size, Size) and not self.known(size)]
        left_out = unnamed[0] if len(unnamed) == 1 else None
        return made.shape([made.number(-1) if size is left_out else self.argument(size) for size in shape])

    def _flows(self, call: Call) -> bool:
        """Whether a call reads as a stage of a pipeline."""
        first, is_layer = call.operands[0], call.function[:1].isupper()
        one_goes_in = len(call.operands) == 1
        if isinstance(first, Ref) and (call.function in REDUCTIONS or _is_bare_transpose(call)):
            return False

        # a sum in front of an arrow needs no bracket, but reads badly before a function alone: `relu(x + y)`
        if isinstance(first, Arithmetic | Negative | Constant):
            told = bool(call.arguments) or bool(call.keywords)
            return is_layer or (one_goes_in and told)
        return is_layer or one_goes_in

    def argument(self, argument: Arg | Local | Function) -> ast.Expr:
        """What stands behind the operands of a call."""
        match argument:
            case Size() | Local():
                return self._size(argument)
            case Plain(text=text):
                return made.number(Fraction(text))
            case bool():
                return ast.Bool(made.NOWHERE, argument)
            case str():
                return ast.String(made.NOWHERE, argument)
            case Function(name=name):
                return made.name(name)
            case tuple():
                return made.shape([self.argument(part) for part in argument])

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
        total = terms[0]
        for term in terms[1:]:
            total = made.binary("+", total, term)
        return total

    def _term(self, factor: Size | Local, index: str) -> ast.Expr:
        name = made.name(self._index(index))
        if isinstance(factor, Size) and set(factor.values) == {1}:
            return name
        return made.binary("*", self._size(factor), name)


def _piped(
    function: str, operands: list[ast.Expr], arguments: list[ast.Expr], keywords: dict[str, ast.Expr]
) -> ast.Pipe:
    """`x -> f`, `x -> f(y, 3, axis = 1)`"""
    first, *others = operands
    if others or arguments or keywords:
        return ast.Pipe(made.NOWHERE, first, made.call(function, [*others, *arguments], **keywords))
    return ast.Pipe(made.NOWHERE, first, made.name(function))


def _is_bare_transpose(call: Call) -> bool:
    return call.function == "transpose" and not call.arguments


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
