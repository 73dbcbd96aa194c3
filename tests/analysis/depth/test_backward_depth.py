"""The longest chain of the backward pass: by hand, and on programs that are run back with a clock in every number."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given

import symcost
from symcost.instance import Instance
from tests.analysis.depth import backward_chain
from tests.oracle.counted import Unfit
from tests.oracle.sampling import examples
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


def with_numbers(asked: symcost.Model, values: Mapping[str, int]) -> symcost.Model:
    """The same model, built with numbers in place of all dimensions."""
    instance = asked.at(**{name: values[name] for name in asked.ports})._instance
    return symcost.Model(Instance(instance.defined, instance.given, instance.numeric), asked.unit)


def text(ports: str, body: str) -> str:
    return f"{MODULES}model M({ports}) {{ {body} }}"


def assert_agreement(ports: str, body: str, sizes: dict[str, int]) -> None:
    """Formula and run agree, where a loop has several rounds; with numbers for all sizes, wherever it can be run."""
    asked = model(ports, body)
    given_ = {symbol.name: sizes[symbol.name] for symbol in asked.symbols}
    run = backward_chain.longest(text(ports, body), "M", sizes)
    assert with_numbers(asked, given_).quantity("backward_depth")() == run, given_
    if min(given_.values(), default=2) > 1:
        assert asked.quantity("backward_depth")(**given_) == run, given_


@pytest.mark.parametrize(("ports", "body", "depth"), TRUTHS.values(), ids=TRUTHS)
def test_truths(ports: str, body: str, depth: str) -> None:
    """What can be counted by hand, and a run at small sizes."""
    asked = symcost.loads(f"{text(ports, body)} expect M {{ backward_depth == {depth} }}")
    assert [check.ok for check in asked.check()] == [True], asked.model().quantity("backward_depth")
    for size in (1, 2, 3, 4):
        assert_agreement(ports, body, {symbol.name: size for symbol in asked.model().symbols})


PROGRAMS = {
    "GRU": ("x: [T, I], H", "return x -> GRU(H)"),
    "last state only": ("x: [T, D]", "scan t in T with h: [D] { h = tanh((x[t] -> Linear(D)) + h) }  return h"),
    "emitted only": ("x: [T, D]", "scan t in T { emit y = tanh(x[t] -> Linear(D)) }  return y"),
    "LSTM stack": ("x: [T, D], L", "repeat L { x = x -> LSTM(D) }  return x"),
    "both directions": ("x: [T, D]", "return x -> Bidirectional(GRU, D) -> Linear(D)"),
    "attention": ("x: [T, D]", "return x + (x -> Linear(D) -> SelfAttention(1)) -> LayerNorm"),
    "encoder and decoder": (
        "x: [T, D], L",
        "m = x -> Linear(D)  y = m  repeat L { y = y + softmax(y @ transpose(m)) @ m  y = y -> Linear(D) -> gelu }"
        "  return y",
    ),
    "convolution": ("x: [T, I]", "return x -> Conv1d(2, 1) -> relu -> Conv1d(1, 1)"),
    "shared layer": ("x: [D], L", "layer f = Linear(D)  repeat L { x = tanh(f(x)) }  return f(x)"),
    "shared rounds": ("x: [D], L", "repeat L shared { x = tanh(x -> Linear(D)) }  return x"),
    "loops in loops": (
        "x: [T, D], L",
        "scan t in T with h: [D] { h = h + x[t]  repeat L { h = tanh(h -> Linear(D)) }  emit y = h }  return y",
    ),
    "carried in turns": (
        "x: [T, D]",
        "param U: [D, D]  scan t in T with a: [D], b: [D] { h = tanh(b @ U + x[t])  b = a  a = h  emit y = h }"
        "  return y",
    ),
    "a delay": ("x: [T, D]", "param w: [D]  scan t in T with h: [D], g: [D] { g = h  h = tanh(h + x[t]*w) }  return g"),
    "a part and the whole": ("x: [3, D]", "y = tanh(x -> Linear(D))  return y + y[0]"),
    "parts": ("x: [3, D]", "y = tanh(x -> Linear(D))  return y[0] * y[1]"),
    "a part inside of a module": ("x: [3, D]", "y = x -> Linear(D)  return first(y) + y"),
    "alternatives": (
        "x: [D]",
        "x = x -> Linear(D)  choose 2 of 3 { emit y = x -> Linear(D) -> relu }  return sum(y, axis = 0) + x",
    ),
    "two results": ("x: [D]", "y = x -> Linear(D)  return tanh(y), exp(exp(y))"),
    "a dead end": ("x: [D]", "y = x -> Linear(D)  z = exp(exp(y))  return tanh(y)"),
    "row norms": ("x: [T, D]", "y = x -> Linear(D)  return y / sqrt(sum(y*y, axis = -1, keep = true))"),
    "mean and greatest": ("x: [T, D]", "y = x -> Linear(D)  return max(y, axis = 0) - mean(y, axis = 0)"),
    "grows": ("x: [D], L", "x = x -> Linear(D)  repeat l in L { repeat l + 1 { x = tanh(x) } }  return x"),
    "masked": ("x: [T, D]", "y = x -> Linear(D)  return where(x > 0, y, tanh(y))"),
    "pieces": ("x: [T, 4]", "a, b = split(x -> Linear(4), 2)  return concat(tanh(a), b, axis = -1) -> Linear(2)"),
    "weights put together": ("x: [D]", "param A: [D, D], B: [D, D]  return tanh(x @ (A + B)) @ transpose(A)"),
    "low rank": ("x: [D], r", "frozen { y = x -> Linear(D) }  return y + (x -> Linear(r) -> Linear(D))"),
}  # fmt: skip

MODULES = "module first(x: [T, D]) { return tanh(x[0]) + x[1] } "


@pytest.mark.parametrize(
    "sizes",
    [
        (2, 2, 2),
        pytest.param((3, 2, 4), marks=pytest.mark.slow),
        pytest.param((4, 1, 3), marks=pytest.mark.slow),
        (1, 3, 2),
        pytest.param((2, 3, 1), marks=pytest.mark.slow),
    ],
    ids=str,
)
@pytest.mark.parametrize(("ports", "body"), PROGRAMS.values(), ids=PROGRAMS)
def test_programs(ports: str, body: str, sizes: tuple[int, int, int]) -> None:
    """Every kind of program, run back at small sizes."""
    asked = model(ports, body)
    named = dict(zip(("T", "D", "L"), sizes, strict=True)) | {"I": sizes[1], "H": sizes[1], "r": 1}
    assert_agreement(ports, body, {symbol.name: named[symbol.name] for symbol in asked.symbols})


@pytest.mark.slow
@examples(8, 25)
@given(architectures())
def test_random_architectures(architecture: Architecture) -> None:
    """Programs that nobody thought of; with numbers for all sizes, as a run has them."""
    asked = symcost.loads(architecture.text).model("M")
    try:
        run = backward_chain.longest(architecture.text, "M", architecture.values)
        length = with_numbers(asked, architecture.values).quantity("backward_depth")()
    except Unfit:
        return
    except symcost.SymcostError as fault:
        assert "is not derived" in str(fault)  # noqa: PT017
        return
    assert length == run, architecture.text
