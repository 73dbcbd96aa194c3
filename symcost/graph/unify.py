"""Shape patterns against shapes: what the names in a port's shape stand for."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.diagnostics import Span
from symcost.errors import PatternMismatch, RankMismatch, UnknownName, UnsolvablePattern
from symcost.formula import Form
from symcost.graph.expressions import number
from symcost.graph.frame import Frame
from symcost.graph.graph import Shape
from symcost.ops.sizes import Sizes
from symcost.syntax import ast


def unify(pattern: ast.List, shape: Shape, frame: Frame, span: Span, what: str) -> None:
    """Bind the free names of a pattern to the sizes of a shape, from the left; bound ones must agree.

    `...` takes the axes that are left over, the same ones each time within a definition. `what` is measured, in the
    words of a report; it stands at `span`.

    Raises RankMismatch, PatternMismatch, UnsolvablePattern.
    """
    dots, items = _split(pattern)
    rest = len(shape) - len(items)
    if rest < 0 or (rest > 0 and not dots):
        raise RankMismatch(what, pattern.span, shape, span)
    if dots:
        if frame.leading is None:
            frame.leading = shape[:rest]
        elif not _alike(frame.leading, shape[:rest], frame.sizes):
            raise RankMismatch(what, pattern.span, shape, span, frame.leading)
    for item, size in zip(items, shape[rest:], strict=True):
        if isinstance(item, ast.Name) and frame.find(item.text) is None:
            frame.names[item.text] = size
            continue
        wanted = _wanted(item, frame)
        verdict = frame.sizes.compare(wanted, size)
        if verdict.kind != "equal":
            raise PatternMismatch(what, item.span, wanted, size, span, verdict)


def _split(pattern: ast.List) -> tuple[bool, list[ast.Expr]]:
    """Whether a pattern begins with `...`, and its other items. Raises UnsolvablePattern."""
    dots = [place for place, item in enumerate(pattern.items) if isinstance(item, ast.Ellipsis)]
    if dots not in ([], [0]):
        raise UnsolvablePattern(pattern.span, "`...` stands once, in front")
    return bool(dots), list(pattern.items[len(dots) :])


def _alike(one: Shape, other: Shape, sizes: Sizes) -> bool:
    return len(one) == len(other) and all(map(sizes.equal, one, other))


def _wanted(item: ast.Expr, frame: Frame) -> Form:
    """The size that a pattern demands. Raises UnsolvablePattern for names that are not known yet."""
    try:
        return number(item, frame)
    except UnknownName as fault:
        why = f"`{fault.name}` is not known here; a name is bound where it stands alone, as in `[{fault.name}]`"
        raise UnsolvablePattern(item.span, why) from None


def names_of(shape: ast.List) -> list[ast.Name]:
    """The names in a shape, in the order of the text."""
    return [name for item in shape.items for name in _names(item)]


def _names(expr: ast.Expr) -> Iterator[ast.Name]:
    match expr:
        case ast.Name():
            yield expr
        case ast.Unary(operand=inner):
            yield from _names(inner)
        case ast.Binary(left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case ast.Call(args=args):
            for argument in args:
                yield from _names(argument)
