"""Subscripts: positions that are taken out of a tensor's axes, and stretches that are cut from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symcost.diagnostics import Span
from symcost.errors import BadSubscript, IndexCount, NoSuchPosition, SymcostError
from symcost.formula import Form, add, num
from symcost.graph.graph import Shape
from symcost.graph.values import Value, refusal
from symcost.ops.sizes import Sizes
from symcost.syntax import ast

Place = tuple[Form, bool]
"""The position that is taken from an axis (False), or the first that is kept (True)."""

WHOLE: Place = (num(0), True)


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
        left: list[Form] = []
        places: list[Place] = []
        for axis, size in enumerate(shape):
            kept, place = self._axis(size, *asked[axis]) if axis in asked else (size, WHOLE)
            places.append(place)
            if kept is not None:
                left.append(kept)
        return tuple(left), places

    def _named_axes(self, shape: Shape, items: Sequence[ast.Expr]) -> list[int]:
        """The axes that the items speak of; `...` stands for those between."""
        dots = [place for place, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
        if len(dots) > 1:
            raise BadSubscript("`...` stands once in a subscript", items[dots[1]].span)
        rank, count = len(shape), len(items) - len(dots)
        if count > rank:
            raise IndexCount(count, shape, self.span, "position", "positions")
        before = dots[0] if dots else count
        return [*range(before), *range(rank - (count - before), rank)]

    def _axis(self, size: Form, item: ast.Expr, value: Value | None) -> tuple[Form | None, Place]:
        """What is left of an axis (None: nothing), and from where."""
        if isinstance(item, ast.Slice):
            start = num(0) if item.start is None else self._bound(item.start, size)
            return self._length(item, start, size), (start, True)
        if isinstance(value, Form):
            inside_axis(value, size, item.span, self.sizes)
            return None, (add(size, value) if _from_the_end(value) else value, False)
        assert value is not None
        raise refusal("a position, a slice or a tensor of row numbers", value, item.span)

    def _length(self, item: ast.Slice, start: Form, size: Form) -> Form:
        """How many positions a slice keeps, from a start counted from 0."""
        stop = size if item.stop is None else self._bound(item.stop, size)
        if item.stop is not None:
            _reaches(size, stop, stop, size, item.stop.span, self.sizes, cut=True)
        if item.start is not None:
            _reaches(start, num(0), start, size, item.start.span, self.sizes)
        return self.sizes.size(self.sizes.tidy(add(stop, -start).expand()), item.span, least=0)

    def _bound(self, expr: ast.Expr, size: Form) -> Form:
        """A bound of a slice, counted from 0."""
        value = self.sizes.whole(self.number(expr), expr.span)
        return add(size, value) if _from_the_end(value) else value


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


def _reaches(left: Form, right: Form, position: Form, size: Form, span: Span, sizes: Sizes, cut: bool = False) -> None:
    """Record `left >= right`, without which an axis has not this position. Raises NoSuchPosition."""
    try:
        sizes.no_less(left, right, span)
    except SymcostError:
        raise NoSuchPosition(position, size, span, cut) from None
