"""One block of each kind that hides ways around, opened where a picture would else show a row of closed boxes.

The skips of a residual network and the branches of an Inception are what their figures show: in one block,
as all others are alike.
"""

from __future__ import annotations

from collections.abc import Sequence

from symcost.graph.graph import Block, Tensor
from symcost.pictures import titles
from symcost.pictures.nodes import learns


class Samples:
    """The blocks that are opened, deeper than all others."""

    def __init__(self) -> None:
        self._kinds: set[tuple[str, str]] = set()
        self._opened: set[Block] = set()

    def opens(self, place: Sequence[Block], node: Block) -> bool:
        """Whether a block with these around it is opened: the first of its kind, or what alone is repeated in it."""
        around = place[-1] if place else None
        if around in self._opened:
            assert around is not None
            return titles.alone_in(around) is node
        if self._opened.intersection(place):
            return False
        return self._is_first(node)

    def _is_first(self, node: Block) -> bool:
        shown = titles.alone_in(node) or node
        kind = _kind(node, shown)
        if kind in self._kinds or not _is_own(shown):
            return False
        if not learns(shown) or not parts_and_meets(shown):
            return False
        self._kinds.add(kind)
        self._opened.add(node)
        return True


def _kind(node: Block, shown: Block) -> tuple[str, str]:
    """What blocks alike have in common: the name of what is called, or where a loop is written."""
    place = f"{shown.span.source.name}:{shown.span.start}"
    return node.kind, shown.name if shown.kind == "call" else place


def _is_own(block: Block) -> bool:
    """Whether it is none of those that everybody knows."""
    if block.kind == "call":
        return block.graph.library is None
    return block.kind == "repeat" and not block.span.source.name.startswith("library/")


def parts_and_meets(block: Block) -> bool:
    """Whether the one thing that comes in goes several ways, which come together again."""
    graph = block.graph
    coming = graph.ports if block.kind == "call" else [carried.start for carried in block.carried]
    if len(coming) != 1:
        return False
    found: set[Tensor] = set(coming)
    for node in graph:
        read = found.intersection(node.inputs)
        if len(read) > 1:
            return True
        if read:
            found.update(node.outputs)
    return False
