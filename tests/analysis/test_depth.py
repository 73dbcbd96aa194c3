"""Depth: the longest chain of operations that must follow one another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

import symcost
from tests.analysis import schedule
from tests.oracle.strategies import Architecture, architectures

EXAMPLES = Path(__file__).parents[2] / "examples"


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{\n{body}\n}}").model()


TRUTHS = {
    # Only what is on the cycle repeats: h @ U, two additions and tanh; x[t] @ W runs ahead.
    "Elman": (
        "x: [T, I], H",
        "param W: [I, H], U: [H, H], b: [H]"
        "  scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U + b)  emit y = h }  return y",
        "4*T",
    ),
    "no recurrence": ("x: [T, I], H", "param W: [I, H]  scan t in T { emit y = tanh(x[t] @ W) }  return y", "2"),
    # g needs two more steps behind the last h.
    "wavefront": (
        "x: [T, H]",
        "param U: [H, H], V: [H, H]  scan t in T with h: [H] { h = tanh(x[t] + h @ U)  emit y = h }"
        "  scan s in T with g: [H] { g = tanh(y[s] + g @ V)  emit z = g }  return z",
        "3*T + 2",
    ),
    # A round: a product, two additions, sigmoid, two of the cell, tanh and a last product. A layer is a round behind.
    "LSTM stack": ("x: [T, D], L", "repeat L { x = x -> LSTM(D) }  return x", "8*(T + L - 1)"),
    "three LSTMs": ("x: [T, D]", "return x -> LSTM(D) -> LSTM(D) -> LSTM(D)", "8*T + 16"),
    "GRU stack": ("x: [T, D], L", "repeat L { x = x -> GRU(D) }  return x", "9*(T + L - 1)"),
    "both directions": ("x: [T, D]", "return x -> Bidirectional(LSTM, D)", "8*T"),
    # In both directions every layer waits for all of the one below.
    "both directions, deep": ("x: [T, 2*D], L", "repeat L { x = x -> Bidirectional(LSTM, D) }  return x", "8*T*L"),
    "layers inside time": (
        "x: [T, H], L",
        "scan t in T with h: [L, H] { z = x[t]  repeat l in L { param W: [H, H], U: [H, H]"
        "  z = tanh(z @ W + h[l] @ U)  emit n = z }  h = n }  return h",
        "3*(T + L - 1)",
    ),
    "causal convolution between": (
        "x: [T, D]",
        "x = x -> LSTM(D) -> pad([2, 0], axis = 0)  param W: [3, D]  y[t, d] = x[t + k, d] * W[k, d]"
        "  return y -> LSTM(D)",
        "8*T + 9",
    ),
    "padding at the end waits": (
        "x: [T, D]", "return x -> LSTM(D) -> pad([0, 1], axis = 0) -> LSTM(D)", "8*T + 8*(T + 1)",
    ),
    "half as many steps": (
        "x: [T, D]", "assume 2 divides T  return x -> LSTM(D) -> reshape([T/2, 2*D]) -> LSTM(D)", "8*T + 8",
    ),
    "triangle": ("x: [T, D]", "scan t in T with h: [D] { repeat t { h = tanh(h) } }  return h", "T*(T - 1)/2"),
    "delay": ("x: [T, D]", "scan t in T with h: [D], g: [D] { g = h  h = tanh(h + x[t]) }  return g", "2*T"),
    "cache": (
        "x0: [1, D], N",
        "scan t in N with x: [1, D] = x0, K: [t, D] { K = concat(K, x -> Linear(D, bias = false), axis = 0)"
        "  x = softmax(x @ transpose(K)) @ K }  return x",
        "8*N",  # a key, a product, the five steps of a softmax, a product
    ),
    "state is ready before the input": ("x: [T, D], L", "repeat L { x = tanh(x) }"
        "  scan t in T with h: [D] { h = tanh(h) + x[t] }  return h", None),
}  # fmt: skip


@pytest.mark.parametrize(("ports", "body", "depth"), TRUTHS.values(), ids=TRUTHS)
def test_truths(ports: str, body: str, depth: str | None) -> None:
    """What can be counted by hand; and a scheduler of single numbers says the same."""
    asked = model(ports, body)
    if depth is not None:
        text = f"model M({ports}) {{\n{body}\n}}\nexpect M {{ depth == {depth} }}"
        assert [check.ok for check in symcost.loads(text).check()] == [True], asked.depth
    for size in (2, 4):
        values = {symbol.name: size for symbol in asked.symbols}
        assert asked.depth(**values) == schedule.depth(asked.graph, values)


REFERENCE = {
    # The longest path through products in the graphs of PyTorch's autograd.
    "RNN": ("x: [T, I], H", "return x -> RNN(H)", "T"),
    "LSTM stack": ("x: [T, D], L", "repeat L { x = x -> LSTM(D) }  return x", "L + T - 1"),
    "encoder": (
        "x: [T, D], F",
        "x = x + (x -> LayerNorm -> SelfAttention(4))  return x + (x -> LayerNorm -> Linear(F) -> gelu -> Linear(D))",
        "6",
    ),
    "convolution": ("x: [T, I], O", "return x -> Conv1d(O, kernel = 3)", "1"),
}


@pytest.mark.parametrize(("ports", "body", "depth"), REFERENCE.values(), ids=REFERENCE)
def test_products(ports: str, body: str, depth: str) -> None:
    """Matrix products and convolutions alone."""
    asked = model(ports, body)
    found = asked.quantity("steps").form
    assert str(found) == depth
    values = {symbol.name: 4 for symbol in asked.symbols}
    assert found.evaluate(values) == schedule.depth(asked.graph, values, products=True)


PUBLISHED = {
    # The number in the name, or in the paper's title and text: layers with weights, one behind the other.
    "vgg16": ("vgg", "vgg16", 16),
    "resnet18": ("resnet", "resnet18", 18),
    "resnet50": ("resnet", "resnet50", 50),
    "resnet101": ("resnet", "resnet101", 101),
    "densenet121": ("densenet", "densenet121", 121),
    "densenet201": ("densenet", "densenet201", 201),
    "MobileNet (Howard et al. 2017, section 3.2)": ("mobilenet_v1", "a100_224", 28),
    "GoogLeNet (Szegedy et al. 2014, section 5)": ("googlenet", "torchvision", 22),
    # The longest path through convolutions and products in the graph that PyTorch's autograd makes.
    "mobilenet_v3_large": ("mobilenet_v3", "image", 64),
}


@pytest.mark.parametrize(("file", "config", "layers"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_depths(file: str, config: str, layers: int) -> None:
    """Depth as papers count it: only convolutions and matrix products are steps."""
    asked = symcost.load(EXAMPLES / "vision" / f"{file}.arch").model().configured(config)
    assert asked.quantity("steps")() == layers


def test_complexity_of_layer_types() -> None:
    """Sequential operations of Vaswani et al. 2017, table 1: n of a recurrent layer, L of a stack, else a constant."""
    table = symcost.load(EXAMPLES / "lecture/table/vaswani.arch")
    found = {name: str(one.quantity("steps")) for name, one in table.models.items()}
    assert found.pop("Recurrent") == "n"
    assert found.pop("DilatedConvolutional") == "L"
    assert all(steps.isdigit() for steps in found.values())


def test_doubling_is_linear() -> None:
    """A module that calls another twice is followed once for each way in which its input arrives."""
    modules = ["module M0(x: [T, N]) { return x -> LSTM(N) }"]
    modules += [f"module M{i}(x: [T, N]) {{ return M{i - 1}(M{i - 1}(x)) }}" for i in range(1, 41)]
    text = "\n".join([*modules, "model M(x: [T, N]) { return M40(x) }"])
    assert str(symcost.loads(text).model().depth) == f"8·T + {8 * (2**40 - 1)}"


def test_taking_turns_is_not_derived() -> None:
    """Two values that wait for each other in turn, with steps of different length: no formula, so none is given."""
    with pytest.raises(symcost.SymcostError, match="is not derived"):
        _ = model("x: [T], n", "a = x  b = x  repeat n { c = tanh(tanh(a))  a = b  b = c }  return a").depth
    few = model("x: [T]", "a = x  b = x  repeat 5 { c = tanh(tanh(a))  a = b  b = c }  return a + b")
    assert few.depth == 7


@settings(max_examples=25)
@given(architectures())
def test_depth_is_when_the_last_number_is_ready(architecture: Architecture) -> None:
    """A formula, and a scheduler that knows every single number."""
    asked = symcost.loads(architecture.text).model("M")
    try:
        depth = asked.depth
    except symcost.SymcostError as fault:
        assert "is not derived" in str(fault)  # noqa: PT017
        return
    for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
        given_ = {symbol.name: values[symbol.name] for symbol in asked.symbols}
        assert depth(**given_) == schedule.depth(asked.graph, given_), architecture.text
