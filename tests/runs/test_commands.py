"""`symcost serve` and `symcost train`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

LLAMA = str(Path(__file__).parents[2] / "examples/language/llama.arch")
SERVE = ("serve", LLAMA, "--config", "llama3_8b", "--on", "h100-sxm", "--dtype", "bf16", "--prompt", "512",
         "--write", "64")  # fmt: skip
TRAIN = ("train", LLAMA, "--config", "llama_7b", "--on", "a100-sxm-80", "--dtype", "bf16", "--devices", "8",
         "--tokens", "1e9", "--batch", "64")  # fmt: skip
WRITINGS = ("text", "json", "latex")


def told(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize(
    "asked",
    [SERVE, (*SERVE, "--as", "formula"), (*SERVE, "--on", "a100-sxm-80", "--price", "2"), TRAIN,
     (*TRAIN, "--as", "formula"), (*TRAIN, "--fit")],
    ids=["serve", "serve-formula", "serve-several", "train", "train-formula", "train-fit"],
)  # fmt: skip
def test_every_writing(asked: tuple[str, ...], writing: str) -> None:
    """Each is told in full, as data and as formulas."""
    assert told(*asked, "--format", writing).strip()


def test_a_file_that_has_a_length_of_its_own_is_served_by_single_tokens() -> None:
    """`llama3_8b` says T = 8192: a step writes one token all the same, of 16.06 GB at 3.35 TB/s."""
    found = json.loads(told(*SERVE, "--batch", "1", "--format", "json"))
    assert 0.0044 < found["bound"]["token_seconds"] < 0.0048


def test_memory_of_a_program() -> None:
    """vLLM's 0.9: 72 GB less 16.06 GB of weights, over 131 072 bytes for each of 575 tokens."""
    found = json.loads(told(*SERVE, "--memory", "0.9", "--format", "json"))
    assert found["most_texts"] == (72 * 10**9 - 2 * 8_030_261_248) // (131_072 * 575)


def test_price_of_an_hour() -> None:
    """36 USD an hour are a cent a second."""
    found = json.loads(told(*TRAIN, "--price", "36", "--format", "json"))
    assert found["usd"] == pytest.approx(found["device_seconds"] / 100)


def test_power_that_was_measured() -> None:
    """330 W instead of the 400 W of the sheet."""
    limit, given = (json.loads(told(*TRAIN, *more, "--format", "json")) for more in ((), ("--watts", "330")))
    assert given["energy_joules"] / limit["energy_joules"] == pytest.approx(330 / 400)


@pytest.mark.parametrize(
    "wrong",
    [
        ("--against-config", "x", "--on", "a100-sxm-80"),
        ("--memory", "1.5"),
        ("--prompt", "0"),
        ("--dtype", "state=fp8,x=1"),
    ],
)
def test_wrong_use(wrong: tuple[str, ...]) -> None:
    """Status 2."""
    assert CliRunner().invoke(main, [*SERVE, *wrong]).exit_code == 2


def test_types_that_there_are_not() -> None:
    """Status 2, with a sentence."""
    result = CliRunner().invoke(main, [*TRAIN, "--states", "fp77"])
    assert result.exit_code == 2
    assert "fp77" in result.stderr
