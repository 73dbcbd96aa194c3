"""One block of each kind that hides ways around, opened where a picture would else show a row of closed boxes.

The skips of a residual network and the branches of an Inception are what their figures show: in one block,
as all others are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.graph.graph import Block, Tensor
from symcost.pictures import titles
from symcost.pictures.nodes import is_leaf, learns


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
        if kind in self._kinds or not _has_ways_around(shown):
            return False
        self._kinds.add(kind)
        self._opened.add(node)
        return True


def _kind(node: Block, shown: Block) -> tuple[str, str]:
    """What blocks alike have in common: the name of what is called, or where a loop is written."""
    place = f"{shown.span.source.name}:{shown.span.start}"
    return node.kind, shown.name if shown.kind == "call" else place


def _has_ways_around(block: Block) -> bool:
    """Whether a block is worth to be seen inside: one of the library only for its skips, as all know attention."""
    if block.kind not in ("call", "repeat") or is_leaf(block) or not learns(block):
        return False
    is_own = block.graph.library is None and not block.span.source.name.startswith("library/")
    return any(is_own or is_skip for is_skip in _meetings(block))


def _meetings(block: Block) -> Iterator[bool]:
    """Where what is made of the first thing that comes in comes together again; whether some of it was read before."""
    coming = block.graph.ports if block.kind == "call" else [carried.start for carried in block.carried]
    found: set[Tensor] = set(coming[:1])
    read_before: set[Tensor] = set()
    for node in block.graph:
        read = found.intersection(node.inputs)
        if len(read) > 1:
            yield not read.isdisjoint(read_before)
        if read:
            read_before |= read
            found.update(node.outputs)
