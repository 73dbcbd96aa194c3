"""Whatever a block costs is what it does itself and what the blocks in it cost, to the last operation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import symcost
from symcost.blocks import BlockCost
from symcost.classes import CLASSES, INSIDE
from symcost.conventions import Convention, available, load
from symcost.errors import LayerNotCounted
from symcost.formula import Form, add, num
from symcost.model import Model

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").rglob("*.arch"))
CONVENTIONS = [load(name) for name in available()]

MOST_BLOCKS = 400
"""Blocks of one model that are looked at, the outermost first."""


def blocks(tree: BlockCost) -> Iterator[BlockCost]:
    """The blocks of a model with blocks in them, level by level."""
    level, seen = [tree], 0
    while level and seen < MOST_BLOCKS:
        for block in level:
            if block.inside:
                seen += 1
                yield block
        level = [child for block in level for child in block.children]


def flops(block: BlockCost, convention: Convention) -> Form | None:
    try:
        return block.flops(convention)
    except LayerNotCounted:
        return None


def figures(block: BlockCost) -> dict[str, Form | None]:
    """Everything that a listing could show of a block."""
    found: dict[str, Form | None] = {"params": block.params, "active": block.active}
    found |= {name: block.cost[name] for name in (*CLASSES, *INSIDE)}
    return found | {convention.name: flops(block, convention) for convention in CONVENTIONS}


def adds_up(model: Model) -> None:
    for block in blocks(model.tree):
        whole, parts = figures(block), [figures(part) for part in block.inside]
        for name, form in whole.items():
            if form is None:
                continue  # the convention cannot count it
            terms = [part[name] for part in parts]
            assert None not in terms, (block.label, name)
            difference = add(form, -add(num(0), *(term for term in terms if term is not None))).expand()
            assert difference == 0, (block.label, name, str(difference))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_block_is_the_sum_of_what_is_in_it(path: Path) -> None:
    """Parameters, every class of operations, FLOPs under every convention that can count them."""
    for model in symcost.load(path).models.values():
        if not model.faults:  # some need a configuration before they can be built
            adds_up(model)
