"""Walks: many rounds of a loop seen as one, of which most are spent in turning at one carried value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from symcost.analysis.depth.chains import BEGINNING, Chain, Chains, Start, Underived
from symcost.analysis.depth.order import Order
from symcost.analysis.depth.turns import Edges, Turn, turns
from symcost.formula import Form, Num, add, floor_div, mul, num
from symcost.records import dataclass

MOST_TURNING = 6
"""Carried values that may wait for each other in turns of several rounds: ways three times as long are compared."""

Ends = tuple[Start, Start]
"""Where a way sets out, and where it leads."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Many rounds seen as one: `edges` of them go somewhere, all others turn, `period` at a time (None: none does).

    `steps` are those of the edges less what as many rounds of turning take: m rounds take `steps + m*pace`. With `full`
    they take what they took when last so many rounds, or whole turns more, were over.
    """

    steps: Form
    edges: int
    pace: Form
    period: int | None
    needs: tuple[Form, ...]
    full: int | None = None

    def behind(self, chain: Chain) -> Walk:
        """The walk behind a chain that leads to where it sets out."""
        return replace(self, steps=add(chain.steps, self.steps), needs=(*chain.needs, *self.needs))

    def after(self, rounds: Form) -> tuple[Form, tuple[Form, ...]]:
        """Its steps in so many rounds, and what must not be negative for that. Raises Underived."""
        spare = add(rounds, -self.edges).expand()
        needs = [*self.needs, spare]
        if self.period is None:
            # No round can be spent in turning: there are just as many as there are edges.
            needs.append((-spare).expand())
        elif self.full is not None:
            rounds = add(self.full, mul(self.period, floor_div(add(rounds, -self.full), self.period)))
        elif self.period > 1:
            raise Underived("carried values take turns in waiting for each other")
        return add(self.steps, mul(rounds, self.pace).expand()), tuple(needs)

    def in_at_most(self, rounds: Form) -> Form:
        """Its steps in so many rounds, or in the last number below for which whole turns are left over."""
        if self.period is None or self.period == 1 or self.full is not None:
            return self.after(rounds)[0]
        turning = mul(self.period, floor_div(add(rounds, -self.edges), self.period))
        return add(self.steps, mul(add(self.edges, turning), self.pace).expand())

    def then(self, behind: Walk, turn: Turn) -> Walk:
        """The way to where a turn is made, and the way from there, as one walk."""
        needs = (*self.needs, *behind.needs, *turn.needs)
        return Walk(add(self.steps, behind.steps), self.edges + behind.edges, turn.pace, turn.rounds, needs)

    def turns_like(self, other: Walk) -> bool:
        """Whether it turns as fast, in as many rounds."""
        return self.period == other.period and self.pace == other.pace


class Walks:
    """All that the longest chains can do in many rounds, between `nodes` along `edges`."""

    def __init__(self, order: Order, nodes: Sequence[Start], edges: Edges) -> None:
        self._order = order
        self._nodes = nodes
        self._edges = edges

    def all(self) -> dict[Ends, list[Walk]]:
        """The walks from node to node.

        A walk that turns at its best node does not need its other cycles: turning as many rounds takes no fewer steps.
        Where a turn takes r rounds, fewer than r of them may be left over.

        Raises Underived.
        """
        turning = turns(self._order, self._edges)
        period = max((turn.rounds for turn in turning), default=1)
        most = self._most_edges(period)
        paths = list(self._paths(self._nodes, most, again=period > 1))
        found: dict[Ends, list[Walk]] = {}
        for turn in turning:
            # Where turns take one round, the way there and the way back are bounded each by itself, else both together.
            self._turn_at(turn, paths, 2 * most if period == 1 else most, found)
        self._without_turning(turning, found)
        return found

    def _most_edges(self, period: int) -> int:
        """How many edges a way may need besides the turns of a walk.

        Where every turn takes one round, a way of more edges than nodes meets one twice. Where one takes r rounds,
        there is such a way to it and one from it, and at every node up to r - 1 rounds are left over.
        """
        others = len(self._nodes) - 1
        if period == 1:
            return others
        if len(self._nodes) > MOST_TURNING:
            raise Underived("carried values take turns in waiting for each other")
        return 2 * others + (period - 1) * len(self._nodes)

    def _turn_at(
        self, turn: Turn, paths: Sequence[Mapping[Ends, Chains]], most: int, found: dict[Ends, list[Walk]]
    ) -> None:
        """The walks to the node of a turn, which turn there and go on."""
        there = {node: self._ways(paths, node, turn.node, turn) for node in self._nodes}
        back = {node: self._ways(paths, turn.node, node, turn) for node in self._nodes}
        for source, target in product(self._nodes, self._nodes):
            walks = found.setdefault((source, target), [])
            for before, behind in product(there[source], back[target]):
                if before.edges + behind.edges <= most:
                    self._take(walks, before.then(behind, turn))

    def _without_turning(self, turning: Sequence[Turn], found: dict[Ends, list[Walk]]) -> None:
        """The walks past nodes where nothing turns."""
        turned = {turn.node for turn in turning}
        still = [node for node in self._nodes if node not in turned]
        for edges, table in enumerate(self._paths(still, len(still) - 1)):
            for ends, chains in table.items():
                walks = found.setdefault(ends, [])
                walks += (Walk(chain.steps, edges, num(0), None, chain.needs) for chain in chains)

    def _ways(self, paths: Sequence[Mapping[Ends, Chains]], source: Start, target: Start, turn: Turn) -> list[Walk]:
        """The ways from one node to another, less what as many rounds of turning take."""
        ways: list[Walk] = []
        for edges, table in enumerate(paths):
            for chain in table.get((source, target), ()):
                steps = add(chain.steps, mul(-edges, turn.pace)).expand()
                self._take(ways, Walk(steps, edges, turn.pace, turn.rounds, chain.needs))
        return ways

    def _paths(self, nodes: Sequence[Start], most: int, again: bool = False) -> Iterator[Mapping[Ends, Chains]]:
        """The heaviest ways of 0, 1, 2, ... edges between nodes; `again`: with those from a node to itself."""
        table: Mapping[Ends, Chains] = {(node, node): (BEGINNING,) for node in nodes}
        for _ in range(most + 1):
            yield table
            table = self._one_edge_on(table, nodes, again)

    def _one_edge_on(self, table: Mapping[Ends, Chains], nodes: Sequence[Start], again: bool) -> dict[Ends, Chains]:
        """All ways with one edge more."""
        longer: dict[Ends, list[Chain]] = {}
        for (source, middle), chains in table.items():
            for target in nodes:
                if again or target is not middle:
                    edges = self._edges.get((middle, target), ())
                    longer.setdefault((source, target), []).extend(_extended(chains, edges))
        return {ends: self._order.longest(chains) for ends, chains in longer.items() if chains}

    # Which walk is the longer ---------------------------------------------------------------------

    def _take(self, walks: list[Walk], walk: Walk) -> None:
        """Put a walk to others, unless one of them replaces it, in the place of those that it replaces."""
        if any(self._replaces(other, walk) for other in walks):
            return
        walks[:] = [other for other in walks if not self._replaces(walk, other)]
        walks.append(walk)

    def _replaces(self, walk: Walk, other: Walk) -> bool:
        """Whether a walk is there whenever another one is, and takes no fewer steps."""
        if walk.edges > other.edges or not _needs_less(walk, other):
            return False
        if walk.period == other.period == 1:
            return self._stays_ahead(walk, other)
        return _whole_turns_apart(walk, other) and bool(self._order.at_least(walk.steps, other.steps))

    def _stays_ahead(self, walk: Walk, other: Walk) -> bool:
        """Whether it turns no slower, and is ahead in the first round in which the other one is there."""
        faster, further = _more(walk.pace, other.pace), _more(walk.steps, other.steps)
        if isinstance(faster, Num) and isinstance(further, Num):
            return faster.value >= 0 and further.value + other.edges * faster.value >= 0
        ahead = self._order.at_least(further + other.edges * faster, num(0))
        return bool(ahead and self._order.at_least(faster, num(0)))

    # Turns of several rounds ----------------------------------------------------------------------

    def merged(self, walks: Sequence[Walk]) -> list[Walk]:
        """Walks that together are there for every number of rounds, as one walk and its beginnings."""
        merged = list(walks)
        for walk in walks:
            if walk.period is not None and walk.period > 1:
                self._merge(walk, walk.period, walks, merged)
        return merged

    def _merge(self, walk: Walk, period: int, walks: Sequence[Walk], merged: list[Walk]) -> None:
        """Put what is there for every number of rounds in the place of a walk and those that turn alike."""
        alike = [other for other in walks if other.turns_like(walk) and not other.needs]
        even = self._no_shorter(walk, period, alike)
        first = even or self._no_shorter_between(walk, period, alike)
        if not first:
            return
        # From `last` on, all numbers of rounds are there; before, some are.
        last = max(first.values())
        evenly = Walk(walk.steps, last, walk.pace, 1, ())
        whole = evenly if even else replace(evenly, period=period, full=walk.edges)
        merged[:] = self._without_shorter(merged, walk, walks)
        self._take(merged, whole)
        merged += _beginnings(whole, first, period, last)

    def _no_shorter(self, walk: Walk, period: int, alike: Sequence[Walk]) -> dict[int, int]:
        """For every number of rounds a walk that is as long, if there are as many: see _all_rounds."""
        return _all_rounds(period, [other for other in alike if self._order.at_least(other.steps, walk.steps)])

    def _no_shorter_between(self, walk: Walk, period: int, alike: Sequence[Walk]) -> dict[int, int]:
        """For every number of rounds one that is as long as the walk was after its last full turn, if so many."""
        return _all_rounds(period, [other for other in alike if self._in_between(walk, period, other)])

    def _without_shorter(self, merged: Sequence[Walk], walk: Walk, walks: Sequence[Walk]) -> list[Walk]:
        """Without those of `walks` that turn like a walk and are no longer."""
        return [other for other in merged if other not in walks or not self._no_more(other, walk)]

    def _in_between(self, walk: Walk, period: int, other: Walk) -> bool:
        """Whether another walk, some rounds after a full turn of the first, is no shorter than that was then."""
        behind = (other.edges - walk.edges) % period
        return bool(self._order.at_least(add(other.steps, mul(behind, walk.pace)), walk.steps))

    def _no_more(self, walk: Walk, other: Walk) -> bool:
        """Whether a walk that turns alike takes no more steps."""
        return walk.turns_like(other) and bool(self._order.at_least(other.steps, walk.steps))


def _extended(chains: Sequence[Chain], edges: Sequence[Chain]) -> Iterator[Chain]:
    return (chain.longer(edge.steps, edge.needs) for edge in edges for chain in chains)


def _needs_less(walk: Walk, other: Walk) -> bool:
    """Whether a walk needs nothing that the other does not need too."""
    return not walk.needs or {need.key for need in walk.needs} <= {need.key for need in other.needs}


def _whole_turns_apart(walk: Walk, other: Walk) -> bool:
    """Whether they turn alike, and what the longer way has more edges is made up by the other in whole turns."""
    return walk.period is not None and walk.turns_like(other) and (other.edges - walk.edges) % walk.period == 0


def _all_rounds(period: int, alike: Sequence[Walk]) -> dict[int, int]:
    """From when on they are there, by the rounds left over of a turn; empty where some numbers of rounds lack."""
    latest_first = sorted(alike, key=lambda walk: -walk.edges)
    first = {walk.edges % period: walk.edges for walk in latest_first}
    return first if len(first) == period else {}


def _beginnings(whole: Walk, first: Mapping[int, int], period: int, last: int) -> Iterator[Walk]:
    """What a walk takes in fewer rounds than `last`, each number of them by itself, where it is there at all."""
    for rounds in range(last):
        if first[rounds % period] <= rounds:
            steps, _ = whole.after(num(rounds))
            yield Walk(steps.expand(), rounds, num(0), None, ())


def _more(left: Form, right: Form) -> Form:
    """Their difference, the common case of two numbers without forms in between."""
    if isinstance(left, Num) and isinstance(right, Num):
        return num(left.value - right.value)
    return add(left, -right)
