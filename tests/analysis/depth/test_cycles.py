"""The cycles of a graph, against networkx."""

from __future__ import annotations

import random
from itertools import islice, permutations

import networkx as nx
import pytest

from symcost.analysis.depth.cycles import has_cycle, simple_cycles


def turned(cycle: list[int]) -> tuple[int, ...]:
    """A cycle from its least node on."""
    place = cycle.index(min(cycle))
    return (*cycle[place:], *cycle[:place])


@pytest.mark.parametrize("seed", range(60))
def test_the_cycles_are_those_of_networkx(seed: int) -> None:
    """Each cycle of a random graph is found once, and no other."""
    chance = random.Random(seed)
    size = chance.randint(1, 6)
    edges = [(a, b) for a in range(size) for b in range(size) if chance.random() < chance.choice((0.2, 0.4, 0.7))]
    graph = nx.DiGraph(edges)
    assert sorted(map(turned, simple_cycles(edges))) == sorted(map(turned, nx.simple_cycles(graph)))
    assert has_cycle(edges) == (not nx.is_directed_acyclic_graph(graph))


def test_many_dead_ends_do_not_hold_it_up() -> None:
    """Behind a gate that must be passed twice lie 10! ways of which none comes back; two cycles are found at once."""
    inner = list(range(2, 12))
    edges = [(0, 1), (1, 0), (1, 2), *((a, 1) for a in inner), *permutations(inner, 2)]
    assert len(list(islice(simple_cycles(edges), 200))) == 200
    assert [0, 1] in islice(simple_cycles(edges), 1)
