"""Turns: the ways in which a chain can come back to the carried value from which it set out, and go round again.

A carried value that waits for itself turns in one round. Where several wait for each other there are longer turns, the
cycles of the graph of carried values; the critical ones are those that take the most steps for each round.
Source: Baccelli, Cohen, Olsder & Quadrat, Synchronization and Linearity (1992), chapter 3
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING

from symcost.analysis.depth.chains import BEGINNING, Chain, Chains, Start, Underived
from symcost.analysis.depth.order import Order
from symcost.formula import Form, add, mul, num

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
    own = [
        Turn(source, way.steps, 1, way.needs)
        for (source, target), ways in edges.items()
        if source is target
        for way in ways
    ]
    waiting = [(source, target) for source, target in edges if source is not target]
    if not waiting:
        return own  # no value waits for another one, as in most loops: nothing to ask of a graph
    return own + _Longer(order, edges, waiting, own).turns()


class _Longer:
    """The turns through several carried values."""

    def __init__(self, order: Order, edges: Edges, waiting: Iterable[tuple[Start, Start]], own: Sequence[Turn]) -> None:
        import networkx  # here, where cycles are asked for: plain formulas do without the time that it takes to load

        self._order = order
        self._edges = edges
        self._own = own
        # Nodes are numbered so that cycles come in the order of the text, not in that of addresses in memory.
        self._nodes = list(dict.fromkeys(node for edge in waiting for node in edge))
        number = {node: place for place, node in enumerate(self._nodes)}
        self._graph: nx.DiGraph[int] = networkx.DiGraph()
        self._graph.add_edges_from((number[source], number[target]) for source, target in waiting)

    def turns(self) -> list[Turn]:
        from networkx import simple_cycles

        if len(self._nodes) > MOST_NODES:
            raise Underived("too many values wait for each other from round to round")
        cycles = list(islice(simple_cycles(self._graph), MOST_CYCLES + 1))
        if len(cycles) <= MOST_CYCLES:
            return [turn for cycle in cycles for turn in self._round_a_cycle([self._nodes[place] for place in cycle])]
        if self._led():
            return []
        raise Underived("too many values wait for each other from round to round")

    def _round_a_cycle(self, cycle: Sequence[Start]) -> Iterator[Turn]:
        """The turns along a cycle, from each of its nodes, unless one of these turns as fast by itself."""
        own = [turn for turn in self._own if turn.node in cycle]
        for way in product(*(self._edges[edge] for edge in pairwise([*cycle, cycle[0]]))):
            if any(self._matches(turn, way) for turn in own):
                continue
            steps = add(*(edge.steps for edge in way))
            needs = tuple(need for edge in way for need in edge.needs)
            yield from (Turn(node, steps, len(cycle), needs) for node in cycle)

    def _matches(self, turn: Turn, way: Sequence[Chain]) -> bool:
        """Whether a turn, made as many times as a way has rounds, takes no fewer steps and is there whenever it is."""
        certain = {need.key for edge in way for need in edge.needs}
        if any(need.key not in certain for need in turn.needs):
            return False
        steps = add(*(edge.steps for edge in way))
        return bool(self._order.at_least(mul(len(way), turn.steps), steps))

    # Where cycles are too many to look at ---------------------------------------------------------

    def _led(self) -> bool:
        """Whether every cycle is matched by a turn at its best node, said without looking at every cycle.

        A cycle stays inside of one strongly connected component. Its fastest node is taken out if no cycle through it
        is faster than its own turn; the cycles that are left avoid it, inside of what the component then falls into.
        """
        from networkx import strongly_connected_components

        components: list[set[int]] = list(strongly_connected_components(self._graph))
        while components:
            component = components.pop()
            if len(component) == 1:
                continue
            leader = self._leader(component)
            if leader is None or self._overtaken(leader, component):
                return False
            rest = component - {self._nodes.index(leader.node)}
            components += strongly_connected_components(self._graph.subgraph(rest))
        return True

    def _leader(self, component: set[int]) -> Turn | None:
        """The fastest of the turns that nodes make by themselves; None where it is not certain which one it is."""
        nodes = [self._nodes[place] for place in sorted(component)]
        own = {turn.node: turn for turn in self._own if turn.node in nodes and not turn.needs}
        if not own:
            return None
        leader, *others = own.values()
        for turn in others:
            leader = turn if self._order.at_least(turn.steps, leader.steps) else leader
        certain = all(self._order.at_least(leader.steps, turn.steps) for turn in own.values())
        return leader if certain else None

    def _overtaken(self, leader: Turn, component: set[int]) -> bool:
        """Whether, as far as can be told, some cycle through its node is faster than a turn."""
        nodes = [self._nodes[place] for place in sorted(component)]
        ahead: dict[Start, Chains] = {leader.node: (BEGINNING,)}
        for _ in nodes:
            ahead = self._one_edge_on(ahead, nodes, leader.steps)
            back = ahead.pop(leader.node, ())
            if not all(self._order.at_least(num(0), chain.steps) for chain in back):
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
