"""Loops that read again, types by role, batches, several devices, and whether a model fits: by hand."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.analysis.memory.again import ReadAgain
from symcost.cli import main
from symcost.hardware import Device, Types
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded

ELMAN = """model Elman(x: [T, I], H) {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U + b) }
  return h
}"""


def written(text: str, **sizes: int) -> symcost.Model:
    return symcost.loads(text).model().at(**sizes)


@pytest.mark.parametrize(
    ("text", "params", "state"),
    [
        (ELMAN, "H*H + H", "H"),  # W waits for nothing: all rounds multiply by it at once
        (ELMAN.replace("h @ U", "(h -> Linear(H))"), "H*H + 2*H", "H"),  # U lies unread, a layer of a round is read
        (ELMAN.replace("x[t] @ W + h @ U", "x[t] @ W"), "0", "0"),  # h is made anew: no round waits for another
        ("model M(x: [T, H]) { scan t in T with h: [H] { h = h + x[t] } return h }", "0", "H"),
        ("model M(x: [T, H]) { scan t in T { emit y = x[t] -> Linear(H) } return y }", "0", "0"),  # nothing waits
    ],
)
def test_what_a_round_reads_again(text: str, params: str, state: str) -> None:
    """Parameters between what is carried and what is handed on, and what is carried and used."""
    model = symcost.loads(text).model()
    loops = ReadAgain(model.subject.assumptions).of(model.graph)
    found = loops[0].first if loops else {}
    for role, formula in (("params", params), ("state", state)):
        assert found.get(role, symcost.form("0")) == symcost.form(formula)


def test_recurrent_weights_that_stay_on_the_chip_are_read_once() -> None:
    """A Raspberry Pi 4 has 1 MB and 128 KiB on its chip: 4·512^2 bytes of U stay, 4·1024^2 do not."""
    on_chip = 10**6 + 4 * 32 * 1024
    device = Device.load("rpi4")
    small = Timing(written(ELMAN, T=100, I=8, H=512), device, "fp32").bound()
    large = Timing(written(ELMAN, T=100, I=8, H=1024), device, "fp32").bound()
    assert small.again == 0
    assert large.again == 99 * (4 * (1024 * 1024 + 2 * 1024) - on_chip)
    assert large.memory == Fraction(large.bytes) / device.bandwidth


def test_a_writer_reads_its_weights_for_each_token() -> None:
    """LLaMA 7B, 10 tokens after a prompt of one, fp16 on an A100: ten times 13.2 GB, less what stays on the chip."""
    llama = loaded(EXAMPLES / "language/llama.arch").model("Generate").configured("llama_7b").at(kv_heads=32, P=1, N=10)
    device = Device.load("a100-sxm-80")
    assert device.on_chip is not None
    weights = 2 * (6738415616 - 32000 * 4096)
    least = Timing(llama, device, "fp16").bound()
    per_token = weights - device.on_chip
    assert 9 * per_token < least.again < 9 * (weights + 2 * 2 * 32 * 4096 * 12)
    assert least.bytes > 10 * per_token


STEP = {"c": 8192, "G": 1024, "D": 4096, "L": 32, "heads": 32, "kv_heads": 8, "F": 14336, "V": 128256}
LEARNED = 8030261248 - 128256 * 4096  # all weights but the table of words, which gives one row a token
CACHED = 2 * 32 * 8192 * 1024


@pytest.fixture
def step() -> symcost.Model:
    return loaded(EXAMPLES / "language/llama.arch").model("Step").at(**STEP)


def test_types_by_role(step: symcost.Model) -> None:
    """Weights of half a byte, a cache of one byte, products in bf16: the peak is that of bf16."""
    types = {"params": "int4", "state": "fp8", "products": "bf16"}
    least = Timing(step, Device.load("h100-sxm"), types).bound()
    rest = least.bytes - Fraction(LEARNED + 4096, 2) - CACHED
    assert 0 < rest < 2 * (2 * 32 * 1024 + 128256 + 2)
    full = Timing(step, Device.load("h100-sxm"), "bf16").bound()
    assert least.units == full.units


def test_what_is_said_of_products_holds_for_the_rest() -> None:
    """Unless something else is said, numbers are kept in the type in which they are multiplied."""
    only = Types.of({"products": "bf16"})
    assert {only.bytes(role) for role in ("params", "buffers", "activations", "state", "frozen")} == {2}
    mixed = Types.of({"params": "int4", "products": "bf16"})
    assert (mixed.bytes("params"), mixed.bytes("buffers"), mixed.bytes("activations")) == (Fraction(1, 2), 2, 2)
    assert Types.of({"params": "fp16", "activations": "bf16"}).products == "bf16"
    assert Types.of("fp8").bytes("rows") == Types.of("fp8").bytes("masks") == 1


def test_a_batch_shares_its_parameters(step: symcost.Model) -> None:
    """Of 16 sequences each has its own cache and its own work; the weights are read once, a row of words for each."""
    device = Device.load("h100-sxm")
    one, many = (Timing(step, device, "bf16", batch).bound() for batch in (1, 16))
    learned = 2 * (LEARNED + 4096)
    assert many.bytes - learned == 16 * (one.bytes - learned)
    assert all(many.units[unit] == 16 * seconds for unit, seconds in one.units.items())


def test_several_devices_share_work_and_memory(step: symcost.Model) -> None:
    """Four devices take a quarter of the time, and hold four times as much."""
    one, four = (Timing(step, Device.load("a10"), "bf16", devices=count) for count in (1, 4))
    assert four.bound().time == one.bound().time / 4
    assert four.footprint().size == 4 * 24 * 10**9


@pytest.mark.parametrize(
    ("device", "config", "verdict"),
    [
        ("rtx4090", "llama3_405b", "does not fit"),
        ("h100-sxm", "llama3_8b", "fits"),
        ("xeon-8480p", "llama3_8b", "unknown"),
    ],
)
def test_whether_it_fits(device: str, config: str, verdict: str) -> None:
    """405.85e9 parameters of two bytes are 812 GB, a card has 24; no sheet says how much memory a Xeon has."""
    model = loaded(EXAMPLES / "language/llama.arch").model("Llama").configured(config).at(T=1)
    footprint = Timing(model, Device.load(device), "bf16").footprint()
    assert footprint.verdict == verdict
    assert footprint.parameters == 2 * model.params()


def test_the_command_says_that_it_does_not_fit() -> None:
    llama = str(EXAMPLES / "language/llama.arch")
    given = ["eval", llama, "--model", "Llama", "--config", "llama3_405b", "T=1", "--on", "rtx4090", "--dtype", "bf16"]
    told = CliRunner().invoke(main, given)
    assert told.exit_code == 0
    assert "does not fit: 812 GB of 24.0 GB" in told.output
    data = json.loads(CliRunner().invoke(main, [*given, "--format", "json"]).output)
    assert (data["fits"], data["needed_bytes"], data["memory_bytes"]) == ("does not fit", 811706777600, 24 * 10**9)


@pytest.mark.parametrize(
    ("dtype", "said"),
    [("params=int4,weights=int4", "nothing is called 'weights'"), ("products=int3", "there is no type 'int3'"),
     ("bf16,bf16", "given twice"), ("products=q4_0", "no device multiplies 'q4_0'")],
)  # fmt: skip
def test_types_that_there_are_not(dtype: str, said: str) -> None:
    told = CliRunner().invoke(main, ["eval", "-", "--on", "a100-sxm-80", "--dtype", dtype, "N=4"], input=CHAIN)
    assert told.exit_code == 2
    assert said in told.output


SPEECH = Path(__file__).parents[2] / "examples" / "speech"

CHAIN = "model Chain(x: [N]) { return relu(x) }"


def test_a_batch_of_none_is_refused() -> None:
    given = ["eval", "-", "--on", "a100-sxm-80", "--dtype", "fp16", "--batch", "0", "N=4"]
    assert CliRunner().invoke(main, given, input=CHAIN).exit_code == 2


def test_a_file_says_the_rate_of_its_own_dimensions() -> None:
    """160 samples of 16 kHz are 10 ms; what a file that uses it calls T as well is another thing."""
    text = "const KHZ = 16\nrate T = 1000*KHZ/s\nmodel M(x: [T, D]) { return relu(x) }"
    given = ["eval", "-", "--on", "rpi4", "--dtype", "fp32", "T=160", "D=1000", "--format", "json"]
    found = json.loads(CliRunner().invoke(main, given, input=text).output)
    assert found["real_time_factors"]["T"] == pytest.approx(found["least_seconds"] / 0.01)
    unit = symcost.loads(text, "a.arch").model("M").defined.unit
    assert unit.rates == {"T": 16000}


def test_the_rate_of_another_file_is_not_taken_over() -> None:
    """Parakeet's T are frames; the samples of Wav2Vec2, whose file it uses, come at 16 kHz."""
    model = ["--model", "LasrEncoder", "--config", "lasr", "--on", "rpi4", "--dtype", "fp32", "--format", "json"]
    told = CliRunner().invoke(main, ["eval", str(SPEECH / "parakeet.arch"), *model])
    assert json.loads(told.output)["real_time_factors"] == {}


def test_frames_of_a_known_rate_are_told_in_real_time() -> None:
    """100 frames at 100/s last a second: of it the least time is as many seconds."""
    text = "model M(x: [T, D]) { return relu(x) }"
    given = ["eval", "-", "--on", "rpi4", "--dtype", "fp32", "T=100", "D=1000", "--rate", "T=100/s", "--format", "json"]
    told = CliRunner().invoke(main, given, input=text)
    assert told.exit_code == 0, told.output
    found = json.loads(told.output)
    assert found["real_time_factors"] == {"T": found["least_seconds"]}
    for wrong, status in (("T=100", 2), ("T=-1/s", 2), ("Q=100/s", 1)):
        given[9] = wrong
        assert CliRunner().invoke(main, given, input=text).exit_code == status
