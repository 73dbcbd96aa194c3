"""Which entries an entry of a result sees where these keep their order: what is reshaped, and what is scattered.

`reads` speaks of when an entry is ready, and takes such axes as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.reads import Axes, Read
from symcost.formula import Form, Symbol, add, ceil_div, counter, floor_div, mul, num
from symcost.formula.parts import Proven
from symcost.graph.graph import Operation, Shape, Tensor
from symcost.ops.contract import Affine

GAPS = "its left side leaves gaps"


def reshaped(old: Shape, new: Shape, at: Axes, needed: Sequence[bool]) -> tuple[Form, ...]:
    """The position along each axis of which entries are counted in the same order: axes of equal product together.

    Where a position is not `needed` it is 0.
    """
    positions: list[Form] = []
    start = begin = 0
    while start < len(old):
        stop, end = _next_group(old, new, start, begin)
        flat = add(0, *(mul(at[n], *new[n + 1 : end]) for n in range(begin, end)))
        for n in range(start, stop):
            positions.append(_unflattened(flat, old[start:stop], n - start) if needed[n] else num(0))
        start, begin = stop, end
    return tuple(positions)


def _unflattened(flat: Form, shape: Shape, axis: int) -> Form:
    """The position along one axis of the entry with this number."""
    below = mul(num(1), *shape[axis + 1 :])
    whole = floor_div(flat, below) if axis + 1 < len(shape) else flat
    if axis == 0:
        return whole
    return add(whole, -mul(shape[axis], floor_div(flat, mul(shape[axis], below))))


def _next_group(old: Shape, new: Shape, start: int, begin: int) -> tuple[int, int]:
    """Where the next axes end that hold as many entries on each side, as few as may be; the last ones hold the rest."""
    for total in range(1, len(old) - start + len(new) - begin):
        for count in range(min(total, len(old) - start) + 1):
            stop, end = start + count, begin + total - count
            if end <= len(new) and mul(num(1), *old[start:stop]) == mul(num(1), *new[begin:end]):
                return stop, end
    return len(old), len(new)


def scattered(operation: Operation, at: Axes, proven: Proven) -> Iterator[Read]:
    """What an affine left side gathers: `y[s*t + k] = x[t] * W[k]` reads every t with 0 <= p - s*t < K.

    Raises Underived where some positions are not written.
    """
    extents: dict[str, Form] = operation.given["extents"]
    values: dict[str, Form] = {name: counter(name, 0, size) for name, size in extents.items()}
    summed = dict(values)
    for axis, position in zip(operation.given["left"], at, strict=True):
        if axis.plain is not None:
            values[axis.plain] = position
            del summed[axis.plain]
            continue
        coarse, fine = _coarse_and_fine(axis)
        turn = _turns(axis, coarse, extents[fine], (position - axis.constant).expand(), proven)
        values |= {coarse: turn, fine: add(position, -axis.constant, -mul(axis.terms[coarse], turn))}
        summed |= {coarse: turn, fine: turn}
    for tensor, read in zip(operation.inputs, operation.given["reads"], strict=True):
        over = {summed[name]: None for axis in read for name in axis.terms if name in summed}
        yield Read(tensor, _positions(tensor, read, values), tuple(over))  # type: ignore[arg-type]


def _turns(axis: Affine, coarse: str, width: Form, inside: Form, proven: Proven) -> Symbol:
    """Which values of the coarse index write one position. Raises Underived."""
    stride = axis.terms[coarse]
    if not proven(width, stride):
        raise Underived(GAPS)
    return counter(coarse, ceil_div((inside - width + 1).expand(), stride), floor_div(inside, stride) + 1)


def _positions(tensor: Tensor, read: Sequence[Affine], values: dict[str, Form]) -> tuple[Form, ...]:
    return tuple(
        num(0) if size == 1 and axis.plain else add(axis.constant, *(mul(c, values[i]) for i, c in axis.terms.items()))
        for axis, size in zip(read, tensor.shape, strict=True)
    )


def _coarse_and_fine(axis: Affine) -> tuple[str, str]:
    """The index that moves by a stride, and the one that fills in. Raises Underived."""
    fine = next((name for name in reversed(list(axis.terms)) if axis.terms[name] == 1), None)
    coarse = next((name for name in axis.terms if name != fine), None)
    if fine is None or coarse is None or len(axis.terms) > 2:
        raise Underived(GAPS)
    return coarse, fine
