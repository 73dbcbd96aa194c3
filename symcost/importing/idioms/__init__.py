"""What a reader calls by one name is written by that name, where it costs the same by every class of operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symcost.importing.idioms.attention import ATTENTION
from symcost.importing.idioms.axes import AXES
from symcost.importing.idioms.heads import HEADS
from symcost.importing.idioms.layers import LAYERS
from symcost.importing.idioms.pattern import Rewriting
from symcost.importing.idioms.windows import WINDOWS
from symcost.importing.program import Program
from symcost.importing.tree import Item, Loop, Module, made, read

IDIOMS = (*AXES, *WINDOWS, *HEADS, *LAYERS, *ATTENTION)


def rewritten(program: Program, items: tuple[Item, ...], outs: Iterable[str]) -> tuple[Item, ...]:
    """The items with idioms, in every module."""
    inner: list[Item] = []
    needed = set(outs)
    for item in reversed(items):
        inner.append(_inside(program, item, needed))
        needed.update(read((item,)))
    return Rewriting(program, tuple(reversed(inner)), tuple(outs)).run(IDIOMS)


def _inside(program: Program, item: Item, needed: set[str]) -> Item:
    match item:
        case Module(items=items):
            return replace(item, items=rewritten(program, items, needed.intersection(made(items))))
        case Loop(body=body):
            return replace(item, body=rewritten(program, body, item.results))
    return item
