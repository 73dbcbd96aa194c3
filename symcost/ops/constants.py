"""Tensors that depend on nothing: made beforehand or anew, whichever is cheaper, and never counted."""

from __future__ import annotations

from symcost.ops import reads
from symcost.ops.base import Applied, Operand, Shape, Site, Words, op
from symcost.ops.gradient import MOVED_BACK
from symcost.ops.memory import NEW
from symcost.ops.steps import no_steps

CONSTANT = NEW._replace(makes="constants")
"""Made anew whenever it is needed."""

NONE = MOVED_BACK._replace(through=lambda use: (), work=lambda use, sizes: ())
"""No gradient goes through."""


@op(reads=reads.nothing, gradient=NONE, memory=CONSTANT, steps=no_steps)
def constant(site: Site, shape: Shape, words: Words = "") -> Applied:
    """A tensor that depends on no input and no parameter: a mask, numbers of positions, a table of sines.

    It is no parameter, since nothing learns it, and no `buffer`, which is stored with the parameters and may hold what
    training has found. What it holds is not said: its words say what it is for, for who reads the text.

    Shape   () -> (*shape)
    Counts  nothing
    """
    return Applied((tuple(shape),))


@op(reads=reads.nothing, gradient=NONE, memory=CONSTANT, steps=no_steps)
def zeros(site: Site, shape: Shape) -> Applied:
    """A constant of which it matters that it is 0: the first state of a recurrence, what padding adds.

    Shape   () -> (*shape)
    Counts  nothing
    """
    return Applied((tuple(shape),))


@op(reads=reads.nothing, gradient=NONE, memory=CONSTANT, steps=no_steps)
def ones(site: Site, shape: Shape) -> Applied:
    """A constant of which it matters that it is 1.

    Shape   () -> (*shape)
    Counts  nothing
    """
    return Applied((tuple(shape),))


@op(reads=reads.nothing, gradient=NONE, memory=CONSTANT, steps=no_steps)
def size(site: Site, x: Operand, axis: int = -1) -> Applied:
    """The length of an axis, as a number; the builder asks the shape itself.

    Shape   (..., n) -> ()
    Counts  nothing
    """
    return Applied(((),))
