"""Derivatives: what it costs to hand the gradient of an operation's results on to each of its inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from symcost.cost import NOTHING, Cost, cost, total
from symcost.formula import Assumptions, Form, add, mul, num
from symcost.graph.graph import Operation, Shape, Tensor
from symcost.ops.base import product
from symcost.ops.contract import Pair, Piece, Summand
from symcost.ops.pointwise import POINTWISE, Derivative, per_element, power_derivatives
from symcost.ops.reduce import REDUCTIONS, one_less
from symcost.ops.sizes import Sizes

PARTS = frozenset({"select", "gather"})
"""Operations that read a part of their input: the gradient of the part is added where it was taken."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """A piece of work of the backward pass, due where one of these inputs needs a gradient."""

    inputs: tuple[int, ...]
    cost: Cost = NOTHING


class Derivatives:
    """The gradients of operations.

    The gradient of a parameter is one running sum over all uses, rounds and examples: what is worked out for it is
    added to that sum, a product as a MAC. Views of a parameter (reshaped, transposed, split, selected) share its sum.
    Any other gradient is made once for each use; where a tensor was broadcast or repeated it is the sum of its copies.
    """

    def __init__(self, assumptions: Assumptions) -> None:
        self._sizes = Sizes(assumptions)
        self._known: dict[Operation, tuple[Gradient, ...]] = {}

    def of(self, operation: Operation) -> tuple[Gradient, ...]:
        """All that its gradients can cost."""
        if operation not in self._known:
            self._known[operation] = tuple(self._of(operation))
        return self._known[operation]

    def _of(self, operation: Operation) -> Iterator[Gradient]:
        match operation.kind:
            case "contract":
                for summand in operation.given["terms"]:
                    yield from self._summand(summand, operation)
            case "window":
                yield self._window(operation)
            case kind if "fixed" in operation.given:
                for place, derivative in enumerate(_derivatives(kind, operation)):
                    if derivative is not None:
                        yield self._pointwise(place, derivative, operation)
            case kind if kind in REDUCTIONS:
                yield self._reduction(operation)
            case _:
                yield from self._moved(operation)

    # Index notation -------------------------------------------------------------------------------

    def _summand(self, summand: Summand, operation: Operation) -> Iterator[Gradient]:
        """For each factor a product of the same size, of the gradient and the other factor.

        A number that scales the term scales its gradient; a sign costs nothing, a sum then subtracts.
        """
        everything = tuple(place for piece in summand.pieces for place in piece.factors)
        extents: Mapping[str, Form] = operation.given["extents"]
        outputs = _product(operation.given["out"], extents)
        for scalar in summand.scalars if everything else ():
            yield Gradient(everything, cost({scalar: outputs}))
        for pair in summand.pairs:
            yield Gradient(pair.first.factors, self._factor(pair, pair.first, pair.second, extents))
            yield Gradient(pair.second.factors, self._factor(pair, pair.second, pair.first, extents))
        if not summand.pairs:
            for piece in summand.pieces:
                yield Gradient(piece.factors, self._single(piece, operation.given["out"], extents))

    def _factor(self, pair: Pair, own: Piece, other: Piece, extents: Mapping[str, Form]) -> Cost:
        """The gradient of one of two factors.

        Counts  mac: as many as the product forward. Added up are all products for one entry of the factor; into a
                running sum where it is a parameter, into zeros where its entries and indices are not one to one.
                Where nothing is added up, neither forward nor here, it is no MAC: class mul.
        Source  d/dA of C = A B is dC Bᵀ, d/dB is Aᵀ dC (Griewank & Walther, Evaluating Derivatives, 2008)
        """
        summed = [name for name in dict.fromkeys((*pair.kept, *other.names)) if name not in own.names]
        into = own.parameter or own.scattered
        if not (pair.accumulated or summed):
            return cost({"mul": pair.products, "add": pair.products if into else num(0)})
        additions = pair.products if into else self._sums(_product(own.names, extents), _product(summed, extents))
        return cost({"mac": pair.products}, {"multiplications": pair.products, "additions": additions})

    def _single(self, piece: Piece, out: Iterable[str], extents: Mapping[str, Form]) -> Cost:
        """The gradient of a term of one tensor: summed over the indices that it lacks, copied along those it sums."""
        kept = [name for name in out if name in piece.names]
        lacks = [name for name in out if name not in piece.names]
        sums = self._sums(_product(kept, extents), _product(lacks, extents))
        into = piece.parameter or piece.scattered
        return cost({"add": add(sums, _product(piece.names, extents) if into else num(0))})

    def _window(self, operation: Operation) -> Gradient:
        """The gradient of a window: to each of its numbers a share (mean), or to the one that was chosen (max, min).

        Counts  mean: mul 1 for each result; max, min: cmp 1 for each number; add where windows can share an entry
        """
        ((piece,), extents) = operation.given["terms"][0].pieces, operation.given["extents"]
        read = _product(piece.names, extents)
        counts = _chosen(operation.given["window"], read, _product(operation.given["out"], extents))
        into = piece.parameter or piece.scattered
        return Gradient((0,), cost({**counts, "add": read if into else num(0)}))

    # Other operations -----------------------------------------------------------------------------

    def _pointwise(self, place: int, derivative: Derivative, operation: Operation) -> Gradient:
        """The row's derivative at each element of the result, summed where the operand was broadcast."""
        operand, shape = operation.inputs[place], operation.outputs[0].shape
        work = per_element(derivative.counts, shape)
        copies = product([size for size, own in _aligned(shape, operand.shape) if own is None or own == 1 != size])
        sums = product(shape) if operand.parameter else self._sums(operand.size, copies)
        return Gradient((place,), total([work, cost({"add": sums})]))

    def _reduction(self, operation: Operation) -> Gradient:
        """As that of a window: copies (sum), shares (mean), or the one that was chosen (max, min)."""
        (x,), (y,) = operation.inputs, operation.outputs
        counts = _chosen(operation.kind, x.size, y.size)
        return Gradient((0,), cost({**counts, "add": x.size if x.parameter else num(0)}))

    def _moved(self, operation: Operation) -> Iterator[Gradient]:
        """Gradients of numbers that were only moved are moved back; copies of one number are summed."""
        for place, operand in enumerate(operation.inputs):
            view = operand.parameter and all(output.parameter for output in operation.outputs)
            match operation.kind:
                case "gather":
                    if place == 0:
                        yield Gradient((0,), cost({"add": operation.outputs[0].size}))
                case "select":
                    yield Gradient((0,), NOTHING if view else cost({"add": operation.outputs[0].size}))
                case "repeat_axis":
                    sums = self._sums(operand.size, operation.given["times"])
                    yield Gradient((0,), cost({"add": add(sums, _kept(operand, view))}))
                case "reshape" | "transpose" | "split" | "concat" | "pad" | "reverse" | "stack":
                    yield Gradient((place,), cost({"add": _kept(operand, view)}))
                case kind:
                    raise AssertionError(kind)

    def _sums(self, entries: Form, copies: Form) -> Form:
        """Additions that join the copies of each entry."""
        return num(0) if copies == 1 else mul(entries, one_less(copies, self._sizes))

    def joined(self, tensor: Tensor, uses: Form) -> Cost:
        """What it costs to add up the gradients of so many uses of a tensor."""
        if tensor.parameter or (uses.number is not None and uses.number < 2):
            return NOTHING
        return cost({"add": mul(tensor.size, one_less(uses, self._sizes))})


def carrying(operation: Operation) -> tuple[int, ...]:
    """The inputs through which a gradient can go at all."""
    match operation.kind:
        case "gather":
            return (0,)
        case kind if "fixed" in operation.given:
            return tuple(place for place, derivative in enumerate(_derivatives(kind, operation)) if derivative)
        case _:
            return tuple(range(len(operation.inputs)))


def _derivatives(kind: str, operation: Operation) -> list[Derivative | None]:
    """The derivatives of a pointwise operation, one for each input: operands that are numbers have none."""
    fixed = operation.given["fixed"]
    row = power_derivatives(fixed, operation.given.get("exponent")) if kind == "^" else POINTWISE[kind].derivatives
    return [derivative for derivative, known in zip(row, fixed, strict=True) if not known]


def _chosen(name: str, read: Form, results: Form) -> dict[str, Form]:
    return {"sum": {}, "mean": {"mul": results}}.get(name, {"cmp": read})


def _kept(operand: Tensor, view: bool) -> Form:
    """What is added to the sum of a parameter."""
    return operand.size if operand.parameter and not view else num(0)


def _product(names: Iterable[str], extents: Mapping[str, Form]) -> Form:
    return product([extents[name] for name in names])


def _aligned(shape: Shape, own: Shape) -> Iterator[tuple[Form, Form | None]]:
    """The axes of a result beside those of an operand, from the right; None where it has none."""
    missing = len(shape) - len(own)
    return zip(shape, (*(None,) * missing, *own), strict=True)
