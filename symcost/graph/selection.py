"""Subscripts: positions that are taken out of a tensor's axes, and stretches that are cut from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symcost.diagnostics import Span
from symcost.errors import BadSubscript, IndexCount, NoSuchPosition, SymcostError
from symcost.formula import Form, add, ceil_div, num
from symcost.formula.named import spread
from symcost.graph.graph import Shape
from symcost.graph.values import Value, refusal
from symcost.ops.move import ONE, Place
from symcost.ops.sizes import Sizes
from symcost.records import dataclass
from symcost.syntax import ast

WHOLE = Place(num(0), keeps=True)


@dataclass(frozen=True, slots=True)
class Selection:
    """One subscript; `number` works out the bounds of its slices."""

    sizes: Sizes
    number: Callable[[ast.Expr], Form]
    span: Span

    def of(self, shape: Shape, items: Sequence[ast.Expr], values: Sequence[Value | None]) -> tuple[Shape, list[Place]]:
        """The shape that is left, and what becomes of each axis; `values` are those of the positions.

        Raises BadSubscript, IndexCount, NoSuchPosition, NotASize, WrongKind.
        """
        named = self._named_axes(shape, items)
        fixed = [pair for pair in zip(items, values, strict=True) if not isinstance(pair[0], ast.Ellipsis)]
        asked = dict(zip(named, fixed, strict=True))
        axes = [self._axis(size, *asked.get(axis, (None, None))) for axis, size in enumerate(shape)]
        return tuple(size for size, _ in axes if size is not None), [place for _, place in axes]

    def _named_axes(self, shape: Shape, items: Sequence[ast.Expr]) -> list[int]:
        """The axes that the items speak of; `...` stands for those between."""
        rank, dots = len(shape), dots_among(items)
        if len(dots) > 1:
            raise BadSubscript("`...` stands once in a subscript", items[dots[1]].span)
        count = len(items) - len(dots)
        if count > rank:
            raise IndexCount(count, shape, self.span, "position", "positions")
        first = (*dots, count)[0]  # of those behind the dots
        return [*range(first), *range(rank - count + first, rank)]

    def _axis(self, size: Form, item: ast.Expr | None, value: Value | None) -> tuple[Form | None, Place]:
        """What is left of an axis (None: nothing), and from where. Without an item it is one under `...`."""
        if item is None:
            return size, WHOLE
        if isinstance(item, ast.Slice):
            start = num(0) if item.start is None else self._bound(item.start, size)
            step = ONE if item.step is None else self._step(item.step)
            return self._length(item, start, step, size), Place(start, keeps=True, step=step)
        position = _position(value, item.span)
        inside_axis(position, size, item.span, self.sizes)
        return None, Place(_from_the_start(position, size), keeps=False)

    def _step(self, expr: ast.Expr) -> Form:
        """How far it is from one position to the next. Raises BadSubscript, NotASize."""
        step = self.number(expr)
        if step.number is not None and step.number <= 0:
            raise BadSubscript("a slice goes forwards by whole steps; `reverse` reads an axis from its end", expr.span)
        return self.sizes.size(step, expr.span)

    def _length(self, item: ast.Slice, start: Form, step: Form, size: Form) -> Form:
        """How many positions a slice keeps, from a start counted from 0: every one, or with a step c every c-th.

        Of n positions those are ceil(n/c), the first of them included.
        """
        stop = size if item.stop is None else self._bound(item.stop, size)
        if item.stop is not None:
            _reaches(size, stop, stop, size, item.stop.span, self.sizes, cut=True)
        if item.start is not None:
            _reaches(start, num(0), start, size, item.start.span, self.sizes)
        between = self.sizes.size(self.sizes.tidy(spread(add(stop, -start))), item.span, least=0)
        return between if step == 1 else self.sizes.tidy(ceil_div(between, step))

    def _bound(self, expr: ast.Expr, size: Form) -> Form:
        """A bound of a slice, counted from 0."""
        return _from_the_start(self.sizes.whole(self.number(expr), expr.span), size)


def dots_among(items: Sequence[ast.Expr]) -> list[int]:
    """Where `...` stands among the items of a subscript. Raises BadSubscript for `...b`, which belongs in shapes."""
    places = [place for place, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
    for place in places:
        if items[place].span.text != "...":
            raise BadSubscript("a name behind `...` stands in shapes; in a subscript write `...`", items[place].span)
    return places


def _position(value: Value | None, span: Span) -> Form:
    """Raises WrongKind for what is no position."""
    if isinstance(value, Form):
        return value
    assert value is not None  # only slices and `...` have none
    raise refusal("a position, a slice or a tensor of row numbers", value, span)


def inside_axis(position: Form, size: Form, span: Span, sizes: Sizes) -> None:
    """Record that an axis of this size has a position; a negative one counts from the end.

    Raises NoSuchPosition, NotASize.
    """
    whole = sizes.whole(position, span)
    if _from_the_end(position):
        _reaches(add(size, position), num(0), position, size, span, sizes)
        return
    _reaches(whole, num(0), position, size, span, sizes)
    _reaches(size, add(position, 1), position, size, span, sizes)


def _from_the_end(position: Form) -> bool:
    return position.number is not None and position.number < 0


def _from_the_start(position: Form, size: Form) -> Form:
    """A position counted from 0, given one that may count from the end."""
    return add(size, position) if _from_the_end(position) else position


def _reaches(left: Form, right: Form, position: Form, size: Form, span: Span, sizes: Sizes, cut: bool = False) -> None:
    """Record `left >= right`, without which an axis has not this position. Raises NoSuchPosition."""
    try:
        sizes.no_less(left, right, span)
    except SymcostError:
        raise NoSuchPosition(position, size, span, cut) from None
