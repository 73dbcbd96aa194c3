"""Which entries of its inputs an entry of a result sees, exactly: what is stretched or reshaped keeps its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symcost.analysis.depth.chains import Underived
from symcost.analysis.exact_reads import reshaped, scattered
from symcost.analysis.window.order import Order
from symcost.analysis.window.reads import Axes, Read, reads
from symcost.analysis.window.sight import Sight
from symcost.formula import Form, Symbol, add, floor_div, num
from symcost.formula.along import rise
from symcost.graph.graph import Operation, Tensor

See = Callable[[Tensor], Sight | None]
AxesOf = Callable[[Tensor], Axes]


def places(operation: Operation, number: int, at: Axes, see: See, axes: AxesOf, order: Order) -> Iterator[Read]:
    """As `reads`, of those operands that see anything. Raises Underived where it depends on data, or has gaps."""
    given = operation.given
    match operation.kind:
        case "pad":
            axis = given["axis"] % len(at)
            yield _shifted(operation.inputs[0], axis, given["amount"], at, see, axes, order)
        case "concat":
            yield from _parts(operation, given["axis"] % len(at), at, see, axes, order)
        case "repeat_axis":
            axis = given["axis"] % len(at)
            yield Read(operation.inputs[0], (*at[:axis], floor_div(at[axis], given["times"]), *at[axis + 1 :]))
        case "reshape":
            (tensor,) = operation.inputs
            sight = see(tensor)
            needed = [sight is not None and _varies(sight, axis) for axis in axes(tensor)]
            yield Read(tensor, reshaped(tensor.shape, operation.outputs[0].shape, at, needed))
        case "contract" if any(axis.plain is None for axis in given["left"]):
            yield from scattered(operation, at, order.at_least)
        case "gather" if (table := see(operation.inputs[0])) and _varies(table, axes(operation.inputs[0])[0]):
            raise Underived("which of its rows are read is known only when it runs")
        case _:
            yield from reads(operation, number, at)


def _varies(sight: Sight, axis: Symbol) -> bool:
    """Whether not all entries along an axis see the same."""
    return axis in sight.along or axis in sight.parts


def _shifted(tensor: Tensor, axis: int, amount: Sequence[Form], at: Axes, see: See, axes: AxesOf, order: Order) -> Read:
    """Padding sees what would be there if the axis went on; so no end of the input may have been moved inwards.

    Raises Underived.
    """
    sight, place = see(tensor), axes(tensor)[axis]
    if sight is not None and _inwards(sight, place, amount, order):
        raise Underived("it pads what was moved inwards")
    return Read(tensor, (*at[:axis], at[axis] - amount[0], *at[axis + 1 :]))


def _inwards(sight: Sight, place: Symbol, amount: Sequence[Form], order: Order) -> bool:
    """Whether what is padded leaves out an end of the input that was there."""
    assert place.high is not None
    edges = (num(0), (place.high - 1).expand())
    for side, (end, edge) in enumerate(zip(sight.ends, order.edges, strict=True)):
        slope = rise(end, place).number
        if not slope or edge is None:
            continue
        padded = int((slope > 0) == bool(side))
        seen = end.substitute({place: edges[padded]})
        if amount[padded] != 0 and order.below(*((seen, edge) if side else (edge, seen))):
            return True
    return False


def _parts(operation: Operation, axis: int, at: Axes, see: See, axes: AxesOf, order: Order) -> Iterator[Read]:
    """Parts beside each other: what moves along their own axis may have one other than it at most.

    Raises Underived.
    """
    seeing = [tensor for tensor in operation.inputs if see(tensor)]
    before: Form = num(0)
    for tensor in operation.inputs:
        sight, own = see(tensor), axes(tensor)[axis]
        if sight is not None and not sight.mentions((own,)):
            yield Read(tensor, (*at[:axis], own, *at[axis + 1 :]))
        elif sight is not None:
            if len(seeing) > 1:
                raise Underived("its positions are put together from several parts")
            after = add(operation.outputs[0].shape[axis], -before, -tensor.shape[axis]).expand()
            yield _shifted(tensor, axis, (before, after), at, see, axes, order)
        before = (before + tensor.shape[axis]).expand()
