"""Memory: what is kept, what lives at once, what is carried on, what is moved; figures of the field, and runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given

import symcost
from symcost.analysis.memory.activations import KINDS
from symcost.analysis.memory.fused import Fused
from symcost.analysis.memory.traffic import Moved, Traffic
from symcost.analysis.memory.widths import Widths
from symcost.cli import main
from symcost.errors import UndecidedPeak, UnderivedMemory
from symcost.formula import add
from symcost.ops.pointwise import POINTWISE
from tests.examples.files import EXAMPLES, loaded
from tests.oracle.agreement import loaded_text
from tests.oracle.counted import Unfit
from tests.oracle.living import peak
from tests.oracle.programs import Program, each_program
from tests.oracle.sampling import examples
from tests.oracle.storage import kept, unseen
from tests.oracle.strategies import Architecture, architectures


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def asked(ports: str, body: str, quantity: str) -> str:
    return str(model(ports, body).quantity(quantity))


# What is kept -----------------------------------------------------------------------------------------


def test_every_pointwise_operation_says_what_its_derivatives_need() -> None:
    """An operand that is not there, or a letter that is none, would be passed over in silence."""
    for row in POINTWISE.values():
        letters = {*"abc"[: row.operands], "y"}
        assert all(set(derivative.needs) <= letters for derivative in row.derivatives if derivative)


def test_a_perceptron() -> None:
    """PyTorch saves 397312 bytes in fp32 for 64 examples: the inputs of the three layers, 784 + 512 + 256 each."""
    digits = loaded(EXAMPLES / "lecture/memory.arch").model("Digits")
    assert 4 * digits.quantity("activations")(B=64) == 397312


def test_resnet_50() -> None:
    """PyTorch saves 86121984 bytes in fp32 for an image of 224 by 224.

    In training it also keeps mean and variance of 26560 channels normalised; a row number takes 8 bytes.
    """
    resnet = loaded(EXAMPLES / "vision/resnet.arch").model().configured("resnet50")
    numbers, rows = resnet.quantity("activations")(), resnet.asked(lambda model: model.kept["rows"])()
    assert rows == 56 * 56 * 64  # where each maximum was
    assert 4 * (numbers + 2 * 26560) + 8 * rows == 86121984


def test_a_layer_of_gpt_in_pytorch() -> None:
    """PyTorch 2.13 on a CPU saves 328192 numbers of 4 bytes: 2 sequences of 64, 128 channels, 4 heads, dropout 0.1.

    With relu, which keeps one tensor of 4·H where gelu keeps two. On a CPU dropout multiplies by numbers that are 0 or
    1/0.9 and keeps those, as many as there are truth values here.
    """
    text = """
      module dropped(x: [...], keep: [...]) -> [...] { return where(keep, x / 0.9, 0) }
      model GPT(x: [B, S, H], a, seen: [B, a, S, S], kept: [B, S, H], left: [B, S, H]) {
        param before: [H]
        x = x + before
        y = x -> LayerNorm
        q = y -> Linear(H) -> split_heads(a)
        k = y -> Linear(H) -> split_heads(a)
        v = y -> Linear(H) -> split_heads(a)
        s[..., m, n] = q[..., m, d] * k[..., n, d]
        p = dropped(softmax(s / sqrt(H/a)), seen)
        z[..., m, d] = p[..., m, n] * v[..., n, d]
        x = x + dropped(merge_heads(z) -> Linear(H), kept)
        return x + dropped(x -> LayerNorm -> Linear(4*H) -> relu -> Linear(H), left)
      }"""
    sizes = {"B": 2, "S": 64, "H": 128, "a": 4}
    kept = symcost.loads(text).model().kept
    numbers, masks = (kept[kind].evaluate(sizes) for kind in ("numbers", "masks"))
    assert masks == 4 * 2 * 64 * 64 + 2 * 2 * 64 * 128
    assert numbers + masks == 328192
    assert 4 * (numbers + masks) == 1312768


def test_a_transformer_layer() -> None:
    """34·s·b·h + 5·a·s²·b bytes in 16 bit, masks one byte (Korthikanti et al. 2022, equation 2).

    For GPT-3, 5·a·s/h is 80.
    """
    layer = loaded(EXAMPLES / "lecture/memory.arch").model("Layer")
    widths = Widths({"activations": "bf16"})
    sizes = {"S": 2048, "H": 12288, "a": 96, "B": 1}
    numbers, masks = (layer.kept[kind].evaluate(sizes) for kind in ("numbers", "masks"))
    found = numbers * widths["activations"] + masks * widths["masks"]
    assert found == 2048 * 12288 * (34 + 80)


@pytest.mark.parametrize(
    ("ports", "body", "expected"),
    [
        # x is the input of the first product; nobody asks for its own gradient, so the second factor is not kept.
        ("x: [T, D]", "param w: [D] return x * w", "T·D"),
        # Neither addition nor scaling keeps anything.
        ("x: [T, D]", "param b: [D] return 2*(x + b)", "0"),
        # relu and the product after it need the same tensor.
        ("x: [T, D]", "return x -> Linear(D) -> relu -> Linear(D)", "2·T·D"),
        # relu needs its result, not its input.
        ("x: [T, D]", "param b: [D] return relu(x + b)", "T·D"),
        # Views look at the same numbers: one tensor, kept once.
        ("x: [T, D]", "param b: [D] y = x + b return y @ transpose(y)", "T·D"),
        # A part keeps the whole.
        ("x: [T, D]", "param b: [D] y = x + b return exp(y)[0] * y[0]", "2·T·D"),
        # Frozen parameters: the way back passes, what is kept is what it needs.
        ("x: [T, D]", "frozen { y = x -> Linear(D) } return y", "0"),
        ("x: [T, D]", "param b: [D] x = x + b frozen { y = x -> Linear(D) -> tanh } return y", "T·D"),
        # Recomputed: what is read from outside.
        ("x: [T, D]", "x = x -> Linear(D) recompute { y = tanh(exp(sin(x))) } return y", "2·T·D"),
        ("x: [T, D], L", "x = x -> Linear(D) repeat L { recompute { x = x -> FeedForward } } return x", "T·D + T·D·L"),
        # A product of three keeps the product of the first two for the third.
        ("x: [D]", "param a: [D], b: [D] y[i] = x[i] * a[i] * b[i] return y", "2·D"),
        # The state goes from round to round as one tensor; the first one, zeros, is made anew.
        ("x: [T, H]", "param U: [H, H] scan t in T with h: [H] { h = tanh(x[t] + h @ U) emit y = h } return y", "H·T"),
    ],
)  # fmt: skip
def test_what_is_kept(ports: str, body: str, expected: str) -> None:
    assert asked(ports, body, "activations") == expected


def test_masks_and_row_numbers_are_no_activations() -> None:
    """T·D truth values; T numbers of rows, which the gradient of the table needs."""
    found = model("x: [T], m: [T, D], V", "return where(m, x -> Embedding(V, D), 0)").kept
    assert {kind: str(found[kind]) for kind in KINDS} == {"numbers": "0", "masks": "T·D", "rows": "T"}
    compared = model("x: [T, D]", "param b: [D] y = x + b return where(y > 0, y, 0)").kept
    assert {kind: str(compared[kind]) for kind in KINDS} == {"numbers": "0", "masks": "T·D", "rows": "0"}


def test_more_rounds_than_one_are_not_taken_for_granted() -> None:
    """Where a loop may have no rounds, what it needs is needed only if it has some: min(L - 1, 1)."""
    stacked = model("x: [T, D], L", "x = x -> Linear(D) repeat L - 1 { x = x -> Linear(D) } return x")
    found = stacked.quantity("activations")
    assert [found(T=2, D=3, L=layers) for layers in (1, 2, 3)] == [6, 12, 18]


COUNTED = "TripleRepeatCounter"
"""A loop in it has no round in some rounds of another, and a gradient behind it in others: it is refused."""


def assert_kept(text: str, name: str, values: Mapping[str, object], folder: Path = Path()) -> None:
    """What a formula says is kept is what a run keeps."""
    try:
        expected = kept(text, name, values, folder)
    except Unfit:
        return
    model = loaded_text(text).model(name)
    found = model.asked(lambda model: add(*(model.kept[kind] for kind in KINDS)))
    number = found(**values)
    if number != expected:
        with unseen():
            assert number == kept(text, name, values, folder), (str(found), values)


@pytest.mark.slow
@examples(12, 60)
@given(architectures())
def test_random_architectures_keep_what_a_run_keeps(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1."""
    for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
        assert_kept(architecture.text, "M", values)


@pytest.mark.parametrize("program", each_program())
def test_programs_keep_what_a_run_keeps(program: Program) -> None:
    for values in program.values if program.model != COUNTED else ():
        assert_kept(program.text, program.model, values)


def test_a_loop_that_has_no_round_in_some_rounds_of_another() -> None:
    """What is kept, and how much lives at once, is refused while it depends on a round: also with numbers."""
    text = "model M(x: [D], L) { repeat l in L { repeat l { x = x -> Linear(D) } } return x }"
    for model in (symcost.loads(text).model(), symcost.loads(text).model().at(L=3, D=2)):
        for question, fault in (("activations", UnderivedMemory), ("peak", UndecidedPeak)):
            with pytest.raises(fault):
                _ = model.quantity(question)


# What lives at once -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ports", "body", "expected"),
    [
        # The input and the result of one operation.
        ("x: [T, I], O", "return x -> Linear(O, bias = false)", "T·I + T·O"),
        # x waits for the addition; relu(x) and its exp are there meanwhile.
        ("x: [D]", "return x + exp(relu(x))", "3·D"),
        # The same without x.
        ("x: [D]", "return exp(relu(x))", "2·D"),
        # Whichever is larger.
        ("x: [T], H, O", "return x -> Linear(H, bias = false) -> Linear(O, bias = false)", "max(T + H, H + O)"),
        # A view needs no room.
        ("x: [T, D]", "return transpose(x)", "T·D"),
        # Each layer's input makes room for its result.
        ("x: [T, D], L", "repeat L { x = relu(x) } return x", "2·T·D"),
        # Of T rounds T - 1 have left D numbers; in the last there are what it reads, x, and its own result.
        ("x: [T, D]", "scan t in T { emit y = exp(x[t]) } return y", "2·T·D"),
        # The last round holds N - 1 old keys, N new ones, the addition to them, and x.
        ("x: [1, D], N", "scan t in N with K: [t, D] { K = concat(K, exp(x), axis = 0) } return K", "D + 2·N·D"),
        # The product of the first two of three.
        ("a: [D], b: [D], c: [D]", "y[i, j] = a[i] * b[j] * c[j] return y", "3·D + 2·D·D"),
    ],
)  # fmt: skip
def test_what_lives_at_once(ports: str, body: str, expected: str) -> None:
    assert asked(ports, body, "peak") == expected


def assert_peak(text: str, name: str, values: Mapping[str, object], folder: Path = Path()) -> None:
    """As much lives at once as a formula says; where it says nothing, as the numbers say."""
    try:
        expected = peak(text, name, values, folder)
    except Unfit:
        return
    model = loaded_text(text).model(name)
    try:
        found = model.quantity("peak").form.evaluate(values)
    except UndecidedPeak:
        if name == COUNTED:
            return
        found = model.at(**values).quantity("peak").form.number
    if found != expected:
        with unseen():
            assert found == peak(text, name, values, folder), (text, values)


@pytest.mark.slow
@examples(12, 60)
@given(architectures())
def test_the_peak_of_random_architectures(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1."""
    for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
        assert_peak(architecture.text, "M", values)


@pytest.mark.parametrize("program", each_program())
def test_the_peak_of_programs(program: Program) -> None:
    for values in program.values:
        assert_peak(program.text, program.model, values)


def test_no_round_is_the_largest_for_all_sizes() -> None:
    """With t + 1 by N - t numbers in round t it is one in the middle; with numbers it is known which."""
    found = model("x: [N], N", "scan t in N { emit y = sum(zeros([t + 1, N - t]) * x[t], axis = [0, 1]) } return y")
    with pytest.raises(UndecidedPeak):
        found.quantity("peak")
    # In round 2 of 5: x, two results, and twice 3 by 3 numbers.
    assert found.at(N=5).quantity("peak").form == 5 + 2 + 2 * 9


# State ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ports", "body", "expected"),
    [
        ("x: [T, I], H", "return x -> RNN(H)", "H"),
        ("x: [T, I], H", "return x -> LSTM(H)", "2·H"),
        ("x: [T, I], H", "return x -> Bidirectional(GRU, H)", "2·H"),
        ("x: [T, H], L", "repeat L { x = x -> LSTM(H) } return x", "2·H·L"),
        ("x: [T, D]", "return x -> SelfAttention(1)", "0"),
        # Carried unchanged, or overwritten before it is read: no state.
        ("x: [T, D]", "scan t in T with c: [D] { emit y = x[t] + c } return y", "0"),
        ("x: [T, D]", "scan t in T with c: [D] { c = x[t] } return c", "0"),
        # What an inner scan hands on lives within one step of the outer one.
        ("x: [T, D]", "scan t in T with h: [] { scan d in D with g: [] { g = g + x[t, d] } h = h + g } return h", "1"),
    ],
)
def test_state(ports: str, body: str, expected: str) -> None:
    assert asked(ports, body, "state") == expected


def test_keys_and_values_of_a_decoder_grow_with_what_was_said() -> None:
    """A key and a value of 768 channels for each of 1024 tokens, and the token itself."""
    attending = loaded(EXAMPLES / "lecture/memory.arch").model("Attending")
    assert attending.quantity("state")(T=1024, H=768) == 2 * 1024 * 768 + 768


# What is moved ----------------------------------------------------------------------------------------


def test_a_fused_part_moves_inputs_outputs_and_parameters_once() -> None:
    """Two layers with relu: T·D in, T·O out, and the parameters; nothing in between."""
    fused = asked("x: [T, D], F, O", "return x -> Linear(F) -> relu -> Linear(O)", "fused")
    assert fused == "D·F + F + F·O + O + T·D + T·O"


def test_of_a_table_only_the_rows_are_read() -> None:
    """T rows, which are taken to differ, but no more than there are."""
    assert asked("x: [T], V, D", "return x -> Embedding(V, D)", "fused") == "min(V·D, T·D) + T + T·D"
    tied = "param E: [V, D] return E[x] @ transpose(E)"
    assert asked("x: [T], V, D", tied, "fused") == "V·D + T + T·V"


def test_a_scan_reads_its_parameters_once_and_a_repeat_for_each_round() -> None:
    assert asked("x: [T, D]", "return x -> RNN(D, bias = false)", "fused") == "2·D·D + 2·T·D"
    assert asked("x: [T, D], L", "repeat L { x = x -> Linear(D, bias = false) } return x", "fused") == "D·D·L + 2·T·D"


@examples(12, 60)
@given(architectures())
def test_parameters_and_others_are_all_that_is_moved(architecture: Architecture) -> None:
    graph = symcost.loads(architecture.text).model("M").graph
    assert add(*Moved().split(graph)) == Traffic(graph).numbers
    assert add(*Fused().split(graph)) == Fused().of(graph)


# The command ------------------------------------------------------------------------------------------


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["memory", str(EXAMPLES / "lecture/memory.arch"), *arguments])
    return result.exit_code, result.output


def test_the_command_prints_bytes() -> None:
    """34·s·b·h + 5·a·s²·b as two lines; 14·h + 12·h² parameters of 2 bytes."""
    status, text = told("--model", "Layer", "--dtype", "bf16")
    assert status == 0
    assert "2·(16·B·S·H + 2·B·a·S·S)" in text
    assert "B·a·S·S + 2·B·S·H" in text
    assert "2·(14·H + 12·H·H)" in text


def test_types_by_role() -> None:
    """Keys and values in 8 bit: (2·4096 + 1)·1024 bytes."""
    status, text = told("--model", "Attending", "H=1024", "T=4096", "--dtype", "bf16,state=fp8")
    assert status == 0
    assert "fp8   8.39 MB" in text


@pytest.mark.parametrize(("types", "said"), [("bf17", "no type 'bf17'"), ("weights=bf16", "nothing is called")])
def test_unknown_types(types: str, said: str) -> None:
    status, text = told("--model", "Digits", "--dtype", types)
    assert status == 2
    assert said in text
