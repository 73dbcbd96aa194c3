"""Windows: a reduction of the numbers around each position, `y[t, c] = max(k in K) x[stride*t + k, c]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from symcost.cost import cost
from symcost.errors import MissingIndex, UnsummedIndex
from symcost.formula import Assumptions, Form, num
from symcost.ops.base import Applied, Site, op
from symcost.ops.gradient import Gradient, Made, Work, every_input
from symcost.ops.indices import Factor, Left, indexed, read_of_each, solve, told
from symcost.ops.memory import NEW
from symcost.ops.reads import alike
from symcost.ops.reduce import REDUCTIONS
from symcost.ops.sizes import Sizes
from symcost.ops.summands import Summand, extent, pieces_of
from symcost.ops.use import Use, Value


def _work(use: Use, sizes: Sizes) -> Iterator[Work]:
    """The gradient of a window: to each of its numbers a share (mean), or to the one that was chosen (max, min).

    Counts  mean: mul 1 for each result; max, min: cmp 1 for each number; add where windows can share an entry
    """
    (summand,), extents = use.given["terms"], use.given["extents"]
    (piece,) = summand.pieces
    read = extent(piece.names, extents)
    counts = REDUCTIONS[use.given["window"]].back(read, extent(use.given["out"], extents))
    yield Work((0,), cost({**counts, "add": read if piece.into_sum else num(0)}))


def _needs(use: Use, wanted: Set[int]) -> Iterator[Value | Made]:
    """Of each result where it was chosen, and with that the input: PyTorch's max_pool2d saves both."""
    if 0 in wanted and REDUCTIONS[use.given["window"]].chooses:
        yield use.inputs[0]
        yield Made("rows", use.outputs[0].size)


def _steps(use: Use, assumptions: Assumptions) -> Form:
    extents = use.given["extents"]
    inside = [name for name in extents if name not in use.given["out"]]
    return REDUCTIONS[use.given["window"]].steps(extent(inside, extents), assumptions)


@op(
    reads=alike(indexed),
    gradient=Gradient(through=every_input, work=_work, needs=_needs, in_place=False),
    memory=NEW._replace(moves=read_of_each),
    steps=_steps,
    written=True,
)
def window(site: Site, left: Left, name: str, extents: Mapping[str, Form], factor: Factor) -> Applied:
    """A reduction over a window: `max(k in K) x[stride*t + k, c]`.

    Shape   the extents of the left indices
    Counts  as the reduction of K numbers for each element of the result, K the size of the window
    """
    solved = solve(site, [factor], extents)
    out = left.indices(solved)
    _every_index_has_its_place(factor, {*out, *extents})
    missing = [index for index in out if index not in solved]
    if missing:
        raise MissingIndex(missing[0], left.span)
    counts = REDUCTIONS[name].counts(extent(extents, extents), extent(out, solved), site.sizes)
    given = {**told(left, [factor], solved), "window": name, "out": out}
    terms = [Summand(pieces_of([factor], solved))]
    return Applied((left.shape(solved, site),), counts, given={**given, "terms": terms})


def _every_index_has_its_place(factor: Factor, named: Set[str]) -> None:
    """Raises UnsummedIndex where an index is neither on the left nor in the window."""
    for axis, _ in factor.axes:
        for index in axis.terms:
            if index not in named:
                raise UnsummedIndex(index, axis.span)
