"""The least time, against figures worked out by hand and times that were measured."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.hardware import Bound, Device
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded


def least(model: symcost.Model, device: str, dtype: str) -> Bound:
    return Timing(model, Device.load(device), dtype).bound()


def written(text: str, **sizes: int) -> symcost.Model:
    return symcost.loads(text).model().at(**sizes)


def test_a_chain_moves_its_ends_only() -> None:
    """10^9 numbers of fp16 in and out: 4 GB over 2.039 TB/s, 1.96 ms."""
    chain = written("model Chain(x: [N]) { repeat 10 { x = relu(x) } return x }", N=10**9)
    found = least(chain, "a100-sxm-80", "fp16")
    assert found.bytes == 4 * 10**9
    assert found.time == found.memory == Fraction(4, 2039)


COPIED = """model Copied(q: [h, 1, d], K: [g, c, d], V: [g, c, d]) {
  assume g divides h
  return attention(q, K -> repeat_axis(h/g, axis = -3), V -> repeat_axis(h/g, axis = -3))
}"""
GROUPED = "model Grouped(q: [g, r, d], K: [g, c, d], V: [g, c, d]) { return attention(q, K, V) }"


def test_copies_of_keys_and_values_move_nothing() -> None:
    """2·8·65536·128 keys and values, 2·32·128 queries and answers, of two bytes: 268 MB, with copies or without."""
    sizes = {"g": 8, "d": 128, "c": 65536}
    with_copies = least(written(COPIED, h=32, **sizes), "a100-sxm-80", "fp16")
    without = least(written(GROUPED, r=4, **sizes), "a100-sxm-80", "fp16")
    assert with_copies.bytes == without.bytes == 2 * (2 * 8 * 65536 * 128 + 2 * 32 * 128)


def test_layer_norm_moves_what_it_normalizes() -> None:
    """[8192, 1024] of fp32 in and out, two vectors of 1024: 67 MB over 2.039 TB/s, 33 us."""
    norm = written("model Norm(x: [T, D]) { return LayerNorm(x) }", T=8192, D=1024)
    found = least(norm, "a100-sxm-80", "fp32")
    assert found.bytes == 4 * (2 * 8192 * 1024 + 2 * 1024)
    assert f"{float(found.time):.1e}" == "3.3e-05"


def test_a_token_after_a_long_prompt_is_bound_by_arithmetic() -> None:
    """LLaMA 3 8B, 8191 tokens read and one written: 15.0 GB take 4.5 ms, the products 0.13 s."""
    model = loaded(EXAMPLES / "language/llama.arch").model("Generate").configured("llama3_8b")
    found = least(model.at(P=8191, N=1, kv_heads=8), "h100-sxm", "bf16")
    assert found.binds == "compute-bound"
    assert found.busiest == "matrix products"
    assert float(found.memory) == pytest.approx(4.5e-3, rel=0.01)
    assert found.again == 0
    assert 0.13 < float(found.time) < 0.17


@pytest.fixture
def step() -> symcost.Model:
    """One token of a decoder that is given its cache."""
    return loaded(EXAMPLES / "language/llama.arch").model("Step")


def test_a_step_reads_parameters_and_cache_once(step: symcost.Model) -> None:
    """LLaMA 3 8B at 8192 cached tokens: 7.505e9 parameters and 2·32·8192·1024 keys and values of two bytes, 4.8 ms.

    Written are a key and a value in each layer and 128256 scores; the table of words gives one row.
    """
    eight = step.at(c=8192, G=1024, D=4096, L=32, heads=32, kv_heads=8, F=14336, V=128256)
    found = least(eight, "h100-sxm", "bf16")
    learned = 8030261248 - 128256 * 4096 + 4096
    cached, new = 2 * 32 * 8192 * 1024, 2 * 32 * 1024
    assert found.bytes == 2 * (learned + cached + new + 128256 + 1)
    assert float(found.time) == pytest.approx(4.8e-3, rel=0.01)


MEASURED = [
    # LMDeploy v0.1.0a1, A100 80 GB, fp16, one sequence: docs/en/benchmark/a100_fp16.md, tokens a second.
    ("a100-sxm-80", {"D": 4096, "L": 32, "heads": 32, "kv_heads": 32, "F": 11008, "V": 32000, "c": 64}, 1 / 100.02),
    ("a100-sxm-80", {"D": 4096, "L": 32, "heads": 32, "kv_heads": 32, "F": 11008, "V": 32000, "c": 3072}, 1 / 93.78),
    ("a100-sxm-80", {"D": 5120, "L": 40, "heads": 40, "kv_heads": 40, "F": 13824, "V": 32000, "c": 64}, 1 / 57.49),
    # gpt-fast, issue 27: "around 65" tokens a second on an RTX 4090.
    ("rtx4090", {"D": 4096, "L": 32, "heads": 32, "kv_heads": 32, "F": 11008, "V": 32000, "c": 100}, 1 / 65),
]


@pytest.mark.parametrize(("device", "sizes", "seconds"), MEASURED)
def test_no_measured_step_is_faster(step: symcost.Model, device: str, sizes: dict[str, int], seconds: float) -> None:
    """Good software comes within a factor of two of the bound, and never below it."""
    found = least(step.at(G=sizes["D"], **sizes), device, "fp16")
    assert 0.5 * seconds < float(found.time) < seconds


def test_units_run_at_the_same_time() -> None:
    """On an H100 exponentials have a unit of their own: 10^12 take 0.259 s, beside 0.03 s of comparisons."""
    both = written("model M(x: [N]) { return sum(exp(relu(x))) }", N=10**12)
    found = least(both, "h100-sxm", "fp32")
    exponentials = Fraction(10**12, 3_865_000_000_000)
    assert found.units["special functions"] == exponentials == found.compute
    assert found.busiest == "special functions"


def test_the_command_tells_both_apart(tmp_path: Path) -> None:
    """The least, and beside it the sum over operations that are not fused, under its own name."""
    file = tmp_path / "chain.arch"
    file.write_text("model Chain(x: [N]) { repeat 10 { x = relu(x) } return x }")
    told = CliRunner().invoke(main, ["eval", str(file), "--on", "a100-sxm-80", "--dtype", "fp16", "N=1_000_000_000"])
    assert told.exit_code == 0
    first, *_ = [line for line in told.output.splitlines() if line.startswith("at least")]
    assert "1.96 ms" in first and "memory-bound" in first
    assert "to move 4.00 GB" in told.output
    assert "to move 40.0 GB, each operation by itself" in told.output
