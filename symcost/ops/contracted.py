"""What index notation says about itself: its gradient, what lies where, and its steps by scalar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from symcost.cost import Cost, cost
from symcost.formula import Assumptions, Form, add, ceil_div, minimum, mul, num, power
from symcost.ops.base import product
from symcost.ops.gradient import Gradient, Made, Work, every_input, summed
from symcost.ops.indices import Affine, read_of_each
from symcost.ops.memory import NEW, View
from symcost.ops.sizes import Sizes
from symcost.ops.steps import Unsteady, two_by_two
from symcost.ops.summands import Pair, Piece, Summand, extent
from symcost.ops.use import Use, Value

ONE = num(1)

# The way back -------------------------------------------------------------------------------------


def work(use: Use, sizes: Sizes) -> Iterator[Work]:
    """That of every term by itself."""
    for summand in use.given["terms"]:
        yield from _work_of_term(summand, use.given["out"], use.given["extents"], sizes)


def _work_of_term(summand: Summand, out: Sequence[str], extents: Mapping[str, Form], sizes: Sizes) -> Iterator[Work]:
    """For each factor a product of the same size, of the gradient and the other factor.

    A number that scales the term scales its gradient; a sign costs nothing, a sum then subtracts.
    """
    if summand.tensors:
        yield from (Work(summand.tensors, cost({scalar: extent(out, extents)})) for scalar in summand.scalars)
    if not summand.pairs:
        yield from (Work(piece.factors, _back_to_single(piece, out, extents, sizes)) for piece in summand.pieces)
    for pair in summand.pairs:
        yield Work(pair.first.factors, _back_to_factor(pair, pair.first, pair.second, extents, sizes))
        yield Work(pair.second.factors, _back_to_factor(pair, pair.second, pair.first, extents, sizes))


def _back_to_factor(pair: Pair, own: Piece, other: Piece, extents: Mapping[str, Form], sizes: Sizes) -> Cost:
    """The gradient of one of two factors.

    Counts  mac: as many as the product forward. Added up are all products for one entry of the factor; into a
            running sum where it is a parameter, into zeros where its entries and indices are not one to one.
            Where nothing is added up, neither forward nor here, it is no MAC: class mul.
    Source  d/dA of C = A B is dC Bᵀ, d/dB is Aᵀ dC (Griewank & Walther, Evaluating Derivatives, 2008)
    """
    lacks = [name for name in dict.fromkeys((*pair.kept, *other.names)) if name not in own.names]
    if not pair.accumulated and not lacks:
        return cost({"mul": pair.products, "add": pair.products if own.into_sum else num(0)})
    if own.into_sum:
        return cost({"mac": pair.products}, {"multiplications": pair.products, "additions": pair.products})
    additions = summed(extent(own.names, extents), extent(lacks, extents), sizes)
    return cost({"mac": pair.products}, {"multiplications": pair.products, "additions": additions})


def _back_to_single(piece: Piece, out: Sequence[str], extents: Mapping[str, Form], sizes: Sizes) -> Cost:
    """The gradient of a term of one tensor: summed over the indices that it lacks, copied along those it sums."""
    kept = [name for name in out if name in piece.names]
    lacks = [name for name in out if name not in piece.names]
    sums = summed(extent(kept, extents), extent(lacks, extents), sizes)
    return cost({"add": add(sums, extent(piece.names, extents) if piece.into_sum else num(0))})


def other_factors(use: Use, wanted: Set[int]) -> Iterator[Value | Made]:
    """For the gradient of a factor the other one; where that is itself a product, it is kept as it was."""
    for summand in use.given["terms"]:
        for pair in summand.pairs:
            for own, other in pair.ways_back:
                if not wanted.isdisjoint(own.factors):
                    yield _kept_piece(use, other)


def _kept_piece(use: Use, piece: Piece) -> Value | Made:
    if len(piece.factors) == 1:
        return use.inputs[piece.factors[0]]
    return Made("numbers", extent(piece.names, use.given["extents"]))


GRADIENT = Gradient(through=every_input, work=work, needs=other_factors, in_place=False)

# Memory -------------------------------------------------------------------------------------------


def _view(use: Use) -> View:
    """`y[j, i] = x[i, j]` with nothing summed names axes anew; a sign is free (see contract)."""
    if not _names_anew(use):
        return View.NONE
    names = [axis.plain for axis in use.given["reads"][0]]
    # `x[i, i]` and `x[2*i]` show less than all of x.
    return View.PART if None in names or len(set(names)) < len(names) else View.WHOLE


def _names_anew(use: Use) -> bool:
    """Whether it is one tensor as it is, every index of which stands on the left."""
    first, *others = use.given["terms"]
    if others or first.scalars or len(first.pieces) != 1:
        return False
    return not _scattered(use) and not first.summed(use.given["out"])


def _scattered(use: Use) -> list[Affine]:
    """The axes of the result that an affine left side writes."""
    return [axis for axis in use.given["left"] if axis.plain is None]


def products_on_the_way(use: Use) -> list[list[Form]]:
    """Of each term, the products before the last one."""
    extents = use.given["extents"]
    return [[extent(pair.kept, extents) for pair in summand.pairs[:-1]] for summand in use.given["terms"]]


MEMORY = NEW._replace(view=_view, moves=read_of_each, on_the_way=products_on_the_way)

# Steps by scalar ----------------------------------------------------------------------------------

Addend = tuple[Form, Form]
"""Numbers that are added: after how many steps they are ready, and how many there are."""


def steps(use: Use, assumptions: Assumptions) -> Form:
    """The products of every term, and the lowest tree that adds them up. Raises Unsteady."""
    extents, scattered = use.given["extents"], _scattered(use)
    meeting = product([_meeting(axis, extents) for axis in scattered])
    addends: list[Addend] = []
    for summand in use.given["terms"]:
        addends.append(_addend(summand, use.given["out"], extents, meeting, assumptions))
    if scattered:
        # Where an entry of the result collects what is scattered, everything is added into a zero.
        addends.append((num(0), ONE))
    return _lowest_tree(addends, assumptions)


def _addend(
    summand: Summand, out: Sequence[str], extents: Mapping[str, Form], meeting: Form, assumptions: Assumptions
) -> Addend:
    """Its factors multiplied from the left, each index summed as soon as nothing later needs it."""
    ready: Form = num(0)
    for pair in summand.pairs[:-1]:
        ready = add(ready, ONE, two_by_two(extent(pair.lost, extents), assumptions))
    if summand.pairs:
        ready = add(ready, ONE)
    many = mul(meeting, extent(summand.summed(out), extents))
    if not summand.scalars:
        return ready, many
    # What is scaled is one number by then.
    return add(ready, two_by_two(many, assumptions), len(summand.scalars)), ONE


def _lowest_tree(addends: Sequence[Addend], assumptions: Assumptions) -> Form:
    """A sum of numbers that are ready after r steps each, in the lowest tree: ⌈log2 Σ 2^r⌉.

    Source  Kraft, A device for quantizing, grouping, and coding amplitude-modulated pulses (1949): leaves r steps
            below the root fit into a tree where the sum of 2^-r is at most 1
    """
    first = addends[0][0]
    weights = (mul(many, power(num(2), add(ready, -first).expand())) for ready, many in addends)
    return add(first, two_by_two(add(*weights).expand(), assumptions))


def _meeting(axis: Affine, extents: Mapping[str, Form]) -> Form:
    """How many places of its indices an affine position of the result has, at most. Raises Unsteady.

    Of c i + j (j one of J) there are as many as multiples of c among J positions in a row, ⌈J/c⌉, but no more than I.
    """
    names = sorted(axis.terms, key=lambda name: axis.terms[name] == 1)
    if len(names) == 1:
        return ONE
    if len(names) > 2 or axis.terms[names[1]] != 1:
        raise Unsteady
    far, near = names
    return minimum(extents[far], ceil_div(extents[near], axis.terms[far]))
