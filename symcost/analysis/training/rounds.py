"""What going back costs, by nodes and by rounds: the first and the last rounds of a loop may differ from all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import neg
from typing import NamedTuple

from symcost.cost import CLASSES, INSIDE, Cost, total
from symcost.formula import Form, add, num
from symcost.graph.graph import Block, GraphNode, Tensor
from symcost.records import dataclass

ZERO = num(0)

Uses = dict[Tensor, Form]
"""How many gradients come back to a tensor whole; one that is there with 0 gets them in parts only."""


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What going back through a graph costs by its nodes: each by itself, and of blocks where to look further."""

    own: Mapping[GraphNode, Cost]
    inside: Mapping[Block, Passage | Rounds]


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """What going back through a graph costs, and how many gradients reach each port; None: none at all."""

    cost: Cost
    ports: tuple[Form | None, ...]
    ledger: Ledger


@dataclass(frozen=True, slots=True, eq=False)
class Round:
    """What going back through one round costs, what it asks of the tensors around, and which have a gradient in it.

    `handed` is the part of the cost that no node inside has: the gradients that rounds hand to each other.
    """

    cost: Cost
    uses: Uses
    live: set[Tensor]
    ledger: Ledger
    handed: Cost


class Place(NamedTuple):
    """Which round of a loop: by its number from the beginning, by how many are left behind it, or by both."""

    number: int | None = None
    left: int | None = None


EVERY = Place()
"""All of them."""


class Part(NamedTuple):
    """A round, at its place; taken away where `sign` is -1."""

    round: Round
    place: Place
    sign: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Rounds:
    """The rounds of a loop, by their number and by how many are left; the last of each is like which all others are."""

    grid: Sequence[Sequence[Round]]

    @property
    def steady(self) -> Round:
        """Any round that is neither one of the first nor one of the last."""
        return self.grid[-1][-1]

    def parts(self) -> Iterator[Part]:
        """All rounds as if they were steady, and what is different in the first and the last ones."""
        *first, usual = self.grid
        yield Part(self.steady, EVERY)
        for number, row in enumerate(first):
            yield from self._instead(row[-1], Place(number))
        for left, round_ in enumerate(usual[:-1]):
            yield from self._instead(round_, Place(left=left))
        for number, row in enumerate(first):
            for left, round_ in enumerate(row[:-1]):
                yield from self._where_they_meet(round_, row[-1], usual[left], Place(number, left))

    def _instead(self, round_: Round, place: Place) -> Iterator[Part]:
        yield Part(round_, place)
        yield Part(self.steady, place, -1)

    def _where_they_meet(self, both: Round, first: Round, last: Round, place: Place) -> Iterator[Part]:
        """What a round that is one of the first and one of the last does beyond what was counted for either."""
        counted = first, last
        if _alike((both, self.steady), counted):
            return
        yield Part(both, place)
        yield Part(self.steady, place)
        for each in counted:
            yield Part(each, place, -1)


def _alike(some: Sequence[Round], others: Sequence[Round]) -> bool:
    """Whether some rounds together cost as much as others, and ask as much of every tensor around."""
    beyond = total([*(each.cost for each in some), *(each.cost.each(neg) for each in others)])
    if any(beyond[kind].expand() != 0 for kind in (*CLASSES, *INSIDE)):
        return False

    tensors = dict.fromkeys(tensor for each in (*some, *others) for tensor in each.uses)
    return all((_asked(some, tensor) - _asked(others, tensor)).expand() == 0 for tensor in tensors)


def _asked(of: Iterable[Round], tensor: Tensor) -> Form:
    """How many gradients rounds send back to a tensor."""
    return add(ZERO, *(each.uses.get(tensor, ZERO) for each in of))
