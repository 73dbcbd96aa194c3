"""Where what a loop emits is stacked: `emit y[..., t, :] = h` puts the axis of the rounds before the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symcost.diagnostics import Span
from symcost.errors import BadSubscript
from symcost.graph.frame import Frame
from symcost.graph.graph import Tensor
from symcost.graph.operators import operand
from symcost.ops.move import transpose
from symcost.syntax import ast


def axis_of_rounds(place: Sequence[ast.Expr], value: Tensor, loop: Frame) -> int:
    """The axis, counted from the front of what is stacked. Raises BadSubscript."""
    kinds = [_kind(item, loop) for item in place]
    if kinds.count("counter") != 1 or kinds.count("dots") > 1 or "other" in kinds:
        raise BadSubscript(_wanted(loop), _around(place))

    # All axes of the value, and the new one.
    rank = len(value.shape) + 1
    _check_count(place, rank, open_axes="dots" in kinds)
    counter = kinds.index("counter")
    if "dots" in kinds[:counter]:
        return rank - (len(place) - counter)
    return counter


def _check_count(place: Sequence[ast.Expr], rank: int, *, open_axes: bool) -> None:
    """Raises BadSubscript where more is said than there are axes, or less without `...`."""
    said = len(place) - open_axes
    fits = said <= rank if open_axes else said == rank
    if not fits:
        places = "place" if rank == 1 else "places"
        wanted = f"{rank} {places}, one for the rounds and one for each axis of the value"
        raise BadSubscript(f"expected {wanted}, found {said}", _around(place))


def _kind(item: ast.Expr, loop: Frame) -> str:
    """What an item of a place says."""
    if _is_counter(item, loop):
        return "counter"
    if isinstance(item, ast.Ellipsis):
        return "dots"
    return "whole" if _is_whole(item) else "other"


def _is_counter(item: ast.Expr, loop: Frame) -> bool:
    return isinstance(item, ast.Name) and item.text == loop.counter


def _is_whole(item: ast.Expr) -> bool:
    """`:`"""
    return isinstance(item, ast.Slice) and item.start is item.stop is item.step is None


def _wanted(loop: Frame) -> str:
    if loop.counter is None:
        return "this loop has no counter, so what it emits is stacked in front: write `emit y = …`"
    return f"one place is the counter of the loop, `{loop.counter}`; the others are `:`, or `...` once"


def _around(place: Sequence[ast.Expr]) -> Span:
    first, last = place[0].span, place[-1].span
    return Span(first.source, first.start, last.end)


def in_place(stacked: Tensor, axis: int, frame: Frame) -> Tensor:
    """What is stacked in front with that axis where it belongs: another look at the same numbers."""
    if axis == 0:
        return stacked
    order = [*range(1, axis + 1), 0, *range(axis + 1, len(stacked.shape))]
    span = stacked.span
    applied = transpose(frame.site(span), operand(stacked, span), order)
    return frame.apply([stacked], replace(applied, given={"axes": order}), span)
