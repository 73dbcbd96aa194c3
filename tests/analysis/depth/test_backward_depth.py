"""The longest chain of the backward pass: by hand, and on programs that are run back with a clock in every number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import symcost
from tests.analysis.depth import backward_chain
from tests.oracle.counted import Unfit
from tests.oracle.strategies import Architecture, architectures

TRUTHS = {
    # The derivative of tanh and a product with U, round by round; the last product is for a weight of the first round.
    "through time": (
        "x: [T, I], H",
        "param W: [I, H], U: [H, H]  scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U) }  return h",
        "2*T",
    ),
    # With every state emitted, two gradients meet at each: one step more a round.
    "every state": ("x: [T, I], H", "return x -> RNN(H)", "3*T"),
    # Three products, two derivatives of relu in between.
    "feed-forward": ("x: [B, 8]", "return x -> Linear(4) -> relu -> Linear(3) -> relu -> Linear(2)", "5"),
    "nothing trained": ("x: [T, D]", "return tanh(x)", "0"),
    "nothing behind the weights": ("x: [D]", "param W: [D, D]  return tanh(tanh(x)) @ W", "1"),
    "a weight itself": ("x: [D]", "param W: [D]  return W", "1"),
    # The frozen layer in front needs no gradient, the one behind passes it on.
    "frozen": (
        "x: [D]",
        "frozen { x = x -> Linear(D) -> tanh }  x = x -> Linear(D)  frozen { x = tanh(x) -> Linear(D) }  return x",
        "3",
    ),
    "residual": ("x: [D], L", "x = x -> Linear(D)  repeat L { x = x + relu(x -> Linear(D)) }  return x", "3*L + 1"),
    # One sum for what all rounds bring back.
    "read in every round": (
        "x: [D], L", "x = x -> Linear(D)  y = x  repeat L { y = tanh(y) + x }  return y", "L + 2",
    ),
    "read once": ("x: [D]", "x = x -> Linear(D)  y = x  repeat 1 { y = tanh(y) + x }  return y", "3"),
    "state that is trained": (
        "x: [T, H]",
        "param U: [H, H], h0: [H]  scan t in T with h: [H] = h0 { h = tanh(x[t] + h @ U) }  return h",
        "2*T + 1",
    ),
    "recomputed": ("x: [D], L", "repeat L { recompute { x = x -> Linear(D) -> tanh } }  return x", "2*L"),
    # The last of the higher layer's gradients is ready when the one of the lower layer is: a round behind.
    "wavefront": ("x: [T, D]", "return x -> LSTM(D) -> LSTM(D)", "7*T + 8"),
}  # fmt: skip


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(text(ports, body)).model()


def text(ports: str, body: str) -> str:
    return f"model M({ports}) {{ {body} }}"


def assert_agreement(ports: str, body: str, sizes: dict[str, int]) -> None:
    """Formula and run agree, where a loop has several rounds; with numbers for all sizes, wherever it can be run."""
    asked = model(ports, body)
    given_ = {symbol.name: sizes[symbol.name] for symbol in asked.symbols}
    run = backward_chain.longest(text(ports, body), "M", sizes)
    assert asked.at(**given_).quantity("backward_depth")() == run, given_
    if min(given_.values(), default=2) > 1:
        assert asked.quantity("backward_depth")(**given_) == run, given_


@pytest.mark.parametrize(("ports", "body", "depth"), TRUTHS.values(), ids=TRUTHS)
def test_truths(ports: str, body: str, depth: str) -> None:
    """What can be counted by hand, and a run at small sizes."""
    asked = symcost.loads(f"{text(ports, body)} expect M {{ backward_depth == {depth} }}")
    assert [check.ok for check in asked.check()] == [True], asked.model().quantity("backward_depth")
    for size in (1, 2, 3, 4):
        assert_agreement(ports, body, {symbol.name: size for symbol in asked.model().symbols})
