"""What one entry of a result is made from, axis by axis: the positions that it reads of every input.

Each primitive says it in its record, twice where that differs: what an entry waits for, which may be more than it is
made from as long as it comes no later, and what it sees. Here are the pieces it is said with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from symcost.formula import Form, Symbol, add, counter, floor_div, mul, num
from symcost.ops.use import Shape, Use, Value

At = Sequence[Form]
"""The position of an entry, an axis each."""


class Reading(NamedTuple):
    """One input, by its place, as one entry of a result sees it: the position along each of its axes.

    Every value of the counters in `over` is read. Where the numbers differ along `axis`, this holds for the entries
    for which `needs` are not negative, and others do not see the input; else for all of them.
    `there` is not negative where there is anything to read.

    Only of what is seen: which entry of the axes in `unknown` is read is known when it runs; where `gapless` may be
    negative, some entries are made from nothing; the input may stand `beside` others.
    """

    place: int
    positions: tuple[Form, ...]
    over: tuple[Symbol, ...] = ()
    axis: int | None = None
    needs: tuple[Form, ...] = ()
    there: tuple[Form, ...] = ()
    unknown: tuple[int, ...] = ()
    gapless: tuple[Form, ...] = ()
    beside: Beside | None = None


class Beside(NamedTuple):
    """Where an input lies along an axis of the result: behind so many entries, and in front of so many."""

    axis: int
    before: Form
    after: Form


Reader = Callable[[Use, int, At], Iterable[Reading]]
"""For one use, the number of a result and the position of an entry in it, what that entry reads."""


class Reads(NamedTuple):
    """What an entry waits for, and what it sees; the latter may raise Unseen."""

    waits: Reader
    sees: Reader


class Unseen(Exception):
    """What an entry is made from follows no rule that is known here; the words say why."""


def alike(reader: Reader) -> Reads:
    """An entry waits for exactly what it sees."""
    return Reads(waits=reader, sees=reader)


@alike
def nothing(use: Use, result: int, at: At) -> Iterator[Reading]:
    """A result that is made from no input."""
    return iter(())


def reading(place: int, positions: Sequence[Form | None], shape: Shape) -> Reading:
    """An input of this shape read at these positions; None stands for the whole axis."""
    over: list[Symbol] = []
    found: list[Form] = []
    for position, size in zip(positions, shape, strict=True):
        if position is None:
            over.append(counter("i", 0, size))
            found.append(over[-1])
        else:
            found.append(position)
    return Reading(place, tuple(found), tuple(over))


def put(at: At, axis: int, position: Form | None) -> list[Form | None]:
    """The position of an entry, changed along one axis."""
    return [*at[:axis], position, *at[axis + 1 :]]


def moved(at: At, axis: int, position: Form) -> tuple[Form, ...]:
    """The position of an entry, elsewhere along one axis."""
    return (*at[:axis], position, *at[axis + 1 :])


@alike
def broadcast(use: Use, result: int, at: At) -> Iterator[Reading]:
    """NumPy's rule: aligned at the last axis, an axis of size 1 is read again and again."""
    for place, tensor in enumerate(use.inputs):
        own = at[len(at) - len(tensor.shape) :]
        positions = [num(0) if size == 1 else position for size, position in zip(tensor.shape, own, strict=True)]
        yield reading(place, positions, tensor.shape)


@alike
def whole_axis(use: Use, result: int, at: At) -> Iterator[Reading]:
    """The given axis from its beginning to its end, every other one at the own position."""
    (tensor,) = use.inputs
    yield reading(0, put(at, use.given["axis"] % len(at), None), tensor.shape)


@alike
def permuted(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Axes in another order; without a list the last two change places."""
    (tensor,) = use.inputs
    order = order_of(use.given["axes"], len(at))
    yield reading(0, [at[order.index(axis)] for axis in range(len(at))], tensor.shape)


def order_of(axes: Sequence[int], rank: int) -> list[int]:
    """Axes counted from 0; without any the last two change places."""
    return [axis % rank for axis in axes] or [*range(rank - 2), rank - 1, rank - 2]


@alike
def reduced(use: Use, result: int, at: At) -> Iterator[Reading]:
    """All of the axes that disappear; the others at the own position."""
    (tensor,) = use.inputs
    rank = len(tensor.shape)
    gone = {axis % rank for axis in use.given["axis"]}
    keep = use.given["keep"]
    left = iter([position for axis, position in enumerate(at) if not (keep and axis in gone)])
    yield reading(0, [None if axis in gone else next(left) for axis in range(rank)], tensor.shape)


def _waits_for_padding(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Padding in front comes with the first entry; what lies in front of padding at the end waits for all of it."""
    (tensor,) = use.inputs
    before, after = use.given["amount"]
    axis = use.given["axis"] % len(at)
    if after != 0:
        yield reading(0, put(at, axis, None), tensor.shape)
        return
    shifted = add(at[axis], -before)
    yield Reading(0, moved(at, axis, shifted), (), axis, (shifted,))
    yield Reading(0, moved(at, axis, num(0)), (), axis, (add(before, -1, -at[axis]),))


def _sees_through_padding(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Padding sees what would be there if the axis went on."""
    before, after = use.given["amount"]
    axis = use.given["axis"] % len(at)
    yield Reading(0, moved(at, axis, at[axis] - before), beside=Beside(axis, before, after))


padded: Reads = Reads(waits=_waits_for_padding, sees=_sees_through_padding)
"""An axis with something before and behind it."""


def _waits_for_parts(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Parts of a longer axis: each holds back its own places."""
    axis = use.given["axis"] % len(at)
    before: list[Form] = []
    for place, part in enumerate(use.inputs):
        position = add(at[axis], *(-size for size in before))
        last = add(part.shape[axis], -1)
        yield Reading(place, moved(at, axis, position), (), axis, (position, add(last, -position)), (last,))
        before.append(part.shape[axis])


def _sees_parts(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Parts beside each other, each seen as if its axis went on."""
    axis = use.given["axis"] % len(at)
    before = num(0)
    for place, part in enumerate(use.inputs):
        after = add(use.outputs[0].shape[axis], -before, -part.shape[axis]).expand()
        yield Reading(place, moved(at, axis, at[axis] - before), beside=Beside(axis, before, after))
        before = (before + part.shape[axis]).expand()


joined: Reads = Reads(waits=_waits_for_parts, sees=_sees_parts)
"""Parts one after the other along an axis."""


def _waits_for_stretched(use: Use, result: int, at: At) -> Iterable[Reading]:
    """What is stretched is waited for as a whole."""
    return whole_axis.waits(use, result, at)


def _sees_stretched(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Several entries in a row are one of the input."""
    axis = use.given["axis"] % len(at)
    yield Reading(0, moved(at, axis, floor_div(at[axis], use.given["times"])))


stretched: Reads = Reads(waits=_waits_for_stretched, sees=_sees_stretched)
"""Each entry of an axis several times in a row."""


def _waits_for_reshaped(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Equal axes from both ends are kept; one axis cut into several is counted out; the rest is read as a whole."""
    (tensor,) = use.inputs
    old, new = tensor.shape, use.outputs[0].shape
    front, back = equal_ends(old, new)
    middle = old[front : len(old) - back]
    cut = range(front, len(new) - back)
    inner: list[Form | None] = [None] * len(middle)
    over: tuple[Symbol, ...] = ()
    if len(middle) == 1:
        inner = [add(0, *(mul(at[axis], *new[axis + 1 : cut.stop]) for axis in cut))]
    elif middle and cut:
        share = (middle[0] / new[front]).number
        if share is not None and share.denominator == 1:
            # Several entries of the first axis lie behind one of the result: they are read together.
            over = (counter("i", 0, share),)
            inner[0] = add(mul(share, at[front]), over[0])
    found = reading(0, [*at[:front], *inner, *at[cut.stop :]], tensor.shape)
    yield Reading(0, found.positions, (*over, *found.over))


def _sees_reshaped(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Axes that hold as many entries together are counted through in the same order."""
    old, new = use.inputs[0].shape, use.outputs[0].shape
    positions: list[Form] = []
    start = begin = 0
    while start < len(old):
        stop, end = _next_group(old, new, start, begin)
        flat = add(0, *(mul(at[axis], *new[axis + 1 : end]) for axis in range(begin, end)))
        positions += _unflattened(flat, old[start:stop])
        start, begin = stop, end
    yield Reading(0, tuple(positions))


reshaped: Reads = Reads(waits=_waits_for_reshaped, sees=_sees_reshaped)
"""The same entries under another shape."""


def _unflattened(flat: Form, shape: Shape) -> Iterator[Form]:
    """The position along each axis of the entry with this number."""
    for axis, size in enumerate(shape):
        below = mul(num(1), *shape[axis + 1 :])
        whole = floor_div(flat, below) if axis + 1 < len(shape) else flat
        # The first axis holds all that is left, so nothing of it has to be taken away.
        yield whole if axis == 0 else add(whole, -mul(size, floor_div(flat, mul(size, below))))


def _next_group(old: Shape, new: Shape, start: int, begin: int) -> tuple[int, int]:
    """Where the next axes end that hold as many entries on each side, as few as may be; the last ones hold the rest."""
    for stop, end in _by_length(len(old), len(new), start, begin):
        if mul(num(1), *old[start:stop]) == mul(num(1), *new[begin:end]):
            return stop, end
    return len(old), len(new)


def _by_length(old: int, new: int, start: int, begin: int) -> Iterator[tuple[int, int]]:
    """Ends of groups of axes on both sides, the shortest ones first."""
    ends = [(stop, end) for stop in range(start, old + 1) for end in range(begin, new + 1)]
    yield from sorted(ends[1:], key=lambda pair: (sum(pair), pair[0]))


def equal_ends(old: Shape, new: Shape) -> tuple[int, int]:
    """How many axes two shapes share at the front, and behind those at the back."""
    most = min(len(old), len(new))
    front = 0
    while front < most and old[front] == new[front]:
        front += 1
    back = 0
    while back < most - front and old[-1 - back] == new[-1 - back]:
        back += 1
    return front, back


def size_before(parts: Sequence[Value], axis: int) -> Form:
    """How long an axis is in some parts together."""
    return add(0, *(part.shape[axis] for part in parts))
