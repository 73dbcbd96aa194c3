"""Index notation: statements like `y[t, o] = x[stride*t + k, i] * W[k, i, o]`, from their text to one operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set

from symcost.diagnostics import Span
from symcost.errors import BadIndexing, IndexCount, IndexHidden, MissingIndex, NothingToAddTo, UnknownName
from symcost.formula import Form, Symbol, num
from symcost.graph.affine import affine
from symcost.graph.expressions import dimension, evaluate, tensor
from symcost.graph.frame import Frame
from symcost.graph.graph import Shape, Tensor
from symcost.graph.operators import operand
from symcost.graph.selection import WHOLE, dots_among, inside_axis
from symcost.graph.values import Constant, Value, refusal
from symcost.ops.contract import Affine, Factor, Left, Term, contract
from symcost.ops.indices import leading_names, lone
from symcost.ops.move import Place, select
from symcost.ops.places import accumulate, take
from symcost.ops.reduce import REDUCTIONS
from symcost.ops.window import window
from symcost.records import dataclass
from symcost.syntax import ast


def indexed(statement: ast.IndexAssign, frame: Frame) -> Tensor:
    """The tensor on the left of index notation.

    Raises BadIndexing, IndexHidden, IndexCount, MissingIndex, and the faults of contract and window.
    """
    if statement.adds:
        return _added(statement, frame)
    left, right = _left(statement, frame), _Right(frame)
    bounds = _bounds(statement, frame)
    site, value = frame.site(statement.span), statement.value
    if isinstance(value, ast.Window):
        _check_reduction(value.op)
        extents = bounds | _extents(value, left, frame)
        factor = right.windowed(value.body)
        _are_read(statement, [factor])
        _leads(left, [factor])
        _no_declared(left, [factor], extents, frame)
        applied = window(site, left, value.op.text, extents, factor)
    else:
        terms = [right.term(term) for term in _summands(value)]
        factors = [factor for term in terms for factor in term.factors]
        _leads(left, factors)
        _no_declared(left, factors, bounds, frame)
        _are_read(statement, factors)
        if _is_taken(value) and not bounds and _as_it_is(left, terms):
            return right.inputs[0]
        applied = contract(site, left, terms, bounds)
    return frame.apply(right.inputs, applied, statement.span)


def _is_taken(value: ast.Expr) -> bool:
    """Whether it is one tensor, read at places that a table says: its axes are in order already."""
    return isinstance(value, ast.Subscript) and any(isinstance(item, ast.Subscript) for item in value.items)


def _as_it_is(left: Left, terms: Sequence[Term]) -> bool:
    """Whether the left side names the indices of one tensor in their order."""
    (factor,) = terms[0].factors
    return left.dots is None and [axis.plain for axis in left.axes] == factor.indices()


def _added(statement: ast.IndexAssign, frame: Frame) -> Tensor:
    """The tensor on the left of `+=` with all that is added to it.

    Raises BadIndexing, IndexHidden, IndexCount, MissingIndex, NothingToAddTo and the faults of accumulate.
    """
    target, value = statement.target, statement.value
    if isinstance(value, ast.Window):
        raise BadIndexing("`+=` adds a sum of products", value.op.span)
    into, right = _there(target, frame), _Right(frame)
    written = ast.Subscript(target.span.to(statement.span), target, statement.indices)
    axes = right.looked_up(into, written)
    bounds = _bounds(statement, frame)
    terms = [right.term(term) for term in _summands(value)]
    factors = [factor for term in terms for factor in term.factors]
    _every_index_is_read(axes.out, {*_indices_of(axes.tables), *_indices_of(factors), *axes.named}, statement)
    if axes.factor.leading == ():
        _none_under_dots(factors, target.span)
    applied = accumulate(frame.site(statement.span), axes.factor, axes.tables, axes.out, terms, bounds)
    return frame.apply((into, *right.inputs), applied, statement.span)


def _there(target: ast.Name, frame: Frame) -> Tensor:
    """What `+=` adds to. Raises NothingToAddTo, and what reading a name raises."""
    try:
        return tensor(target, frame)
    except UnknownName:
        raise NothingToAddTo(target.text, target.span) from None


def _every_index_is_read(out: Sequence[str], read: Set[str], statement: ast.IndexAssign) -> None:
    """Raises MissingIndex for an index of which nothing says how far it runs."""
    for name in out:
        if name not in read:
            raise MissingIndex(name, statement.span)


def _leads(left: Left, factors: Sequence[Factor]) -> None:
    """Axes under `...` on the right need a `...` on the left. Raises MissingIndex."""
    if left.dots is None:
        _none_under_dots(factors, left.span)


def _none_under_dots(factors: Sequence[Factor], span: Span) -> None:
    """Raises MissingIndex where one of them has axes under `...`."""
    if any(factor.leading for factor in factors):
        raise MissingIndex("...", span)


def _indices_of(factors: Iterable[Factor]) -> set[str]:
    """All indices that stand at some axis of them."""
    return {index for factor in factors for index in factor.indices()}


def _are_read(statement: ast.IndexAssign, factors: Sequence[Factor]) -> None:
    """Raises MissingIndex for an index whose values are said and which nothing on the right has."""
    read = _indices_of(factors)
    for item in statement.indices:
        if isinstance(item, ast.Bound) and item.name.text not in read:
            raise MissingIndex(item.name.text, item.span)


def _no_declared(left: Left, factors: Sequence[Factor], reduced: Iterable[str], frame: Frame) -> None:
    """Raises IndexHidden for a dimension of the file that stands in sums only, as in `x[t + shift]`.

    Who wrote it may have meant the number; an index stands alone somewhere, or a window names it.
    """
    declared = frame.declared
    if not declared:
        return
    axes = [*left.axes]
    for factor in factors:
        axes += [axis for axis, _ in factor.axes]
    sure = {*reduced, *(axis.plain for axis in axes)}
    for axis in axes:
        doubtful = declared & axis.terms.keys() - sure
        if doubtful:
            raise IndexHidden(min(doubtful), axis.span)


# The left side ------------------------------------------------------------------------------------


def _left(statement: ast.IndexAssign, frame: Frame) -> Left:
    """The indices of the result. Raises BadIndexing, IndexHidden."""
    items = statement.indices
    dots, axes = _dots(items), list[Affine]()
    for item in _without_dots(items):
        axes.append(_left_axis(item.name if isinstance(item, ast.Bound) else item, axes, frame))
    span = statement.target.span.to(items[-1].span) if items else statement.span
    return Left(tuple(axes), dots, span)


def _bounds(statement: ast.IndexAssign, frame: Frame) -> dict[str, Form]:
    """How many values indices take of which that is said."""
    said = [item for item in statement.indices if isinstance(item, ast.Bound)]
    return {item.name.text: dimension(item.extent, frame) for item in said}


def _left_axis(item: ast.Expr, before: Sequence[Affine], frame: Frame) -> Affine:
    """One axis of the result: an index, or a sum with one; `before` are those at its left."""
    _no_number(item, frame)
    _no_place(item)
    position = affine(item, frame)
    if position is None or not position.terms:
        raise BadIndexing("the left side names indices; this is none", item.span)
    if position.plain and position.plain in [axis.plain for axis in before]:
        raise BadIndexing(f"`{position.plain}` stands twice on the left", item.span)
    return position


def _no_place(item: ast.Expr) -> None:
    """Raises BadIndexing for a place that a table says."""
    if isinstance(item, ast.Subscript):
        helps = "where several come together nobody says which stays: begin with `zeros` and add with `+=`"
        raise BadIndexing("to places that a table says one can only add", item.span, helps)


def _no_number(index: ast.Expr, frame: Frame) -> None:
    """Raises IndexHidden for an index that has the name of a number."""
    if isinstance(index, ast.Name) and isinstance(frame.find(index.text), Form):
        raise IndexHidden(index.text, index.span)


def _without_dots(items: Sequence[ast.Expr]) -> list[ast.Expr]:
    return [item for item in items if not isinstance(item, ast.Ellipsis)]


def _dots(items: Sequence[ast.Expr]) -> int | None:
    """Where `...` stands among indices. Raises BadIndexing where it stands twice."""
    places = dots_among(items)
    if len(places) > 1:
        raise BadIndexing("`...` stands only once", items[places[1]].span)
    return places[0] if places else None


def _extents(value: ast.Window, left: Left, frame: Frame) -> dict[str, Form]:
    """The indices that a window reduces, and how many values each takes. Raises BadIndexing, IndexHidden."""
    kept = {index for axis in left.axes for index in axis.terms}
    extents: dict[str, Form] = {}
    for index in value.indices:
        _no_number(index.name, frame)
        _check_reduced(index.name, extents, kept)
        extents[index.name.text] = dimension(index.extent, frame)
    return extents


def _check_reduction(op: ast.Name) -> None:
    if op.text not in REDUCTIONS:
        raise BadIndexing("a window takes `max`, `min`, `mean` or `sum`", op.span)


def _check_reduced(index: ast.Name, extents: Mapping[str, Form], kept: set[str]) -> None:
    """Raises BadIndexing for an index that is reduced twice, or reduced and kept."""
    if index.text in extents:
        raise BadIndexing(f"`{index.text}` stands twice in the window", index.span)
    if index.text in kept:
        raise BadIndexing(f"`{index.text}` is reduced, so it cannot stand on the left", index.span)


# The right side -----------------------------------------------------------------------------------


Axis = tuple[Affine, Form]
"""What stands at an axis, and its size."""


@dataclass(frozen=True, slots=True)
class _Axes:
    """The axes of a tensor in index notation: those that are named, and between them those under `...`."""

    before: tuple[Axis, ...]
    leading: Shape
    behind: tuple[Axis, ...]

    def with_index(self) -> _Axes:
        """Those without a position that is taken out."""
        before = tuple(axis for axis in self.before if axis[0].terms)
        return _Axes(before, self.leading, tuple(axis for axis in self.behind if axis[0].terms))

    @property
    def shape(self) -> Shape:
        """Their sizes."""
        return (*(size for _, size in self.before), *self.leading, *(size for _, size in self.behind))

    @property
    def places(self) -> list[Place]:
        """What becomes of each axis: it is kept whole, or a position is taken."""
        before, behind = ([_place(position) for position, _ in axes] for axes in (self.before, self.behind))
        return [*before, *(WHOLE for _ in self.leading), *behind]


@dataclass(frozen=True, slots=True)
class _LookedUp:
    """A tensor some of whose axes a table says: those have positions without an index.

    `out`: all indices that stand there, those of the tables included, each once. `named`: those of its own axes.
    """

    factor: Factor
    tables: tuple[Factor, ...]
    out: tuple[str, ...]
    named: tuple[str, ...]


class _Right:
    """The right side as it is read; `inputs` are its tensors, in the order of the text."""

    def __init__(self, frame: Frame) -> None:
        self.inputs: list[Tensor] = []
        self._frame = frame

    def windowed(self, expr: ast.Expr) -> Factor:
        """The tensor that a window reduces. Raises BadIndexing."""
        factor = self._factor(expr)
        if factor is None:
            raise BadIndexing("a window reduces a tensor with its indices, as in `x[t + k, c]`", expr.span)
        return factor

    def term(self, expr: ast.Expr) -> Term:
        """A product: its tensors, and the numbers that scale it."""
        factors: list[Factor] = []
        scalars: list[str] = []
        for part, scale in _factors(expr):
            factor = self._factor(part)
            if factor is None:
                scalars.append(scale)
            elif scale == "div":
                raise BadIndexing(
                    "a product is divided by numbers only",
                    part.span,
                    "divide tensors by name, without indices: `x / y`",
                )
            else:
                factors.append(factor)
        if not factors and scalars:
            scalars.pop()  # a product of numbers has one multiplication less than numbers
        return Term(tuple(factors), tuple(scalars))

    def _factor(self, expr: ast.Expr) -> Factor | None:
        """A tensor with its indices; None for a number."""
        if isinstance(expr, ast.Subscript):
            return self._indexed(tensor(expr.base, self._frame), expr)
        value = self._plain(expr)
        if isinstance(value, Form | Constant):
            return None
        if not isinstance(value, Tensor):
            raise refusal("an indexed tensor or a number", value, expr.span)
        if value.shape:
            raise BadIndexing("this tensor needs its indices here, as in `x[t, i]`", expr.span)
        self.inputs.append(value)
        return Factor(operand(value, expr.span), ())

    def _plain(self, expr: ast.Expr) -> Value:
        """The value of a factor without indices. Raises BadIndexing where some stand inside of another operation."""
        if not isinstance(expr, ast.Name | ast.Number | ast.Call | ast.Binary | ast.Unary):
            raise BadIndexing("a sum of products of indexed tensors and numbers was expected here", expr.span)
        try:
            return evaluate(expr, self._frame)
        except UnknownName as fault:
            if not _inside_brackets(fault.span, expr.span):
                raise
            raise BadIndexing(
                "only products and sums can stand here, no other operation on indexed tensors",
                expr.span,
                "apply it to whole tensors, in a statement of its own",
            ) from None

    def _indexed(self, base: Tensor, expr: ast.Subscript) -> Factor:
        """The axes of a tensor against its subscript; where positions stand among the indices, they select first."""
        if any(isinstance(item, ast.Subscript) for item in expr.items):
            return self._taken(base, expr)
        axes = self._axes(base, expr)
        if not all(position.terms for position, _ in (*axes.before, *axes.behind)):
            base, axes = self._selected(base, axes, expr)
        self.inputs.append(base)
        named = (*axes.before, *axes.behind)
        return Factor(operand(base, expr.base.span), named, axes.leading, len(axes.before))

    def _taken(self, base: Tensor, expr: ast.Subscript) -> Factor:
        """Entries at places that tables say, as a tensor of its own with every index once."""
        others = _Right(self._frame)
        axes = others.looked_up(base, expr)
        applied = take(self._frame.site(expr.span), axes.factor, axes.tables, axes.out)
        taken = self._frame.apply((base, *others.inputs), applied, expr.span)
        self.inputs.append(taken)
        named: list[Axis] = []
        leading: list[Form] = []
        before = 0
        for name, size in zip(axes.out, taken.shape, strict=True):
            if not name.startswith("..."):
                named.append((lone(name, expr.span), size))
                continue
            before = before if leading else len(named)
            leading.append(size)
        return Factor(operand(taken, expr.base.span), tuple(named), tuple(leading), before)

    def table(self, item: ast.Subscript) -> Factor:
        """A tensor of numbers of places, with an index on each axis. Raises BadIndexing."""
        factor = self._factor(item)
        if factor is None or factor.leading or any(axis.plain is None for axis, _ in factor.axes):
            raise BadIndexing("the numbers of places have an index on each axis, as in `to[e]`", item.span)
        return factor

    def looked_up(self, base: Tensor, expr: ast.Subscript) -> _LookedUp:
        """What stands at each axis of a tensor of which tables say places.

        Raises BadIndexing, IndexHidden, IndexCount.
        """
        before, behind = _around_dots(expr, base)
        first, last = len(before), len(base.shape) - len(behind)
        leading = base.shape[first:last]
        items = [*before, *behind]
        sizes = (*base.shape[:first], *base.shape[last:])
        axes: list[tuple[Affine, Form]] = []
        names: list[list[str]] = []
        tables: list[Factor] = []
        for item, size in zip(items, sizes, strict=True):
            if isinstance(item, ast.Subscript):
                tables.append(self.table(item))
                axes.append((Affine({}, num(0), item.span), size))
                names.append(tables[-1].indices())
                continue
            position = affine(item.name if isinstance(item, ast.Bound) else item, self._frame)
            if position is None or position.plain is None:
                raise BadIndexing("beside places that a table says only single indices can stand", item.span)
            if isinstance(self._frame.find(position.plain), Tensor):
                why = f"`{position.plain}` is a tensor here; the place that it says has an index of its own"
                raise BadIndexing(why, item.span, f"write `{position.plain}[e]`")
            axes.append((position, size))
            names.append([position.plain])
        led = leading_names(leading)
        out = [*names[:first], led, *names[first:]]
        named = tuple(axis.plain for axis, _ in axes if axis.plain is not None)
        factor = Factor(operand(base, expr.base.span), tuple(axes), leading, first)
        every = tuple(dict.fromkeys(name for part in out for name in part))
        return _LookedUp(factor, tuple(tables), every, (*led, *named))

    def _axes(self, base: Tensor, expr: ast.Subscript) -> _Axes:
        """What stands at each axis of a tensor. Raises BadIndexing, IndexCount, IndexHidden, NoSuchPosition."""
        before, behind = _around_dots(expr, base)
        first, last = len(before), len(base.shape) - len(behind)
        shape = base.shape
        return _Axes(
            tuple((self._position(item, size), size) for item, size in zip(before, shape[:first], strict=True)),
            shape[first:last],
            tuple((self._position(item, size), size) for item, size in zip(behind, shape[last:], strict=True)),
        )

    def _selected(self, base: Tensor, axes: _Axes, expr: ast.Subscript) -> tuple[Tensor, _Axes]:
        """The tensor that is left when its positions are taken out, and its axes."""
        kept = axes.with_index()
        applied = select(self._frame.site(expr.span), operand(base, expr.base.span), axes.places, kept.shape)
        return self._frame.apply((base,), applied, expr.span), kept

    def _position(self, item: ast.Expr, size: Form) -> Affine:
        """What one item of a subscript says. Raises BadIndexing, IndexHidden, NoSuchPosition."""
        if isinstance(item, ast.Slice):
            raise BadIndexing("a slice stands in a subscript of its own, as in `x[0:n][t, i]`", item.span)
        position = affine(item, self._frame)
        if position is None:
            raise BadIndexing("an index, a position, or a sum like `stride*t + k` was expected", item.span)
        if not position.terms:
            self._check_position(item, position.constant, size)
        return position

    def _check_position(self, item: ast.Expr, position: Form, size: Form) -> None:
        """A position lies in its axis; by its name alone only a counter can be one. Raises IndexHidden."""
        if isinstance(item, ast.Name) and not _is_counter(self._frame.find(item.text)):
            raise IndexHidden(item.text, item.span)
        inside_axis(position, size, item.span, self._frame.sizes)


def _around_dots(expr: ast.Subscript, base: Tensor) -> tuple[Sequence[ast.Expr], Sequence[ast.Expr]]:
    """The items before and behind `...`, which stands for all further axes; without it none may be left.

    Raises BadIndexing, IndexCount.
    """
    items, place = expr.items, _dots(expr.items)
    before, behind = ((), items) if place is None else (items[:place], items[place + 1 :])
    named, rank = len(before) + len(behind), len(base.shape)
    if named > rank or (place is None and named < rank):
        raise IndexCount(named, base.shape, expr.span)
    return before, behind


def _place(position: Affine) -> Place:
    return WHOLE if position.terms else Place(position.constant, keeps=False)


def _is_counter(value: object) -> bool:
    return isinstance(value, Symbol) and value.uid > 0


def _inside_brackets(inner: Span, outer: Span) -> bool:
    """Whether a place inside an expression is that of an index: between `[` and `]`."""
    before = outer.source.text[outer.start : inner.start]
    return before.count("[") != before.count("]")


def _summands(expr: ast.Expr) -> list[ast.Expr]:
    """The terms of a sum, from the left; a difference is a sum too."""
    terms: list[ast.Expr] = []
    while isinstance(expr, ast.Binary) and expr.op in ("+", "-"):
        terms.append(expr.right)
        expr = expr.left
    return [_without_sign(expr), *reversed(terms)]


def _factors(expr: ast.Expr) -> Sequence[tuple[ast.Expr, str]]:
    """The factors of a product, from the left, each with whether it multiplies or divides."""
    factors: list[tuple[ast.Expr, str]] = []
    while isinstance(expr, ast.Binary) and expr.op in ("*", "/"):
        factors.append((expr.right, "mul" if expr.op == "*" else "div"))
        expr = expr.left
    return [(_without_sign(expr), "mul"), *reversed(factors)]


def _without_sign(expr: ast.Expr) -> ast.Expr:
    """To take away costs as much as to add."""
    return expr.operand if isinstance(expr, ast.Unary) and expr.op == "-" else expr
