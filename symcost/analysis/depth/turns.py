"""Turns: the ways in which a chain can come back to the carried value from which it set out, and go round again.

A carried value that waits for itself turns in one round. Where several wait for each other there are longer turns, the
cycles of the graph of carried values; the critical ones are those that take the most steps for each round.
Source: Baccelli, Cohen, Olsder & Quadrat, Synchronization and Linearity (1992), chapter 3
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING

from symcost.analysis.depth.chains import BEGINNING, Chain, Chains, Start, Underived
from symcost.analysis.depth.order import Order
from symcost.formula import Form, add, mul, num
from symcost.formula.keys import Key
from symcost.once import once
from symcost.records import dataclass

if TYPE_CHECKING:
    import networkx as nx

MOST_NODES = 12
"""Carried values that may wait for each other: each pair of them is looked at for up to so many rounds."""
MOST_CYCLES = 200
"""Cycles that are looked at one by one: all of 6 values that all wait for each other are 409, of 5 they are 84."""

Edges = Mapping[tuple[Start, Start], Sequence[Chain]]
"""What one round adds on the way from one carried value to another."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A way from a node back to itself, in `rounds` rounds."""

    node: Start
    steps: Form
    rounds: int
    needs: tuple[Form, ...]

    @property
    def pace(self) -> Form:
        """Steps for one round."""
        return self.steps / self.rounds


def turns(order: Order, edges: Edges) -> list[Turn]:
    """The ways back to a node that are worth taking: of longer ones those that no turn in one round matches.

    Raises Underived where there are too many.
    """
    own: list[Turn] = []
    waiting: list[tuple[Start, Start]] = []
    for (source, target), ways in edges.items():
        if source is target:
            own += (Turn(source, way.steps, 1, way.needs) for way in ways)
        else:
            waiting.append((source, target))
    if not waiting:
        # No value waits for another one, as in most loops: nothing to ask of a graph.
        return own
    longer = _Longer(order, edges, waiting, own)
    return own + longer.turns()


class _Longer:
    """The turns through several carried values."""

    def __init__(self, order: Order, edges: Edges, waiting: Sequence[tuple[Start, Start]], own: Sequence[Turn]) -> None:
        self._order = order
        self._edges = edges
        self._own = own
        self._waiting = waiting
        self._nodes = list(dict.fromkeys(node for edge in waiting for node in edge))

    @once
    def _graph(self) -> nx.DiGraph[int]:
        """Which values wait for which: numbered, so that cycles come in the order of the text, not in that of memory.

        networkx is loaded here and nowhere else: it takes longer to start than most formulas take in all.
        """
        from networkx import DiGraph

        number = {node: place for place, node in enumerate(self._nodes)}
        return DiGraph([(number[source], number[target]) for source, target in self._waiting])

    def turns(self) -> list[Turn]:
        """The turns along cycles that nothing faster matches. Raises Underived."""
        if len(self._nodes) > MOST_NODES:
            raise Underived("too many values wait for each other from round to round")
        cycles = list(islice(self._cycles(), MOST_CYCLES + 1))
        if len(cycles) > MOST_CYCLES:
            return self._none_if_led()
        return [turn for cycle in cycles for turn in self._round_a_cycle(cycle)]

    def _cycles(self) -> Iterator[list[Start]]:
        """The ways through several nodes and back that meet none of them twice."""
        if len(self._nodes) == 2:
            # Of two values, as in an LSTM, the one cycle is plain to see: there and back.
            return iter([self._nodes] if len(self._waiting) == 2 else [])
        from networkx import simple_cycles

        return map(self._named, simple_cycles(self._graph))

    def _round_a_cycle(self, cycle: Sequence[Start]) -> Iterator[Turn]:
        """The turns along a cycle, from each of its nodes, unless one of these turns as fast by itself."""
        rounds = len(cycle)
        own = [turn for turn in self._own if turn.node in cycle]
        edges = [self._edges[edge] for edge in pairwise([*cycle, cycle[0]])]
        for way in map(_along, product(*edges)):
            if not any(self._matches(turn, way, rounds) for turn in own):
                yield from (Turn(node, way.steps, rounds, way.needs) for node in cycle)

    def _matches(self, turn: Turn, way: Chain, rounds: int) -> bool:
        """Whether a turn, made as often as a way has rounds, takes no fewer steps and is there whenever it is."""
        if not _keys(turn.needs) <= _keys(way.needs):
            return False
        return bool(self._order.at_least(mul(rounds, turn.steps), way.steps))

    # Where cycles are too many to look at ---------------------------------------------------------

    def _none_if_led(self) -> list[Turn]:
        """No longer turn is worth taking, if every cycle is matched by the turn of one of its nodes by itself.

        A cycle stays inside of one strongly connected component. Its fastest node is taken out if no cycle through it
        is faster than its own turn; the cycles that are left avoid it, inside of what the component then falls into.

        Raises Underived where that cannot be said.
        """
        from networkx import strongly_connected_components

        components: list[set[int]] = list(strongly_connected_components(self._graph))
        while components:
            component = components.pop()
            if len(component) == 1:
                continue
            leader = self._leader(component)
            if self._overtaken(leader, component):
                raise Underived("too many values wait for each other from round to round")
            rest = component - {self._nodes.index(leader.node)}
            components += strongly_connected_components(self._graph.subgraph(rest))
        return []

    def _named(self, places: Iterable[int]) -> list[Start]:
        return [self._nodes[place] for place in places]

    def _leader(self, component: set[int]) -> Turn:
        """The fastest of the turns that nodes make by themselves. Raises Underived where it is open which one it is."""
        nodes = self._named(sorted(component))
        own = [turn for turn in self._own if turn.node in nodes and not turn.needs]
        for leader in own:
            if all(self._order.at_least(leader.steps, turn.steps) for turn in own):
                return leader
        raise Underived("too many values wait for each other from round to round")

    def _overtaken(self, leader: Turn, component: set[int]) -> bool:
        """Whether, as far as can be told, some cycle through its node is faster than a turn."""
        nodes = self._named(sorted(component))
        ahead: dict[Start, Chains] = {leader.node: (BEGINNING,)}
        for _ in nodes:
            ahead = self._one_edge_on(ahead, nodes, leader.steps)
            for back in ahead.pop(leader.node, ()):
                if not self._order.at_least(num(0), back.steps):
                    return True
        return False

    def _one_edge_on(self, ahead: Mapping[Start, Chains], nodes: Sequence[Start], pace: Form) -> dict[Start, Chains]:
        """How far chains are ahead of what turns all the time, one round later, wherever they have gone."""
        found: dict[Start, list[Chain]] = {}
        for middle, target in product(ahead, nodes):
            edges = self._edges.get((middle, target), ()) if middle is not target else ()
            for edge, chain in product(edges, ahead[middle]):
                found.setdefault(target, []).append(Chain(None, add(chain.steps, edge.steps, -pace)))
        return {node: self._order.longest(chains) for node, chains in found.items()}


def _along(way: Sequence[Chain]) -> Chain:
    """The edges of a way as one."""
    steps = add(*(edge.steps for edge in way))
    needs = tuple(need for edge in way for need in edge.needs)
    return Chain(None, steps, needs)


def _keys(needs: Iterable[Form]) -> set[Key]:
    return {need.key for need in needs}
