"""How long and how much: run with `pytest tests/benchmarks/bench_symcost.py`; not part of the default run.

Figures are for one machine in one run; compare them with each other (`--benchmark-compare`), not with a clock.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

import symcost

ROOT = Path(__file__).parents[2]

LLAMA = """
model Llama(tokens: [T], D, heads, kv, F, L, V) {
  param E: [V, D]
  x = E[tokens]
  repeat L {
    x = x -> TransformerEncoderLayer(heads, F, silu, norm_first = true, bias = false, norm = RMSNorm,
                                     ffn = GatedFeedForward, kv_heads = kv, positions = rotary)
  }
  return x -> RMSNorm -> Linear(V, bias = false)
}
"""


def totals(text: str) -> None:
    """Everything that a report sums up."""
    model = symcost.loads(text).model()
    _ = model.params, model.active, model.macs, model.flops(), model.depth, dict(model.operations)


def test_whisper(benchmark: BenchmarkFixture) -> None:
    """Parse, build and all totals of Whisper: tens of milliseconds."""
    benchmark(totals, (ROOT / "examples/speech/whisper.arch").read_text(encoding="utf-8"))


def test_llama(benchmark: BenchmarkFixture) -> None:
    """The same for a decoder of LLaMA's kind."""
    benchmark(totals, LLAMA)


@pytest.mark.parametrize("layers", ["2", "80", "1000000"])
def test_repeat_count(benchmark: BenchmarkFixture, layers: str) -> None:
    """How often a block is repeated does not matter."""
    benchmark(totals, LLAMA.replace("repeat L", f"repeat {layers}"))


@pytest.mark.parametrize("statements", [100, 1_000, 10_000])
def test_statements(benchmark: BenchmarkFixture, statements: int) -> None:
    """Time is linear in the number of statements; 10 000 distinct operations are a matter of seconds."""
    lines = "\n".join(f"  x = x @ W + {place}*x" for place in range(statements // 3))
    text = f"model Long(x: [T, D]) {{\n  param W: [D, D]\n{lines}\n  return x\n}}"
    benchmark.pedantic(totals, (text,), rounds=3)


@pytest.mark.parametrize("widths", [100, 1_000])
def test_distinct_terms(benchmark: BenchmarkFixture, widths: int) -> None:
    """As many different terms in one sum."""
    lines = "\n".join(f"  y{width} = x -> Linear({width})" for width in range(1, widths + 1))
    text = f"model Wide(x: [T, D]) {{\n{lines}\n  return x\n}}"
    benchmark.pedantic(totals, (text,), rounds=3)


COMMANDS = {
    "import sympy": [sys.executable, "-c", "import sympy"],
    "symcost formula": [sys.executable, "-m", "symcost", "formula", "examples/lecture/elman.arch"],
    "symcost --help": [sys.executable, "-m", "symcost", "--help"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_process(benchmark: BenchmarkFixture, name: str) -> None:
    """Whole processes: `formula` stays below 1.6 times, `--help` below a third of importing SymPy."""
    benchmark.pedantic(
        subprocess.run, (COMMANDS[name],), {"check": True, "capture_output": True, "cwd": ROOT}, rounds=7
    )
