"""Which entries of its inputs an entry of a result sees, exactly: what is stretched or reshaped keeps its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.order import Order, rise
from symcost.analysis.window.reads import Axes, Read, reads
from symcost.analysis.window.sight import Sight
from symcost.formula import Form, Symbol, add, ceil_div, counter, floor_div, mul, num
from symcost.graph.graph import Operation, Shape, Tensor
from symcost.ops.contract import Affine

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
            yield Read(tensor, _reshaped(tensor.shape, operation.outputs[0].shape, at, needed))
        case "contract" if any(axis.plain is None for axis in given["left"]):
            yield from _scattered(operation, at, order)
        case "gather" if (table := see(operation.inputs[0])) and _varies(table, axes(operation.inputs[0])[0]):
            raise Underived("which of its rows are read is known only when it runs")
        case _:
            yield from reads(operation, number, at)


def _varies(sight: Sight, axis: Symbol) -> bool:
    """Whether not all entries along an axis see the same."""
    return axis in sight.along or axis in sight.parts


def _shifted(
    tensor: Tensor, axis: int, amount: Sequence[Form], at: Axes, see: See, axes: AxesOf, order: Order
) -> Read:
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
    before = num(0)
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


def _scattered(operation: Operation, at: Axes, order: Order) -> Iterator[Read]:
    """What an affine left side gathers: `y[s*t + k] = x[t] * W[k]` reads every t with 0 <= p - s*t < K.

    Raises Underived where some positions are not written.
    """
    extents: dict[str, Form] = operation.given["extents"]
    values: dict[str, Form] = {name: counter(name, 0, size) for name, size in extents.items()}
    turns: dict[str, Symbol] = {}
    for axis, position in zip(operation.given["left"], at, strict=True):
        if axis.plain is not None:
            values[axis.plain] = position
            continue
        coarse, fine = _coarse_and_fine(axis)
        stride, inside = axis.terms[coarse], (position - axis.constant).expand()
        if not order.at_least(extents[fine], stride):
            raise Underived("its left side leaves gaps")
        first = ceil_div((inside - extents[fine] + 1).expand(), stride)
        turn = counter(coarse, first, floor_div(inside, stride) + 1)
        values |= {coarse: turn, fine: add(inside, -mul(stride, turn))}
        turns |= {coarse: turn, fine: turn}
    left = {name for axis in operation.given["left"] for name in axis.terms}
    for tensor, read in zip(operation.inputs, operation.given["reads"], strict=True):
        names = dict.fromkeys(name for axis in read for name in axis.terms)
        summed = [turns[name] if name in turns else values[name] for name in names if name in turns or name not in left]
        positions = [
            num(0) if size == 1 and axis.plain else _affine(axis, values)
            for axis, size in zip(read, tensor.shape, strict=True)
        ]
        yield Read(tensor, tuple(positions), tuple(dict.fromkeys(summed)))  # type: ignore[arg-type]


def _affine(axis: Affine, values: dict[str, Form]) -> Form:
    return add(axis.constant, *(mul(factor, values[name]) for name, factor in axis.terms.items()))


def _coarse_and_fine(axis: Affine) -> tuple[str, str]:
    """The index that moves by a stride, and the one that fills in. Raises Underived."""
    fine = next((name for name, factor in reversed(axis.terms.items()) if factor == 1), None)
    coarse = next((name for name in axis.terms if name != fine), None)
    if fine is None or coarse is None or len(axis.terms) > 2:
        raise Underived("its left side leaves gaps")
    return coarse, fine


def _reshaped(old: Shape, new: Shape, at: Axes, needed: Sequence[bool]) -> tuple[Form, ...]:
    """The position along each axis of which entries are counted in the same order: axes of equal product together."""
    positions: list[Form] = []
    start = begin = 0
    while start < len(old):
        stop, end = _next_group(old, new, start, begin)
        flat = add(0, *(mul(at[n], *new[n + 1 : end]) for n in range(begin, end)))
        for n in range(start, stop):
            if not needed[n]:
                positions.append(num(0))
                continue
            below = mul(num(1), *old[n + 1 : stop])
            whole = floor_div(flat, below) if n + 1 < stop else flat
            outer = mul(old[n], floor_div(flat, mul(old[n], below)))
            positions.append(whole if n == start else add(whole, -outer))
        start, begin = stop, end
    return tuple(positions)


def _next_group(old: Shape, new: Shape, start: int, begin: int) -> tuple[int, int]:
    """Where the next axes end that hold as many entries on each side, as few as may be; the last ones hold the rest."""
    for total in range(1, len(old) - start + len(new) - begin):
        for count in range(min(total, len(old) - start) + 1):
            stop, end = start + count, begin + total - count
            if end <= len(new) and mul(num(1), *old[start:stop]) == mul(num(1), *new[begin:end]):
                return stop, end
    return len(old), len(new)
