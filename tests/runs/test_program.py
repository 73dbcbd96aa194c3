"""What a program reaches when it trains: fitted within each type of device, and what is made anew stops early."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.analysis.training.layers import Layers
from symcost.cli import main
from symcost.errors import NotFitted, SymcostError
from symcost.hardware import Device
from symcost.runs import Counts, Plan, Program, Training
from symcost.runs.program import Measured
from tests.runs.fit import each_left_out, fitted, parts, run

LANGUAGE = Path(__file__).parents[2] / "examples/language"
FOUNDRY = Program.load("llm-foundry")
FILE = Path(symcost.__file__).parent / "runs/programs/llm-foundry.toml"
LLAMA = symcost.load(LANGUAGE / "llama.arch").model("Llama")
TRAIN = ("train", str(LANGUAGE / "llama.arch"), "--config", "llama_7b", "--on", "a100-sxm-80", "--dtype", "bf16",
         "--devices", "8", "--tokens", "1e9", "--batch", "64", "--zero", "3")  # fmt: skip


def of(device: str) -> list[Measured]:
    return [one for one in FOUNDRY.samples if one.device == device]


@pytest.mark.parametrize("device", FOUNDRY.devices)
def test_each_row_left_out(device: str) -> None:
    """Fitted to all others of its type, the mean miss is at most 4 %, as the file says; so are the constants."""
    shapes = [parts(one, FOUNDRY) for one in of(device)]
    misses = [abs(one) for one in each_left_out(shapes)]
    reached = FOUNDRY.devices[device]
    assert sum(misses) / len(misses) <= 0.04
    assert sum(misses) / len(misses) == pytest.approx(float(reached.mean), abs=1e-4)
    assert max(misses) == pytest.approx(float(reached.worst), abs=1e-4)
    first, second, third = fitted(shapes)
    assert (1 / first, 1 / second, third) == pytest.approx(
        (float(reached.products), float(reached.scores), float(reached.passes)), rel=1e-3
    )


@pytest.mark.parametrize(
    ("model", "length", "parameters"),
    [("125m", 32_768, 148_904_448), ("350m", 2048, 355_985_408), ("1b", 2048, 1_315_950_592),
     ("3b", 2048, 2_651_837_440), ("7b", 8192, 6_684_024_832), ("13b", 8192, 12_885_411_840),
     ("30b", 2048, 29_975_214_080)],
)  # fmt: skip
def test_what_was_measured_is_what_is_derived(model: str, length: int, parameters: int) -> None:
    """The tables of llm-foundry list the parameters."""
    sample = next(one for one in FOUNDRY.samples if (one.model, one.length) == (model, length))
    assert run(sample, FOUNDRY).counts.model.params() == parameters


def test_a_likely_step_is_not_below_the_least() -> None:
    """Of every row that was measured; nor is what was measured."""
    for sample in FOUNDRY.samples[::7]:
        found = run(sample, FOUNDRY)
        assert found.likely is not None
        assert found.least / found.steps < found.likely.time
        assert found.least / found.steps < sample.seconds


def test_a_layer_is_made_anew_but_for_its_last_product() -> None:
    """Nobody needs what the product 4D by D makes once more: 8 of 12 D² a token, and all scores; of Llama as well."""
    sizes = {"d_model": 8, "L": 3, "heads": 2, "V": 11, "T": 5, "positions": 5}
    gpt = symcost.load(LANGUAGE / "gpt2.arch").model("GPT2").at(**sizes)
    assert gpt.number(Layers(gpt.subject.assumptions).of(gpt.subject.graph)["mac"]) == 3 * (8 * 64 * 5 + 2 * 8 * 25)
    llama = LLAMA.at(D=8, L=3, heads=2, kv_heads=2, F=20, V=11, T=5)
    anew = llama.number(Layers(llama.subject.assumptions).of(llama.subject.graph)["mac"])
    assert anew == 3 * (4 * 64 * 5 + 2 * 8 * 20 * 5 + 2 * 8 * 25)


STRETCHES = """\
model Plain(x: [T, D], L, F) -> [T, D] {
  repeat L { x = x + (x -> LayerNorm -> Linear(F) -> gelu -> Linear(D)) }
  return x
}
model Marked(x: [T, D], L, F) -> [T, D] {
  repeat L { recompute { x = x + (x -> LayerNorm -> Linear(F) -> gelu -> Linear(D)) } }
  return x
}
"""


def test_it_is_what_a_text_says_that_marks_its_layers() -> None:
    """`training_early` of the same layers in a `recompute` each, which PyTorch agrees with, has as much more."""
    plain, marked = (symcost.loads(STRETCHES).model(name).at(T=4, D=6, L=3, F=10) for name in ("Plain", "Marked"))
    more = marked.quantity("training_early")() - plain.quantity("training")()
    assert plain.number(Layers(plain.subject.assumptions).of(plain.subject.graph)["mac"]) == more


def test_early_takes_less_work_and_as_much_room() -> None:
    """As full recomputation."""
    counts = Counts(LLAMA.configured("llama_7b"))
    early, full = (Training(counts, Device.load("a100-sxm-80"), "bf16", Plan(10**9, 8, 64, recompute=one))
                   for one in ("early", "full"))  # fmt: skip
    assert early.macs < full.macs
    assert early.total == full.total


def test_parts_add_up() -> None:
    """As they are told: likely is the sum of its parts; without a program none is told."""
    result = CliRunner().invoke(main, [*TRAIN, "--recompute", "early", "--profile", "llm-foundry", "--format", "json"])
    found = json.loads(result.stdout)
    assert found["likely_step_seconds"] == pytest.approx(sum(found["likely_parts"].values()))
    assert found["profile"] == "llm-foundry"
    assert found["likely_step_seconds"] * found["tokens"] / (64 * 2048) * 8 == pytest.approx(found["device_seconds"])


def test_a_network_between_nodes() -> None:
    """16 devices are two nodes: what copies send goes at 200 GB/s, 8 send over the link of the sheet."""
    counts = Counts(LLAMA.configured("llama_7b"))
    one, two = (Training(counts, Device.load("a100-sxm-80"), "bf16", Plan(10**9, devices, 64, program=FOUNDRY)).between
                for devices in (8, 16))  # fmt: skip
    assert one is not None
    assert two is not None
    assert (one.bandwidth, two.bandwidth) == (300 * 10**9, 200 * 10**9)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("products = 0.", "products = 1.", "wrong-entry"), ("passes = ", "mean_ = ", "unknown-entry"),
     ('network = "200 GB/s"', 'network = "200 GB"', "wrong-entry"), ("devices = 8\n", "devices = 0.5\n", "wrong-entry"),
     ("dtype =", "type =", "unknown-entry"), ('time = "', 'time = "about ', "wrong-entry")],
)  # fmt: skip
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, code: str) -> None:
    """With its line."""
    text = FILE.read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace(old, new, 1))
    assert old in text
    with pytest.raises(SymcostError) as fault:
        Program.load(mine)
    assert fault.value.code == code


def test_what_was_not_fitted_is_not_guessed() -> None:
    """Another device, and another type of numbers."""
    for device, dtype in (("h200-sxm", "bf16"), ("h100-sxm", "fp8")):
        with pytest.raises(NotFitted):
            FOUNDRY.on(device, dtype)


@pytest.mark.parametrize(
    "wrong", [("--profile", "llm-foundry", "--efficiency", "0.5"), ("--profile", "llm-foundry", "--six"),
              ("--recompute", "early", "--six"), ("--recompute", "late")],
)  # fmt: skip
def test_wrong_use(wrong: tuple[str, ...]) -> None:
    """Status 2."""
    assert CliRunner().invoke(main, [*TRAIN, *wrong]).exit_code == 2


def test_llama_is_near_though_it_was_another_program() -> None:
    """LLaMA 7B took 82 432 hours (Touvron et al., 2023, table 15); with llm-foundry's FSDP 7 % fewer are likely."""
    plan = Plan(10**12, 512, 2048, micro=4, zero=3, recompute="early", program=FOUNDRY)
    found = Training(Counts(LLAMA.configured("llama_7b")), Device.load("a100-sxm-80"), "bf16", plan)
    assert float(found.bill.hours) == pytest.approx(82_432, rel=0.1)
