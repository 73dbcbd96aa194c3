"""What every primitive is given and gives back: operands with shapes in, shapes and counts out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symcost.cost import NOTHING, Cost
from symcost.diagnostics import Span
from symcost.errors import AxisOutOfRange
from symcost.formula import Form, mul, num
from symcost.ops.sizes import Sizes

Shape = tuple[Form, ...]

# What primitives take besides tensors; by these annotations the builder knows how to read an argument.
Axes = Sequence[int]
Amounts = Sequence[Form]
OpenShape = Sequence[Form | None]
Parts = Form | Shape


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor as a primitive sees it: its shape, where it was written, and whether it is a parameter.

    `fixed`: no tensor but a number that is known when the network is written.
    """

    shape: Shape
    span: Span
    parameter: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What a primitive makes: the shapes of its results and what they cost.

    `parameter`: the result is a parameter that was merely moved (transposed, reshaped, sliced).
    `given`: what the primitive was told besides operands.
    """

    shapes: tuple[Shape, ...]
    cost: Cost = NOTHING
    parameter: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Site:
    """The place of a call: its span, those of its arguments, and what is known about sizes there."""

    sizes: Sizes
    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)

    def at(self, argument: str) -> Span:
        """Where an argument was written; the call itself where it was left out."""
        return self.spans.get(argument, self.span)


Primitive = Callable[..., Applied]

PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive that can be called by name."""


def op(function: Primitive) -> Primitive:
    """Make a function a primitive of the language, under its own name (a trailing `_` dropped)."""
    PRIMITIVES[function.__name__.rstrip("_")] = function
    return function


def product(shape: Any) -> Form:
    """How many entries a shape has."""
    return mul(*shape) if shape else num(1)


def axis_of(x: Operand, axis: int, site: Site, argument: str = "axis") -> int:
    """An axis counted from 0, given one that may count from the end.

    Raises AxisOutOfRange.
    """
    rank = len(x.shape)
    if not -rank <= axis < rank:
        raise AxisOutOfRange(axis, x.shape, site.at(argument), x.span)
    return axis % rank
