"""Operations without arithmetic: they cost no operations, but some of them move data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from symcost.cost import NOTHING, cost
from symcost.errors import BadPermutation, CannotReshape, ConcatMismatch, NotDivisible, ShapeMismatch
from symcost.formula import Form, add, mul, num
from symcost.ops import reads
from symcost.ops.base import (
    Amounts,
    Applied,
    Axes,
    OpenShape,
    Operand,
    Parts,
    Shape,
    Site,
    axis_of,
    op,
    product,
)
from symcost.ops.gradient import (
    MOVED_BACK,
    Gradient,
    Work,
    every_input,
    first_input,
    into_sum,
    nothing_kept,
    summed,
    taken_back,
)
from symcost.ops.memory import COPIED, NEW, SEEN_IN_PART, SEEN_OTHERWISE, Kind, View, moved_unless_seen
from symcost.ops.reads import At, Reading
from symcost.ops.sizes import Sizes
from symcost.ops.steps import no_steps
from symcost.ops.use import Use, Value

ONE = num(1)

MOST_PARTS = 1000
"""A tensor is cut into so many parts at most: each is a result of its own."""

# Views --------------------------------------------------------------------------------------------


@op(reads=reads.reshaped, gradient=MOVED_BACK, memory=SEEN_OTHERWISE, steps=no_steps)
def reshape(site: Site, x: Operand, shape: OpenShape) -> Applied:
    """The same numbers under another shape. One size may be -1 (None here): whatever is left.

    Shape   (*axes) -> (*shape), of the same size
    Counts  nothing
    """
    known = tuple(size for size in shape if size is not None)
    if len(known) < len(shape):
        return Applied((_with_what_is_left(x, shape, known, site),), parameter=x.parameter)
    verdict = site.sizes.compare(product(x.shape), product(known))
    if verdict.kind != "equal":
        raise CannotReshape(x.shape, known, site.span, x.span, verdict=verdict)
    return Applied((known,), parameter=x.parameter)


def _with_what_is_left(x: Operand, shape: OpenShape, known: Shape, site: Site) -> Shape:
    """The shape, its one open size being what is left. Raises CannotReshape where several are open."""
    if len(known) < len(shape) - 1:
        raise CannotReshape(x.shape, known, site.span, x.span, "only one size can be left open with -1")
    left = site.sizes.size(site.sizes.tidy(product(x.shape) / product(known)), site.at("shape"))
    return tuple(left if size is None else size for size in shape)


@op(reads=reads.permuted, gradient=MOVED_BACK, memory=SEEN_OTHERWISE, steps=no_steps)
def transpose(site: Site, x: Operand, axes: Axes = ()) -> Applied:
    """Axes in another order; without a list the last two change places.

    Shape   (a, b, c) -> (b, a, c) for axes [1, 0, 2]
    Counts  nothing
    """
    order = reads.order_of(axes, len(x.shape)) if not axes else [axis_of(x, axis, site, "axes") for axis in axes]
    if not axes and len(x.shape) < 2:
        raise BadPermutation((), x.shape, site.span)
    if sorted(order) != list(range(len(x.shape))):
        raise BadPermutation(tuple(axes), x.shape, site.at("axes"))
    return Applied((tuple(x.shape[axis] for axis in order),), parameter=x.parameter)


@reads.alike
def _reads_part(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Behind all the parts before it."""
    axis = use.given["axis"] % len(at)
    before = reads.size_before(use.outputs[:result], axis)
    yield Reading(0, reads.moved(at, axis, add(at[axis], before)))


def _box_of_part(use: Use, result: int) -> list[tuple[Form, Form]]:
    """As long as the part along the axis, behind all the parts before it."""
    axis = use.given["axis"] % len(use.inputs[0].shape)
    box: list[tuple[Form, Form]] = [(num(0), size) for size in use.outputs[result].shape]
    box[axis] = (reads.size_before(use.outputs[:result], axis), box[axis][1])
    return box


@op(reads=_reads_part, gradient=MOVED_BACK, memory=SEEN_IN_PART._replace(box=_box_of_part), steps=no_steps)
def split(site: Site, x: Operand, parts: Parts, axis: int = -1) -> Applied:
    """A tensor cut along an axis: into a number of equal parts, or into parts of given sizes.

    Shape   (..., n) -> (..., n/2), (..., n/2) for 2 parts
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    sizes = (
        _equal_parts(x.shape[where], parts, site) if isinstance(parts, Form) else _given_parts(x, where, parts, site)
    )
    return Applied(tuple(_put(x.shape, where, size) for size in sizes), parameter=x.parameter)


def _equal_parts(have: Form, parts: Form, site: Site) -> list[Form]:
    """Raises NotDivisible where the number of parts is not known, or too large."""
    count = parts.evaluate({}) if not parts.free_symbols else None
    if count is None or count.denominator != 1 or not 1 <= count <= MOST_PARTS:
        raise NotDivisible(have, parts, site.at("parts"))
    return [site.sizes.size(site.sizes.tidy(have / parts), site.at("parts"))] * int(count)


def _given_parts(x: Operand, where: int, parts: Shape, site: Site) -> list[Form]:
    """Raises NotDivisible where the parts do not make up the whole."""
    sizes = [site.sizes.size(part, site.at("parts")) for part in parts]
    if not site.sizes.equal(add(*sizes), x.shape[where]):
        raise NotDivisible(x.shape[where], add(*sizes), site.at("parts"))
    return sizes


class Place(NamedTuple):
    """What is taken of an axis: one position, or, where it is kept, those from a first one on, `step` apart."""

    first: Form
    keeps: bool
    step: Form = ONE


@reads.alike
def _reads_selected(use: Use, result: int, at: At) -> Iterator[Reading]:
    """An axis that is kept is read from where it begins, step by step; one that is not, at its one position."""
    own = iter(at)
    places: Sequence[Place] = use.given["places"]
    yield Reading(0, tuple(add(one.first, mul(one.step, next(own))) if one.keeps else one.first for one in places))


def _added_where_taken(use: Use, sizes: Sizes) -> Iterator[Work]:
    """A part adds its gradient to that of the whole; one of a parameter has the same running sum."""
    view = use.inputs[0].parameter and use.outputs[0].parameter
    yield from [Work((0,), NOTHING)] if view else taken_back(use, sizes)


def _box_selected(use: Use, result: int) -> list[tuple[Form, Form]] | None:
    """One position of an axis that is not kept; what lies between the steps of another is not shown."""
    lengths = iter(use.outputs[result].shape)
    places: Sequence[Place] = use.given["places"]
    if any(place.step != 1 for place in places):
        return None
    return [(place.first, next(lengths) if place.keeps else ONE) for place in places]


@op(
    reads=_reads_selected,
    gradient=Gradient(through=first_input, work=_added_where_taken, needs=nothing_kept, in_place=True),
    memory=SEEN_IN_PART._replace(box=_box_selected),
    steps=no_steps,
    written=True,
)
def select(site: Site, x: Operand, places: Sequence[Place], sizes: Shape) -> Applied:
    """A part of a tensor: `x[t]`, `x[a:b]`, `x[a:b:2]`. For each axis what becomes of it.

    Shape   (T, D) -> (D) for one position of the first axis; `sizes` are those of the axes that are kept
    Counts  nothing
    """
    return Applied((sizes,), parameter=x.parameter, given={"places": places})


@reads.alike
def _reads_of_one_round(use: Use, result: int, at: At) -> Iterator[Reading]:
    """What is stacked waits for all parts, each at the own position behind the new axis."""
    for place, _ in enumerate(use.inputs):
        yield Reading(place, tuple(at[1:]))


@op(reads=_reads_of_one_round, gradient=MOVED_BACK, memory=SEEN_OTHERWISE, steps=no_steps, written=True)
def stack(site: Site, *parts: Operand) -> Applied:
    """Values of several rounds under a new leading axis.

    Shape   (*axes), (*axes) -> (2, *axes)
    Counts  nothing
    """
    return Applied(((num(len(parts)), *parts[0].shape),))


# Copies -------------------------------------------------------------------------------------------


def _view_if_alone(use: Use) -> View:
    """Joining one tensor changes nothing."""
    return View.WHOLE if len(use.inputs) == 1 else View.NONE


def _behind_others(use: Use, place: int) -> Sequence[Form]:
    """Behind all that was joined before it."""
    axis = use.given["axis"] % len(use.inputs[0].shape)
    return _begins(use, axis, reads.size_before(use.inputs[:place], axis))


def _begins(use: Use, axis: int, start: Form) -> Sequence[Form]:
    """At the first place of every axis but one."""
    return _put((num(0),) * len(use.inputs[0].shape), axis, start)


JOINED = moved_unless_seen(COPIED, _view_if_alone)._replace(lies=_behind_others)
"""The numbers of all inputs, one after the other."""


@op(reads=reads.joined, gradient=MOVED_BACK, memory=JOINED, steps=no_steps)
def concat(site: Site, *parts: Operand, axis: int = -1) -> Applied:
    """Tensors one after the other along an axis; the other axes agree.

    Shape   (..., a), (..., b) -> (..., a + b)
    Counts  nothing
    """
    first = parts[0]
    where = axis_of(first, axis, site)
    for other in parts[1:]:
        _agree_beside(first, other, where, site)
    length = site.sizes.tidy(add(*(part.shape[where] for part in parts)))
    return Applied((_put(first.shape, where, length),))


def _agree_beside(first: Operand, other: Operand, where: int, site: Site) -> None:
    """Raises ConcatMismatch or ShapeMismatch where two parts differ in any axis but the one along which they meet."""
    if len(other.shape) != len(first.shape):
        raise ConcatMismatch((first.shape, first.span), (other.shape, other.span), where)
    for axis, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
        if axis != where and not site.sizes.equal(a, b):
            verdict = site.sizes.compare(a, b)
            raise ShapeMismatch("concat", (first.shape, first.span), (other.shape, other.span), a, b, verdict)


def _view_if_unpadded(use: Use) -> View:
    """Padding by nothing changes nothing."""
    return View.WHOLE if all(size == 0 for size in use.given["amount"]) else View.NONE


def _padded_by_something(use: Use) -> Sequence[tuple[Form, Form]]:
    before, after = use.given["amount"]
    return ((before if before == after else add(before, after), num(1)),)


def _behind_zeros(use: Use, place: int) -> Sequence[Form]:
    """Behind what was put before it."""
    axis = use.given["axis"] % len(use.inputs[0].shape)
    return _begins(use, axis, use.given["amount"][0])


PADDED = moved_unless_seen(COPIED, _view_if_unpadded)._replace(
    makes="padded", made_if=_padded_by_something, lies=_behind_zeros
)
"""The numbers of the input among zeros."""


@op(reads=reads.padded, gradient=MOVED_BACK, memory=PADDED, steps=no_steps)
def pad(site: Site, x: Operand, amount: Amounts, axis: int = -2) -> Applied:
    """Zeros before and after the numbers of an axis.

    Shape   (..., n, c) -> (..., before + n + after, c)
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    before, after = amount
    site.sizes.no_less(before, num(0), site.at("amount"))
    site.sizes.no_less(after, num(0), site.at("amount"))
    return Applied((_put(x.shape, where, site.sizes.tidy(add(x.shape[where], before, after))),))


@reads.alike
def _reads_from_the_end(use: Use, result: int, at: At) -> Iterator[Reading]:
    axis = use.given["axis"] % len(at)
    last = add(use.inputs[0].shape[axis], -1)
    yield Reading(0, reads.moved(at, axis, add(last, -at[axis])))


@op(reads=_reads_from_the_end, gradient=MOVED_BACK, memory=COPIED, steps=no_steps)
def reverse(site: Site, x: Operand, axis: int = -2) -> Applied:
    """An axis read from its end.

    Shape   unchanged
    Counts  nothing
    """
    axis_of(x, axis, site)
    return Applied((x.shape,))


def _view_if_once(use: Use) -> View:
    """Repeating once changes nothing."""
    return View.WHOLE if use.given["times"] == 1 else View.NONE


def _more_than_once(use: Use) -> Sequence[tuple[Form, Form]]:
    return ((use.given["times"], num(2)),)


def _sum_of_copies(use: Use, sizes: Sizes) -> Iterator[Work]:
    """The gradients of the copies of each entry are added up."""
    (x,) = use.inputs
    yield Work((0,), cost({"add": add(summed(x.size, use.given["times"], sizes), into_sum(x, use))}))


def _so_often(use: Use) -> Form:
    """Each entry stands there so many times."""
    times: Form = use.given["times"]
    return times


COPIES_SUMMED = Gradient(through=every_input, work=_sum_of_copies, needs=nothing_kept, in_place=False)


@op(
    reads=reads.stretched,
    gradient=COPIES_SUMMED,
    memory=moved_unless_seen(COPIED, _view_if_once)._replace(copies=_so_often, made_if=_more_than_once),
    steps=no_steps,
)
def repeat_axis(site: Site, x: Operand, times: Form, axis: int = -2) -> Applied:
    """Each entry of an axis several times in a row.

    Shape   (..., n, c) -> (..., n * times, c)
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    return Applied((_put(x.shape, where, site.sizes.tidy(x.shape[where] * times)),))


# Rows ---------------------------------------------------------------------------------------------


def _reads_rows(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Any row of the table: which one is known when it runs. And the one number that says which."""
    table, indices = use.inputs
    rows = len(indices.shape)
    yield reads.reading(0, [None, *at[rows:]], table.shape)
    yield reads.reading(1, at[:rows], indices.shape)


def _row_numbers(use: Use, wanted: Set[int]) -> tuple[Value, ...]:
    """Gradients of rows are added to the table where the rows stand."""
    return (use.inputs[1],) if 0 in wanted else ()


def _table_then_rows(use: Use, place: int) -> Kind:
    return "rows" if place == 1 else "numbers"


def _rows_that_are_taken(use: Use) -> Mapping[int, Form | None]:
    """Not the whole table."""
    return {0: use.outputs[0].size, 1: None}


def _sees_rows(use: Use, result: int, at: At) -> Iterator[Reading]:
    rows, numbers = _reads_rows(use, result, at)
    yield rows._replace(unknown=(0,))
    yield numbers


@op(
    reads=reads.Reads(waits=_reads_rows, sees=_sees_rows),
    gradient=Gradient(through=first_input, work=taken_back, needs=_row_numbers, in_place=True),
    memory=NEW._replace(takes=_table_then_rows, moves=_rows_that_are_taken),
    steps=no_steps,
    written=True,
)
def gather(site: Site, table: Operand, indices: Operand) -> Applied:
    """Rows of a table, by number: `E[tokens]`.

    Shape   (V, *rest), (*positions) -> (*positions, *rest)
    Counts  nothing
    """
    return Applied((indices.shape + table.shape[1:],))


def _put(shape: Shape, axis: int, size: Form) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])
