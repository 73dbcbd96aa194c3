"""Operations without arithmetic: they cost no operations, but some of them move data."""

from __future__ import annotations

from symcost.errors import BadPermutation, CannotReshape, ConcatMismatch, NotDivisible, ShapeMismatch
from symcost.formula import Form, add, num
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


@op
def reshape(site: Site, x: Operand, shape: OpenShape) -> Applied:
    """The same numbers under another shape. One size may be -1 (None here): whatever is left.

    Shape   (*axes) -> (*shape), of the same size
    Counts  nothing
    """
    known = [size for size in shape if isinstance(size, Form)]
    missing = len(shape) - len(known)
    if missing > 1:
        raise CannotReshape(x.shape, tuple(known), site.span, x.span, "only one size can be left open with -1")
    have, want = product(x.shape), product(known)
    if missing:
        rest = site.sizes.size(site.sizes.tidy(have / want), site.at("shape"))
        full = tuple(size if isinstance(size, Form) else rest for size in shape)
    else:
        full = tuple(known)
        verdict = site.sizes.compare(have, want)
        if verdict.kind != "equal":
            raise CannotReshape(x.shape, full, site.span, x.span, verdict=verdict)
    return Applied((full,), parameter=x.parameter)


@op
def transpose(site: Site, x: Operand, axes: Axes = ()) -> Applied:
    """Axes in another order; without a list the last two change places.

    Shape   (a, b, c) -> (b, a, c) for axes [1, 0, 2]
    Counts  nothing
    """
    rank = len(x.shape)
    if not axes:
        if rank < 2:
            raise BadPermutation((), x.shape, site.span)
        order = [*range(rank - 2), rank - 1, rank - 2]
    else:
        order = [axis_of(x, a, site, "axes") for a in axes]
        if sorted(order) != list(range(rank)):
            raise BadPermutation(tuple(axes), x.shape, site.at("axes"))
    return Applied((tuple(x.shape[i] for i in order),), parameter=x.parameter)


@op
def concat(site: Site, *parts: Operand, axis: int = -1) -> Applied:
    """Tensors one after the other along an axis; the other axes agree.

    Shape   (..., a), (..., b) -> (..., a + b)
    Counts  nothing
    """
    first = parts[0]
    where = axis_of(first, axis, site)
    for other in parts[1:]:
        if len(other.shape) != len(first.shape):
            raise ConcatMismatch((first.shape, first.span), (other.shape, other.span), where)
        for i, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
            if i != where and not site.sizes.equal(a, b):
                verdict = site.sizes.compare(a, b)
                raise ShapeMismatch("concat", (first.shape, first.span), (other.shape, other.span), a, b, verdict)
    length = site.sizes.tidy(add(*(part.shape[where] for part in parts)))
    return Applied((_put(first.shape, where, length),))


@op
def split(site: Site, x: Operand, parts: Parts, axis: int = -1) -> Applied:
    """A tensor cut along an axis: into a number of equal parts, or into parts of given sizes.

    Shape   (..., n) -> (..., n/2), (..., n/2) for 2 parts
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    have = x.shape[where]
    if isinstance(parts, Form):
        count = parts.evaluate({}) if not parts.free_symbols else None
        if count is None or count.denominator != 1 or not 1 <= count <= 1000:
            raise NotDivisible(have, parts, site.at("parts"))
        sizes = [site.sizes.size(site.sizes.tidy(have / parts), site.at("parts"))] * int(count)
    else:
        sizes = [site.sizes.size(part, site.at("parts")) for part in parts]
        if not site.sizes.equal(add(*sizes), have):
            raise NotDivisible(have, add(*sizes), site.at("parts"))
    return Applied(tuple(_put(x.shape, where, size) for size in sizes), parameter=x.parameter)


@op
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


@op
def reverse(site: Site, x: Operand, axis: int = -2) -> Applied:
    """An axis read from its end.

    Shape   unchanged
    Counts  nothing
    """
    axis_of(x, axis, site)
    return Applied((x.shape,))


@op
def repeat_axis(site: Site, x: Operand, times: Form, axis: int = -2) -> Applied:
    """Each entry of an axis several times in a row.

    Shape   (..., n, c) -> (..., n * times, c)
    Counts  nothing
    """
    where = axis_of(x, axis, site)
    return Applied((_put(x.shape, where, site.sizes.tidy(x.shape[where] * times)),))


@op
def zeros(site: Site, shape: Shape) -> Applied:
    """A constant.

    Shape   () -> (*shape)
    Counts  nothing
    """
    return Applied((tuple(shape),))


@op
def ones(site: Site, shape: Shape) -> Applied:
    """A constant.

    Shape   () -> (*shape)
    Counts  nothing
    """
    return Applied((tuple(shape),))


@op
def size(site: Site, x: Operand, axis: int = -1) -> Applied:
    """The length of an axis, as a number; the builder asks the shape itself.

    Shape   (..., n) -> ()
    Counts  nothing
    """
    return Applied(((),))


def gather(site: Site, table: Operand, indices: Operand) -> Applied:
    """Rows of a table, by number: `E[tokens]`.

    Shape   (V, *rest), (*positions) -> (*positions, *rest)
    Counts  nothing
    """
    return Applied((indices.shape + table.shape[1:],))


def _put(shape: Shape, axis: int, size: Form) -> Shape:
    return (*shape[:axis], size, *shape[axis + 1 :])
