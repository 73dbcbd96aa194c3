"""Schedules of stages, played through; messages over links, counted; and how formulas look on a narrow terminal."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import UnevenBatch
from symcost.hardware import Device
from symcost.runs import Counts, Layout, Plan, Training
from symcost.runs.layout import Wire
from symcost.runs.traffic import Sent

LANGUAGE = Path(__file__).parents[2] / "examples/language"
A100 = Device.load("a100-sxm-80")
GPT = Counts(symcost.load(LANGUAGE / "gpt3.arch").model().at(d_model=1024, L=24, heads=16, V=51_200, T=2048))


def played(stages: int, parts: int, micro: int) -> int:
    """When the last part is done, if each takes 1: a device works off groups of micro-batches, part by part."""
    done: dict[tuple[int, int, int], int] = {}
    order = [
        (part, one)
        for group in range(0, micro, stages)
        for part in range(parts)
        for one in range(group, min(group + stages, micro))
    ]
    free = [0] * stages
    for part, one in order:
        for stage in range(stages):
            before = done.get((part, one, stage - 1) if stage else (part - 1, one, stages - 1), 0)
            free[stage] = max(free[stage], before) + 1
            done[part, one, stage] = free[stage]
    return max(free)


@pytest.mark.parametrize(("stages", "parts", "micro"), [(4, 1, 8), (4, 2, 8), (8, 3, 16), (2, 6, 4), (4, 6, 4)])
def test_waiting_by_playing_the_schedule(stages: int, parts: int, micro: int) -> None:
    """(p - 1)/(v·m) of the work, forward; backward is the same from the other end."""
    run = Training(GPT, A100, "fp16", Plan(1, stages, micro, Layout(1, stages), interleave=parts))
    assert Fraction(played(stages, parts, micro), parts * micro) - 1 == run.bubble


def test_rounds_that_are_not_whole_are_refused() -> None:
    """6 micro-batches in rounds of 4 wait longer than the formula says."""
    assert Fraction(played(4, 2, 6), 12) - 1 > Fraction(3, 12)
    with pytest.raises(UnevenBatch, match="--batch 8"):
        Training(GPT, A100, "fp16", Plan(1, 4, 6, Layout(1, 4), interleave=2))


def test_latency_of_each_message() -> None:
    """1 MB at 1 GB/s, and 6 messages of 5 microseconds."""
    link = Wire("nvlink", Fraction(10**9), Fraction(5, 10**6))
    size, messages = symcost.form("n"), symcost.form("6")
    sent = Sent("states", "by hand", size, messages, link, "tensor")
    assert sent.seconds({"n": 10**6}) == Fraction(1, 1000) + 6 * Fraction(5, 10**6)


@pytest.mark.parametrize(("zero", "messages"), [(1, 2 * 3), (3, 3 * 12 * (2 * 4 + 1))])
def test_messages_of_copies(zero: int, messages: int) -> None:
    """4 copies in a ring of 3 steps: twice around; ZeRO 3 for 12 layers of a stage, twice in 4 rounds, once more."""
    run = Training(GPT, A100, "fp16", Plan(1, 8, 16, Layout(1, 2), zero=zero))
    assert run.sent[-1].messages.evaluate(run.values) == messages


def test_formulas_on_a_narrow_terminal() -> None:
    """Every name, and the beginning of its formula, on one line of 80 characters."""
    asked = ("train", str(LANGUAGE / "llama.arch"), "--config", "llama_7b", "--on", "a100-sxm-80", "--dtype", "bf16",
             "--devices", "32", "--tokens", "1e9", "--batch", "64", "--tensor", "4", "--pipeline", "2", "--zero", "3",
             "--as", "formula")  # fmt: skip
    result = CliRunner().invoke(main, asked, env={"COLUMNS": "80"})
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.split()[:2] == ["bytes", "32768·batch·T/data"] or "2097152·batch·(tensor" in line for line in lines)
    assert not any(line.startswith("(") for line in lines)
