"""Index notation: products summed over the indices that are missing on the left, and windows reduced.

Everything that multiplies and accumulates is one of these: matrix products, convolutions, attention, filters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

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
from symcost.ops.base import Applied, Operand, Shape, Site, product
from symcost.ops.reduce import reduced

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
    """A tensor with an affine position on each of its axes; `leading` are those under `...`."""

    operand: Operand
    axes: tuple[tuple[Affine, Form], ...]
    leading: Shape = ()

    def indices(self) -> list[str]:
        """Its indices, in the order of its axes; those under `...` are named by their place from the right."""
        return [*_leading_names(self.leading), *dict.fromkeys(i for axis, _ in self.axes for i in axis.terms)]


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


def contract(site: Site, left: Left, terms: Sequence[Term]) -> Applied:
    """A sum of products; indices that the left side lacks are summed.

    Shape   the extents of the left indices; an affine axis s*t + d*k is s*(T-1) + d*(K-1) + 1 long
    Counts  with M products and S single terms for each element of the result, summed indices counted out:
            mac M; class add S-1 if S > 0; all additions M+S-1, all multiplications M.
            One product with nothing summed: mul 1. An affine left side adds every product into zeros:
            mac, multiplications and additions one each. More than two factors are multiplied from the left,
            each index summed as soon as nothing later needs it.
    Source  Einstein 1916 (the summation); Golub & Van Loan, Matrix Computations, section 1.1 (the counts)
    """
    factors = [factor for term in terms for factor in term.factors]
    extents = solve(site, factors)
    out = _left_indices(left, extents)
    shape = _left_shape(left, extents, site)
    known = {i for factor in factors for i in factor.indices()}
    for axis in left.axes:
        for index in axis.terms:
            if index not in known:
                raise MissingIndex(index, axis.span)
    outputs = product([extents[i] for i in out])
    scatter = any(axis.plain is None for axis in left.axes)
    costs: list[Cost] = []
    macs: list[Form] = []
    products: list[Form] = []
    singles: list[Form] = []
    for term in terms:
        before, last = _from_the_left(term.factors, out, extents)
        costs.extend(before)
        summed = [i for i in dict.fromkeys(i for f in last for i in f.names) if i not in out]
        if len(last) == 2:
            products.append(product([extents[i] for i in summed]))
            macs.append(_reading_order(last, summed, out, extents))
        else:
            singles.append(product([extents[i] for i in summed]))
        costs.extend(cost({scalar: outputs}) for scalar in term.scalars)
    accumulates = len(terms) > 1 or any(r is not ONE for r in products) or _sums(terms, out)
    if scatter:
        every = add(*macs)
        costs.append(cost({"mac": every, "add": mul(add(*singles), outputs)}, _inside(every, every)))
    elif macs and not accumulates:
        costs.append(cost({"mul": outputs}))
    elif macs:
        every, depth = add(*macs), add(*products)
        additions = mul(outputs, depth) if singles else mul(outputs, (depth - 1).expand())
        extra = mul(outputs, (add(*singles) - 1).expand()) if singles else num(0)
        costs.append(cost({"mac": every, "add": extra}, _inside(every, additions)))
    elif singles:
        costs.append(cost({"add": mul(outputs, (add(*singles) - 1).expand())}))
    return Applied((shape,), total(costs))


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
    return Applied((_left_shape(left, solved, site),), reduced(name, count, outputs, site.sizes))


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
    lowest, room = axis.constant, size - 1 - axis.constant
    for index, coefficient in axis.terms.items():
        positive = site.sizes.assumptions.at_least(coefficient, num(0))
        if positive is None or (positive is False and index in unknown):
            raise AffineSign(coefficient, axis.span)
        if index in extents:
            reach = coefficient * (extents[index] - 1)
            if positive:
                room = room - reach
            else:
                lowest = lowest + reach
    room = site.sizes.tidy(room.expand())
    if axis.constant != 0 or lowest is not axis.constant:
        site.sizes.no_less(lowest.expand(), num(0), axis.span)
    site.sizes.no_less(room, num(0), axis.span)
    for index in unknown:
        extents[index] = site.sizes.tidy(floor_div(room, axis.terms[index]) + 1)
    return True


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is left of a product on its way: its indices, and the parameter's own if it is one."""

    names: tuple[str, ...]
    parameter: bool


def _from_the_left(
    factors: Sequence[Factor], out: Sequence[str], extents: Mapping[str, Form]
) -> tuple[list[Cost], list[_Piece]]:
    """Multiply all but the last pair; what that costs, and the pair that is left."""
    pieces = [_Piece(tuple(f.indices()), f.operand.parameter) for f in factors]
    costs = []
    while len(pieces) > 2:
        first, second, *rest = pieces
        needed = {*out, *(i for piece in rest for i in piece.names)}
        union = list(dict.fromkeys(first.names + second.names))
        kept = [i for i in union if i in needed]
        summed = [i for i in union if i not in needed]
        outputs = product([extents[i] for i in kept])
        if summed:
            macs = _reading_order([first, second], summed, kept, extents)
            fewer = (product([extents[i] for i in summed]) - 1).expand()
            costs.append(cost({"mac": macs}, _inside(macs, mul(outputs, fewer))))
        else:
            costs.append(cost({"mul": outputs}))
        pieces = [_Piece(tuple(kept), False), *rest]
    return costs, pieces


def _reading_order(
    pair: Sequence[_Piece], summed: Sequence[str], out: Sequence[str], extents: Mapping[str, Form]
) -> Form:
    """The loop sizes of a product: a parameter's shape first, then what is summed, then the positions."""
    first = next((piece.names for piece in pair if piece.parameter), ())
    order = dict.fromkeys([*first, *summed, *out])
    return product([extents[i] for i in order])


def _sums(terms: Sequence[Term], out: Sequence[str]) -> bool:
    return any(i not in out for term in terms for factor in term.factors for i in factor.indices())


def _inside(multiplications: Form, additions: Form) -> dict[str, Form]:
    return {"multiplications": multiplications, "additions": additions}


def _left_indices(left: Left, extents: Mapping[str, Form]) -> list[str]:
    place = left.dots or 0
    before, behind = (
        [i for axis in axes for i in axis.terms] for axes in (left.axes[:place], left.axes[place:])
    )
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
    reach = (c * (extents[i] - 1) for i, c in axis.terms.items())
    return site.sizes.tidy(add(axis.constant, *reach, ONE))


def _leading_names(leading: Shape) -> list[str]:
    return [f"...{place}" for place in range(len(leading), 0, -1)]


def _plain(name: str, span: Span) -> Affine:
    return Affine({name: ONE}, num(0), span)
