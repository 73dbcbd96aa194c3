"""Recomputation: all of a stretch, or up to what is needed last, as PyTorch's checkpoint does."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import symcost

BLOCKS = {
    # Both gradients of each product are two forward passes; what is performed once more comes to that.
    "Linear(D)": Fraction(3),
    "Linear(D) -> relu -> Linear(D)": Fraction(7, 2),
    "Linear(D) -> relu -> Linear(D) -> gelu": Fraction(4),
    "Linear(D) -> gelu": Fraction(4),
    "Linear(D) -> relu": Fraction(4),
    "Linear(D) -> softmax": Fraction(4),
    "Linear(D) -> relu -> Linear(D) -> LayerNorm": Fraction(4),
    "Linear(D, bias = false) -> relu -> Linear(D, bias = false)": Fraction(7, 2),
    "Linear(D) -> tanh -> Linear(D) -> tanh -> Linear(D)": 3 + Fraction(2, 3),
}
"""How many forward passes a block costs when recomputation stops early: torch 2.13, FlopCounterMode."""


def model(body: str, ports: str = "x: [T, D]") -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def passes(block: str, quantity: str) -> Fraction:
    """What a block costs behind a value that needs a gradient, in forward passes."""
    found = model(f"param before: [D] x = x + before recompute {{ x = x -> {block} }} return x")
    sizes = {"T": 4, "D": 8}
    return Fraction(found.quantity(quantity)(**sizes), found.macs(**sizes))


@pytest.mark.parametrize(("block", "expected"), BLOCKS.items())
def test_a_block_costs_as_many_forward_passes(block: str, expected: Fraction) -> None:
    assert passes(block, "training") == 4
    assert passes(block, "training_early") == expected
    assert passes(block, "training") - passes(block, "backward") == 1
    assert passes(block, "training_early") - passes(block, "backward_early") == 1


def test_without_recomputation_there_is_nothing_to_stop() -> None:
    plain = model("return x -> Linear(D) -> gelu -> Linear(D)")
    assert str(plain.quantity("training_early").form) == str(plain.quantity("training").form)


def test_in_each_round_a_stretch_of_its_own() -> None:
    """L blocks of two layers of 4·D: half of each is performed once more, 4·D·D·T."""
    ffn = model("x = x -> Linear(D) repeat L { recompute { x = x -> FeedForward } } return x", "x: [T, D], L")
    early, whole = (ffn.quantity(name) for name in ("backward_early", "backward"))
    for layers in (1, 2, 5):
        sizes = {"T": 3, "D": 2, "L": layers}
        assert whole(**sizes) - early(**sizes) == 4 * 2 * 2 * 3 * layers


def test_a_loop_inside_stops_in_its_last_round() -> None:
    """L layers in one stretch: the product of the last layer is not needed, D·D·T."""
    text = "x = x -> Linear(D) recompute { repeat L { x = x -> tanh -> Linear(D) } } return x"
    stack = model(text, "x: [T, D], L")
    early, whole = (stack.quantity(name) for name in ("backward_early", "backward"))
    for layers in (1, 2, 5):
        sizes = {"T": 3, "D": 2, "L": layers}
        assert whole(**sizes) - early(**sizes) == 2 * 2 * 3


def test_the_order_of_the_text_decides() -> None:
    """The first of two branches is performed though nobody needs it: the second keeps something later."""
    both = model("param b: [D] x = x + b recompute { y = (x -> Linear(D)) + (x -> Linear(D)) } return y")
    assert str(both.quantity("backward_early").form) == "5·D·D·T"


def test_two_stretches_are_two() -> None:
    """The second keeps what it reads, though the first one makes it: T·D for each, as three written out in a row."""
    once = "recompute { x = x -> Linear(D) -> tanh }"
    behind, rows = "param b: [D] x = x + b", [model(f"param b: [D] x = x + b {once * n} return x") for n in (1, 2, 3)]
    assert [str(row.quantity("activations").form) for row in rows] == ["T·D", "2·T·D", "3·T·D"]
    rolled = model(f"{behind} repeat L {{ {once} }} return x", "x: [T, D], L")
    assert rolled.quantity("activations")(T=5, D=7, L=3) == rows[2].quantity("activations")(T=5, D=7)
    inside = model(f"{behind} recompute {{ {once} {once} }} return x")
    assert str(inside.quantity("activations").form) == "T·D"


def _block(torch: Any, text: str) -> Any:
    nn = torch.nn
    made: dict[str, Callable[[], Any]] = {
        "Linear(D)": lambda: nn.Linear(8, 8),
        "Linear(D, bias = false)": lambda: nn.Linear(8, 8, bias=False),
        "relu": nn.ReLU,
        "gelu": nn.GELU,
        "tanh": nn.Tanh,
        "softmax": lambda: nn.Softmax(-1),
        "LayerNorm": lambda: nn.LayerNorm(8),
    }
    return nn.Sequential(*(made[name]() for name in text.split(" -> ")))


@pytest.mark.parametrize("block", BLOCKS)
def test_pytorch_counts_as_much(block: str) -> None:
    """With and without stopping early, where PyTorch is installed."""
    torch = pytest.importorskip("torch")
    from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop
    from torch.utils.flop_counter import FlopCounterMode

    layers = _block(torch, block)
    x = torch.randn(4, 8, requires_grad=True)
    with FlopCounterMode(display=False) as forward:
        layers(x)
    for early, quantity in ((True, "training_early"), (False, "training")):
        with set_checkpoint_early_stop(early), FlopCounterMode(display=False) as counter:
            checkpoint(layers, x, use_reentrant=False).sum().backward()
        assert Fraction(counter.get_total_flops(), forward.get_total_flops()) == passes(block, quantity)
