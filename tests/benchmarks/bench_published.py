"""A report of a `config.json` beside that of the same sizes in its file: whole processes, pairs in one run.

`pytest tests/benchmarks/bench_published.py --benchmark-group-by=param:kind`; the first of a pair is to take at most 1.3
times the second, however many families there are: the file of a type is found without reading the others.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

ROOT = Path(__file__).parents[2]

PAIRS = {
    "llama": ("examples/language/llama.arch", "llama_7b", "Llama"),
    "qwen3_moe": ("examples/language/qwen.arch", "qwen3_30b", "Qwen3"),
    "gemma3_text": ("examples/language/decoder_sizes.arch", "gemma3_1b", "Decoder"),
    "whisper": ("examples/speech/whisper.arch", "large_v3_turbo_full", "Whisper"),
}
"""For a type the file, sizes and the model of the same kind."""


def report(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "symcost", "report", *arguments], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.parametrize("kind", PAIRS)
def test_of_a_configuration(benchmark: BenchmarkFixture, kind: str, tmp_path: Path) -> None:
    """A file that says its type."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"model_type": kind}), encoding="utf-8")
    benchmark.pedantic(report, (str(file), "T=448"), rounds=5)


@pytest.mark.parametrize("kind", PAIRS)
def test_of_sizes(benchmark: BenchmarkFixture, kind: str) -> None:
    """The same model with sizes of its file."""
    path, sizes, model = PAIRS[kind]
    benchmark.pedantic(report, (path, "--config", sizes, "--model", model), rounds=5)
