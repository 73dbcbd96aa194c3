"""Windows, receptive fields and path lengths: published figures, and small graphs unrolled."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest
from click.testing import CliRunner
from hypothesis import given

import symcost
from symcost.analysis.growth.growth import rise
from symcost.analysis.window.path_length import AxisPath
from symcost.cli import main
from symcost.errors import AxisOutOfRange, NoPath, UnderivedWindow
from symcost.export.reports.path import figures
from symcost.formula import Form, ceil_div, log2, symbol
from symcost.model import Model
from tests.examples.files import EXAMPLES, loaded
from tests.oracle.reach import reach
from tests.oracle.sampling import examples
from tests.oracle.stacks import stacks

D, K, L, R, T, W = map(symbol, ("D", "K", "L", "R", "T", "W"))


@cache
def model(body: str, signature: str = "x: [T, D]") -> Model:
    return symcost.loads(f"model M({signature}) {{\n{body}\n}}").model()


DELAY = """scan t in T with past: [3, D] {
y = concat(past, x[t:t + 1], axis = 0)
past = y[1:4]
emit z = y[0]
}
return z"""
NESTED = """scan s in T with g: [T, D] {
scan t in T with h: [D] {
h = tanh(h + x[t] + g[t])
emit e = h
}
g = e
}
return g"""
STEPS_IN_STEPS = """scan t in T with h: [D] {
y = x[t] + h
scan k in K with z: [D] = y { z = tanh(z) }
h = tanh(z)
emit e = h
}
return e"""
LOOP_IN_STEPS = """scan t in T with h: [D] {
y = x[t] + h
repeat L {
scan k in K with z: [D] = y { z = tanh(z) }
y = z
}
h = y
emit e = h
}
return e"""
ALONG_BOTH_AXES = """scan t in T with h: [D] {
scan d in D with z: [1] {
z = tanh(z + h[d] + x[t, d])
emit e = z[0]
}
h = e
emit f = h
}
return f"""
SUMMARIES = """scan s in S with g: [D] {
scan t in T with h: [D] { h = tanh(h + x[t] + g) }
g = tanh(h)
}
return g"""

LAYERS = {
    "same": ('return x -> Conv1d(D, kernel = 3, pad = "same")', {}),
    "causal": ('return x -> Conv1d(D, kernel = K, pad = "causal") -> relu', {"K": 4}),
    "valid": ("assume K <= T\nreturn x -> Conv1d(D, kernel = K)", {"K": 3}),
    "strides": ("return x -> Conv1d(D, 3, stride = 2) -> relu -> Conv1d(D, 3, stride = 2)", {}),
    "separable": ('return x -> DepthwiseConv1d(3, pad = "same") -> Conv1d(D, kernel = 1)', {}),
    "pooled": ("return x -> Conv1d(D, 3) -> max_pool1d(2)", {}),
    "mean": ('return x -> Conv1d(D, 3, pad = "same") -> global_avg_pool1d', {}),
    "residual": ('y = x -> Conv1d(D, 3, pad = "same") -> relu\nreturn x + Conv1d(y, D, 5, pad = "same")', {}),
    "two ways": ('return concat(Conv1d(x, D, 3, pad = "same"), Conv1d(x, D, 7, pad = "same")) -> Linear(D)', {}),
    "shifts": ("y = pad(x, [3, 0], axis = 0)[0:T]\nreturn Linear(x, D) + Linear(y, D)", {}),
    "dilated": (
        'repeat l in L { x = x -> Conv1d(D, kernel = K, dilation = 2^l, pad = "causal") }\nreturn x',
        {"L": 3, "K": 2},
    ),
    "dilated by its width": (
        'repeat l in L { x = x -> Conv1d(D, kernel = K, dilation = K^l, pad = "causal") }\nreturn x',
        {"L": 2, "K": 3},
    ),
    "dilated, residual": (
        'repeat l in L { x = x + relu(Conv1d(x, D, kernel = 3, dilation = 2^l, pad = "same")) }\nreturn x',
        {"L": 2},
    ),
    "skips": (
        'repeat l in L {\nx = x + relu(Conv1d(x, D, kernel = 2, dilation = 2^l, pad = "causal"))\nemit s = x\n}\n'
        "return sum(s, axis = 0)",
        {"L": 3},
    ),
    "stacks": (
        'repeat R { repeat l in L { x = x -> Conv1d(D, kernel = 2, dilation = 2^l, pad = "causal") } }\nreturn x',
        {"L": 2, "R": 2},
    ),
    "unrolled": ("repeat 3 { x = x -> Conv1d(D, 2, stride = 2) }\nreturn x", {}),
    "strided stack": (
        "assume 2^L divides T\nrepeat l in L with x: [T/2^l, D] { x = x -> Conv1d(D, 2, stride = 2) }\nreturn x",
        {"L": 3},
    ),
    "up": ("return x -> ConvTranspose1d(D, 4, stride = 2, pad = 1)", {}),
    "down and up": (
        "assume 4 divides T\ny = x -> Conv1d(D, 4, stride = 4) -> ConvTranspose1d(D, 4, stride = 4)\n"
        'return y -> Conv1d(D, 3, pad = "same")',
        {},
    ),
    "nearest": ('return x -> upsample1d(2) -> Conv1d(D, 3, pad = "same")', {}),
    "frames": ('assume 4 divides T\nreturn reshape(x, [T/4, 4*D]) -> Conv1d(D, 3, pad = "same")', {}),
    "reversed": ('return reverse(x, axis = 0) -> Conv1d(D, 3, pad = "causal") -> reverse(axis = 0)', {}),
    "attention": ("return attention(x, x, x)", {}),
    "causal attention": ("return causal_attention(x, x, x)", {}),
    "windowed attention": ("assume W <= T\nreturn windowed_attention(x, x, x, window = W)", {"W": 3}),
    "transformer": ("repeat L { x = x -> TransformerEncoderLayer(heads = 1) }\nreturn x", {"L": 2}),
    "convolution, attention": ('y = x + Conv1d(x, D, 3, pad = "same")\nreturn y + attention(y, y, y)', {}),
    "dense block": (
        "repeat l in 3 with x: [T, D + l*D] {\n"
        'x = concat(x, Conv1d(x, D, 3, pad = "same"), axis = -1)\n}\nreturn x -> Conv1d(D, kernel = 1)',
        {},
    ),
    "dense block, mean": (
        "repeat l in 3 with x: [T, D + l*D] {\n"
        'x = concat(x, Conv1d(x, D, 3, pad = "same"), axis = -1)\n}\n'
        "return x -> Conv1d(D, kernel = 1) -> global_avg_pool1d",
        {},
    ),
    "Elman": ("return x -> RNN(D)", {}),
    "LSTM": ("return x -> LSTM(D)", {}),
    "GRU": ("return x -> GRU(D)", {}),
    "both ways": ("return Bidirectional(x, GRU, D)", {}),
    "three LSTMs": ("return Stacked(x, LSTM, D, layers = 3)", {}),
    "LSTMs": ("repeat L { x = x -> LSTM(D) }\nreturn x", {"L": 3}),
    "last state": ("scan t in T with h: [D] { h = RNNCell(x[t], h) }\nreturn h", {}),
    "convolution, LSTM": ('return x -> Conv1d(D, 3, pad = "causal") -> LSTM(D)', {}),
    "scan in a scan": (NESTED, {}),
    "steps in steps": (STEPS_IN_STEPS, {"K": 3}),
    "loop of scans in a scan": (LOOP_IN_STEPS, {"K": 3, "L": 2}),
    "summaries": (SUMMARIES, {"S": 5}),
    "scan of LSTMs": ("scan s in S with g: [T, D] = x { g = g -> LSTM(D) }\nreturn g", {"S": 3}),
    "scan of both ways": (
        "scan s in S with g: [T, D] = x { g = Bidirectional(g, GRU, D) -> Linear(D) }\nreturn g",
        {"S": 3},
    ),
    "scan of attention": ("scan s in S with h: [T, D] = x { h = attention(h, h, h) }\nreturn h", {"S": 3}),
    "LSTM, last state": (
        "x = x -> LSTM(D)\nscan t in T with h: [D] { h = RNNCell(x[t], h) }\nreturn h",
        {},
    ),
    "one before": ("scan t in T with past: [D] {\nemit y = past + x[t]\npast = x[t]\n}\nreturn y", {}),
}


LONG = ("stacks", "dense block", "transformer", "both ways", "loop of scans in a scan", "scan of LSTMs")
"""Whose unrolled graphs, or formulas, take a second."""

ALIKE = ("dense block, mean", "three LSTMs", "scan of both ways", "scan of attention")
"""As long, and of the kind of others."""


def marks(name: str) -> list[pytest.MarkDecorator]:
    if name in ALIKE:
        return [pytest.mark.slow, pytest.mark.thorough]
    return [pytest.mark.slow] if name in LONG else []


@pytest.mark.parametrize("name", [pytest.param(name, marks=marks(name)) for name in LAYERS])
def test_against_small_graphs(name: str) -> None:
    """Where padding is not seen, windows and layers are those of the unrolled graph."""
    body, values = LAYERS[name]
    given = {"T": 16, "D": 1} | values
    one = model(body, ", ".join(["x: [T, D]", *values]))
    path = one.path()
    seen = merged(reach(one.graph, given), path.axis)
    farthest = 0
    compared = 0
    for place, numbers in seen.items():
        first, last = (int(form.evaluate(given | {path.at: place})) for form in (path.first, path.last))
        if first >= 0 and last < given["T"] and first <= last:
            assert (min(numbers), max(numbers)) == (first, last), place
            farthest = max(farthest, *numbers.values())
            compared += 1
    assert compared
    layers = int(path.layers.evaluate(given))
    assert layers == farthest if not path.at_most else layers >= farthest
    assert max(map(span, seen.values())) == min(int(path.receptive_field.evaluate(given)), given["T"])


def merged(seen: Mapping[tuple[int, ...], Mapping[int, int]], axis: int | None) -> dict[int, dict[int, int]]:
    """By the position along one axis, whatever the others are."""
    found: dict[int, dict[int, int]] = {}
    for place, numbers in seen.items():
        known = found.setdefault(0 if axis is None else place[axis], {})
        for position, layers in numbers.items():
            known[position] = min(layers, known.get(position, layers))
    return found


def span(numbers: Mapping[int, int]) -> int:
    return max(numbers) - min(numbers) + 1 if numbers else 0


def test_wavenet() -> None:
    """L convolutions of width K whose gaps double see 1 + (K - 1)·(2^L - 1) samples (van den Oord et al. 2016)."""
    path = model(*LAYERS["dilated"][:1], "x: [T, D], K, L").path()  # type: ignore[arg-type]
    assert path.receptive_field == 1 + (K - 1) * (2**L - 1)
    assert str(path.receptive_field) == "(K - 1)·(2^L - 1) + 1"
    assert (path.look_ahead, path.layers, path.stride) == (0, L, 1)


@pytest.mark.slow
@pytest.mark.thorough  # recorded windows have the formula, and one stack is above
def test_wavenet_of_the_paper() -> None:
    """Three stacks of ten layers with K = 2 see 3·1023 samples before their own, and the first convolution one."""
    document = loaded(EXAMPLES / "speech/wavenet.arch")
    assert document.model().path().receptive_field == 2 + R * (2**L - 1)
    assert document.model().configured("stacks").quantity("receptive_field").form == 3071


def test_tcn() -> None:
    """Two convolutions a level: 1 + 2·(k - 1)·(2^n - 1) (Bai, Kolter & Koltun 2018, section 3.2)."""
    k, n = symbol("k"), symbol("n")
    assert loaded(EXAMPLES / "speech/tcn.arch").model().path().receptive_field == 1 + 2 * (k - 1) * (2**n - 1)


def test_wav2vec() -> None:
    """wav2vec 2.0: a frame every 320 samples from 400 of them (Baevski et al. 2020, section 4.2: 20 ms and 25 ms)."""
    widths, strides = (10, 3, 3, 3, 3, 2, 2), (5, 2, 2, 2, 2, 2, 2)
    layers = "".join(f"x = x -> Conv1d(D, {k}, stride = {s}) -> gelu\n" for k, s in zip(widths, strides, strict=True))
    path = model(layers + "return x").path()
    assert (path.receptive_field, path.stride, path.look_ahead) == (400, 320, 399)


def test_alexnet_convolutions() -> None:
    """AlexNet's last pooled position sees 195 pixels, 32 apart (Araujo, Norris & Sim 2019, Distill, the table)."""
    body = """x = x -> Conv1d(D, 11, stride = 4) -> max_pool1d(3, stride = 2)
    x = x -> Conv1d(D, 5, pad = 2) -> max_pool1d(3, stride = 2)
    x = x -> Conv1d(D, 3, pad = 1) -> Conv1d(D, 3, pad = 1) -> Conv1d(D, 3, pad = 1) -> max_pool1d(3, stride = 2)
    return x"""
    path = model(body).path()
    assert (path.receptive_field, path.stride) == (195, 32)


TABLE = [
    ("return attention(x, x, x)", "", 1, "Fixed"),
    ("return x -> RNN(D)", "", T, "Linear"),
    ('return x -> Conv1d(D, kernel = K, pad = "causal")', ", K", ceil_div(T - 1, K - 1), "Linear"),
    (LAYERS["dilated by its width"][0], ", K, L", ceil_div(log2(T), log2(K)), "log T"),
    ("assume W <= T\nreturn windowed_attention(x, x, x, window = W)", ", W", ceil_div(T - 1, W - 1), "Linear"),
]


@pytest.mark.parametrize(
    ("body", "ports", "length", "kind"), TABLE, ids=["self", "rnn", "conv", "dilated", "restricted"]
)
def test_table_1(body: str, ports: str, length: Form, kind: str) -> None:
    """Vaswani et al. 2017, table 1: O(1), O(n), O(n/k) or O(log_k(n)), O(n/r)."""
    found = model(body, f"x: [T, D]{ports}").quantity("path_length")
    assert found.form == length
    assert rise(found.form, T).kind == kind


@pytest.mark.parametrize(("name", "width"), [("causal", 4), ("dilated by its width", 3)])
def test_stacks_of_that_length_connect(name: str, width: int) -> None:
    """So many layers bring both ends together, one less does not."""
    given = {"T": 12, "D": 1, "K": width}
    body = LAYERS[name][0]
    if "repeat" not in body:
        body = f"repeat l in L {{ x = {body.removeprefix('return ')} }}\nreturn x"
    needed = int(model(LAYERS[name][0], "x: [T, D], K, L").quantity("path_length").form.evaluate(given))
    for layers, connected in ((needed, True), (needed - 1, False)):
        seen = reach(model(body, "x: [T, D], K, L").graph, given | {"L": layers})
        assert (0 in seen[11, 0]) == connected


SHRINKING = {
    "halves": "x = x -> Conv1d(D, 2, stride = 2)",
    "wide": "x = x -> Conv1d(D, 5, stride = 2)",
    "padded": "x = x -> Conv1d(D, 3, stride = 2, pad = 1)",
    "thirds": "x = x -> Conv1d(D, 5, stride = 3, pad = 2)",
    "pooled": "x = x -> Conv1d(D, 3) -> max_pool1d(2)",
    "two strides": "x = x -> Conv1d(D, 3, stride = 2) -> relu -> Conv1d(D, 2, stride = 2)",
}


@pytest.mark.parametrize("body", SHRINKING.values(), ids=SHRINKING)
@pytest.mark.parametrize("length", [2, 3, 4, 5, 8, 9, 10, 13])
def test_copies_with_strides_join_the_ends(body: str, length: int) -> None:
    """So many copies have a number that is made from both ends, and through so many layers; one copy less has none."""
    path = model(f"{body}\nreturn x").path()
    told = path.length_of_path.evaluate({"T": length})
    needed = int(told / path.layers.evaluate({}))
    for copies in (needed - 1, needed):
        unrolled = model("\n".join([body] * copies + ["return x"]))
        seen = reach(unrolled.graph, {"T": length + 64, "D": 1}).values()
        joining = [numbers for numbers in seen if {0, length - 1} <= numbers.keys()]
        assert bool(joining) == (copies == needed)
        assert {numbers[end] for numbers in joining for end in (0, length - 1)} <= {told}


def test_strides() -> None:
    """A stride of s over s positions joins n in ceil(log_s(n)) layers, as a stack of L of them does."""
    s = symbol("s")
    assert model("assume s >= 2\nreturn x -> Conv1d(D, s, stride = s)", "x: [T, D], s").path().length_of_path == (
        ceil_div(log2(T), log2(s))
    )
    assert model(LAYERS["strided stack"][0], "x: [T, D], L").path().length_of_path == ceil_div(log2(T), 1)


REFUSED = {
    "one way": (
        'y = concat(Conv1d(x, D, 3, pad = "same"), Conv1d(x, D, 7, pad = "same"))\na, b = split(y, 2)\nreturn a',
        {},
    ),
    "parts of two convolutions, attention": (
        'y = Conv1d(x, D, 3, pad = "same")\nz = Conv1d(x, D, 5, pad = "same")\n'
        "y = x + concat(y[0:3], z[3:T], axis = 0)\nreturn attention(y, y, y)",
        {},
    ),
    "along both axes": (ALONG_BOTH_AXES, {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_layers_that_are_refused(name: str) -> None:
    """Parts taken out of what was joined, and loops whose rounds differ: no number rather than a wrong one."""
    body, values = REFUSED[name]
    with pytest.raises(UnderivedWindow):
        _ = model(body, ", ".join(["x: [T, D]", *values])).path().layers


ENDLESS = {
    "positions left out": "return x -> Conv1d(D, 2, stride = 3)",
    "more padding than stride": "return x -> Conv1d(D, 5, stride = 2, pad = 2)",
    "blocks": "assume 2 divides T\nreturn x -> Conv1d(D, 2, stride = 2) -> upsample1d(2)",
    "a way around": 'repeat 2 { x = x + relu(Conv1d(x, D, 3, pad = "causal")) }\nreturn x',
    "a way around with a stride": "return Conv1d(x, D, 3, stride = 2, pad = 1) + Conv1d(x, D, 1, stride = 2)",
    "gaps": 'return x -> Conv1d(D, 2, dilation = 2, pad = "causal")',
    "gaps wider than what was seen": (
        'repeat l in 3 { x = x -> Conv1d(D, 2, dilation = 3^l, pad = "causal") }\nreturn x'
    ),
    "gaps between two entries": "return Linear(x, D) + pad(x, [3, 0], axis = 0)[0:T]",
    "not its own position": 'return pad(x, [3, 0], axis = 0)[0:T] -> Conv1d(D, 3, pad = "causal")',
    "moved inwards, then padded": 'return pad(x, [2, 0], axis = 0)[0:T] -> Conv1d(D, 3, pad = "same")',
}


@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS)
def test_paths_that_are_refused(body: str) -> None:
    """Where ends never meet, where that is not certain, and where some of the way may be through fewer layers."""
    with pytest.raises(UnderivedWindow):
        _ = model(body).path().length_of_path


def test_rows_chosen_by_data() -> None:
    """Which rows an index picks is known only when it runs."""
    with pytest.raises(UnderivedWindow, match="known only when it runs"):
        model('return x[rows] -> Conv1d(D, 3, pad = "causal")', "x: [T, D], rows: [N]").path()


def test_a_way_around_layers_that_are_alike() -> None:
    """Each layer leads on by two positions or is left out; so as many are needed as without ways around."""
    body = 'repeat L { x = x + relu(Conv1d(x, D, 3, pad = "causal")) }\nreturn x'
    assert model(body, "x: [T, D], L").path().length_of_path == ceil_div(T - 1, 2)


def test_lstms_are_pipelined() -> None:
    """L layers of T steps: T + L - 1 from the first input to the last output."""
    assert model(LAYERS["LSTMs"][0], "x: [T, D], L").path().length_of_path == T + L - 1


def test_recurrences_inside_of_each_other() -> None:
    """K steps inside each of T are K·T; what comes after them in a step is one layer more."""
    assert model(LOOP_IN_STEPS, "x: [T, D], K, L").path().length_of_path == K * L * T
    assert model(STEPS_IN_STEPS, "x: [T, D], K").path().length_of_path == (K + 1) * T


def test_the_last_state_is_as_far_as_the_first_input() -> None:
    """That the last input is one layer away, at most, does not make that a bound: it is no fewer."""
    for before, length in (("", T), ("x = x -> LSTM(D)\n", T + 1)):
        path = model(before + LAYERS["last state"][0]).path()
        assert path.length_of_path == length and not path.at_most


@pytest.mark.slow
def test_a_cache_that_grows() -> None:
    """Refused, with numbers too: in each round more of it sees something else."""
    generate = loaded(EXAMPLES / "language" / "gpt2_decoding.arch").model("Generate")
    sizes = {"P": 3, "N": 2, "d_model": 1, "L": 2, "heads": 1, "V": 2}
    for asked in (generate, generate.at(**sizes)):
        with pytest.raises(UnderivedWindow):
            asked.path()


def test_a_shorter_way_in_a_later_round_is_seen() -> None:
    """Every round reads the last position afresh, so its layers are a bound, and no path length is told."""
    path = model(SUMMARIES, "x: [T, D], S").path()
    assert path.at_most
    with pytest.raises(UnderivedWindow):
        _ = path.length_of_path


def test_numbers_and_expectations() -> None:
    """Asked by name."""
    document = symcost.loads("""
    model M(x: [T, D], K) { return x -> Conv1d(D, kernel = K, pad = "causal") }
    expect M { receptive_field == K  look_ahead == 0  path_length grows T }
    """)
    assert all(checked.ok for checked in document.check())
    assert document.model().quantity("path_length")(T=101, D=1, K=11) == 10


def test_axes() -> None:
    """An image is seen along both axes; there is no third."""
    image = model("return x -> Conv2d(D, kernel_y = 3, kernel_x = 5, kernel = 3)", "x: [Y, X, D]")
    assert [image.path(axis=axis).receptive_field for axis in (0, 1)] == [3, 5]
    with pytest.raises(AxisOutOfRange):
        image.path(axis=3)


@pytest.mark.parametrize(
    "body",
    [
        DELAY,
        "y[3*t + k, d] = x[t, d] * zeros([2])[k]\nreturn y",
    ],
    ids=["delay line", "gaps"],
)
def test_what_is_not_derived_is_refused(body: str) -> None:
    """No number rather than a wrong one."""
    with pytest.raises(UnderivedWindow):
        _ = model(body).path().receptive_field


def test_where_no_path_joins_all() -> None:
    """That there is none is an answer: the command prints it as one."""
    asked = model("return x -> Linear(D)")
    with pytest.raises(NoPath, match="its own alone"):
        _ = asked.path().length_of_path
    told = dict(row.cells for row in figures(asked.path(), asked))
    assert str(told["path length"]).startswith("none: ")


def test_source_to_target() -> None:
    """Attention brings the source to every position written, in one step."""
    assert loaded(EXAMPLES / "language" / "transformer.arch").model("Transformer").path().length_of_path == 1


def test_the_command() -> None:
    """All figures of an axis below each other."""
    said = CliRunner().invoke(main, ["path", str(EXAMPLES / "lecture" / "receptive.arch"), "--model", "Dilated"]).stdout
    assert said.splitlines() == [
        "x, axis 0 (T)",
        "  position t sees  t - (K - 1)·(2^L - 1) .. t",
        "  receptive field  (K - 1)·(2^L - 1) + 1",
        "  stride           1",
        "  look-ahead       0",
        "  layers           L",
        "  path length      ceil(log2((T + K - 2)/(K - 1))), if L is that",
    ]


PUBLISHED = {
    "language/albert.arch Albert": {"T": 5, "E": 2, "H": 2, "L": 2, "A": 2, "V": 2},
    "language/big_lstm.arch BigLSTM": {"T": 5, "E": 1, "H": 2, "P": 1, "L": 3, "V": 2},
    "language/retnet.arch RetNet": {"T": 5, "D": 2, "L": 2, "heads": 1, "V": 2},
    "language/s4.arch Recurrent": {"T": 6, "H": 2, "N": 2},
    "language/transformer.arch Transformer": {"n": 5, "m": 3, "N": 2, "d_model": 2, "d_ff": 2, "h": 1, "V": 2},
    "lecture/bidirectional.arch BothWays": {"T": 6, "I": 2, "H": 2},
    "lecture/sampling.arch Recurrent": {"V": 2, "D": 2, "T": 5},
    "speech/conformer.arch Blocks": {"T": 8, "d": 2, "N": 2, "h": 1, "k": 3},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_published_architectures(name: str) -> None:
    """The longest of the shortest ways in the unrolled graph, from any position to any other."""
    file, _, one = name.partition(" ")
    asked, sizes = loaded(EXAMPLES / file).model(one), PUBLISHED[name]
    seen = reach(asked.graph, sizes)
    ways = {layers for numbers in seen.values() for layers in numbers.values()}
    assert asked.path().length_of_path.evaluate(sizes) == max(ways)


@pytest.mark.slow
@given(stacks())
@examples(8, 25)
def test_random_stacks(body: str) -> None:
    """Windows away from the ends, layers and path lengths are those of the unrolled graph, wherever they are told."""
    asked = model(body, "x: [T, D], L")
    try:
        path = asked.path()
        told, length = path.layers, _length(path)
    except UnderivedWindow:
        return
    for layers in (1, 2):
        sizes = {"T": 8, "D": 1, "L": layers}
        seen = merged(reach(asked.graph, sizes), path.axis)
        others = {place: {p: n for p, n in numbers.items() if p != place} for place, numbers in seen.items()}
        farthest = 0
        for place, numbers in seen.items():
            first, last = (int(form.evaluate(sizes | {path.at: place})) for form in (path.first, path.last))
            if numbers and 0 <= first <= last < 8:
                assert (min(numbers), max(numbers)) == (first, last)
                if "pad(" not in body or 3 <= place < 8 - 3:  # what is shifted reads padding nearer to the ends
                    farthest = max(farthest, *(others[place].get(end, 0) for end in (first, last)))
                assert length is None or len(numbers) == last - first + 1
        assert told.evaluate(sizes) >= farthest
        assert (
            path.at_most
            or not farthest
            or told.evaluate(sizes) <= max(n for numbers in seen.values() for n in numbers.values())
        )
        if length is not None and path.connects:
            most = [
                max((n for numbers in each.values() for n in numbers.values()), default=0) for each in (others, seen)
            ]
            assert most[0] <= length.evaluate(sizes) <= most[1]


def _length(path: AxisPath) -> Form | None:
    try:
        return path.length_of_path
    except (NoPath, UnderivedWindow):
        return None
