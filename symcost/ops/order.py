"""Order: numbers sorted, and the largest of them picked out, by binary insertion."""

from __future__ import annotations

from collections.abc import Iterator, Set
from fractions import Fraction

from symcost.cost import cost
from symcost.formula import Assumptions, Form, add, ceil_div, log2, maximum, mul, num, power
from symcost.ops.base import Applied, Operand, Site, axis_of, op, product
from symcost.ops.gradient import MOVED_BACK, Gradient, Made, every_input, one_less, taken_back
from symcost.ops.memory import NEW
from symcost.ops.reads import whole_axis
from symcost.ops.sizes import Sizes
from symcost.ops.use import Use

ONE = num(1)


def _search(places: Form, assumptions: Assumptions) -> Form:
    """Comparisons that find one of so many places: ⌈log2 n⌉."""
    return ceil_div(log2(places if assumptions.at_least(places, ONE) else maximum(places, ONE)))


def _row(use: Use) -> Form:
    """How many numbers are put in order."""
    (x,) = use.inputs
    axis: int = use.given["axis"]
    return x.shape[axis % len(x.shape)]


def _row_numbers(use: Use, wanted: Set[int]) -> Iterator[Made]:
    """Where every number of the result was taken."""
    if 0 in wanted:
        yield Made("rows", use.outputs[0].size)


def _sorting_steps(use: Use, assumptions: Assumptions) -> Form:
    """Phases of Batcher's network, whose comparisons are made side by side: ⌈log2 n⌉ (⌈log2 n⌉ + 1) / 2.

    Never more than the comparisons of an insertion, which is one chain; that its own are some more is not counted, as
    with a running sum in a tree.
    """
    rounds = _search(_row(use), assumptions)
    return mul(Fraction(1, 2), rounds, add(rounds, ONE))


def _selecting_steps(use: Use, assumptions: Assumptions) -> Form:
    """Every comparison waits for the one before."""
    return _selected(_row(use), use.given["k"], Sizes(assumptions))


@op(reads=whole_axis, gradient=MOVED_BACK._replace(needs=_row_numbers), memory=NEW, steps=_sorting_steps)
def sort(site: Site, x: Operand, axis: int = -1) -> Applied:
    """The numbers along an axis from the smallest to the largest; their gradients go back to where they were.

    Shape   unchanged
    Counts  cmp n ⌈log2 n⌉ - 2^⌈log2 n⌉ + 1 in each row of n, by binary insertion; merging makes at most as many
    Depth   ⌈log2 n⌉ (⌈log2 n⌉ + 1) / 2 comparisons one after the other, in a sorting network
    Source  Knuth, The Art of Computer Programming, volume 3, section 5.2.1 (the insertion), section 5.3.1 (its count);
            Batcher, Sorting networks and their applications (1968) (the network)
    """
    where = axis_of(x, axis, site)
    return Applied((x.shape,), cost({"cmp": mul(_others(x, where), _sorted(x.shape[where], site.sizes))}))


def _sorted(numbers: Form, sizes: Sizes) -> Form:
    """The k-th number has k places to go to, found in ⌈log2 k⌉ comparisons; here is their sum."""
    rounds = _search(numbers, sizes.assumptions)
    some = numbers if sizes.assumptions.at_least(numbers, ONE) else maximum(numbers, ONE)
    return add(mul(some, rounds), -power(num(2), rounds), ONE).expand()


@op(
    reads=whole_axis,
    gradient=Gradient(through=every_input, work=taken_back, needs=_row_numbers, in_place=True),
    memory=NEW,
    steps=_selecting_steps,
)
def topk(site: Site, x: Operand, k: Form, axis: int = -1) -> Applied:
    """The k largest numbers along an axis, the largest first; the others get no gradient.

    Shape   (..., n) -> (..., k), k at most n
    Counts  cmp (n - 1) ⌈log2(k + 1)⌉ in each row of n, by binary insertion into a list of k from which the smallest
            falls out: every number but the first has k + 1 places to go to. For k = 1 that is the n - 1 of a maximum
    Source  Knuth, The Art of Computer Programming, volume 3, section 5.2.1 (the insertion)
    """
    where = axis_of(x, axis, site)
    site.sizes.no_less(x.shape[where], k, site.at("k"))
    shape = (*x.shape[:where], k, *x.shape[where + 1 :])
    return Applied((shape,), cost({"cmp": mul(_others(x, where), _selected(x.shape[where], k, site.sizes))}))


def _selected(numbers: Form, most: Form, sizes: Sizes) -> Form:
    return mul(one_less(numbers, sizes), _search(add(most, ONE), sizes.assumptions))


def _others(x: Operand, axis: int) -> Form:
    """How many rows there are along an axis."""
    return product([size for place, size in enumerate(x.shape) if place != axis])
