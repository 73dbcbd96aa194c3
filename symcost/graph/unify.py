"""Shape patterns against shapes: what the names in a port's shape stand for."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors import NoSuchDimension, PatternMismatch, RankMismatch, UnknownName, UnsolvablePattern
from symcost.formula import Form
from symcost.graph.expressions import number, shape_of
from symcost.graph.frame import Frame
from symcost.graph.graph import Shape
from symcost.syntax import ast


def unify(pattern: ast.List, shape: Shape, frame: Frame, span: Span, what: str) -> None:
    """Bind the free names of a pattern to the sizes of a shape, from the left; bound ones must agree.

    `...` takes the axes that are left over, the same ones each time within a definition, and so does `...b` for
    itself. `what` is measured, in the words of a report; it stands at `span`.

    Raises RankMismatch, PatternMismatch, UnsolvablePattern.
    """
    dots, items = _split(pattern)
    rest = len(shape) - len(items)
    if not (rest == 0 if dots is None else rest >= 0):
        raise RankMismatch(what, pattern.span, shape, span)
    if dots is not None:
        front = shape[:rest]
        known = frame.leading.setdefault(dots.group, front)  # who comes first decides
        if known is not front and not frame.alike(known, front):
            raise RankMismatch(what, pattern.span, shape, span, (dots.span.text, known))
    for item, size in zip(items, shape[rest:], strict=True):
        _bind(item, size, frame, span, what)


def agree(pattern: ast.List, shape: Shape, frame: Frame, span: Span, what: str) -> Shape:
    """A shape as a pattern writes it, all of whose names are known.

    Raises RankMismatch, PatternMismatch, UnknownName.
    """
    written = shape_of(pattern, frame, least=0)
    if len(written) != len(shape):
        raise RankMismatch(what, pattern.span, shape, span)
    items = _places(pattern, len(shape))
    for item, wanted, size in zip(items, written, shape, strict=True):
        verdict = frame.sizes.compare(size, wanted)
        if verdict.kind != "equal":
            raise PatternMismatch(what, item.span, wanted, size, span, verdict)
    return written


def _places(pattern: ast.List, rank: int) -> list[ast.Expr]:
    """The item of a pattern for each axis; `...` is that of several, or of none."""
    spare = rank - len(pattern.items) + 1
    places: list[ast.Expr] = []
    for item in pattern.items:
        places += [item] * spare if isinstance(item, ast.Ellipsis) else [item]
    return places


def _bind(item: ast.Expr, size: Form, frame: Frame, span: Span, what: str) -> None:
    """A name that stands for nothing yet is bound; anything else must agree.

    Raises PatternMismatch, UnsolvablePattern.
    """
    if isinstance(item, ast.Name) and frame.find(item.text) is None:
        frame.names[item.text] = size
        return
    wanted = _wanted(item, frame)
    verdict = frame.sizes.compare(size, wanted)
    if verdict.kind != "equal":
        raise PatternMismatch(what, item.span, wanted, size, span, verdict)


def _split(pattern: ast.List) -> tuple[ast.Ellipsis | None, Sequence[ast.Expr]]:
    """The `...` with which a pattern begins, if it does, and its other items. Raises UnsolvablePattern."""
    items = pattern.items
    first = items[0] if items else None
    for item in items[1:]:
        if type(item) is ast.Ellipsis:
            raise UnsolvablePattern(pattern.span, "`...` stands once, in front")
    return (first, items[1:]) if isinstance(first, ast.Ellipsis) else (None, items)


def _wanted(item: ast.Expr, frame: Frame) -> Form:
    """The size that a pattern demands. Raises UnsolvablePattern for names that are not known yet."""
    try:
        return number(item, frame)
    except NoSuchDimension:
        raise
    except UnknownName as fault:
        why = f"`{fault.name}` is not known here; a name is bound where it stands alone, as in `[{fault.name}]`"
        raise UnsolvablePattern(item.span, why) from None
