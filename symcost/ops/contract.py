"""Index notation: products summed over the indices that are missing on the left, and windows reduced.

Everything that multiplies and accumulates is one of these: matrix products, convolutions, attention, filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symcost.cost import Cost, cost, total
from symcost.diagnostics import Span
from symcost.errors import (
    AffineSign,
    IndexConflict,
    MissingIndex,
    ShapeMismatch,
    UnknownExtent,
    UnsummedIndex,
)
from symcost.formula import Form, add, floor_div, mul, num
from symcost.formula.terms import terms
from symcost.ops.base import Applied, Operand, Shape, Site, product
from symcost.ops.reduce import one_less, reduced
from symcost.ops.sizes import Sizes

ONE = num(1)


@dataclass(frozen=True, slots=True)
class Affine:
    """A position along an axis: `stride*t + dilation*k + 1` is {t: stride, k: dilation} and 1."""

    terms: Mapping[str, Form]
    constant: Form
    span: Span

    @property
    def plain(self) -> str | None:
        """The index, where it stands alone."""
        if len(self.terms) == 1 and self.constant == 0:
            (name, coefficient), *_ = self.terms.items()
            return name if coefficient == 1 else None
        return None


@dataclass(frozen=True, slots=True)
class Factor:
    """A tensor with an affine position on each of its axes; `leading` are those under `...`, behind `dots` others."""

    operand: Operand
    axes: tuple[tuple[Affine, Form], ...]
    leading: Shape = ()
    dots: int = 0

    def indices(self) -> list[str]:
        """Its indices, in the order of its axes; those under `...` are named by their place from the right."""
        return [*_leading_names(self.leading), *dict.fromkeys(i for axis, _ in self.axes for i in axis.terms)]

    def own(self, extents: Mapping[str, Form]) -> tuple[str, ...]:
        """Its indices without those under `...` along which it is only broadcast."""
        named = zip(_leading_names(self.leading), self.leading, strict=True)
        lone = {name for name, size in named if size == 1 and extents[name] != 1}
        return tuple(name for name in self.indices() if name not in lone)

    def positions(self) -> list[Affine]:
        """What stands at each of its axes, those under `...` included."""
        axes = [axis for axis, _ in self.axes]
        leading = [_plain(name, self.operand.span) for name in _leading_names(self.leading)]
        return [*axes[: self.dots], *leading, *axes[self.dots :]]


@dataclass(frozen=True, slots=True)
class Term:
    """A product of tensors, and the static numbers that multiply (`mul`) or divide (`div`) it."""

    factors: tuple[Factor, ...]
    scalars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Left:
    """The left side: a position for each axis of the result, and where `...` stands among them, if it does."""

    axes: tuple[Affine, ...]
    dots: int | None
    span: Span


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
    extents = solve(site, [factor for term in summands for factor in term.factors])
    shape = _left_shape(left, extents, site)
    out = _left_indices(left, extents)
    outputs = product([extents[i] for i in out])
    costs: list[Cost] = []
    macs: list[Form] = []
    products: list[Form] = []
    singles: list[Form] = []
    sums = len(summands) > 1
    scattered = any(axis.plain is None for axis in left.axes)
    told: list[Summand] = []
    for term in summands:
        pieces = _pieces(term.factors, extents, sum(len(summand.pieces) for summand in told))
        before, pairs, last = _from_the_left(pieces, out, extents, site.sizes)
        summed = [i for i in dict.fromkeys(i for piece in last for i in piece.names) if i not in out]
        sums = sums or bool(summed)
        many = product([extents[i] for i in summed])
        if len(last) == 2:
            products.append(many)
            macs.append(_reading_order(last, summed, out, extents))
            pairs.append(Pair(last[0], last[1], tuple(out), macs[-1], False))
        else:
            singles.append(many)
        told.append(Summand(tuple(pieces), tuple(pairs), term.scalars))
        costs += [*before, *(cost({scalar: outputs}) for scalar in term.scalars)]
    if scattered:
        costs.append(_accumulated(add(*macs), mul(add(*singles), outputs)))
    elif macs and not sums:
        costs.append(cost({"mul": outputs}))
    else:
        costs.append(_summed(outputs, add(*macs), add(*products), add(*singles), site.sizes))
    given = _told(left, [f for t in summands for f in t.factors], extents)
    if sums or scattered:
        told = [replace(summand, pairs=_last_accumulated(summand.pairs)) for summand in told]
    return Applied((shape,), total(costs), given=given | {"out": out, "terms": told})


def _accumulated(macs: Form, singles: Form) -> Cost:
    """Every product and every single term added into zeros."""
    return cost({"mac": macs, "add": singles}, _inside(macs, macs))


def _summed(outputs: Form, macs: Form, products: Form, singles: Form, sizes: Sizes) -> Cost:
    """M products and S single terms joined by M+S-1 additions, at each output."""
    if singles == 0:
        return cost({"mac": macs}, _inside(macs, mul(outputs, one_less(products, sizes))))
    alone = one_less(singles, sizes)
    joined = add(one_less(add(products, singles), sizes), -alone).expand()
    return cost({"mac": macs, "add": mul(outputs, alone)}, _inside(macs, mul(outputs, joined)))


def window(site: Site, left: Left, name: str, extents: Mapping[str, Form], factor: Factor) -> Applied:
    """A reduction over a window: `max(k in K) x[stride*t + k, c]`.

    Shape   the extents of the left indices
    Counts  as the reduction of K numbers for each element of the result, K the size of the window
    """
    solved = solve(site, [factor], extents)
    out = _left_indices(left, solved)
    for axis, _ in factor.axes:
        for index in axis.terms:
            if index not in out and index not in extents:
                raise UnsummedIndex(index, axis.span)
    for index in out:
        if index not in solved:
            raise MissingIndex(index, left.span)
    count = product(list(extents.values()))
    outputs = product([solved[i] for i in out])
    cost_ = reduced(name, count, outputs, site.sizes)
    given = _told(left, [factor], solved) | {
        "window": name,
        "out": out,
        "terms": [Summand(tuple(_pieces([factor], solved)))],
    }
    return Applied((_left_shape(left, solved, site),), cost_, given=given)


def _told(left: Left, factors: Iterable[Factor], extents: Mapping[str, Form]) -> dict[str, Any]:
    """What stands at each axis of the result (`left`) and of every operand (`reads`), and how far indices run."""
    place = left.dots or 0
    leading = [_plain(name, left.span) for name in _leading(left, extents)]
    axes = [*left.axes[:place], *leading, *left.axes[place:]]
    return {"left": axes, "reads": [factor.positions() for factor in factors], "extents": extents}


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

    def factor(operand: Operand, names: list[str]) -> Factor:
        rest = len(operand.shape) - len(names)
        axes = tuple((_plain(n, operand.span), s) for n, s in zip(names, operand.shape[rest:], strict=True))
        return Factor(operand, axes, operand.shape[:rest])

    kept = [n for n in dict.fromkeys(rows + columns) if n != "k"]
    left = Left(tuple(_plain(n, site.span) for n in kept), 0, site.span)
    return contract(site, left, [Term((factor(x, rows), factor(w, columns)))])


def solve(site: Site, factors: Iterable[Factor], given: Mapping[str, Form] | None = None) -> dict[str, Form]:
    """The extent of every index, from the axes where it stands alone, then from the affine ones.

    Along an axis of N positions, c*i + Σ c_j*j + c0 leaves i floor((N - 1 - c0 - Σ c_j*(J_j - 1)) / c) + 1 values.

    Raises IndexConflict, UnknownExtent, NotASize.
    """
    extents: dict[str, Form] = dict(given or {})
    seen: dict[str, tuple[Form, Span]] = {}
    waiting: list[tuple[Affine, Form]] = []
    for factor in factors:
        for name, size in zip(_leading_names(factor.leading), factor.leading, strict=True):
            _agree(name, size, factor.operand.span, extents, seen, site, broadcast=True)
        for axis, size in factor.axes:
            name_or_none = axis.plain
            if name_or_none is None or name_or_none in (given or {}):
                waiting.append((axis, size))
            else:
                _agree(name_or_none, size, axis.span, extents, seen, site)
    while waiting:
        later = [pair for pair in waiting if not _settle(*pair, extents, site)]
        if len(later) == len(waiting):
            axis, _ = later[0]
            raise UnknownExtent([i for i in axis.terms if i not in extents], axis.span)
        waiting = later
    return extents


def _agree(
    name: str,
    size: Form,
    span: Span,
    extents: dict[str, Form],
    seen: dict[str, tuple[Form, Span]],
    site: Site,
    broadcast: bool = False,
) -> None:
    """An index that stands alone takes the size of its axis; a second time the sizes must agree."""
    if name not in extents or (broadcast and extents[name] == 1):
        extents[name] = size
        seen[name] = (size, span)
    elif not (broadcast and size == 1):
        verdict = site.sizes.compare(extents[name], size)
        if verdict.kind != "equal":
            raise IndexConflict(name, seen[name], (size, span), verdict)


def _settle(axis: Affine, size: Form, extents: dict[str, Form], site: Site) -> bool:
    """Solve an axis for its one unknown index, or check that all its positions exist; False: too early."""
    unknown = [i for i in axis.terms if i not in extents]
    if len(unknown) > 1:
        return False
    reaches: list[Form] = []
    backwards: list[Form] = []
    for index, coefficient in axis.terms.items():
        positive = site.sizes.assumptions.at_least(coefficient, num(0))
        if positive is None or (positive is False and index in unknown):
            raise AffineSign(coefficient, axis.span)
        if index in extents:
            (reaches if positive else backwards).append(_reach(coefficient, extents[index]))
    if backwards or axis.constant != 0:
        site.sizes.no_less(add(axis.constant, *backwards), num(0), axis.span)
    last = add(*reaches, axis.constant)
    site.sizes.no_less(size, add(last, ONE), axis.span)
    room = site.sizes.tidy(_shorter(add(size, *(-reach for reach in reaches), -axis.constant, num(-1))))
    for index in unknown:
        extents[index] = site.sizes.tidy(_steps(room, axis.terms[index]))
    return True


def _reach(coefficient: Form, extent: Form) -> Form:
    """How far an index moves a position: `d*(K - 1)`, written out where d is a number."""
    reach = mul(coefficient, (extent - 1).expand())
    return reach if coefficient.free_symbols else reach.expand()


def _steps(room: Form, stride: Form) -> Form:
    """floor(room/stride) + 1; by a number as one rounding, which stacks of layers then share."""
    if stride.free_symbols:
        return floor_div(room, stride) + 1
    return floor_div((room + stride).expand(), stride)


def _shorter(form: Form) -> Form:
    """As it stands, or written out, whichever has fewer terms."""
    expanded = form.expand()
    return expanded if len(terms(expanded)) <= len(terms(form)) else form


@dataclass(frozen=True, slots=True)
class Piece:
    """What is left of a product on its way: its indices, and of which factors, by their number, it is made.

    `parameter`: it is one. `scattered`: an index stands in a sum such as `s*t + k`, so that indices and entries of the
    tensor are not one to one.
    """

    names: tuple[str, ...]
    factors: tuple[int, ...]
    parameter: bool = False
    scattered: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pieces multiplied: the indices that are kept, how many products that makes, and whether they are MACs."""

    first: Piece
    second: Piece
    kept: tuple[str, ...]
    products: Form
    accumulated: bool


@dataclass(frozen=True, slots=True)
class Summand:
    """How one term of the sum is worked out: its tensors, multiplied pair by pair, and the numbers that scale it."""

    pieces: tuple[Piece, ...]
    pairs: tuple[Pair, ...] = ()
    scalars: tuple[str, ...] = ()


def _pieces(factors: Sequence[Factor], extents: Mapping[str, Form], before: int = 0) -> list[Piece]:
    return [
        Piece(
            factor.own(extents),
            (number,),
            factor.operand.parameter,
            any(axis.plain is None for axis, _ in factor.axes),
        )
        for number, factor in enumerate(factors, before)
    ]


def _last_accumulated(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
    return (*pairs[:-1], *(replace(pair, accumulated=True) for pair in pairs[-1:]))


def _from_the_left(
    pieces: Sequence[Piece], out: Sequence[str], extents: Mapping[str, Form], sizes: Sizes
) -> tuple[list[Cost], list[Pair], list[Piece]]:
    """Multiply all but the last pair; what that costs, how it went, and the pair that is left."""
    pieces = list(pieces)
    costs: list[Cost] = []
    pairs: list[Pair] = []
    while len(pieces) > 2:
        first, second, *rest = pieces
        needed = {*out, *(i for piece in rest for i in piece.names)}
        union = list(dict.fromkeys(first.names + second.names))
        kept = [i for i in union if i in needed]
        summed = [i for i in union if i not in needed]
        outputs = product([extents[i] for i in kept])
        macs = _reading_order([first, second], summed, kept, extents)
        pairs.append(Pair(first, second, tuple(kept), macs, bool(summed)))
        if summed:
            fewer = one_less(product([extents[i] for i in summed]), sizes)
            costs.append(cost({"mac": macs}, _inside(macs, mul(outputs, fewer))))
        else:
            costs.append(cost({"mul": outputs}))
        pieces = [Piece(tuple(kept), first.factors + second.factors), *rest]
    return costs, pairs, pieces


def _reading_order(
    pair: Sequence[Piece], summed: Sequence[str], out: Sequence[str], extents: Mapping[str, Form]
) -> Form:
    """The loop sizes of a product: a parameter's shape first, then what is summed, then the positions."""
    first = next((piece.names for piece in pair if piece.parameter), ())
    order = dict.fromkeys([*first, *summed, *out])
    return product([extents[i] for i in order])


def _inside(multiplications: Form, additions: Form) -> dict[str, Form]:
    return {"multiplications": multiplications, "additions": additions}


def _left_indices(left: Left, extents: Mapping[str, Form]) -> list[str]:
    place = left.dots or 0
    before, behind = ([i for axis in axes for i in axis.terms] for axes in (left.axes[:place], left.axes[place:]))
    return list(dict.fromkeys([*before, *_leading(left, extents), *behind]))


def _left_shape(left: Left, extents: Mapping[str, Form], site: Site) -> Shape:
    place = left.dots or 0
    lengths = [_length(axis, extents, site) for axis in left.axes]
    return (*lengths[:place], *(extents[i] for i in _leading(left, extents)), *lengths[place:])


def _leading(left: Left, extents: Mapping[str, Form]) -> list[str]:
    """The indices under `...`, from the left."""
    if left.dots is None:
        return []
    return sorted((i for i in extents if i.startswith("...")), key=lambda name: -int(name[3:]))


def _length(axis: Affine, extents: Mapping[str, Form], site: Site) -> Form:
    for index in axis.terms:
        if index not in extents:
            raise MissingIndex(index, axis.span)
    if axis.plain is not None:
        return extents[axis.plain]
    reaches = (_reach(c, extents[i]) for i, c in axis.terms.items())
    return site.sizes.tidy(_shorter(add(axis.constant, *reaches, ONE)))


def _leading_names(leading: Shape) -> list[str]:
    return [f"...{place}" for place in range(len(leading), 0, -1)]


def _plain(name: str, span: Span) -> Affine:
    return Affine({name: ONE}, num(0), span)
