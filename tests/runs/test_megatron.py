"""What Megatron reaches with shared products, sequences and stages: each published step told by the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import SymcostError
from symcost.runs import Program
from tests.runs.fit import (
    each_left_out,
    fitted,
    korthikanti,
    miss,
    models_left_out,
    narayanan,
    parts,
    run,
)

MEGATRON = Program.load("megatron")
SHAPES = [parts(one, MEGATRON) for one in MEGATRON.samples]
FILE = Path(symcost.__file__).parent / "runs/programs/megatron.toml"
GPT3 = Path(__file__).parents[2] / "examples/language/gpt3.arch"


def test_each_row_left_out() -> None:
    """Korthikanti et al. (2022), table 5: fitted to the seven others, the mean miss is 0.9 %, as the file says."""
    misses = [abs(one) for one in each_left_out(SHAPES)]
    reached = MEGATRON.devices["a100-sxm-80"]
    assert sum(misses) / len(misses) == pytest.approx(float(reached.mean), abs=1e-4)
    assert max(misses) == pytest.approx(float(reached.worst), abs=1e-4)
    assert max(misses) < 0.02
    first, second, third = fitted(SHAPES)
    assert (1 / first, 1 / second, third) == pytest.approx(
        (float(reached.products), float(reached.scores), float(reached.passes)), rel=1e-3
    )


def test_each_model_left_out() -> None:
    """With both of its rows, of which one tells much of the other: 1.1 % in the mean, 2.1 % at worst."""
    misses = [abs(one) for one in models_left_out([one.model for one in MEGATRON.samples], SHAPES)]
    assert sum(misses) / len(misses) < 0.012
    assert max(misses) < 0.025


def test_an_older_version_is_missed_by_more() -> None:
    """Narayanan et al. (2021), table 1: 7.5B on 128 by 18 %, 39B on 512 by less than 1 %, as the file says."""
    small, large = (miss(parts(one, MEGATRON), fitted(SHAPES)) for one in narayanan())
    assert small == pytest.approx(0.18, abs=0.005)
    assert abs(large) < 0.01
    assert "+18% and +0%" in MEGATRON.source


def test_the_file_is_what_was_published() -> None:
    """Row by row."""
    assert MEGATRON.samples == tuple(korthikanti())


@pytest.mark.parametrize(("model", "billions"), [("22B", 22), ("175B", 175), ("530B", 530), ("1T", 1008)])
def test_what_was_measured_is_what_is_derived(model: str, billions: int) -> None:
    """Table 3 names models by their parameters."""
    sample = next(one for one in MEGATRON.samples if one.model == model)
    assert run(sample, MEGATRON).counts.model.params() / 1e9 == pytest.approx(billions, rel=0.02)


def test_a_likely_step_is_not_below_the_least() -> None:
    """Nor is what was measured."""
    for sample in MEGATRON.samples:
        found = run(sample, MEGATRON)
        assert found.likely is not None
        assert found.least / found.steps < min(found.likely.time, sample.seconds)


def told(*more: str) -> str:
    asked = ("train", str(GPT3), "--on", "a100-sxm-80", "--dtype", "bf16", "--batch", "64", "--tokens", "1e9",
             "--profile", "megatron", "d_model=12288", "L=96", "heads=96", "V=51200", "T=2048", *more)  # fmt: skip
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_tells_a_published_step() -> None:
    """GPT-3 on 64 A100 with layers made anew takes 18.13 s (table 5)."""
    shared = ("--devices", "64", "--tensor", "8", "--pipeline", "8", "--interleave", "3", "--recompute", "full")
    found = json.loads(told(*shared, "--format", "json"))
    assert found["likely_step_seconds"] == pytest.approx(18.13, rel=0.02)
    assert "not in the rows" not in told(*shared)


def test_copies_are_said_to_be_in_no_row() -> None:
    """All rows are of one copy."""
    shared = ("--devices", "128", "--tensor", "8", "--pipeline", "8", "--recompute", "full")
    assert "not in the rows that were fitted: copies" in told(*shared)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [("tensor = 8", "tensor = 3", "wrong-entry"), ('recompute = "full"', 'recompute = "all"', "wrong-entry"),
     ("sequence = true", "sequence = 1", "wrong-entry"), ("interleave = 3", "interleave = 0", "wrong-entry"),
     ("pipeline = 8", "stages = 8", "unknown-entry")],
)  # fmt: skip
def test_a_wrong_row_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, code: str) -> None:
    """With its line."""
    text = FILE.read_text()
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace(old, new, 1))
    assert old in text
    with pytest.raises(SymcostError) as fault:
        Program.load(mine)
    assert fault.value.code == code
