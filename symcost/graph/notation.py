"""Index notation: from the text to products, sums and windows over named indices."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors import BadIndexing, IndexCount, IndexHidden, MissingIndex, UnknownName
from symcost.formula import Form, Symbol, add, mul, num
from symcost.graph.expressions import Expressions, operand
from symcost.graph.graph import Tensor
from symcost.graph.values import Constant, Frame
from symcost.ops.base import Applied, Site
from symcost.ops.contract import Affine, Factor, Left, Term, contract
from symcost.ops.move import select
from symcost.ops.reduce import REDUCTIONS
from symcost.ops.window import window
from symcost.syntax import ast


class Notation(Expressions):
    """Statements like `y[t, o] = x[stride*t + k, i] * W[k, i, o]`."""

    def notation(self, statement: ast.IndexAssign, frame: Frame) -> Tensor:
        """The tensor on the left. Raises the faults of contract and window."""
        left = self._left(statement, frame)
        site = Site(self.sizes, statement.span)
        inputs: list[Tensor] = []
        value = statement.value
        if isinstance(value, ast.Window):
            kind, applied = "window", self._window(value, left, site, inputs, frame)
        else:
            terms = [self._term(term, inputs, frame) for term in _summands(value)]
            if any(factor.leading for term in terms for factor in term.factors) and left.dots is None:
                raise MissingIndex("...", left.span)
            kind, applied = "contract", contract(site, left, terms)
        return self.apply(frame, kind, inputs, applied, statement.span)

    def _left(self, statement: ast.IndexAssign, frame: Frame) -> Left:
        items = statement.indices
        dots = _dots(items)
        axes: list[Affine] = []
        for item in items:
            if isinstance(item, ast.Ellipsis):
                continue
            if isinstance(item, ast.Name) and isinstance(frame.find(item.text), Form):
                raise IndexHidden(item.text, item.span)
            affine = self._affine(item, frame)
            if affine is None or not affine.terms:
                raise BadIndexing("the left side names indices; this is none", item.span)
            if affine.plain is not None and any(axis.plain == affine.plain for axis in axes):
                raise BadIndexing(f"`{affine.plain}` stands twice on the left", item.span)
            axes.append(affine)
        return Left(tuple(axes), dots, statement.target.span.to(items[-1].span) if items else statement.span)

    def _window(self, value: ast.Window, left: Left, site: Site, inputs: list[Tensor], frame: Frame) -> Applied:
        if value.op.text not in REDUCTIONS:
            raise BadIndexing("a window takes `max`, `min`, `mean` or `sum`", value.op.span)
        extents: dict[str, Form] = {}
        for index in value.indices:
            if isinstance(frame.find(index.name.text), Form):
                raise IndexHidden(index.name.text, index.name.span)
            if index.name.text in extents:
                raise BadIndexing(f"`{index.name.text}` stands twice in the window", index.name.span)
            if any(index.name.text in axis.terms for axis in left.axes):
                raise BadIndexing(f"`{index.name.text}` is reduced, so it cannot stand on the left", index.name.span)
            extents[index.name.text] = self.dimension(index.extent, frame)
        factor = self._factor(value.body, inputs, frame)
        if factor is None:
            raise BadIndexing("a window reduces a tensor with its indices, as in `x[t + k, c]`", value.body.span)
        if factor.leading and left.dots is None:
            raise MissingIndex("...", left.span)
        return window(site, left, value.op.text, extents, factor)

    def _term(self, expr: ast.Expr, inputs: list[Tensor], frame: Frame) -> Term:
        """A product: its tensors, and the numbers that scale it."""
        factors: list[Factor] = []
        scalars: list[str] = []
        for factor, scale in _factors(expr):
            made = self._factor(factor, inputs, frame)
            if made is None:
                scalars.append(scale)
            elif scale == "div":
                raise BadIndexing(
                    "a product is divided by numbers only",
                    factor.span,
                    "divide tensors by name, without indices: `x / y`",
                )
            else:
                factors.append(made)
        if not factors and scalars:
            scalars.pop()
        return Term(tuple(factors), tuple(scalars))

    def _factor(self, expr: ast.Expr, inputs: list[Tensor], frame: Frame) -> Factor | None:
        """A tensor with its indices; None for a number."""
        if not isinstance(expr, ast.Subscript):
            if not isinstance(expr, ast.Name | ast.Number | ast.Call | ast.Binary | ast.Unary):
                raise BadIndexing("a sum of products of indexed tensors and numbers was expected here", expr.span)
            try:
                value = self.evaluate(expr, frame)
            except UnknownName as fault:
                before = expr.span.source.text[expr.span.start : fault.span.start]
                if before.count("[") == before.count("]"):
                    raise
                raise BadIndexing(
                    "only products and sums can stand here, no other operation on indexed tensors",
                    expr.span,
                    "apply it to whole tensors, in a statement of its own",
                ) from None
            if isinstance(value, Form | Constant):
                return None
            if not isinstance(value, Tensor):
                raise self.refusal("an indexed tensor or a number", value, expr.span)
            if value.shape:
                raise BadIndexing("this tensor needs its indices here, as in `x[t, i]`", expr.span)
            inputs.append(value)
            return Factor(operand(value, expr.span), ())
        return self._indexed(self.tensor(expr.base, frame), expr, inputs, frame)

    def _indexed(self, base: Tensor, expr: ast.Subscript, inputs: list[Tensor], frame: Frame) -> Factor:
        """The axes of a tensor against its subscript; where positions stand among the indices, they select first."""
        items = expr.items
        place = _dots(items)
        named = [item for item in items if not isinstance(item, ast.Ellipsis)]
        rest = len(base.shape) - len(named)
        if rest < 0 or (rest and place is None):
            raise IndexCount(len(named), base.shape, expr.span)
        place = place or 0
        leading = base.shape[place : place + rest]
        axes: list[tuple[Affine, Form]] = []
        before: list[Form] = []
        stands: list[tuple[Form, bool]] = [(num(0), True)] * len(base.shape)
        for number, (item, size) in enumerate(zip(named, base.shape[:place] + base.shape[place + rest :], strict=True)):
            affine = self._position(item, size, frame)
            stands[number if number < place else number + rest] = (affine.constant, bool(affine.terms))
            if affine.terms:
                axes.append((affine, size))
                if number < place:
                    before.append(size)
        if len(axes) < len(named):
            shape = (*before, *leading, *(size for _, size in axes[len(before) :]))
            stands = [(num(0) if kept else start, kept) for start, kept in stands]
            applied = select(Site(self.sizes, expr.span), operand(base, expr.base.span), stands, shape)
            base = self.apply(frame, "select", (base,), applied, expr.span)
        inputs.append(base)
        return Factor(operand(base, expr.base.span), tuple(axes), leading, len(before))

    def _position(self, item: ast.Expr, size: Form, frame: Frame) -> Affine:
        """What one item of a subscript says; a position without an index is checked to lie inside its axis."""
        if isinstance(item, ast.Slice):
            raise BadIndexing("a slice stands in a subscript of its own, as in `x[0:n][t, i]`", item.span)
        affine = self._affine(item, frame)
        if affine is None:
            raise BadIndexing("an index, a position, or a sum like `stride*t + k` was expected", item.span)
        if not affine.terms:
            if isinstance(item, ast.Name) and not _is_counter(frame.find(item.text)):
                raise IndexHidden(item.text, item.span)
            self._inside_axis(affine.constant, size, item.span)
        return affine

    def _affine(self, expr: ast.Expr, frame: Frame) -> Affine | None:
        """An expression as a sum of indices times numbers, and a number; None where it is not one."""
        match expr:
            case ast.Name(text=name):
                value = frame.find(name)
                if isinstance(value, Form):
                    return Affine({}, value, expr.span)
                return Affine({name: num(1)}, num(0), expr.span)
            case ast.Unary(op="-", operand=inner):
                return _scaled(self._affine(inner, frame), num(-1), expr.span)
            case ast.Binary(op="+" | "-" as op, left=left, right=right):
                a, b = self._affine(left, frame), self._affine(right, frame)
                b = _scaled(b, num(-1), right.span) if op == "-" else b
                if a is None or b is None:
                    return None
                terms = dict(a.terms)
                for name, coefficient in b.terms.items():
                    terms[name] = add(terms.get(name, num(0)), coefficient)
                return Affine({n: c for n, c in terms.items() if c != 0}, add(a.constant, b.constant), expr.span)
            case ast.Binary(op="*", left=left, right=right):
                a, b = self._affine(left, frame), self._affine(right, frame)
                if a is None or b is None or (a.terms and b.terms):
                    return None
                return _scaled(a, b.constant, expr.span) if a.terms else _scaled(b, a.constant, expr.span)
            case ast.Number() | ast.Binary() | ast.Call():
                try:
                    return Affine({}, self.number(expr, frame), expr.span)
                except UnknownName:
                    return None  # an index inside some other expression
            case _:
                return None


def _dots(items: Sequence[ast.Expr]) -> int | None:
    """Where `...` stands among indices. Raises BadIndexing where it stands twice."""
    places = [place for place, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
    if len(places) > 1:
        raise BadIndexing("`...` stands only once", items[places[1]].span)
    return places[0] if places else None


def _is_counter(value: object) -> bool:
    return isinstance(value, Symbol) and value.uid > 0


def _scaled(affine: Affine | None, by: Form, span: Span) -> Affine | None:
    if affine is None:
        return None
    terms = {} if by == 0 else {n: mul(c, by) for n, c in affine.terms.items()}
    return Affine(terms, mul(affine.constant, by), span)


def _summands(expr: ast.Expr) -> list[ast.Expr]:
    """The terms of a sum, from the left; a difference is a sum too."""
    terms: list[ast.Expr] = []
    while isinstance(expr, ast.Binary) and expr.op in ("+", "-"):
        terms.append(expr.right)
        expr = expr.left
    if isinstance(expr, ast.Unary) and expr.op == "-":
        expr = expr.operand
    return [expr, *reversed(terms)]


def _factors(expr: ast.Expr) -> Sequence[tuple[ast.Expr, str]]:
    """The factors of a product, from the left, each with whether it multiplies or divides."""
    factors: list[tuple[ast.Expr, str]] = []
    while isinstance(expr, ast.Binary) and expr.op in ("*", "/"):
        factors.append((expr.right, "mul" if expr.op == "*" else "div"))
        expr = expr.left
    if isinstance(expr, ast.Unary) and expr.op == "-":
        expr = expr.operand  # to take away costs as much as to add
    return [(expr, "mul"), *reversed(factors)]
