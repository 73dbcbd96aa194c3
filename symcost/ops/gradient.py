"""How gradients of results become gradients of inputs: what it costs, through which inputs it goes, and what it needs.

The gradient of a parameter is one running sum over all uses, rounds and examples: what is worked out for it is
added to that sum, a product as a MAC. Views of a parameter (reshaped, transposed, split, selected) share its sum.
Any other gradient is made once for each use; where a tensor was broadcast or repeated it is the sum of its copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from typing import NamedTuple

from symcost.cost import NOTHING, Cost, cost
from symcost.formula import Form, maximum, mul, num
from symcost.formula.named import spread
from symcost.ops.memory import Kind
from symcost.ops.sizes import Sizes
from symcost.ops.use import Use, Value


class Work(NamedTuple):
    """A piece of work of the backward pass, due where one of these inputs, given by place, needs a gradient."""

    inputs: tuple[int, ...]
    cost: Cost = NOTHING


class Made(NamedTuple):
    """Numbers that are made on the way forward and kept for the way back: what they are, and how many."""

    kind: Kind
    size: Form


class Gradient(NamedTuple):
    """The way back through a primitive.

    `through`: the inputs, by place, through which a gradient can go at all.
    `work`: all that handing it on can cost.
    `needs`: for the inputs that want a gradient, the tensors and the numbers made on the way that must be kept.
    `in_place`: what comes back is only a part, and added where that was taken.
    """

    through: Callable[[Use], tuple[int, ...]]
    work: Callable[[Use, Sizes], Iterable[Work]]
    needs: Callable[[Use, Set[int]], Iterable[Value | Made]]
    in_place: bool


def every_input(use: Use) -> tuple[int, ...]:
    """A gradient goes through every input."""
    return tuple(range(len(use.inputs)))


def first_input(use: Use) -> tuple[int, ...]:
    """A gradient goes through the first input only."""
    return (0,)


def nothing_kept(use: Use, wanted: Set[int]) -> tuple[()]:
    """Gradients alone are enough."""
    return ()


def operand_and_result(use: Use, wanted: Set[int]) -> tuple[Value, ...]:
    """Which number was chosen is seen when the result is compared with the operand."""
    return (use.inputs[0], use.outputs[0]) if 0 in wanted else ()


def moved_back(use: Use, sizes: Sizes) -> Iterator[Work]:
    """Numbers that were only moved: their gradients are moved back."""
    for place, operand in enumerate(use.inputs):
        yield Work((place,), cost({"add": into_sum(operand, use)}))


def taken_back(use: Use, sizes: Sizes) -> Iterator[Work]:
    """Numbers that were taken out of the first input: their gradients are added where they were taken."""
    yield Work((0,), cost({"add": use.outputs[0].size}))


def into_sum(operand: Value, use: Use) -> Form:
    """Additions to the running sum of a parameter; a view of it has the same sum."""
    view = operand.parameter and all(output.parameter for output in use.outputs)
    return operand.size if operand.parameter and not view else num(0)


def one_less(count: Form, sizes: Sizes) -> Form:
    """N - 1 operations join n numbers; none where n can be 0."""
    fewer = spread(count - 1)
    return fewer if sizes.assumptions.at_least(count, num(1)) else maximum(fewer, num(0))


def summed(entries: Form, copies: Form, sizes: Sizes) -> Form:
    """Additions that join the copies of each entry."""
    return num(0) if copies == 1 else mul(entries, one_less(copies, sizes))


MOVED_BACK = Gradient(through=every_input, work=moved_back, needs=nothing_kept, in_place=False)
"""The gradient of what only moves numbers."""
