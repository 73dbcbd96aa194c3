"""The backward pass: figures from the field, rules by hand, and every program against gradients really worked out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given

import symcost
from symcost.cost import CLASSES, INSIDE
from symcost.errors import UnderivedBackward
from tests.examples.files import EXAMPLES, loaded
from tests.oracle import interpreter
from tests.oracle.agreement import loaded_text
from tests.oracle.autodiff import differentiate
from tests.oracle.counted import Unfit
from tests.oracle.interpreter import Machine
from tests.oracle.programs import Program, each_program
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures

PERCEPTRON = "model M(x: [B, 784]) { return x -> Linear(512) -> relu -> Linear(256) -> relu -> Linear(10) }"


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def counted(model: symcost.Model, *, inputs: bool = False) -> dict[str, str]:
    """The classes that count something, as formulas."""
    return {name: str(form) for name, form in model.gradients(inputs=inputs).items()}


# Figures ----------------------------------------------------------------------------------------------


def test_a_perceptron() -> None:
    """PyTorch's FlopCounterMode, 64 examples: 34242560 MACs forward, 42795008 backward, no input gradient."""
    perceptron = symcost.loads(PERCEPTRON).model().at(B=64)
    assert (perceptron.macs(), perceptron.backward["mac"]()) == (34242560, 42795008)
    assert round(Fraction(perceptron.backward["mac"]()) / perceptron.macs(), 6) == Fraction("1.249761")


def test_resnet_18() -> None:
    """PyTorch's FlopCounterMode, 2 images of 224: 3628146688 MACs forward, 7020265472 backward."""
    resnet = loaded(EXAMPLES / "vision/resnet.arch").model().configured("resnet18")
    assert (2 * resnet.macs(), 2 * resnet.backward["mac"]()) == (3628146688, 7020265472)


def test_resnet_50() -> None:
    """Backward is 1.971 times forward: twice, less the input gradient of the first convolution."""
    resnet = loaded(EXAMPLES / "vision/resnet.arch").model().configured("resnet50")
    forward, backward = resnet.macs(), resnet.backward["mac"]()
    assert backward == 2 * forward - 7 * 7 * 3 * 64 * 112 * 112
    assert round(backward / forward, 3) == 1.971


def test_attention_with_input_gradient() -> None:
    """PyTorch's FlopCounterMode: 150994944 MACs forward, 301989888 backward, all inputs needing a gradient."""
    attention = model("x: [T, D], heads", "return x -> SelfAttention(heads)")
    sizes = {"T": 128, "D": 512, "heads": 8}
    assert attention.macs(**sizes) == 150994944
    assert attention.gradients(inputs=True)["mac"](**sizes) == 301989888
    assert attention.backward["mac"](**sizes) == 301989888 - 3 * 128 * 512 * 512  # less those of query, key and value


# Rules ------------------------------------------------------------------------------------------------


def test_nothing_comes_back_to_what_is_not_trained() -> None:
    """Without parameters there is no backward pass; with input gradients there is."""
    pure = model("x: [T, D]", "return tanh(x)")
    assert counted(pure) == {}
    assert counted(pure, inputs=True) == {"add": "T·D", "mul": "2·T·D"}


def test_what_no_result_depends_on_has_no_gradient() -> None:
    assert counted(model("x: [D]", "y = x -> Linear(D) z = x -> Linear(D, bias = false) return z")) == {"mac": "D·D"}


def test_a_tensor_used_three_times_adds_up_three_gradients() -> None:
    """Two additions for each number; the weights take one MAC each."""
    found = model("x: [D]", "param W: [D, D] h = x @ W return concat(h, h, h)")
    assert counted(found) == {"mac": "D·D", "add": "2·D"}


def test_frozen_layers_pass_gradients_on() -> None:
    """The frozen layer above: input gradient only. The frozen one below: nothing at all."""
    body = """
      frozen { x = x -> Linear(D, bias = false) }
      x = x -> Linear(D, bias = false)
      frozen { x = x -> Linear(D, bias = false) }
      return x
    """
    found = model("x: [D]", body)
    assert str(found.params) == "3·D·D"
    assert str(found.trained) == "D·D"
    assert counted(found) == {"mac": "2·D·D"}


def test_a_layer_is_frozen_where_it_is_named() -> None:
    body = """
      frozen { layer f = Linear(D, bias = false) }
      layer g = Linear(D, bias = false)
      frozen { y = x -> g -> f }
      return y
    """
    found = model("x: [D]", body)
    assert str(found.trained) == "D·D"
    assert counted(found) == {"mac": "2·D·D"}


def test_frozen_and_trained_calls_are_not_alike() -> None:
    """The same module twice, once frozen: one graph each."""
    found = model("x: [D]", "y = x -> Linear(D) frozen { y = y -> Linear(D) } return y -> Linear(D)")
    assert str(found.trained) == "2·D·D + 2·D"


def test_recomputation_adds_the_forward_pass() -> None:
    """Two products back, one more forward; tanh and its derivative."""
    plain, again = (
        model("x: [T, D], L", f"x = x -> Linear(D) repeat L {{ {text} }} return x")
        for text in ("x = x -> Linear(D) -> tanh", "recompute { x = x -> Linear(D) -> tanh }")
    )
    assert str(plain.backward["mac"]) == "2·D·D·T·L + D·D·T"
    assert str(again.backward["mac"]) == "3·D·D·T·L + D·D·T"
    assert str(again.backward["exp"]) == "T·D·L"


def test_recomputed_inside_of_frozen_costs_nothing() -> None:
    """What no gradient goes through is not run again."""
    assert counted(
        model("x: [D]", "frozen { recompute { x = x -> Linear(D) } } return x -> Linear(D, bias = false)")
    ) == {"mac": "D·D"}


def test_the_first_round_needs_no_gradient_of_zeros() -> None:
    """Back through time: T steps for the weights, T - 1 for the state."""
    elman = loaded(EXAMPLES / "lecture/elman.arch").model()
    assert str(elman.backward["mac"]) == "(2·H·H + I·H)·T - H·H"


def test_a_loop_that_may_not_run() -> None:
    """With one layer there is no round, and nothing to correct."""
    found = model("x: [T, D], L", "repeat L - 1 { x = x -> Linear(D, bias = false) } return x")
    assert [found.backward["mac"](T=2, D=3, L=layers) for layers in (1, 2, 3)] == [0, 18, 54]


def test_shared_modules_are_gone_through_once() -> None:
    """Forty modules, each calling the one before twice, under both markings."""
    lines = ["module M0(x: [D]) { return x -> Linear(D) -> tanh }"]
    lines += [f"module M{n}(x: [D]) {{ return M{n - 1}(M{n - 1}(x)) }}" for n in range(1, 40)]
    found = symcost.loads("\n".join(lines) + "model M(x: [D]) { return M39(x) }").model()
    assert found.backward["mac"](D=1) == 2 * 2**39 - 1


def test_nested_loops_are_gone_through_in_bounded_time() -> None:
    """Twelve loops inside one another, each with a first round unlike the others."""
    body = "h = tanh(h @ W)"
    for _ in range(12):
        body = f"scan t in T with h: [D] = h {{ {body} }}"
    found = model("x: [D], T", f"param W: [D, D] h = x {body} return h")
    assert found.backward["mac"](D=1, T=1) == 1
    assert found.backward["mac"](D=1, T=2) == 2 * 2**12 - 1


# Gradients really worked out --------------------------------------------------------------------------


def assert_agreement(text: str, name: str, values: Mapping[str, int], found: symcost.Model) -> None:
    """Every class, with and without gradients for the inputs."""
    given = {symbol.name: values[symbol.name] for symbol in found.symbols}
    for inputs in (False, True):
        formulas = _counts(found, given, inputs)
        done = differentiate(text, name, values, inputs=inputs)
        assert formulas == done.counts, f"at {dict(values)}, {inputs=}\n{text}"


def _counts(found: symcost.Model, given: Mapping[str, int], inputs: bool) -> dict[str, object]:
    """Of every class; where it matters whether a loop has a round at all, of the model with numbers that say so."""
    back = found.gradients(inputs=inputs)
    try:
        return {kind: back[kind](**given) for kind in (*CLASSES, *INSIDE)}
    except UnderivedBackward as fault:
        if not fault.undecided:
            raise
    back = found.at(**given).gradients(inputs=inputs)
    return {kind: back[kind]() for kind in (*CLASSES, *INSIDE)}


@pytest.mark.parametrize("program", each_program())
def test_programs(program: Program) -> None:
    """What the formulas say is what the way back counts."""
    found = loaded_text(program.text).model(program.model)
    for values in program.values:
        if program.model.startswith("EllipsisThree") and values["B"] == 1:
            continue  # a sum over an axis of 1: a product forward, and no MAC unless other sizes make it one
        try:
            assert_agreement(program.text, program.model, values, found)
        except Unfit:
            continue  # no round at all emits
        except UnderivedBackward:
            # A loop that has no round in some rounds of another, and a gradient behind it in others.
            if program.model != "TripleRepeatCounter":
                raise


@pytest.mark.slow
@examples(15, 60)
@given(architectures())
def test_random_architectures(architecture: Architecture) -> None:
    found = symcost.loads(architecture.text).model()
    assert_agreement(architecture.text, "M", architecture.values, found)


@pytest.mark.parametrize(
    "body",
    [
        "frozen { y = x -> Linear(D) } return y + (x -> Linear(r, bias = false) -> Linear(D, bias = false))",
        "repeat L { frozen { y = x -> Linear(D) } x = tanh(y + (x -> Linear(r) -> Linear(D))) } return x",
        "x = x -> Linear(D) repeat L { recompute { x = x -> Linear(r) -> gelu -> Linear(D) } } return x",
        "x = x -> Linear(D) recompute { y = tanh(x) z = y * y } return z @ transpose(y)",
        "frozen { layer f = Linear(D) } repeat L { x = f(x) -> LayerNorm } return x",
        "scan t in T with h: [D] { recompute { h = tanh(x[t] -> Linear(D)) + h } emit y = h } return y",
    ],
)
def test_marked_blocks(body: str) -> None:
    text = f"model M(x: [T, D], r, L) {{ {body} }}"
    values = {"T": 2, "D": 2, "r": 1, "L": 3}
    assert_agreement(text, "M", values, symcost.loads(text).model())


@pytest.mark.parametrize(
    ("ports", "body", "values"),
    [
        ("x: [T, I], H", "return x -> RNN(H)", {"T": 3, "I": 2, "H": 2}),
        ("x: [T, I], H", "return x -> LSTM(H) -> GRU(H)", {"T": 2, "I": 2, "H": 2}),
        ("x: [T, D]", "return x -> SelfAttention(2) -> LayerNorm", {"T": 2, "D": 2}),
        ("x: [T, C]", "return x -> Conv1d(2, 3, stride = 2) -> gelu -> ConvTranspose1d(2, 3)", {"T": 5, "C": 1}),
        ("x: [A], z: [B]", "param W: [A, B] y[] = 2 * x[a] * W[a, b] * z[b] return tanh(y), W^2", {"A": 2, "B": 3}),
        ("x: [D]", "return silu(x) + softplus(x) * erf(x) - elu(x) / cosh2(x)", {"D": 4}),
    ],
)
def test_the_oracle_differentiates(ports: str, body: str, values: Mapping[str, int]) -> None:
    """Its gradients are those of the function: against difference quotients of the loss that it starts from."""
    text = f"module cosh2(x: [...]) {{ return (exp(x) + exp(-x))^2 }} model M({ports}) {{ {body} }}"
    done = differentiate(text, "M", values, inputs=True)
    parameters, ports_ = loss(text, values)[1:]
    assert [len(one) for one in done.parameters] == list(parameters.values())
    for numbers, gradients in ((parameters, done.parameters), (ports_, done.inputs)):
        for (first, size), gradient in zip(numbers.items(), gradients, strict=True):
            for place in range(size):
                step = 1e-5
                up, down = (loss(text, values, first + place, sign * step)[0] for sign in (1, -1))
                assert gradient[place] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-6)


def loss(
    text: str, values: Mapping[str, int], changed: int = -1, by: float = 0.0
) -> tuple[float, dict[int, int], dict[int, int]]:
    """The results weighed as the oracle weighs them, one number changed; and where numbers of tensors begin."""
    definitions = interpreter.definitions_of(text)
    machine = Machine(definitions)
    begins: dict[int, tuple[int, int]] = {}
    made = machine.made

    def shifted(shape: tuple[int, ...]) -> object:
        first = machine.numbers
        tensor = made(shape)
        begins[id(tensor)] = (first, len(tensor.data))
        if first <= changed < first + len(tensor.data):
            tensor.data[changed - first].value += by
        kept.append(tensor)
        return tensor

    kept: list[object] = []
    machine.made = shifted  # type: ignore[method-assign,assignment]
    results = machine.run(definitions["M"], values)
    learned = {id(tensor) for tensor, _ in machine.parameters}
    value = sum((n * 13 % 7 + 1) / 5 * one.value for result in results for n, one in enumerate(result.data))
    parameters = dict(begins[id(tensor)] for tensor, _ in machine.parameters)
    return value, parameters, dict(pair for known, pair in begins.items() if known not in learned)


def test_pytorch_agrees() -> None:
    """What FlopCounterMode counts backward, where PyTorch is installed."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    layers = [torch.nn.Linear(784, 512), torch.nn.ReLU(), torch.nn.Linear(512, 256), torch.nn.Linear(256, 10)]
    network = torch.nn.Sequential(*layers)
    with FlopCounterMode(display=False) as counter:
        network(torch.randn(64, 784)).sum().backward()
    perceptron = symcost.loads(PERCEPTRON).model().at(B=64)
    assert counter.get_total_flops() == 2 * perceptron.quantity("training")()
