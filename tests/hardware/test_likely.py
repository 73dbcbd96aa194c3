"""The likely time: kernels by hand, and published times."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded

A100 = Device.load("a100-sxm-80")


def written(text: str, **sizes: int) -> symcost.Model:
    return symcost.loads(text).model().at(**sizes)


def test_a_product_and_what_follows_are_one_kernel() -> None:
    """[512, 4096] @ [4096, 4096], then relu: joined it is one launch, by itself two, and 2·512·4096 numbers more."""
    model = written("model M(x: [B, D]) { param W: [D, D] return relu(x @ W) }", B=512, D=4096)
    timing = Timing(model, A100, "fp16")
    joined = replace(Profile.load("none"), latency=Fraction(1, 10**6))
    apart = replace(joined, joined=replace(joined.joined, pointwise=False))
    one, two = timing.likely(joined), timing.likely(apart)
    product = Fraction(2 * 512 * 4096**2, 312 * 10**12)
    lone = Fraction(512 * 4096, 39 * 10**12)
    micro = Fraction(1, 10**6)
    assert one.time == product + lone + micro

    # relu alone moves 8.4 MB, which the cache of 40 MB holds: 7219 GB/s.
    assert two.time == product + micro + Fraction(2 * 512 * 4096 * 2, 7219 * 10**9) + micro


def test_efficiencies_overlap_and_range() -> None:
    """Half of the peak, half of the bandwidth, no overlap: both one after the other; the range is a factor."""
    model = written("model M(x: [B, D]) { param W: [D, D] return x @ W }", B=64, D=8192)
    half = Fraction(1, 2)
    program = replace(
        Profile.load("none"), matrix=half, memory=half, overlap=Fraction(0), range=(Fraction(9, 10), Fraction(2))
    )
    found = Timing(model, A100, "fp16").likely(program)
    work, data = 2 * 64 * 8192**2, 2 * (8192**2 + 2 * 64 * 8192)
    main_memory, cache = 2039 * 10**9, 7219 * 10**9
    memory = Fraction(2 * 8192**2, main_memory) + Fraction(2 * 2 * 64 * 8192, main_memory)
    assert data > 40 * 10**6 > 0 and cache > main_memory  # more than the cache holds
    assert found.time == 2 * (Fraction(work, 312 * 10**12) + memory)
    assert (found.low, found.high) == (found.time * Fraction(9, 10), found.time * 2)


def test_the_likely_time_of_no_program_is_above_the_least() -> None:
    """A sum of the larger of two over kernels is no less than the larger of the sums."""
    model = loaded(EXAMPLES / "language/llama.arch").model("Step").configured("llama_7b").at(c=64, G=4096, kv_heads=32)
    timing = Timing(model, A100, "fp16")
    assert timing.bound().time <= timing.likely(Profile.load("none")).time


LLAMA_7B = {"D": 4096, "L": 32, "heads": 32, "kv_heads": 32, "F": 11008, "V": 32000}
LLAMA_13B = {"D": 5120, "L": 40, "heads": 40, "kv_heads": 40, "F": 13824, "V": 32000}
MEASURED = [
    # LMDeploy v0.1.0a1, docs/en/benchmark/a100_fp16.md; gpt-fast issue 27; TensorRT-LLM v0.5, performance.md
    ("a100-sxm-80", "fp16", "Step", {**LLAMA_7B, "c": 64, "G": 4096}, 1, 1 / 100.02),
    ("a100-sxm-80", "fp16", "Step", {**LLAMA_7B, "c": 64, "G": 4096}, 64, 64 / 4154.81),
    ("a100-sxm-80", "fp16", "Step", {**LLAMA_13B, "c": 64, "G": 5120}, 1, 1 / 57.49),
    ("rtx4090", "fp16", "Step", {**LLAMA_7B, "c": 100, "G": 4096}, 1, 1 / 65),
    ("a100-sxm-80", "fp16", "Prompt", {**LLAMA_7B, "T": 2048}, 1, 0.139),
    ("a100-sxm-80", "fp16", "Prompt", {**LLAMA_7B, "T": 128}, 1, 0.016),
    ("h100-sxm", "fp8", "Prompt", {**LLAMA_7B, "T": 2048}, 1, 0.036),
    ("l40s", "fp8", "Prompt", {**LLAMA_7B, "T": 2048}, 1, 0.073),
]


@pytest.mark.parametrize(("device", "dtype", "name", "sizes", "batch", "seconds"), MEASURED)
def test_published_times_of_language_models(
    device: str, dtype: str, name: str, sizes: dict[str, int], batch: int, seconds: float
) -> None:
    """Within a quarter of what was measured, and never below the least time."""
    model = loaded(EXAMPLES / "language/llama.arch").model(name).at(**sizes)
    timing = Timing(model, Device.load(device), dtype, batch)
    found = timing.likely(Profile.load("llm-engine"))
    assert float(found.time) == pytest.approx(seconds, rel=0.25)
    assert timing.bound().time < found.time


def test_a_writer_is_started_for_each_token() -> None:
    """A prompt and 10 tokens: eleven times what a host takes for a run."""
    llama = loaded(EXAMPLES / "language/llama.arch").model("Generate").at(**LLAMA_7B, P=7, N=10)
    timing = Timing(llama, A100, "fp16")
    assert timing.runs() == 11
    found = timing.likely(Profile.load("llm-engine"))
    assert found.run == 11 * Profile.load("llm-engine").run


@pytest.mark.parametrize("name", Profile.available())
def test_profiles_say_what_they_were_fitted_on(name: str) -> None:
    """Each has a source, and but for the one that is none, measurements with theirs."""
    profile = Profile.load(name)
    assert len(profile.source) > 10
    assert 0 < profile.range[0] <= 1 <= profile.range[1]
    assert (name == "none") == (not profile.samples)
    assert all(sample.seconds > 0 and len(sample.source) > 5 for sample in profile.samples)


GIVEN = ["eval", "-", "--on", "a100-sxm-80", "--dtype", "fp16", "B=64", "D=4096"]
TEXT = "model M(x: [B, D]) { param W: [D, D] return x @ W }"


def test_the_command_tells_it_apart_from_the_least() -> None:
    told = CliRunner().invoke(main, [*GIVEN, "--profile", "llm-engine"], input=TEXT)
    assert told.exit_code == 0
    assert [line.split()[0] for line in told.output.splitlines() if line.startswith(("at least", "likely"))][:2] == [
        "at", "likely",
    ]  # fmt: skip
    found = json.loads(CliRunner().invoke(main, [*GIVEN, "--profile", "none", "--format", "json"], input=TEXT).output)
    likely = found["likely"]
    assert likely["low_seconds"] == likely["seconds"] == likely["high_seconds"] >= found["least_seconds"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("matrix = 1", "matrix = 1.5", "error[wrong-entry]: `matrix` must be above 0 and at most 1"),
        ('launch = "0 s"', 'launch = "4"', "error[missing-unit]: `launch` must be a time with a unit"),
        ('launch = "0 s"', 'launch = "4 GB"', "error[other-unit]: `launch` must be a time"),
        ("high = 1", "high = 0.5", "error[wrong-entry]: `low` must be at most 1, and `high` at least 1"),
        ("pointwise = true", 'pointwise = "yes"', "error[wrong-entry]: `pointwise` must be true or false"),
        ("[range]", "[rang]", "error[unknown-entry]: there is no entry `rang` here"),
    ],
)
def test_a_wrong_profile_is_told_what_is_wrong(tmp_path, old: str, new: str, said: str) -> None:  # type: ignore[no-untyped-def]
    text = (EXAMPLES.parent / "symcost/hardware/profiles/none.toml").read_text(encoding="utf-8")
    file = tmp_path / "mine.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = CliRunner().invoke(main, [*GIVEN, "--profile", str(file)], input=TEXT)
    assert told.exit_code == 1
    assert said in told.output
