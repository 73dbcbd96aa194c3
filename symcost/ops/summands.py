"""How a sum of products is worked out: each product from the left, pair by pair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from symcost.formula import Form
from symcost.ops.base import product
from symcost.ops.indices import Factor
from symcost.records import dataclass


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

    @property
    def into_sum(self) -> bool:
        """Whether its gradient is added to what is there, a running sum or zeros."""
        return self.parameter or self.scattered


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pieces multiplied: the indices that are kept, how many products that makes, and whether they are MACs."""

    first: Piece
    second: Piece
    kept: tuple[str, ...]
    products: Form
    accumulated: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The indices of both."""
        return _together(self.first, self.second)

    @property
    def lost(self) -> tuple[str, ...]:
        """The indices that are summed here."""
        return tuple(name for name in self.names if name not in self.kept)

    def as_sum(self, *, accumulated: bool) -> Pair:
        """The same, added to something or not."""
        return Pair(self.first, self.second, self.kept, self.products, accumulated)

    @property
    def ways_back(self) -> tuple[tuple[Piece, Piece], ...]:
        """Each piece beside the other one, of which its gradient is made."""
        return (self.first, self.second), (self.second, self.first)


@dataclass(frozen=True, slots=True)
class Summand:
    """How one term of the sum is worked out: its tensors, multiplied pair by pair, and the numbers that scale it."""

    pieces: tuple[Piece, ...]
    pairs: tuple[Pair, ...] = ()
    scalars: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The indices of what is left when all but the last product is done."""
        if self.pairs:
            return self.pairs[-1].names
        return tuple(dict.fromkeys(name for piece in self.pieces for name in piece.names))

    @property
    def tensors(self) -> tuple[int, ...]:
        """Its tensors, by their number in the whole sum."""
        return tuple(number for piece in self.pieces for number in piece.factors)

    def accumulated(self) -> Summand:
        """The same, its last product being added to something."""
        if not self.pairs:
            return self
        *before, last = self.pairs
        return Summand(self.pieces, (*before, last.as_sum(accumulated=True)), self.scalars)

    def summed(self, out: Collection[str]) -> list[str]:
        """The indices that its last product sums, or that it sums alone where there is none."""
        return [name for name in self.names if name not in out]


def extent(names: Iterable[str], extents: Mapping[str, Form]) -> Form:
    """How many values some indices take together."""
    return product([extents[name] for name in names])


def pieces_of(factors: Sequence[Factor], extents: Mapping[str, Form], before: int = 0) -> tuple[Piece, ...]:
    """The tensors of a product, where `before` others stand in front of it."""
    found: list[Piece] = []
    for number, factor in enumerate(factors, before):
        scattered = any(axis.plain is None for axis, _ in factor.axes)
        found.append(Piece(factor.own(extents), (number,), factor.operand.parameter, scattered))
    return tuple(found)


def from_the_left(pieces: Sequence[Piece], out: Sequence[str], extents: Mapping[str, Form]) -> tuple[Pair, ...]:
    """Multiply a product pair by pair; an index is summed as soon as nothing later needs it."""
    pairs: list[Pair] = []
    while len(pieces) > 2:
        first, second, *rest = pieces
        needed = _names((*rest,)) | set(out)
        kept = tuple(name for name in _together(first, second) if name in needed)
        pair = _pair(first, second, kept, extents)
        pairs.append(pair.as_sum(accumulated=bool(pair.lost)))
        pieces = [Piece(kept, first.factors + second.factors), *rest]
    if len(pieces) == 2:
        first, second = pieces
        # Whether it accumulates is known when all the terms are: their sum may add what no index sums.
        pairs.append(_pair(first, second, tuple(out), extents))
    return tuple(pairs)


def _names(pieces: Sequence[Piece]) -> set[str]:
    return {name for piece in pieces for name in piece.names}


def _together(first: Piece, second: Piece) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first.names + second.names))


def _pair(first: Piece, second: Piece, kept: tuple[str, ...], extents: Mapping[str, Form]) -> Pair:
    """A product that adds nothing up yet.

    The loop sizes of a product: a parameter's shape first, then what is summed, then the positions.
    """
    parameter = next((piece.names for piece in (first, second) if piece.parameter), ())
    lost = [name for name in _together(first, second) if name not in kept]
    products = extent(dict.fromkeys([*parameter, *lost, *kept]), extents)
    return Pair(first, second, kept, products, False)
