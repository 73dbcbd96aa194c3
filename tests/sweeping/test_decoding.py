"""A step with a cache, and all that is written behind a prompt, over a grid."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

pytest.importorskip("numpy")

LAYERS, WIDTH = 32, 4096


def rows(tmp_path: Path, *arguments: str) -> list[dict[str, int]]:
    """What is printed for LLaMA 7B, by its published file."""
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"model_type": "llama"}), encoding="utf-8")
    result = CliRunner().invoke(main, ["sweep", str(file), *arguments])
    assert result.exit_code == 0, result.output
    return [{name: int(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(result.stdout))]


def test_the_cache_at_every_point(tmp_path: Path) -> None:
    """Keys and values of the tokens before and of this one, in each layer, for each text."""
    found = rows(tmp_path, "--step", "c=1,7,100000", "T=1", "B=1:2", "--of", "state")
    assert [(row["c"], row["B"]) for row in found] == [(c, B) for c in (1, 7, 100000) for B in (1, 2)]
    assert all(row["state"] == 2 * LAYERS * WIDTH * (row["c"] + 1) * row["B"] for row in found)


def test_steps_add_up(tmp_path: Path) -> None:
    """What is written behind a prompt is the prompt and a step behind each length."""
    whole = {row["n"]: row["macs"] for row in rows(tmp_path, "--generate", "T=10", "n=1:4", "B=1")}
    steps = {row["c"]: row["macs"] for row in rows(tmp_path, "--step", "c=10:13", "T=1", "B=1")}
    assert [whole[n + 1] - whole[n] for n in (1, 2, 3)] == [steps[c] for c in (10, 11, 12)]
