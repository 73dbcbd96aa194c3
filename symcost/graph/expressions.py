"""Expressions: numbers and sizes are worked out, tensors become operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symcost.diagnostics import Span
from symcost.errors import (
    BadSubscript,
    DivisionByZero,
    GivenTwice,
    IndexCount,
    NoSuchPosition,
    RecurrenceWithoutCarry,
    SymcostError,
    UndecidedCondition,
    UnknownName,
    WrongKind,
)
from symcost.formula import (
    Form,
    add,
    ceil_div,
    floor_div,
    log2,
    maximum,
    minimum,
    mod,
    mul,
    num,
    power,
)
from symcost.graph.graph import Block, Operation, Parameter, Shape, Tensor
from symcost.graph.values import (
    Arguments,
    Broken,
    Builtin,
    Callee,
    Constant,
    Defined,
    Frame,
    ListValue,
    Named,
    Several,
    Value,
    described,
)
from symcost.ops import PRIMITIVES
from symcost.ops.base import Applied, Operand, Site
from symcost.ops.contract import matmul
from symcost.ops.move import gather, select
from symcost.ops.pointwise import NAMED as NAMED_POINTWISE, pointwise
from symcost.ops.power import power as tensor_power
from symcost.ops.sizes import Sizes, fraction
from symcost.syntax import ast

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


class Poisoned(Exception):
    """A value was needed whose own fault is reported already."""


class Expressions:
    """Evaluates expressions in a frame; tensors in them leave operations in the frame's graph."""

    sizes: Sizes
    recomputed = False
    """Whether what is built is run again when gradients need it: inside of `recompute`."""

    # What the other parts of the builder provide --------------------------------------------------

    def call(self, callee: Callee, arguments: Arguments, frame: Frame, span: Span) -> Value:
        raise NotImplementedError

    def insert(self, frame: Frame, node: Parameter | Operation | Block) -> None:
        """Put a node into the graph of a frame."""
        if self.recomputed and not isinstance(node, Parameter):
            node = replace(node, recomputed=True)
        frame.graph.insert(node)

    def apply(self, frame: Frame, kind: str, inputs: Sequence[Tensor], applied: Applied, span: Span) -> Tensor:
        """An operation with one result."""
        return self.apply_all(frame, kind, inputs, applied, span)[0]

    def apply_all(
        self, frame: Frame, kind: str, inputs: Sequence[Tensor], applied: Applied, span: Span
    ) -> tuple[Tensor, ...]:
        """An operation with its results."""
        assert applied.by is not None, kind
        outputs = tuple(Tensor(shape, span, applied.parameter) for shape in applied.shapes)
        self.insert(frame, Operation(applied.by, tuple(inputs), outputs, applied.cost, span, applied.given))
        return outputs

    # Values of one kind ---------------------------------------------------------------------------

    def tensor(self, expr: ast.Expr, frame: Frame) -> Tensor:
        """The tensor that an expression makes. Raises WrongKind."""
        value = self.evaluate(expr, frame)
        if isinstance(value, Tensor):
            return value
        raise self.refusal("a tensor", value, expr.span)

    def number(self, expr: ast.Expr, frame: Frame) -> Form:
        """The number, known or symbolic, that an expression stands for. Raises WrongKind."""
        value = self.evaluate(expr, frame)
        if isinstance(value, Form):
            return value
        raise self.refusal("a number", value, expr.span)

    def dimension(self, expr: ast.Expr, frame: Frame) -> Form:
        """A number as a size; records that it is whole and positive where that is not certain."""
        return self.sizes.size(self.number(expr, frame), expr.span)

    def shape(self, shape: ast.List, frame: Frame, least: int = 1) -> Shape:
        """The sizes in brackets; `...` stands for the leading axes of the definition."""
        found: list[Form] = []
        for item in shape.items:
            if isinstance(item, ast.Ellipsis):
                found.extend(self.leading(item, frame))
            else:
                found.append(self.sizes.size(self.number(item, frame), item.span, least))
        return tuple(found)

    def leading(self, dots: ast.Ellipsis, frame: Frame) -> Shape:
        """The axes that `...` stands for here."""
        if frame.definition.leading is None:
            raise BadSubscript("`...` stands for nothing: no port of this definition has it", dots.span)
        return frame.definition.leading

    def condition(self, expr: ast.Expr, frame: Frame) -> bool:
        """A condition on statics, decided now. Raises UndecidedCondition, WrongKind."""
        value = self.evaluate(expr, frame)
        if isinstance(value, bool):
            return value
        raise self.refusal("`true` or `false`", value, expr.span)

    def refusal(self, wanted: str, value: Value, span: Span) -> Exception:
        """What to raise for a value of the wrong kind; nothing is said where its own fault is reported already."""
        return Poisoned() if isinstance(value, Broken) else WrongKind(wanted, described(value), span)

    # Expressions ----------------------------------------------------------------------------------

    def evaluate(self, expr: ast.Expr, frame: Frame) -> Value:
        """The value of an expression."""
        match expr:
            case ast.Name(text=name):
                return self.name(expr, name, frame)
            case ast.Number(value=number):
                return num(number)
            case ast.Binary() | ast.Pipe():
                return self._chain(expr, frame)
            case ast.Call():
                return self.call(self.callee(expr.function, frame), self.arguments(expr, frame), frame, expr.span)
            case ast.Subscript():
                return self._select(expr, frame)
            case ast.Unary(op=op, operand=operand):
                if op == "not":
                    return not self.condition(operand, frame)
                return self._negate(self.evaluate(operand, frame), expr.span, frame)
            case ast.Bool(value=truth):
                return truth
            case ast.String(value=text):
                return text
            case ast.List(items=items):
                return self._list(items, frame)
            case ast.Window():
                raise BadSubscript(
                    f"`{expr.op.text}(… in …)` stands alone on the right of index notation, as in "
                    f"`y[t, c] = {expr.op.text}(k in K) x[t + k, c]`",
                    expr.span,
                )
            case _:
                raise WrongKind("a value", f"`{expr.span.text}`", expr.span)

    def name(self, expr: ast.Expr, name: str, frame: Frame) -> Value:
        """What a name stands for. Raises UnknownName, RecurrenceWithoutCarry."""
        inner: Frame | None = frame
        while inner is not None:
            if name in inner.names:
                value = inner.names[name]
                if isinstance(value, Broken):
                    raise Poisoned
                return value
            if name in inner.uncarried:
                outer = frame.find(name)
                assert isinstance(outer, Tensor)
                raise RecurrenceWithoutCarry(name, expr.span, outer.shape)
            inner = inner.parent
        found = self._definition(name, frame)
        if found is None:
            raise UnknownName(name, expr.span, frame.visible())
        return found

    def callee(self, name: ast.Name, frame: Frame) -> Callee:
        """The definition that a name means where it is called; names of tensors and numbers do not hide it."""
        inner: Frame | None = frame
        while inner is not None:
            value = inner.names.get(name.text)
            if isinstance(value, Defined | Builtin | Named):
                return value
            if isinstance(value, Broken):
                raise Poisoned
            inner = inner.parent
        found = self._definition(name.text, frame)
        if found is None and (bound := frame.find(name.text)) is not None:
            raise WrongKind("a module", described(bound), name.span)
        if found is None:
            raise self.unknown_module(name, frame)
        return found

    def unknown_module(self, name: ast.Name, frame: Frame) -> SymcostError:
        raise NotImplementedError

    def _definition(self, name: str, frame: Frame) -> Callee | None:
        found = frame.unit.find(name)
        if found is not None:
            return found
        return Builtin(name) if name in PRIMITIVES or name in NAMED_POINTWISE or name in STATIC else None

    def arguments(self, call: ast.Call, frame: Frame) -> Arguments:
        """The arguments of a call, evaluated. Raises GivenTwice."""
        keywords: dict[str, tuple[Value, Span]] = {}
        places: dict[str, Span] = {}
        for keyword in call.keywords:
            if keyword.name.text in keywords:
                raise GivenTwice(keyword.name.text, keyword.name.span, places[keyword.name.text])
            places[keyword.name.text] = keyword.name.span
            keywords[keyword.name.text] = (self.evaluate(keyword.value, frame), keyword.value.span)
        return Arguments(tuple((self.evaluate(arg, frame), arg.span) for arg in call.args), keywords, places)

    def _list(self, items: Sequence[ast.Expr], frame: Frame) -> ListValue:
        found: list[tuple[Value, Span]] = []
        for item in items:
            if isinstance(item, ast.Ellipsis):
                found.extend((size, item.span) for size in self.leading(item, frame))
            else:
                found.append((self.evaluate(item, frame), item.span))
        return ListValue(tuple(found))

    def _chain(self, expr: ast.Expr, frame: Frame) -> Value:
        """A chain like `a + b + c` or `x -> f -> g`, from the left and without recursion."""
        chain: list[ast.Binary | ast.Pipe] = []
        while isinstance(expr, ast.Binary | ast.Pipe):
            chain.append(expr)
            expr = expr.left if isinstance(expr, ast.Binary) else expr.value
        value, span = self.evaluate(expr, frame), expr.span
        for link in reversed(chain):
            if isinstance(link, ast.Pipe):
                value = self._stage(value, span, link, frame)
            else:
                value = self._binary(link, value, frame)
            span = link.span
        return value

    def _stage(self, value: Value, span: Span, pipe: ast.Pipe, frame: Frame) -> Value:
        stage = pipe.stage
        name = stage if isinstance(stage, ast.Name) else stage.function
        given = Arguments() if isinstance(stage, ast.Name) else self.arguments(stage, frame)
        if isinstance(value, Several):
            raise WrongKind("one tensor in front of `->`", described(value), span)
        arguments = Arguments(((value, span), *given.positional), given.keywords, given.places)
        return self.call(self.callee(name, frame), arguments, frame, stage.span)

    def _binary(self, expr: ast.Binary, left: Value, frame: Frame) -> Value:
        op = expr.op
        if op in ("and", "or"):
            if not isinstance(left, bool):
                raise self.refusal("`true` or `false`", left, expr.left.span)
            return self.condition(expr.right, frame) if left == (op == "and") else left
        right = self.evaluate(expr.right, frame)
        if isinstance(left, Form) and isinstance(right, Form):
            if op in COMPARISONS:
                return self._decide(op, left, right, expr.span)
            return self._arithmetic(op, left, right, expr)
        if op in ("==", "!=") and not isinstance(left, Tensor) and not isinstance(right, Tensor):
            same = type(left) is type(right) and left == right
            return same == (op == "==")
        if not isinstance(left, Tensor | Form | Constant):
            raise self.refusal("a tensor or a number", left, expr.left.span)
        if not isinstance(right, Tensor | Form | Constant):
            raise self.refusal("a tensor or a number", right, expr.right.span)
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            return Constant()
        return self._on_tensors(expr, left, right, frame)

    def _on_tensors(
        self, expr: ast.Binary, left: Tensor | Form | Constant, right: Tensor | Form | Constant, frame: Frame
    ) -> Tensor:
        site = Site(self.sizes, expr.span)
        inputs = [value for value in (left, right) if isinstance(value, Tensor)]
        a, b = operand(left, expr.left.span), operand(right, expr.right.span)
        match expr.op:
            case "@":
                if not isinstance(left, Tensor):
                    raise self.refusal("a tensor", left, expr.left.span)
                if not isinstance(right, Tensor):
                    raise self.refusal("a tensor", right, expr.right.span)
                return self.apply(frame, "contract", inputs, matmul(site, a, b), expr.span)
            case "^":
                applied = tensor_power(a, right if isinstance(right, Form) else b, site)
                return self.apply(frame, "^", inputs, applied, expr.span)
            case "//" | "%":
                value = left if isinstance(left, Tensor) else right
                raise self.refusal("a number", value, (expr.left if value is left else expr.right).span)
            case op:
                return self.apply(frame, op, inputs, pointwise(op, (a, b), site), expr.span)

    def _negate(self, value: Value, span: Span, frame: Frame) -> Value:
        match value:
            case Form():
                return -value
            case Constant():
                return value
            case Tensor():
                applied = pointwise("negate", (operand(value, span),), Site(self.sizes, span))
                return self.apply(frame, "negate", (value,), applied, span)
            case _:
                raise self.refusal("a tensor or a number", value, span)

    def _arithmetic(self, op: str, left: Form, right: Form, expr: ast.Binary) -> Form | Constant:
        if op in ("/", "//", "%") and right == 0:
            raise DivisionByZero(expr.right.span)
        match op:
            case "+":
                return add(left, right)
            case "-":
                return add(left, -right)
            case "*":
                return mul(left, right)
            case "/":
                return left / right
            case "//":
                return self.sizes.tidy(floor_div(left, right))
            case "%":
                return self.sizes.tidy(mod(left, right))
            case "^":
                if left == 0 and self.sizes.assumptions.at_least(right, num(0)) is not True:
                    raise DivisionByZero(expr.right.span)
                if not right.free_symbols and right.number is not None and right.number.denominator != 1:
                    return Constant()
                return power(left, right)
            case _:
                raise self.refusal("a tensor", left, expr.left.span)

    def _decide(self, op: str, left: Form, right: Form, span: Span) -> bool:
        known: bool | None
        if op in ("==", "!="):
            verdict = self.sizes.compare(left, right)
            known = {"equal": op == "==", "never": op == "!="}.get(verdict.kind)
        else:
            small, large = (left, right) if op in ("<", ">=") else (right, left)
            known = self.sizes.assumptions.at_least(small, large)
            if known is not None and op in ("<", ">"):
                known = not known
        if known is None:
            raise UndecidedCondition(span, left, right, op)
        return known

    # Selection ------------------------------------------------------------------------------------

    def _select(self, expr: ast.Subscript, frame: Frame) -> Tensor:
        """`x[t, 0:n]`: positions and stretches of axes; `E[tokens]`: rows of a table."""
        base = self.tensor(expr.base, frame)
        values = [None if isinstance(i, ast.Slice | ast.Ellipsis) else self.evaluate(i, frame) for i in expr.items]
        if len(values) == 1 and isinstance(values[0], Tensor):
            if not base.shape:
                raise BadSubscript("a scalar has no axes to select from", expr.span)
            rows = values[0]
            applied = gather(
                Site(self.sizes, expr.span), operand(base, expr.base.span), operand(rows, expr.items[0].span)
            )
            return self.apply(frame, "gather", (base, rows), applied, expr.span)
        shape, places = self.selected(base, expr.items, values, frame, expr.span)
        applied = select(Site(self.sizes, expr.span), operand(base, expr.base.span), places, shape)
        return self.apply(frame, "select", (base,), applied, expr.span)

    def selected(
        self,
        base: Tensor,
        items: Sequence[ast.Expr],
        values: Sequence[Value | None],
        frame: Frame,
        span: Span,
    ) -> tuple[Shape, list[tuple[Form, bool]]]:
        """The shape that is left when positions are taken out and slices cut.

        And for each axis the position that was taken, or the first that is kept.
        """
        dots = [place for place, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
        if len(dots) > 1:
            raise BadSubscript("`...` stands once in a subscript", items[dots[1]].span)
        rank = len(base.shape)
        if len(items) - len(dots) > rank:
            raise IndexCount(len(items) - len(dots), base.shape, span, "position", "positions")
        place = dots[0] if dots else len(items)
        behind = len(items) - place - 1 if dots else 0
        shape: list[Form] = []
        places: list[tuple[Form, bool]] = []
        axes = [*range(place), *range(rank - behind, rank)]
        fixed = [(i, v) for i, v in zip(items, values, strict=True) if not isinstance(i, ast.Ellipsis)]
        for number, size in enumerate(base.shape):
            if number not in axes:
                shape.append(size)
                places.append((num(0), True))
                continue
            item, value = fixed[axes.index(number)]
            if isinstance(item, ast.Slice):
                shape.append(self._slice(item, size, frame))
                places.append((num(0) if item.start is None else self._bound(item.start, size, frame), True))
            elif isinstance(value, Form):
                self._inside_axis(value, size, item.span)
                below = value.number is not None and value.number < 0
                places.append((add(size, value) if below else value, False))
            else:
                assert value is not None
                raise self.refusal("a position, a slice or a tensor of row numbers", value, item.span)
        return tuple(shape), places

    def _inside_axis(self, position: Form, size: Form, span: Span) -> None:
        if position.number is not None and position.number < 0:
            self.sizes.whole(position, span)
            self._reaches(add(size, position), num(0), position, size, span)
            return
        self._reaches(self.sizes.whole(position, span), num(0), position, size, span)
        self._reaches(size, add(position, 1), position, size, span)

    def _reaches(self, left: Form, right: Form, position: Form, size: Form, span: Span, slice: bool = False) -> None:
        """Record `left >= right`, without which an axis has not this position. Raises NoSuchPosition."""
        try:
            self.sizes.no_less(left, right, span)
        except SymcostError:
            raise NoSuchPosition(position, size, span, slice) from None

    def _slice(self, item: ast.Slice, size: Form, frame: Frame) -> Form:
        start = num(0) if item.start is None else self._bound(item.start, size, frame)
        stop = size if item.stop is None else self._bound(item.stop, size, frame)
        if item.stop is not None:
            self._reaches(size, stop, stop, size, item.stop.span, slice=True)
        if item.start is not None:
            self._reaches(start, num(0), start, size, item.start.span)
        return self.sizes.size(self.sizes.tidy(add(stop, -start).expand()), item.span, least=0)

    def _bound(self, expr: ast.Expr, size: Form, frame: Frame) -> Form:
        value = self.sizes.whole(self.number(expr, frame), expr.span)
        return add(size, value) if value.number is not None and value.number < 0 else value


def operand(value: Tensor | Form | Constant, span: Span) -> Operand:
    """A value as primitives see it; a number is a scalar."""
    if isinstance(value, Tensor):
        return Operand(value.shape, span, value.parameter)
    return Operand((), span, fixed=True)


def _whole(rounding: object) -> object:
    def rounded(value: Form) -> Form:
        divisor, multiple = fraction(value)
        return rounding(multiple, divisor)  # type: ignore[operator,no-any-return]

    return rounded


STATIC = {
    "floor": _whole(floor_div),
    "ceil": _whole(ceil_div),
    "min": minimum,
    "max": maximum,
    "log2": log2,
}
"""What can be asked of dimensions by name; other functions of a number make a Constant."""
