"""Shape patterns against shapes: what the names in a port's shape stand for."""

from __future__ import annotations

from collections.abc import Callable

from symcost.diagnostics import Span
from symcost.errors import PatternMismatch, RankMismatch, UnknownName, UnsolvablePattern
from symcost.formula import Form
from symcost.graph.graph import Shape
from symcost.graph.values import Frame
from symcost.ops.sizes import Sizes
from symcost.syntax import ast

Evaluate = Callable[[ast.Expr, Frame], Form]


def unify(
    pattern: ast.List, shape: Shape, frame: Frame, sizes: Sizes, evaluate: Evaluate, span: Span, what: str
) -> None:
    """Bind the free names of a pattern to the sizes of a shape, from the left; bound ones must agree.

    `...` takes the axes that are left over, the same ones each time within a definition.

    Raises RankMismatch, PatternMismatch, UnsolvablePattern.
    """
    items = pattern.items
    dots = [place for place, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
    fixed = len(items) - len(dots)
    if len(dots) > 1 or (dots and dots[0] != 0):
        raise UnsolvablePattern(pattern.span, "`...` stands once, in front")
    if len(shape) < fixed or (not dots and len(shape) != fixed):
        raise RankMismatch(what, pattern.span, shape, span)
    leading, rest = shape[: len(shape) - fixed], shape[len(shape) - fixed :]
    if dots:
        if frame.leading is None:
            frame.leading = leading
        elif len(leading) != len(frame.leading) or not all(
            sizes.equal(a, b) for a, b in zip(frame.leading, leading, strict=True)
        ):
            raise RankMismatch(what, pattern.span, shape, span, frame.leading)
    for item, size in zip([i for i in items if not isinstance(i, ast.Ellipsis)], rest, strict=True):
        if isinstance(item, ast.Name) and frame.find(item.text) is None:
            frame.names[item.text] = size
            continue
        try:
            wanted = evaluate(item, frame)
        except UnknownName as fault:
            why = f"`{fault.name}` is not known here; a name is bound where it stands alone, as in `[{fault.name}]`"
            raise UnsolvablePattern(item.span, why) from None
        verdict = sizes.compare(wanted, size)
        if verdict.kind != "equal":
            raise PatternMismatch(what, item.span, wanted, size, span, verdict)


def names_of(shape: ast.List) -> list[ast.Name]:
    """The names in a shape, in the order of the text."""
    found: list[ast.Name] = []

    def walk(expr: ast.Expr) -> None:
        match expr:
            case ast.Name():
                found.append(expr)
            case ast.Unary(operand=inner):
                walk(inner)
            case ast.Binary(left=left, right=right):
                walk(left)
                walk(right)
            case ast.Call(args=args):
                for arg in args:
                    walk(arg)

    for item in shape.items:
        walk(item)
    return found
