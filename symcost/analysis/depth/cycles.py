"""The cycles of a small graph, such as the ways in which carried values wait for each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TypeVar

Node = TypeVar("Node")


def simple_cycles(edges: Iterable[tuple[Node, Node]]) -> Iterator[list[Node]]:
    """The cycles that meet no node twice, each once, from that of its nodes on which the edges name first.

    A way is followed only while it can still come back, so that the next cycle is never long in coming, however many
    ways there are. (networkx has the same function, but to start it takes longer than most formulas.)
    Source: Read & Tarjan, Bounds on backtrack algorithms for listing cycles, paths, and spanning trees (1975)
    """
    after: dict[Node, list[Node]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        after.setdefault(target, [])
    later = dict.fromkeys(after)
    for first in after:
        del later[first]
        yield from _ways_back([first], later.keys(), after)


def has_cycle(edges: Iterable[tuple[Node, Node]]) -> bool:
    """Whether edges lead from some node back to itself."""
    return next(simple_cycles(edges), None) is not None


def _ways_back(way: Sequence[Node], unused: Set[Node], after: Mapping[Node, Sequence[Node]]) -> Iterator[list[Node]]:
    """The cycles that begin with a way and go on through unused nodes."""
    for following in after[way[-1]]:
        if following == way[0]:
            yield list(way)
        elif following in unused:
            left = unused - {following}
            if _leads(following, way[0], left, after):
                yield from _ways_back([*way, following], left, after)


def _leads(source: Node, target: Node, unused: Set[Node], after: Mapping[Node, Sequence[Node]]) -> bool:
    """Whether one comes from a node to another through unused nodes."""
    waiting, seen = [source], {source}
    while waiting:
        for following in after[waiting.pop()]:
            if following == target:
                return True
            if following in unused and following not in seen:
                seen.add(following)
                waiting.append(following)
    return False
