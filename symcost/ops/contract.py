"""Index notation: products summed over the indices that are missing on the left.

Everything that multiplies and accumulates is one of these: matrix products, convolutions, attention, filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from symcost.cost import Cost, cost, total
from symcost.errors import ShapeMismatch
from symcost.formula import Form, add, mul, num
from symcost.formula.named import spread
from symcost.ops.base import Applied, Operand, Site, op
from symcost.ops.contracted import GRADIENT, MEMORY, steps
from symcost.ops.gradient import one_less
from symcost.ops.indices import Affine as Affine, Factor as Factor, Left as Left, gathered, indexed, lone, solve, told
from symcost.ops.reads import Reads
from symcost.ops.sizes import Sizes
from symcost.ops.summands import Pair, Summand, extent, from_the_left, pieces_of
from symcost.records import dataclass

ONE = num(1)


NO_BOUNDS: Mapping[str, Form] = {}


@dataclass(frozen=True, slots=True)
class Term:
    """A product of tensors, and the static numbers that multiply (`mul`) or divide (`div`) it."""

    factors: tuple[Factor, ...]
    scalars: tuple[str, ...] = ()


@op(reads=Reads(waits=indexed, sees=gathered), gradient=GRADIENT, memory=MEMORY, steps=steps, written=True)
def contract(site: Site, left: Left, summands: Sequence[Term], bounds: Mapping[str, Form] = NO_BOUNDS) -> Applied:
    """A sum of products; indices that the left side lacks are summed. `bounds`: how many values some of them take.

    Shape   the extents of the left indices; an affine axis s*t + d*k is s*(T-1) + d*(K-1) + 1 long
    Counts  with M products and S single terms for each element of the result, summed indices counted out:
            mac M; class add S-1 if S > 0; all additions M+S-1, all multiplications M.
            One product with nothing summed: mul 1. An affine left side adds every product into zeros:
            mac, multiplications and additions one each. More than two factors are multiplied from the left,
            each index summed as soon as nothing later needs it.
    Source  Einstein 1916 (the summation); Golub & Van Loan, Matrix Computations, section 1.1 (the counts)
    """
    factors = [factor for term in summands for factor in term.factors]
    extents = solve(site, factors, bounds)
    shape = left.shape(extents, site)
    out = left.indices(extents)
    terms = worked_out(summands, out, extents)
    sum_ = _Sum(terms, out, extents, site.sizes, left.scattered)
    costs = [*sum_.on_the_way(), sum_.last_products()]
    said = {**told(left, factors, extents), "out": out, "called": tuple(sum_.called())}
    if sum_.adds:
        terms = [term.accumulated() for term in terms]
    return Applied((shape,), total(costs), given={**said, "terms": terms})


def worked_out(
    terms: Sequence[Term], out: Sequence[str], extents: Mapping[str, Form], before: int = 0
) -> list[Summand]:
    """Every term by itself; its tensors are numbered through the whole sum, behind so many others."""
    found: list[Summand] = []
    for term in terms:
        pieces = pieces_of(term.factors, extents, before)
        found.append(Summand(pieces, from_the_left(pieces, out, extents), term.scalars))
        before += len(pieces)
    return found


def sum_of(terms: Sequence[Summand], out: Sequence[str], extents: Mapping[str, Form], sizes: Sizes) -> list[Cost]:
    """What it counts where all of it is added to what is there."""
    sum_ = _Sum(terms, out, extents, sizes, scattered=True)
    return [*sum_.on_the_way(), sum_.last_products()]


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a sum of products counts. `scattered`: it is added into zeros."""

    terms: Sequence[Summand]
    out: Sequence[str]
    extents: Mapping[str, Form]
    sizes: Sizes
    scattered: bool

    @property
    def adds(self) -> bool:
        """Whether anything is added up at all."""
        return self.scattered or len(self.terms) > 1 or any(term.summed(self.out) for term in self.terms)

    @property
    def outputs(self) -> Form:
        """How many entries the result has, an affine left side apart."""
        return extent(self.out, self.extents)

    def on_the_way(self) -> Iterator[Cost]:
        """The products of each term but the last, and the numbers that scale it."""
        for term in self.terms:
            yield from (self._product(pair) for pair in term.pairs[:-1])
            yield from (cost({scalar: self.outputs}) for scalar in term.scalars)

    def _product(self, pair: Pair) -> Cost:
        """A product before the last one, of more than two tensors."""
        outputs = extent(pair.kept, self.extents)
        if not pair.accumulated:
            return cost({"mul": outputs})
        fewer = one_less(extent(pair.lost, self.extents), self.sizes)
        return cost({"mac": pair.products}, _inside(pair.products, mul(outputs, fewer)))

    def last_products(self) -> Cost:
        """The last product of every term, and terms of one tensor, all added up."""
        products, singles = self._products(), self._singles()
        macs = add(*(term.pairs[-1].products for term in products))

        # Into places that are written more than once everything is added; one product alone is no MAC.
        if self.scattered:
            return _accumulated(macs, mul(self._many(singles), self.outputs))
        if products and not self.adds:
            return cost({"mul": self.outputs})
        return self._joined(macs, self._many(products), self._many(singles))

    def _singles(self) -> list[Summand]:
        """The terms of one tensor."""
        return [term for term in self.terms if not term.pairs]

    def _products(self) -> list[Summand]:
        """The terms of more than one tensor."""
        return [term for term in self.terms if term.pairs]

    def _joined(self, macs: Form, products: Form, singles: Form) -> Cost:
        """M products and S single terms joined by M+S-1 additions, at each output."""
        if singles == 0:
            return cost({"mac": macs}, _inside(macs, mul(self.outputs, one_less(products, self.sizes))))
        alone = one_less(singles, self.sizes)
        additions = spread(add(one_less(add(products, singles), self.sizes), -alone))
        return cost({"mac": macs, "add": mul(self.outputs, alone)}, _inside(macs, mul(self.outputs, additions)))

    def called(self) -> Iterator[str]:
        """What kind of product it is, where counting tools tell it from others."""
        if any(len(term.pieces) > 2 for term in self.terms):
            yield "products of three"
        if self.scattered:
            return

        # Whether anything is summed decides if a tool sees a product of matrices or one of numbers.
        summed = {bool(term.summed(self.out)) for term in self._products()}
        if summed == {False}:
            yield "products alone"
        elif len(summed) > 1:
            yield "products, some alone"

    def _many(self, terms: Iterable[Summand]) -> Form:
        """How many numbers of these terms are added up for an entry of the result."""
        return add(*(extent(term.summed(self.out), self.extents) for term in terms))


def _accumulated(macs: Form, singles: Form) -> Cost:
    """Every product and every single term added into zeros."""
    return cost({"mac": macs, "add": singles}, _inside(macs, macs))


def _inside(multiplications: Form, additions: Form) -> dict[str, Form]:
    return {"multiplications": multiplications, "additions": additions}


def matmul(site: Site, x: Operand, w: Operand) -> Applied:
    """`x @ W`, with vectors and leading axes as in NumPy.

    Shape   (..., m, k), (..., k, n) -> (..., m, n)
    Counts  as `y[..., m, n] = x[..., m, k] * W[..., k, n]`
    """
    if not x.shape or not w.shape:
        raise ShapeMismatch("@", (x.shape, x.span), (w.shape, w.span), ONE, ONE, None)
    rows = ["m", "k"][-len(x.shape) :]
    columns = ["k", "n"][: len(w.shape)]
    a, b = x.shape[-1], w.shape[-len(columns)]
    verdict = site.sizes.compare(a, b)
    if verdict.kind != "equal":
        raise ShapeMismatch("@", (x.shape, x.span), (w.shape, w.span), a, b, verdict)
    left = Left(tuple(lone(name, site.span) for name in (*rows[:-1], *columns[1:])), 0, site.span)
    applied = contract(site, left, [Term((_matrix(x, rows), _matrix(w, columns)))])
    called = ("@ vector", "@") if len(w.shape) == 1 else ("@",)
    return replace(applied, given={**applied.given, "called": called})


def _matrix(operand: Operand, names: Sequence[str]) -> Factor:
    """A tensor whose last axes have these indices."""
    rest = len(operand.shape) - len(names)
    axes = zip((lone(name, operand.span) for name in names), operand.shape[rest:], strict=True)
    return Factor(operand, tuple(axes), operand.shape[:rest])
