"""Index notation: products summed over the indices that are missing on the left.

Everything that multiplies and accumulates is one of these: matrix products, convolutions, attention, filters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symcost.cost import Cost, cost, total
from symcost.errors import ShapeMismatch
from symcost.formula import Form, add, mul, num
from symcost.ops.base import Applied, Operand, Site, op
from symcost.ops.contracted import GRADIENT, MEMORY, steps
from symcost.ops.gradient import one_less
from symcost.ops.indices import Affine as Affine, Factor as Factor, Left as Left, alone, indexed, solve, told
from symcost.ops.sizes import Sizes
from symcost.ops.summands import Pair, Summand, extent, from_the_left, pieces_of

ONE = num(1)


@dataclass(frozen=True, slots=True)
class Term:
    """A product of tensors, and the static numbers that multiply (`mul`) or divide (`div`) it."""

    factors: tuple[Factor, ...]
    scalars: tuple[str, ...] = ()


@op(reads=indexed, gradient=GRADIENT, memory=MEMORY, steps=steps, written=True)
def contract(site: Site, left: Left, summands: Sequence[Term]) -> Applied:
    """A sum of products; indices that the left side lacks are summed.

    Shape   the extents of the left indices; an affine axis s*t + d*k is s*(T-1) + d*(K-1) + 1 long
    Counts  with M products and S single terms for each element of the result, summed indices counted out:
            mac M; class add S-1 if S > 0; all additions M+S-1, all multiplications M.
            One product with nothing summed: mul 1. An affine left side adds every product into zeros:
            mac, multiplications and additions one each. More than two factors are multiplied from the left,
            each index summed as soon as nothing later needs it.
    Source  Einstein 1916 (the summation); Golub & Van Loan, Matrix Computations, section 1.1 (the counts)
    """
    factors = [factor for term in summands for factor in term.factors]
    extents = solve(site, factors)
    shape = left.shape(extents, site)
    out = left.indices(extents)
    worked: list[Summand] = []
    for term in summands:
        pieces = pieces_of(term.factors, extents, sum(len(summand.pieces) for summand in worked))
        worked.append(Summand(pieces, from_the_left(pieces, out, extents), term.scalars))
    outputs = extent(out, extents)
    costs: list[Cost] = []
    for summand in worked:
        costs += (_on_the_way(pair, extents, site.sizes) for pair in summand.pairs[:-1])
        costs += (cost({scalar: outputs}) for scalar in summand.scalars)
    sums = left.scattered or len(worked) > 1 or any(summand.summed(out) for summand in worked)
    costs.append(_last_products(worked, out, extents, sums, left.scattered, site.sizes))
    if sums:
        worked = [replace(summand, pairs=_last_accumulated(summand.pairs)) for summand in worked]
    return Applied((shape,), total(costs), given={**told(left, factors, extents), "out": out, "terms": worked})


def _on_the_way(pair: Pair, extents: Mapping[str, Form], sizes: Sizes) -> Cost:
    """A product before the last one, of more than two tensors."""
    outputs = extent(pair.kept, extents)
    if not pair.accumulated:
        return cost({"mul": outputs})
    lost = [name for name in pair.names if name not in pair.kept]
    fewer = one_less(extent(lost, extents), sizes)
    return cost({"mac": pair.products}, _inside(pair.products, mul(outputs, fewer)))


def _last_products(
    summands: Sequence[Summand],
    out: Sequence[str],
    extents: Mapping[str, Form],
    sums: bool,
    scattered: bool,
    sizes: Sizes,
) -> Cost:
    """The last product of every term, and single terms, all added up."""
    products = [summand for summand in summands if summand.pairs]
    singles = [summand for summand in summands if not summand.pairs]
    macs = add(*(summand.pairs[-1].products for summand in products))
    alone_ = add(*(extent(summand.summed(out), extents) for summand in singles))
    outputs = extent(out, extents)
    if scattered:
        return _accumulated(macs, mul(alone_, outputs))
    if products and not sums:
        return cost({"mul": outputs})
    many = add(*(extent(summand.summed(out), extents) for summand in products))
    return _summed(outputs, macs, many, alone_, sizes)


def _accumulated(macs: Form, singles: Form) -> Cost:
    """Every product and every single term added into zeros."""
    return cost({"mac": macs, "add": singles}, _inside(macs, macs))


def _summed(outputs: Form, macs: Form, products: Form, singles: Form, sizes: Sizes) -> Cost:
    """M products and S single terms joined by M+S-1 additions, at each output."""
    if singles == 0:
        return cost({"mac": macs}, _inside(macs, mul(outputs, one_less(products, sizes))))
    by_itself = one_less(singles, sizes)
    joined = add(one_less(add(products, singles), sizes), -by_itself).expand()
    return cost({"mac": macs, "add": mul(outputs, by_itself)}, _inside(macs, mul(outputs, joined)))


def _inside(multiplications: Form, additions: Form) -> dict[str, Form]:
    return {"multiplications": multiplications, "additions": additions}


def _last_accumulated(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    return (*pairs[:-1], *(replace(pair, accumulated=True) for pair in pairs[-1:]))


def matmul(site: Site, x: Operand, w: Operand) -> Applied:
    """`x @ W`, with vectors and leading axes as in NumPy.

    Shape   (..., m, k), (..., k, n) -> (..., m, n)
    Counts  as `y[..., m, n] = x[..., m, k] * W[..., k, n]`
    """
    if not x.shape or not w.shape:
        raise ShapeMismatch("@", (x.shape, x.span), (w.shape, w.span), ONE, ONE, None)
    rows = ["k"] if len(x.shape) == 1 else ["m", "k"]
    columns = ["k"] if len(w.shape) == 1 else ["k", "n"]
    a, b = x.shape[-1], w.shape[0 if len(w.shape) == 1 else -2]
    verdict = site.sizes.compare(a, b)
    if verdict.kind != "equal":
        raise ShapeMismatch("@", (x.shape, x.span), (w.shape, w.span), a, b, verdict)
    kept = [name for name in dict.fromkeys(rows + columns) if name != "k"]
    left = Left(tuple(alone(name, site.span) for name in kept), 0, site.span)
    return contract(site, left, [Term((_matrix(x, rows), _matrix(w, columns)))])


def _matrix(operand: Operand, names: Sequence[str]) -> Factor:
    """A tensor whose last axes have these indices."""
    rest = len(operand.shape) - len(names)
    axes = zip((alone(name, operand.span) for name in names), operand.shape[rest:], strict=True)
    return Factor(operand, tuple(axes), operand.shape[:rest])
