"""The backward pass by line: shares derived by hand, and totals that are those of the pass itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import symcost
from symcost.analysis.counts.by_line import Part, Step
from symcost.formula import Form, symbol
from symcost.graph.graph import Block

EXAMPLES = Path(__file__).parents[3] / "examples"
T, I, H, L, D = (symbol(name) for name in "TIHLD")


def by_operation(part: Part) -> dict[str, Form]:
    """What each operation counts in one round of the loops around it; with all rounds where the listing says so."""
    found: dict[str, Form] = {}
    for line in part.lines:
        for item in line.items:
            if isinstance(item, Step):
                found[item.node.span.text] = item.total
            else:
                found |= by_operation(item)
    return found


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def test_back_through_a_recurrence() -> None:
    """Each step has a gradient for U and one for the state before; the first state is zeros and needs none.

    The input needs none at all, so that x @ W has the gradient of W alone.
    """
    body = "param W: [I, H]  param U: [H, H]  scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U) }  return h"
    whole = model("x: [T, I], H", body).explained("backward")
    assert by_operation(whole) == {"x[t] @ W": I * H * T, "h @ U": 2 * H * H * T - H * H}
    assert whole.total == I * H * T + 2 * H * H * T - H * H


def test_rounds_that_are_alike_are_told_once() -> None:
    """In a stack behind a trained layer every layer has both gradients: 2·T·D·D, L times."""
    whole = model("x: [T, D], L", "x = x -> Linear(D)  repeat L { x = x -> Linear(D) -> tanh }  return x").explained(
        "backward"
    )
    (block,) = [
        item
        for line in whole.lines
        for item in line.items
        if isinstance(item, Part) and item.block is not None and item.block.kind == "repeat"
    ]
    assert block.factor == L
    assert block.once == 2 * T * D * D
    assert whole.total == T * D * D + 2 * T * D * D * L


def test_gradients_that_meet_stand_behind_their_block() -> None:
    """The two gradients that come back to the result of a call are added up where they meet: one addition a number."""
    found = model("x: [T, D]", "y = x -> Linear(D, bias = false)  return tanh(y) + exp(y)").explained("training_flops")
    own = [
        item.total
        for line in found.lines
        for item in line.items
        if isinstance(item, Step) and isinstance(item.node, Block)
    ]
    assert own == [T * D]


def test_both_ways_is_forward_and_back() -> None:
    """A first layer costs T·I·H forward and as much for the gradient of its weights; the second twice that, back."""
    whole = model("x: [T, I], H", "return x -> Linear(H) -> tanh -> Linear(I)").explained("training")
    assert whole.total == 2 * T * I * H + 3 * T * I * H


@pytest.mark.parametrize(
    "path", ["lecture/gru.arch", "lecture/attention.arch", "language/mixtral.arch", "speech/tcn.arch"]
)
def test_the_lines_add_up(path: str) -> None:
    """To the quantity itself, exactly, for both directions and their FLOPs."""
    for asked in symcost.load(EXAMPLES / path).models.values():
        for quantity in ("backward", "training", "training_flops", "trained"):
            assert asked.explained(quantity).total == asked.quantity(quantity).ask(asked), (asked.name, quantity)
