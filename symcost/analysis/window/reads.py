"""Which numbers of its inputs a number of a result is made from, axis by axis, for every primitive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symcost.formula import Form, Symbol, add, counter, mul, num
from symcost.graph.graph import Operation, Tensor
from symcost.ops.contract import Affine

Axes = tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One input as one entry of the result sees it: the position along each of its axes.

    Every value of the counters in `over` is read. Where the numbers differ along `axis`, this holds for the entries
    for which `needs` are not negative, and others do not see the input; else for all of them.
    `there` is not negative where there is anything to read.
    """

    tensor: Tensor
    positions: tuple[Form, ...]
    over: tuple[Symbol, ...] = ()
    axis: int | None = None
    needs: tuple[Form, ...] = ()
    there: tuple[Form, ...] = ()


def reads(operation: Operation, result: int, at: Axes) -> Iterator[Read]:
    """What the entry `at` of a result is made from.

    An axis that is stretched (repeat_axis) or neither kept nor cut by a reshape is read as a whole. So are the axes
    that an affine left side writes, and what lies in front of padding at the end of an axis: what is put there waits
    for all of it. Padding at the beginning comes with the first entry. Parts that are joined (concat) hold back their
    own places; a part whose entries are all ready together holds back the result, and so does all that is stacked.
    """
    given = operation.given
    for place, tensor in enumerate(operation.inputs):
        match operation.kind:
            case "contract" | "window":
                yield _indexed(tensor, given["left"], given["reads"][place], given["extents"], at)
            case "transpose":
                yield _at(tensor, _permuted(given["axes"], at))
            case "select":
                kept = iter(at)
                yield _at(tensor, [add(start, next(kept)) if keeps else start for start, keeps in given["places"]])
            case "split":
                axis = given["axis"] % len(at)
                before = add(0, *(part.shape[axis] for part in operation.outputs[:result]))
                yield _at(tensor, _put(at, axis, add(at[axis], before)))
            case "reverse":
                axis = given["axis"] % len(at)
                yield _at(tensor, _put(at, axis, add(tensor.shape[axis], -1, -at[axis])))
            case "pad":
                yield from _padded(tensor, given["amount"], given["axis"] % len(at), at)
            case "concat":
                axis = given["axis"] % len(at)
                yield _part(tensor, [part.shape[axis] for part in operation.inputs[:place]], axis, at)
            case "repeat_axis":
                yield _at(tensor, _put(at, given["axis"] % len(at), None))
            case "stack":
                yield _at(tensor, at[1:])
            case "gather":
                rows = len(operation.inputs[1].shape)
                yield _at(tensor, [None, *at[rows:]]) if place == 0 else _at(tensor, at[:rows])
            case "reshape":
                yield _reshaped(tensor, operation.outputs[0], at)
            case _ if "keep" in given:
                yield _at(tensor, _reduced(tensor, given["axis"], given["keep"], at))
            case _:
                yield _at(tensor, _broadcast(tensor, at))


def _at(tensor: Tensor, positions: Sequence[Form | None]) -> Read:
    """A read at these positions; None stands for the whole axis."""
    over = {
        n: counter("i", 0, size) for n, (p, size) in enumerate(zip(positions, tensor.shape, strict=True)) if p is None
    }
    return Read(tensor, tuple(over.get(n, p) for n, p in enumerate(positions)), tuple(over.values()))  # type: ignore[misc]


def _put(at: Sequence[Form | None], axis: int, position: Form | None) -> list[Form | None]:
    return [*at[:axis], position, *at[axis + 1 :]]


def _broadcast(tensor: Tensor, at: Axes) -> list[Form]:
    """NumPy's rule: aligned at the last axis, an axis of size 1 is read again and again."""
    own = at[len(at) - len(tensor.shape) :]
    return [num(0) if size == 1 else position for size, position in zip(tensor.shape, own, strict=True)]


def _permuted(axes: Sequence[int], at: Axes) -> list[Form]:
    rank = len(at)
    order = [axis % rank for axis in axes] or [*range(rank - 2), rank - 1, rank - 2]
    return [at[order.index(axis)] for axis in range(rank)]


def _reduced(tensor: Tensor, axis: Sequence[int], keep: bool, at: Axes) -> list[Form | None]:
    gone = {a % len(tensor.shape) for a in axis}
    rest = iter([p for n, p in enumerate(at) if not (keep and n in gone)])
    return [None if n in gone else next(rest) for n in range(len(tensor.shape))]


def _padded(tensor: Tensor, amount: Sequence[Form], axis: int, at: Axes) -> Iterator[Read]:
    before, after = amount
    if after != 0:
        yield _at(tensor, _put(at, axis, None))
        return
    shifted = add(at[axis], -before)
    yield Read(tensor, tuple(_put(at, axis, shifted)), (), axis, (shifted,))  # type: ignore[arg-type]
    yield Read(tensor, tuple(_put(at, axis, num(0))), (), axis, (add(before, -1, -at[axis]),))  # type: ignore[arg-type]


def _part(tensor: Tensor, before: Sequence[Form], axis: int, at: Axes) -> Read:
    """A part of a longer axis."""
    place = add(at[axis], *(-size for size in before))
    needs = (place, add(tensor.shape[axis], -1, -place))
    there = (add(tensor.shape[axis], -1),)
    return Read(tensor, tuple(_put(at, axis, place)), (), axis, needs, there)  # type: ignore[arg-type]


def _indexed(
    tensor: Tensor, left: Sequence[Affine], read: Sequence[Affine], extents: dict[str, Form], at: Axes
) -> Read:
    """Index notation: what the left side names alone is one entry, everything else is summed."""
    known: dict[str, Form] = {}
    for axis, position in zip(left, at, strict=True):
        if axis.plain is not None:
            known[axis.plain] = position
    over = {i: counter(i, 0, extents[i]) for axis in read for i in axis.terms if i not in known}
    positions = [
        num(0) if size == 1 and axis.plain else _affine(axis, known | over)
        for axis, size in zip(read, tensor.shape, strict=True)
    ]
    return Read(tensor, tuple(positions), tuple(over.values()))


def _affine(axis: Affine, values: dict[str, Form]) -> Form:
    return add(axis.constant, *(mul(c, values[i]) for i, c in axis.terms.items()))


def _reshaped(tensor: Tensor, result: Tensor, at: Axes) -> Read:
    """Equal axes from both ends are kept; one axis cut into several is counted out; the rest is read as a whole."""
    old, new = tensor.shape, result.shape
    most = min(len(old), len(new))
    front = next((n for n in range(most) if old[n] != new[n]), most)
    back = next((n for n in range(most - front) if old[-1 - n] != new[-1 - n]), most - front)
    middle = old[front : len(old) - back]
    cut = range(front, len(new) - back)
    inner: list[Form | None] = [None] * len(middle)
    over: tuple[Symbol, ...] = ()
    if len(middle) == 1:
        inner = [add(0, *(mul(at[n], *new[n + 1 : cut.stop]) for n in cut))]
    elif middle and cut:
        share = (middle[0] / new[front]).number
        if share is not None and share.denominator == 1:
            over = (counter("i", 0, share),)
            inner[0] = add(mul(share, at[front]), over[0])
    read = _at(tensor, [*at[:front], *inner, *at[cut.stop :]])
    return Read(tensor, read.positions, (*over, *read.over))
