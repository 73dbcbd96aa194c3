"""Whatever a block costs is what it does itself and what the blocks in it cost, to the last operation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import symcost
from symcost.blocks import BlockCost
from symcost.classes import CLASSES, INSIDE
from symcost.conventions import Convention, available, load
from symcost.cost import Cost
from symcost.errors import LayerNotCounted
from symcost.formula import Form, add, num
from symcost.model import Model
from tests.examples.files import each, loaded

CONVENTIONS = [load(name) for name in available()]

MOST_BLOCKS = 400
"""Blocks of one model that are looked at, the outermost first."""


Figures = dict[str, Form | None]


def divided(tree: BlockCost) -> Iterator[tuple[str, Figures, list[Figures]]]:
    """The figures of the blocks of a model with blocks in them, and of what is in each, level by level."""
    level, seen = [(tree, figures(tree))], 0
    while level and seen < MOST_BLOCKS:
        following: list[tuple[BlockCost, Figures]] = []
        for block, whole in level:
            parts = [(part, figures(part)) for part in block.inside]
            if parts:
                seen += 1
                yield block.label, whole, [figured for _, figured in parts]
            following += parts
        level = following


def flops(block: BlockCost, cost: Cost, convention: Convention) -> Form | None:
    if not convention.layers:
        return convention.flops(cost)  # as the block does it with its cost, which is made once for all of them
    try:
        return block.flops(convention)
    except LayerNotCounted:
        return None


def figures(block: BlockCost) -> Figures:
    """Everything that a listing could show of a block."""
    cost = block.cost
    found: Figures = {"params": block.params, "active": block.active}
    found |= {name: cost[name] for name in (*CLASSES, *INSIDE)}
    return found | {convention.name: flops(block, cost, convention) for convention in CONVENTIONS}


def adds_up(model: Model) -> None:
    for label, whole, parts in divided(model.tree):
        for name, form in whole.items():
            if form is None:
                continue  # the convention cannot count it
            terms = [part[name] for part in parts]
            assert None not in terms, (label, name)
            together = add(num(0), *(term for term in terms if term is not None))
            assert form == together, (label, name, str(form), str(together))


@pytest.mark.parametrize("path", each(sample=True))
def test_every_block_is_the_sum_of_what_is_in_it(path: Path) -> None:
    """Parameters, every class of operations, FLOPs under every convention that can count them."""
    for model in loaded(path).models.values():
        if not model.faults:  # some need a configuration before they can be built
            adds_up(model)


# By hand ---------------------------------------------------------------------------------------


def tree(text: str) -> BlockCost:
    return symcost.loads(text).model().tree


def rows(block: BlockCost, level: int = 0) -> list[tuple[str, str, str]]:
    """Label, parameters and MACs of a block and all inside it."""
    found = [("  " * level + block.label, str(block.params), str(block.cost["macs"]))]
    for part in block.inside:
        found += rows(part, level + 1)
    return [row for row in found if row[1:] != ("0", "0")]


def test_what_stands_in_no_call_is_a_row() -> None:
    """A product with a parameter of the model itself: I·H of its parameters, I·H·T of its MACs."""
    assert rows(tree("model M(x: [T, I], H) { param W: [I, H] return x @ W -> Linear(H) }")) == [
        ("M", "I·H + H·H + H", "I·H·T + H·H·T"),
        ("  (own)", "I·H", "I·H·T"),
        ("  Linear", "H·H + H", "H·H·T"),
        ("    (own)", "H·H + H", "H·H·T"),
    ]


def test_a_tied_embedding_is_its_owners() -> None:
    """`E[tokens]` and `@ transpose(E)` are no calls: V·D parameters, D·V·T MACs."""
    text = "model M(tokens: [T], V, D) { param E: [V, D] y = E[tokens] -> Linear(D) return y @ transpose(E) }"
    assert rows(tree(text))[1] == ("  (own)", "V·D", "D·V·T")


def test_a_named_layer_is_one_block() -> None:
    """One set of parameters, three calls' operations; one of them for another length."""
    text = "model M(x: [T, H], z: [N, H]) { layer f = Linear(H) return f(f(x)) , f(z) }"
    assert rows(tree(text))[1:] == [
        ("  layer f", "H·H + H", "2·H·H·T + H·H·N"),
        ("    (own)", "H·H + H", "2·H·H·T + H·H·N"),
    ]


def test_a_layer_called_in_one_loop_only_stands_there() -> None:
    """The parameters are there once, whatever the rounds: 2·H·H + H in all, D·H·... no more for L rounds."""
    text = "model M(x: [T, H], L) { layer f = Linear(H, bias = false) repeat L { x = f(f(x)) } return x }"
    assert rows(tree(text)) == [
        ("M", "H·H", "2·H·H·T·L"),
        ("  repeat L", "H·H", "2·H·H·T·L"),
        ("    layer f", "H·H", "2·H·H·T·L"),
        ("      (own)", "H·H", "2·H·H·T·L"),
    ]


def test_a_layer_called_in_two_places_stands_where_it_is_named() -> None:
    """Its parameters are there; the loop has the operations alone."""
    text = "model M(x: [T, H], L) { layer f = Linear(H, bias = false) repeat L { x = f(x) } return f(x) }"
    assert rows(tree(text))[1:] == [
        ("  layer f", "H·H", "H·H·T"),
        ("    (own)", "H·H", "H·H·T"),
        ("  repeat L", "0", "H·H·T·L"),
        ("    layer f", "0", "H·H·T·L"),
        ("      (own operations)", "0", "H·H·T·L"),
    ]


def test_layers_inside_of_layers_keep_their_parameters() -> None:
    """Two calls of a block of two layers: each parameter once, each operation twice."""
    text = """
    module Two(x: [T, H]) -> [T, H] { layer g = Linear(H, bias = false) return g(g(x)) -> Linear(H, bias = false) }
    model M(x: [T, H]) { layer f = Two return f(f(x)) }
    """
    assert rows(tree(text))[1:] == [
        ("  layer f", "2·H·H", "6·H·H·T"),
        ("    layer g", "H·H", "4·H·H·T"),
        ("      (own)", "H·H", "4·H·H·T"),
        ("    Linear", "H·H", "2·H·H·T"),
        ("      (own)", "H·H", "2·H·H·T"),
    ]


def test_layers_add_up_wherever_they_are_called() -> None:
    """Named outside, called in loops, in modules that get them, in layers of layers, and under `choose`."""
    adds_up(
        symcost.loads("""
    module Twice(x: [T, H], f) -> [T, H] { return f(f(x)) }
    module Deep(x: [T, H]) -> [T, H] { layer g = Linear(H) repeat 3 { x = g(x) } return x }
    model M(x: [T, H], L, E) {
      layer f = Linear(H)
      layer d = Deep
      layer only = Linear(H)
      layer idle = relu
      x = f(x) -> Twice(f) -> Twice(f)
      repeat l in L { x = f(x) + d(x)  repeat 2 { x = only(x) } }
      choose 2 of E { y = f(x) -> Linear(H)  emit z = y }
      x = d(x) + idle(x)
      return x
    }
    """).model()
    )
