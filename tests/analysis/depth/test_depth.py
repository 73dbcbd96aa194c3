"""Depth: the longest chain of operations that must follow one another."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from random import Random

import pytest
from hypothesis import given, strategies as st

import symcost
from symcost.analysis.depth.depth import Depth, LongestPath
from symcost.analysis.depth.measures import Made, OperationSteps, ProductSteps, ScalarSteps
from symcost.formula import Form, num
from symcost.graph.graph import Block, Operation
from tests.examples.files import EXAMPLES, loaded
from tests.oracle import schedule
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


@cache
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
    # Every second h waits for one before: half as many steps, the last begun included.
    "a lag of two": (
        "x: [T, D]", "param U: [D, D]  scan t in T with a: [D], b: [D] { h = tanh(b @ U + x[t])  b = a  a = h"
        "  emit y = h }  return y", "3*floor((T + 1)/2)",
    ),
    "a lag of three": (
        "x: [T, D]", "param U: [D, D]  scan t in T with a: [D], b: [D], c: [D] { h = tanh(c @ U + x[t])  c = b  b = a"
        "  a = h  emit y = h }  return y", "3*floor((T + 2)/3)",
    ),
    "turns": ("x: [T], n", "a = x  b = x  repeat n { c = tanh(tanh(a))  a = b  b = c }  return a", "2*ceil(n/2)"),
    "prefix sums": (
        "x: [T]", "repeat r in ceil(log2(T)) { x = concat(x[0:2^r], x[0:T - 2^r] + x[2^r:T], axis = 0) }  return x",
        "ceil(log2(T))",
    ),
    "linear recurrence": ("a: [T, D], b: [T, D]", "h, p = linear_recurrence(a, b)  return h", "2*ceil(log2(T))"),
    "state is ready before the input": ("x: [T, D], L", "repeat L { x = tanh(x) }"
        "  scan t in T with h: [D] { h = tanh(h) + x[t] }  return h", None),
}  # fmt: skip


@pytest.mark.parametrize(("ports", "body", "depth"), TRUTHS.values(), ids=TRUTHS)
def test_truths(ports: str, body: str, depth: str | None) -> None:
    """What can be counted by hand; and a scheduler of single numbers says the same."""
    expected = "" if depth is None else f"expect M {{ depth == {depth} }}"
    document = symcost.loads(f"model M({ports}) {{\n{body}\n}}\n{expected}")
    asked = document.model()
    assert all(check.ok for check in document.check()), asked.depth
    for size in (2, 4, 6):
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
    # Two blocks of a decoder that reads everything again for each token: 96 for 8 tokens.
    "decoder without a cache": (
        "x0: [1, D], N",
        "assume 4 divides D  scan t in N with x: [t + 1, D] = x0 { y = x  repeat 2 {"
        " y = y + (y -> LayerNorm -> SelfAttention(4, attend = causal_attention))"
        " y = y + (y -> LayerNorm -> FeedForward) }  x = concat(x, y[t:t + 1], axis = 0) }  return x",
        "12·N",
    ),
}


@pytest.mark.parametrize(("ports", "body", "depth"), REFERENCE.values(), ids=REFERENCE)
def test_products(ports: str, body: str, depth: str) -> None:
    """Matrix products and convolutions alone."""
    asked = model(ports, body)
    found = asked.quantity("steps").form
    assert str(found) == depth
    values = {symbol.name: 4 for symbol in asked.symbols}
    assert found.evaluate(values) == schedule.depth(asked.graph, values, "products")


SCALARS = {
    "a sum": ("x: [T]", "return sum(x)", "ceil(log2(T))"),
    "a mean": ("x: [T, D]", "return mean(x, axis = [0, 1])", "ceil(log2(T*D)) + 1"),
    "a product of matrices": ("x: [T, I], O", "return x -> Linear(O, bias = false)", "ceil(log2(I)) + 1"),
    "softmax": ("x: [T]", "return softmax(x)", "2*ceil(log2(T)) + 3"),
    # x·√½, erf, + 1, times x/2.
    "gelu": ("x: [T]", "return gelu(x)", "4"),
    "elu": ("x: [T]", "return elu(x)", "3"),
    "the larger of two": ("x: [T]", "return max(x, 0)", "1"),
    "a power": ("x: [T]", "return x^5", "3"),
    "a window": ("x: [5, D]", "y[t, d] = max(k in 4) x[t + k, d]  return y", "2"),
    # The bias is one number more, ready a step before the products.
    "products and a number": ("x: [T, 4], O",
        "param W: [4, O], b: [O]  y[t, o] = x[t, i]*W[i, o] + b[o]  return y", "4"),
    "two tensors first": ("a: [T, K], b: [K, L], c: [L]", "y[t] = a[t, k]*b[k, l]*c[l]  return y",
        "ceil(log2(K)) + ceil(log2(L)) + 2"),
    # Every other input position meets every other one of the window's.
    "transposed convolution": ("x: [T, C]", "assume T >= 2  param W: [4, C]  y[2*t + k] = x[t, c]*W[k, c]  return y",
        "ceil(log2(4*C + 1))"),
    # A round: a product and its sum, two additions, tanh.
    "Elman": ("x: [T, H]", "return x -> RNN(H)", "(ceil(log2(H)) + 4)*T"),
    "LSTM stack": ("x: [T, D], L", "repeat L { x = x -> LSTM(D) }  return x", "(ceil(log2(D)) + 8)*(T + L - 1)"),
}  # fmt: skip


@pytest.mark.parametrize(("ports", "body", "depth"), SCALARS.values(), ids=SCALARS)
def test_scalars(ports: str, body: str, depth: str) -> None:
    """What can be counted by hand, and a scheduler that joins the two numbers that are ready first."""
    text = f"model M({ports}) {{\n{body}\n}}\nexpect M {{ scalar_depth == {depth} }}"
    document = symcost.loads(text)
    (check,) = document.check()
    asked = document.model()
    found = asked.quantity("scalar_depth").form
    assert check.ok, found
    for size in (2, 3, 5):
        values = {symbol.name: size for symbol in asked.symbols}
        assert found.evaluate(values) == schedule.depth(asked.graph, values, "scalars")


def test_scalars_that_meet_by_no_known_rule() -> None:
    """No formula is given for what is not understood."""
    asked = model("x: [T], u: [K]", "y[2*t + 3*k] = x[t]*u[k]  return y")
    with pytest.raises(symcost.SymcostError, match="differs from entry to entry"):
        asked.quantity("scalar_depth")


PUBLISHED = {
    # The number in the name, or in the paper's title and text: layers with weights, one behind the other.
    "vgg16": ("vgg", "vgg16", 16),
    "resnet18": ("resnet", "resnet18", 18),
    "resnet50": ("resnet", "resnet50", 50),
    "resnet101": ("resnet", "resnet101", 101),
    "densenet121": ("densenet", "densenet121", 121),
    "densenet201": ("densenet", "densenet201", 201),
    "MobileNet (Howard et al. 2017, section 3.2)": ("mobilenet_v1:MobileNet", "a100_224", 28),
    "GoogLeNet (Szegedy et al. 2014, section 5)": ("googlenet", "torchvision", 22),
    # The longest path through convolutions and products in the graph that PyTorch's autograd makes; of the vision
    # transformer with its two products of attention, which PyTorch hides in one call.
    "vgg13": ("vgg", "vgg13", 13),
    "mobilenet_v3_large": ("mobilenet_v3", "image", 64),
    "efficientnet_b0": ("efficientnet", "b0", 82),
    "swin_t": ("swin", "tiny_224", 77),
    "vit_b_16": ("vit", "base16_224", 50 + 2 * 12),
    # The longest path through layers with weights in the graphs of Keras.
    "EfficientNetB5": ("efficientnet", "b5", 195),
    "EfficientNetB6": ("efficientnet", "b6", 225),
    "EfficientNetB7": ("efficientnet", "b7", 274),
}


OF_A_FAMILY = ("resnet101", "densenet201", "vgg13", "EfficientNetB5", "EfficientNetB6")
"""Larger and smaller ones of the same file are looked at every time."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "config", "layers"),
    [
        pytest.param(*said, id=name, marks=[pytest.mark.thorough] if name in OF_A_FAMILY else [])
        for name, said in PUBLISHED.items()
    ],
)
def test_published_depths(file: str, config: str, layers: int) -> None:
    """Depth as papers count it: only convolutions and matrix products are steps."""
    path, _, name = file.partition(":")
    asked = loaded(EXAMPLES / "vision" / f"{path}.arch").model(name or None).configured(config)
    assert asked.quantity("steps")() == layers


PATHS = {
    # The first h waits for x[1] @ W as long as for h @ U: either is on a longest path.
    "Elman": ("x: [T, H]", "h = zeros([H])  param U: [H, H]  scan t in T with h: [H] = h { h = tanh(h @ U) + x[t] }"
        "  return h", {"h @ U": "T", "tanh": "T", "tanh(h @ U) + x[t]": "T"}),
    # In at the first step of the lowest layer, out at the last of the highest: T - 1 times to the next step.
    "LSTM stack": ("x: [T, D], L", "repeat L { x = x -> LSTM(D, bias = false) }  return x",
        {"x @ W": "L", "h @ U": "T - 1", "z + r": "L + T - 1", "sigmoid(f)": "L + T - 1", "tanh(c)": "L + T - 1"}),
    "residual": ("x: [T, D], L", "repeat L { x = x + relu(x -> Linear(D, bias = false)) }  return x",
        {"relu": "L", "x + relu(x -> Linear(D, bias = false))": "L"}),
}  # fmt: skip


def on_path(asked: symcost.Model, measure: Made) -> list[LongestPath]:
    return list(Depth(asked.built.sizes.assumptions, measure).paths(asked.graph))


@pytest.mark.parametrize(("ports", "body", "waits"), PATHS.values(), ids=PATHS)
def test_the_longest_path(ports: str, body: str, waits: dict[str, str]) -> None:
    """How often the operations stand on it, counted by hand."""
    (path,) = on_path(model(ports, body), OperationSteps)
    found = {operation.span.text: str(form) for (_, operation), form in path.waits.items()}
    found |= {operation.kind: str(form) for (_, operation), form in path.waits.items()}
    assert found | waits == found


def test_paths_by_the_sizes() -> None:
    """What must be longer is not known: both."""
    asked = model("x: [T, D], N, M", "a = x  b = x  repeat N { a = tanh(a) }  repeat M { b = exp(b) }  return a + b")
    assert {str(total) for total in (path.steps for path in on_path(asked, OperationSteps))} == {"N + 1", "M + 1"}


class UnevenSteps(OperationSteps):
    """Operations that take more or fewer steps by where they are written."""

    def of(self, operation: Operation) -> Form:
        return num(weight(operation)) if operation.cost.counts else num(0)


def weight(operation: Operation | Block) -> int:
    return 1 + operation.span.start % 4


class Slower(dict[schedule.Spot, int]):
    """How many times as long a step takes; `uneven`: besides what each operation takes."""

    uneven = False

    def get(self, spot: schedule.Spot, default: int = 1) -> int:  # type: ignore[override]
        return super().get(spot, default) * (weight(spot[1]) if self.uneven else 1)


class UnevenlySlower(Slower):
    uneven = True


Clocked = Callable[[Slower], int]


def assert_longest(
    paths: list[LongestPath], values: dict[str, int], random: Random, late: Clocked, slow: type[Slower]
) -> None:
    """Their operations make up the depth; whichever become slower, all is late by at least what they take."""
    paths = [path for path in paths if all(fact.holds(values) for fact in path.where)]
    assert max([0, *(path.steps.evaluate(values) for path in paths)]) == late(slow())
    for path in paths:
        slower = slow({place: random.randint(1, 9) for place in path.waits})
        steps = sum(form.evaluate(values) * slower[place] for place, form in path.waits.items())
        assert steps <= late(slower)


@pytest.mark.slow
@examples(6, 25)
@given(architectures(), st.randoms(use_true_random=False))
def test_a_longest_path_is_one(architecture: Architecture, random: Random) -> None:
    """On programs that nobody thought of, by operation, by product, and by steps of different lengths."""
    asked = symcost.loads(architecture.text).model("M")
    values = {symbol.name: architecture.values[symbol.name] for symbol in asked.symbols}
    measures: list[tuple[Made, schedule.Measure, type[Slower]]] = [
        (OperationSteps, "operations", Slower),
        (ProductSteps, "products", Slower),
        (UnevenSteps, "operations", UnevenlySlower),
    ]
    for measure, clock, slow in measures:
        try:
            paths = on_path(asked, measure)
            told_for = asked.assumed_for("depth")
        except symcost.SymcostError as fault:
            assert "is not derived" in str(fault)  # noqa: PT017
            continue
        if all(fact.holds(values) for fact in told_for):
            assert_longest(paths, values, random, partial(schedule.depth, asked.graph, values, clock), slow)


@pytest.mark.slow
@pytest.mark.parametrize(("ports", "body", "depth"), SCALARS.values(), ids=SCALARS)
def test_a_longest_path_by_scalar_is_one(ports: str, body: str, depth: str) -> None:
    """Where the steps of an operation are formulas."""
    asked = model(ports, body)
    paths = on_path(asked, ScalarSteps)
    for size in (2, 3, 5):
        values = {symbol.name: size for symbol in asked.symbols}
        assert_longest(paths, values, Random(size), partial(schedule.depth, asked.graph, values, "scalars"), Slower)


def test_complexity_of_layer_types() -> None:
    """Sequential operations of Vaswani et al. 2017, table 1: n of a recurrent layer, else those of the layers."""
    table = loaded(EXAMPLES / "lecture/table/vaswani.arch")
    found = {name: str(one.quantity("steps")) for name, one in table.models.items()}
    assert found.pop("Recurrent") == "n" and found.pop("DilatedConvolutional") == "L"
    assert all(steps.isdigit() for steps in found.values())


def test_doubling_is_linear() -> None:
    """A module that calls another twice is followed once for each way in which its input arrives."""
    modules = ["module M0(x: [T, N]) { return x -> LSTM(N) }"]
    modules += [f"module M{i}(x: [T, N]) {{ return M{i - 1}(M{i - 1}(x)) }}" for i in range(1, 41)]
    text = "\n".join([*modules, "model M(x: [T, N]) { return M40(x) }"])
    assert str(symcost.loads(text).model().depth) == f"8·T + {8 * (2**40 - 1)}"


UNEVEN = """a = x  b = x
repeat n { c = exp(exp(exp(a)))  a = tanh(b)  b = c }
return a + b"""


@pytest.mark.slow
@pytest.mark.parametrize("rounds", range(1, 8))
def test_turns_of_two_lengths(rounds: int) -> None:
    """Three steps one way and one the other: the longer of two chains, whichever number of rounds."""
    asked = model("x: [T], n", UNEVEN)
    assert asked.depth(T=2, n=rounds) == schedule.depth(asked.graph, {"T": 2, "n": rounds})


@pytest.mark.slow
@examples(4, 25)
@given(architectures())
def test_depth_is_when_the_last_number_is_ready(architecture: Architecture) -> None:
    """A formula, and a scheduler that knows every single number; by operation, and by scalar."""
    asked = symcost.loads(architecture.text).model("M")
    measures: dict[str, schedule.Measure] = {"depth": "operations", "scalar_depth": "scalars"}
    for quantity, measure in measures.items():
        try:
            depth = asked.quantity(quantity).form
        except symcost.SymcostError as fault:
            assert "is not derived" in str(fault)  # noqa: PT017
            continue
        for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
            given_ = {symbol.name: values[symbol.name] for symbol in asked.symbols}
            if all(fact.holds(given_) for fact in asked.assumed_for(quantity)):
                assert depth.evaluate(given_) == schedule.depth(asked.graph, given_, measure), architecture.text
            else:
                numbers = symcost.loads(architecture.text).model("M").at(**given_).settled()
                found = numbers.quantity(quantity).form.number
                assert found == schedule.depth(numbers.graph, {}, measure), architecture.text
