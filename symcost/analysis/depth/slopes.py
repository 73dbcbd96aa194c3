"""Slopes: how the chains to a tensor differ along its axes, told apart from the length that they share.

The chains to an input of a block may be long or short, but in how they differ from entry to entry there are few ways:
all entries at once, one after the other, ... So a block is followed once for each of these ways, from a start that
stands for the shared length, which is put in wherever the block stands. The same holds for what a loop carries: its
rounds are followed once for each slope that a carried value has at the beginning of a round.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symcost.analysis.depth.chains import Chain, Start, Underived
from symcost.analysis.depth.order import Order
from symcost.formula import Form, Symbol, num
from symcost.formula.keys import Key, by_rank
from symcost.formula.parts import apart, mentions
from symcost.records import dataclass

OTHER_ORDER = "what it carries is ready in another order after every round"


@dataclass(frozen=True, slots=True)
class Slope:
    """How chains differ along the axes of a tensor, apart from the length they share, for which `start` stands."""

    place: tuple[Key, ...]
    start: Start
    steps: Form
    needs: tuple[Form, ...]

    @property
    def chain(self) -> Chain:
        """The chain from what is shared to each entry."""
        return Chain(self.start, self.steps, self.needs)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for inputs behind which all chains are alike."""
        return (self.place, self.start.late)


class Slopes:
    """The ways in which chains differ along some axes, each with the chains that do, less that difference."""

    def __init__(self, axes: Sequence[Symbol], order: Order) -> None:
        self.axes = axes
        self._order = order
        self._slopes: dict[tuple[Key, ...], Slope] = {}
        self._chains: dict[tuple[Key, ...], list[Chain]] = {}

    def __len__(self) -> int:
        return len(self._slopes)

    def take(self, chain: Chain) -> None:
        """Sort a chain in by how it differs along the axes. Raises Underived."""
        steps, shared = apart(chain.steps, self.axes)
        needs, others = self._divided(chain.needs)
        self._check(steps, needs)
        key = (steps.key, *sorted((need.key for need in needs), key=by_rank))
        self._note(Slope(key, Start(self._late(chain, steps, needs)), steps, needs))
        self._chains.setdefault(key, []).append(Chain(chain.start, shared, others))

    def _divided(self, needs: Sequence[Form]) -> tuple[tuple[Form, ...], tuple[Form, ...]]:
        """The needs that depend on the position along the axes, and the others."""
        by_position = tuple(need for need in needs if mentions(need, self.axes))
        return by_position, tuple(need for need in needs if not mentions(need, self.axes))

    def _note(self, slope: Slope) -> None:
        """Take a way to differ, unless there is one like it; a start that is late says more than one that is not."""
        known = self._slopes.get(slope.place)
        if known is None or (slope.start.late and not known.start.late):
            self._slopes[slope.place] = slope

    def _check(self, steps: Form, needs: Sequence[Form]) -> None:
        """Raises Underived where chains may not differ in this way."""

    def _late(self, chain: Chain, steps: Form, needs: Sequence[Form]) -> bool:
        """Whether what leads here covers the beginning: see Start."""
        set_out = chain.start is None or chain.start.late
        return set_out and not chain.needs and bool(self._order.at_least(chain.steps, num(0)))

    def forget(self) -> None:
        """Keep the differences, without the chains."""
        self._chains = {}

    def sorted(self) -> list[tuple[Slope, list[Chain]]]:
        """In an order that does not depend on where the chains come from."""
        return [(self._slopes[key], self._chains.get(key, [])) for key in sorted(self._slopes, key=_ranks)]


def _ranks(place: tuple[Key, ...]) -> list[Any]:
    return [key.rank for key in place]


class CarriedSlopes(Slopes):
    """The slopes of a carried value: as no round is like another, they may not change with the loop's counter.

    `held`: some chain leads to it in every round, from before the first on.
    """

    def __init__(self, axes: Sequence[Symbol], order: Order, counter: Symbol, held: bool) -> None:
        super().__init__(axes, order)
        self._counter = counter
        self._held = held

    def _check(self, steps: Form, needs: Sequence[Form]) -> None:
        if any(mentions(form, (self._counter,)) for form in (steps, *needs)):
            raise Underived(OTHER_ORDER)

    def _late(self, chain: Chain, steps: Form, needs: Sequence[Form]) -> bool:
        return self._held and not needs and steps == 0
