"""What each rule of the grammar becomes: one method for a rule, from its parts to its class in `ast`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from inspect import cleandoc
from itertools import pairwise
from typing import Any, TypeVar

from symcost.diagnostics import Source, Span
from symcost.errors import BadNumber, ExpressionTooDeep, NestingTooDeep, PositionalAfterKeyword
from symcost.records import dataclass
from symcost.syntax import ast
from symcost.syntax.brackets import DEEPEST_NESTING
from symcost.syntax.reader import Word

DEEPEST_EXPRESSION = 200
"""Operations inside one another, so that whoever walks a tree by recursion stays far from Python's limit."""

LONGEST_NUMBER = 1000
LONGEST_EXPONENT = 4

Parts = list[Any]
"""What a rule is made of: all its tokens, the trees of the rules below, None for what was left out."""

E = TypeVar("E", bound=ast.Node)


@dataclass(frozen=True, slots=True, eq=False)
class Block(ast.Node):
    """`{ ... }`"""

    statements: tuple[ast.Statement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Target(ast.Node):
    """`h: [T, 4*D]` before the sign of an assignment."""

    name: ast.Name
    shape: ast.List | None


class TreeBuilder:
    """Called by the parser each time a rule is complete, so that no other tree is ever built."""

    def __init__(self) -> None:
        self.read(Source("<text>", ""))

    def read(self, source: Source) -> None:
        """Spans of the trees to come are in this source."""
        self._source = source
        self._depths: dict[ast.Node | None, int] = {}

    def _span(self, parts: Sequence[Any]) -> Span:
        first, last = parts[0], parts[-1]
        start = first.start_pos if type(first) is Word else first.span.start
        end = last.end_pos if type(last) is Word else last.span.end
        return Span(self._source, start, end)

    def _over(self, node: E, *inner: ast.Node | None) -> E:
        """The node, known to lie one level over the deepest of the others."""
        depths = self._depths
        depth = 1 + max([depths[part] for part in inner if part in depths], default=0)
        if depth > DEEPEST_EXPRESSION:
            raise ExpressionTooDeep(node.span, DEEPEST_EXPRESSION)
        depths[node] = depth
        return node

    # Top level ---------------------------------------------------------------------------------

    def file(self, parts: Parts) -> ast.File:
        items: list[ast.Item] = []
        for part in parts:
            items.extend(part if isinstance(part, tuple) else (part,))
        return ast.File(self._source, tuple(items))

    def use(self, parts: Parts) -> ast.Use:
        *_, path = parts
        picked = tuple(part for part in parts if isinstance(part, ast.Picked))
        return ast.Use(self._span(parts), self.string([path]), picked)

    def picked(self, parts: Parts) -> ast.Picked:
        name, _, called = parts
        return ast.Picked(self._span(parts[:1] if called is None else parts), name, called or name)

    def const(self, parts: Parts) -> ast.Const:
        _, name, _, value = parts
        return ast.Const(self._span(parts), name, value)

    def rate(self, parts: Parts) -> ast.Rate:
        _, name, _, value = parts
        return ast.Rate(self._span(parts), name, value)

    def dims(self, parts: Parts) -> tuple[ast.Dim, ...]:
        return tuple(parts[1::2])

    def dim(self, parts: Parts) -> ast.Dim:
        name, words, _, latex = parts
        present = [part for part in parts if part is not None]
        return ast.Dim(self._span(present), name, _said(words), _said(latex))

    def config(self, parts: Parts) -> ast.Config:
        _, name, model, _, types, _, classes, like, _, settings, _ = parts
        other, table = like or (None, None)
        return ast.Config(
            span=self._span(parts),
            name=name,
            entries=_of_kind(ast.Keyword, settings),
            demands=_of_kind(ast.Demand, settings),
            model=model,
            types=types or (),
            classes=classes or (),
            like=other,
            table=table,
            locals=_of_kind(ast.Local, settings),
        )

    def like(self, parts: Parts) -> tuple[ast.String, ast.Expr | None]:
        _, word, _, table = parts
        return self.string([word]), table

    def local(self, parts: Parts) -> ast.Local:
        _, name, _, value = parts
        return ast.Local(self._span(parts), name, value)

    def words(self, parts: Parts) -> tuple[ast.String, ...]:
        return tuple(self.string([word]) for word in parts[::2])

    def settings(self, parts: Parts) -> tuple[ast.Keyword | ast.Demand | ast.Local, ...]:
        return tuple(parts[::2])

    def demand(self, parts: Parts) -> ast.Demand:
        return ast.Demand(self._span(parts), parts[1])

    def chosen(self, parts: Parts) -> ast.Chosen:
        then, _, condition, _, otherwise = parts
        node = ast.Chosen(self._span(parts), then, condition, otherwise)
        return self._over(node, then, condition, otherwise)

    def expect(self, parts: Parts) -> ast.Expect:
        _, model, _, config, _, _, *checks, _ = parts
        return ast.Expect(self._span(parts), model, config, _of_kind(ast.Check, checks))

    def check(self, parts: Parts) -> ast.Check:
        quantity, relation, value, *tolerance = parts
        span = self._span([part for part in parts if part is not None])
        return ast.Check(span, quantity, str(relation), value, self._tolerance(*tolerance))  # type: ignore[arg-type]

    def _tolerance(self, within: Any = None, number: Any = None, percent: Any = None) -> Fraction | None:
        if within is None:
            return None
        value = self.number([number]).value
        return value if percent is None else value / 100

    def definition(self, parts: Parts) -> ast.Definition:
        doc, kind, name, _, ports, close, _, returns, body = parts
        return ast.Definition(
            span=self._span(parts[1:]),
            kind=str(kind),  # type: ignore[arg-type]
            name=name,
            ports=ports or (),
            returns=returns or (),
            body=body.statements,
            doc=doc and cleandoc(doc[3:-3]),
            head=self._span([kind, returns[-1] if returns else close]),
        )

    def ports(self, parts: Parts) -> tuple[ast.Port, ...]:
        return tuple(parts[::2])

    def port(self, parts: Parts) -> ast.Port:
        match parts:
            case [name, ":", "list"]:
                return ast.Port(self._span(parts), name, None, None, listed=True)
            case [name, ":", shape]:
                return ast.Port(self._span(parts), name, shape, None)
            case [name, _, default]:
                return ast.Port(self._span(parts), name, None, default)
            case [name]:
                return ast.Port(name.span, name, None, None)
        raise AssertionError(parts)

    def shapes(self, parts: Parts) -> tuple[ast.List, ...]:
        return tuple(parts[::2])

    # Statements --------------------------------------------------------------------------------

    def block(self, parts: Parts) -> Block:
        return Block(self._span(parts), tuple(parts[1:-1]))

    def param(self, parts: Parts) -> ast.Param:
        return ast.Param(self._span(parts), tuple(parts[1::2]), "buffer" if parts[0] == "buffer" else "param")

    def param_entry(self, parts: Parts) -> ast.ParamEntry:
        name, _, shape = parts
        return ast.ParamEntry(self._span(parts), name, shape)

    def let(self, parts: Parts) -> ast.Let:
        _, name, _, value, words, _, latex = parts
        present = [part for part in parts if part is not None]
        return ast.Let(self._span(present), name, value, _said(words), _said(latex))

    def layer(self, parts: Parts) -> ast.Layer:
        _, name, _, value = parts
        return ast.Layer(self._span(parts), name, value)

    def assign(self, parts: Parts) -> ast.Assign:
        targets: list[Target] = parts[:-2:2]
        names, shapes = tuple(target.name for target in targets), tuple(target.shape for target in targets)
        return ast.Assign(self._span(parts), names, parts[-1], shapes if any(shapes) else ())

    def target(self, parts: Parts) -> Target:
        name, _, shape = parts
        return Target(self._span([part for part in parts if part is not None]), name, shape)

    def index_assign(self, parts: Parts) -> ast.IndexAssign:
        target, _, indices, _, sign, value = parts
        return ast.IndexAssign(self._span(parts), target, indices or (), value, adds=sign == "+=")

    def indices(self, parts: Parts) -> tuple[ast.Expr, ...]:
        return tuple(parts[::2])

    def bound(self, parts: Parts) -> ast.Bound:
        name, _, extent = parts
        return ast.Bound(self._span(parts), name, extent)

    def emit(self, parts: Parts) -> ast.Emit:
        _, name, _, place, _, _, value = parts
        return ast.Emit(self._span(parts), name, value, place or ())

    def return_(self, parts: Parts) -> ast.Return:
        return ast.Return(self._span(parts), tuple(parts[1::2]))

    def scan(self, parts: Parts) -> ast.Scan:
        _, counter, _, over, _, carries, body = parts
        return ast.Scan(self._span(parts), counter, over, carries or (), body.statements)

    def for_(self, parts: Parts) -> ast.Scan:
        _, counter, _, over, body = parts
        return ast.Scan(self._span(parts), counter, over, (), body.statements, "for")

    def repeat(self, parts: Parts) -> ast.Repeat:
        _, counter, _, over, shared, _, carries, body = parts
        span = self._span(parts)
        return ast.Repeat(span, counter, over, shared is not None, carries or (), body.statements)

    def repeat_together(self, parts: Parts) -> ast.RepeatTogether:
        _, *heads, body = parts
        split = next(place for place, part in enumerate(heads) if part == "in")
        names, over = heads[:split:2], heads[split + 1 :: 2]
        return ast.RepeatTogether(self._span(parts), tuple(names), tuple(over), body.statements)

    def choose(self, parts: Parts) -> ast.Choose:
        _, active, _, total, body = parts
        return ast.Choose(self._span(parts), active, total, body.statements)

    def marked(self, parts: Parts) -> ast.Marked:
        kind, *tokens, body = parts
        behind = tokens[0] if tokens else None
        return ast.Marked(self._span(parts), str(kind), body.statements, behind)  # type: ignore[arg-type]

    def if_(self, parts: Parts) -> ast.If:
        _, condition, then, _, otherwise = parts
        span = self._span(parts[:3] if otherwise is None else parts)
        match otherwise:
            case ast.If():
                return self._else_if(ast.If(span, condition, then.statements, (otherwise,)), otherwise)
            case Block():
                return ast.If(span, condition, then.statements, otherwise.statements)
        return ast.If(span, condition, then.statements, ())

    def _else_if(self, node: ast.If, inner: ast.If) -> ast.If:
        depth = self._depths.get(inner, 1) + 1
        if depth > DEEPEST_NESTING:
            raise NestingTooDeep(node.span, DEEPEST_NESTING)
        self._depths[node] = depth
        return node

    def carries(self, parts: Parts) -> tuple[ast.Carry, ...]:
        return tuple(parts[::2])

    def carry(self, parts: Parts) -> ast.Carry:
        name, _, shape, _, init = parts
        return ast.Carry(self._span(parts[:3] if init is None else parts), name, shape, init)

    def range(self, parts: Parts) -> ast.Range:
        start, _, stop = parts
        return ast.Range(self._span(parts), start, stop)

    def assume(self, parts: Parts) -> ast.Assume:
        return ast.Assume(self._span(parts), self._binary(parts[1:]))

    def divides(self, parts: Parts) -> ast.Divides:
        _, divisor, _, multiple = parts
        return ast.Divides(self._span(parts), divisor, multiple)

    # Expressions -------------------------------------------------------------------------------

    def pipe(self, parts: Parts) -> ast.Pipe:
        value, _, stage = parts
        return self._over(ast.Pipe(self._span(parts), value, stage), value, stage)

    def _binary(self, parts: Parts) -> ast.Binary:
        left, op, right = parts
        return self._over(ast.Binary(self._span(parts), str(op), left, right), left, right)

    either = both = comparison = sum = product = power = _binary

    def negative(self, parts: Parts) -> ast.Unary:
        _, operand = parts
        return self._over(ast.Unary(self._span(parts), "-", operand), operand)

    def not_(self, parts: Parts) -> ast.Unary:
        _, operand = parts
        return self._over(ast.Unary(self._span(parts), "not", operand), operand)

    def window(self, parts: Parts) -> ast.Window:
        op, _, *indices, _, body = parts
        node = ast.Window(self._span(parts), op, tuple(indices[::2]), body)
        return self._over(node, body, *(index.extent for index in node.indices))

    def window_index(self, parts: Parts) -> ast.WindowIndex:
        name, _, extent = parts
        return ast.WindowIndex(self._span(parts), name, extent)

    def subscript(self, parts: Parts) -> ast.Subscript:
        base, _, items, _ = parts
        node = ast.Subscript(self._span(parts), base, items or ())
        return self._over(node, base, *node.items)

    def subscripts(self, parts: Parts) -> tuple[ast.Expr, ...]:
        return tuple(parts[::2])

    def slice(self, parts: Parts) -> ast.Slice:
        start, _, stop, _, step = parts
        span = self._span([part for part in parts if part is not None])
        return self._over(ast.Slice(span, start, stop, step), start, stop, step)

    def group(self, parts: Parts) -> ast.Expr:
        """Brackets leave no class of their own; they widen the span of what they hold."""
        inner = parts[1]
        outer: ast.Expr = replace(inner, span=self._span(parts))
        return self._over(outer, inner)

    def call(self, parts: Parts) -> ast.Call:
        function, _, arguments, _ = parts
        args = tuple(part for part in arguments or () if isinstance(part, ast.Expr))
        keywords = tuple(part for part in arguments or () if isinstance(part, ast.Keyword))
        node = ast.Call(self._span(parts), function, args, keywords)
        return self._over(node, *args, *(keyword.value for keyword in keywords))

    def arguments(self, parts: Parts) -> Parts:
        arguments = parts[::2]
        for before, after in pairwise(arguments):
            if isinstance(before, ast.Keyword) and isinstance(after, ast.Expr):
                raise PositionalAfterKeyword(after.span, before.span)
        return arguments

    def keyword(self, parts: Parts) -> ast.Keyword:
        name, _, value = parts
        return ast.Keyword(self._span(parts), name, value)

    setting = keyword

    def member(self, parts: Parts) -> ast.Member:
        base, _, name = parts
        return self._over(ast.Member(self._span(parts), base, name), base)

    def listed(self, parts: Parts) -> ast.Listed:
        _, item, _, name, _, over, _ = parts
        return self._over(ast.Listed(self._span(parts), item, name, over), item, over)

    def list(self, parts: Parts) -> ast.List:
        _, items, _ = parts
        node = ast.List(self._span(parts), items or ())
        return self._over(node, *node.items)

    def items(self, parts: Parts) -> tuple[ast.Expr, ...]:
        return tuple(parts[::2])

    def ellipsis(self, parts: Parts) -> ast.Ellipsis:
        dots, group = parts
        return ast.Ellipsis(self._span([dots] if group is None else parts), "" if group is None else group.text)

    def number(self, parts: Parts) -> ast.Number:
        span, text = self._span(parts), parts[0].replace("_", "")
        if text.isdigit() and len(text) <= LONGEST_NUMBER:
            return ast.Number(span, Fraction(int(text)))
        digits, _, exponent = text.lower().partition("e")
        _check_length(span, digits, exponent.lstrip("+-"))
        return ast.Number(span, Fraction(text))

    def string(self, parts: Parts) -> ast.String:
        return ast.String(self._span(parts), str(parts[0][1:-1]))

    def bool(self, parts: Parts) -> ast.Bool:
        return ast.Bool(self._span(parts), parts[0] == "true")

    def name(self, parts: Parts) -> ast.Name:
        word = parts[0]
        return ast.Name(Span(self._source, word.start_pos, word.end_pos), str(word))


def _said(string: str | None) -> str | None:
    """What a string says, where there is one."""
    return None if string is None else str(string[1:-1])


def _check_length(span: Span, digits: str, exponent: str) -> None:
    """Longer numbers would take quadratic time, or fill the memory. Raises BadNumber."""
    if len(digits) > LONGEST_NUMBER:
        raise BadNumber(span, f"a number has at most {LONGEST_NUMBER} digits")
    if len(exponent) > LONGEST_EXPONENT:
        raise BadNumber(span, f"the exponent of a number has at most {LONGEST_EXPONENT} digits")


def _of_kind(kind: type[E], settings: Parts | None) -> tuple[E, ...]:
    """Those lines of a config, if it has any, that are of one kind."""
    return tuple(line for line in settings or () if isinstance(line, kind))
