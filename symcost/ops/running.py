"""Running sums: every number added to all those in front of it."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.cost import cost
from symcost.formula import Assumptions, Form, add, counter, mul
from symcost.ops import reads
from symcost.ops.base import Applied, Operand, Shape, Site, axis_of, op, product
from symcost.ops.gradient import Gradient, Work, every_input, into_sum, nothing_kept, one_less
from symcost.ops.memory import NEW
from symcost.ops.reads import At, Reading
from symcost.ops.sizes import Sizes
from symcost.ops.steps import two_by_two
from symcost.ops.use import Use


def _additions(shape: Shape, axis: int, sizes: Sizes) -> Form:
    """One less than there are numbers, in each row along the axis."""
    rows = product([size for place, size in enumerate(shape) if place != axis])
    return mul(one_less(shape[axis], sizes), rows)


@reads.alike
def _reads_up_to_its_place(use: Use, result: int, at: At) -> Iterator[Reading]:
    axis = use.given["axis"] % len(at)
    before = counter("i", 0, add(at[axis], 1))
    yield Reading(0, reads.moved(at, axis, before), (before,))


def _work(use: Use, sizes: Sizes) -> Iterator[Work]:
    """Every number is in all the sums from its own place on: a running sum of the gradients, from the end."""
    (x,) = use.inputs
    axis = use.given["axis"] % len(x.shape)
    yield Work((0,), cost({"add": add(_additions(x.shape, axis, sizes), into_sum(x, use))}))


def _steps(use: Use, assumptions: Assumptions) -> Form:
    """The last entry waits for all the additions in front of it, or for as many as a tree is high."""
    (x,) = use.inputs
    numbers = x.shape[use.given["axis"] % len(x.shape)]
    return two_by_two(numbers, assumptions) if use.given["associative"] else one_less(numbers, Sizes(assumptions))


@op(
    reads=_reads_up_to_its_place,
    gradient=Gradient(through=every_input, work=_work, needs=nothing_kept, in_place=False),
    memory=NEW,
    steps=_steps,
)
def cumsum(site: Site, x: Operand, axis: int = -1, associative: bool = False) -> Applied:
    """The running sums along an axis. With `associative` they may be worked out in a tree, in ⌈log2 n⌉ steps by scalar.

    Shape   unchanged
    Counts  add n-1 in each row of n; the further additions that a tree makes are not counted
    Source  Blelloch, Prefix sums and their applications (1990); Ladner & Fischer, Parallel prefix computation (1980),
            for the depth of the tree
    """
    where = axis_of(x, axis, site)
    return Applied((x.shape,), cost({"add": _additions(x.shape, where, site.sizes)}))
