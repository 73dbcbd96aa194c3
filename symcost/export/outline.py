"""The blocks of a model as a paper lists them: a block around a single block is one with it, loops are `× L`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from symcost.blocks import OWN
from symcost.errors import TooManyBlocks
from symcost.export.summary import MOST_ROWS, runs
from symcost.formula import Form, mul
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.blocks import BlockCost

_REPEAT = re.compile(r"repeat (?:\w+(?:, \w+)* in )?(.+)")


@dataclass(frozen=True, slots=True)
class Item:
    """A block, or equal neighbours as one, and how deep it stands. The figures of a level add up."""

    label: str
    level: int
    params: Form
    macs: Form


def outline(tree: BlockCost, depth: int, *, every: bool = False) -> list[Item]:
    """The blocks down to a depth; with `every` also those that cost nothing. The whole itself is not among them.

    Raises TooManyBlocks.
    """
    items = []
    for item in _inside(_innermost(tree)[0], 0, depth, 1, every):
        items.append(item)
        if len(items) > MOST_ROWS:
            raise TooManyBlocks(MOST_ROWS)
    return items


def _inside(block: BlockCost, level: int, depth: int, times: int, every: bool) -> Iterator[Item]:
    if level >= depth:
        return
    for part, count in _parts(block, every):
        inner, label = _innermost(part)
        number = count * times
        named = f"layer {label}" if label.startswith("× ") else label
        shown = f"{named}, {number} times" if number > 1 and part.kind != OWN else named
        yield Item(shown, level, mul(number, part.params), mul(number, part.cost["macs"]))
        yield from _inside(inner, level + 1, depth, number, every)


def _parts(block: BlockCost, every: bool) -> list[tuple[BlockCost, int]]:
    """What is in a block and counts something; what it does itself only beside something else, and last."""
    own, others = [], []
    for part, count in runs(block.inside):
        if part.kind == OWN:
            own.append((part, count))
        elif every or part.has_figures:
            others.append((part, count))
    return others + [(part, count) for part, count in own if others and part.has_figures]


def _innermost(block: BlockCost) -> tuple[BlockCost, str]:
    """The block that has several things in it, and what all around it are called."""
    label = _label(block)
    while True:
        parts = _parts(block, every=False)
        if len(parts) != 1 or parts[0][1] != 1:
            return block, label
        inner = parts[0][0]
        label = _joined(label, _label(inner))
        block = inner


def _joined(outer: str, inner: str) -> str:
    """`× L` comes behind the name of what is repeated; else the outer name says it."""
    if outer.startswith("× "):
        return f"{inner} {outer}"
    return f"{outer} {inner}" if inner.startswith("× ") else outer


def _label(block: BlockCost) -> str:
    if block.kind == OWN:
        return "other parameters" if block.cost["macs"] == 0 else "other operations"
    repeated = _REPEAT.fullmatch(block.label)
    if block.kind == "repeat" and repeated:
        return f"× {repeated[1]}"
    return block.label.removeprefix("layer ")
