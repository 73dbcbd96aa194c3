"""The page of `symcost eval`, for people and for programs."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from click.testing import CliRunner

from symcost.cli import main

CHAIN = "model Chain(x: [N]) { repeat 10 { x = relu(x) } return x }"
STILL = "model Still(x: [N]) { return x }"
DEAD = "model Dead(x: [N, I]) { y = x -> Linear(I) return x }"


def told(text: str, writing: str, *values: str) -> str:
    given = ["eval", "-", "--on", "a100-sxm-80", "--dtype", "fp16", "--format", writing, *values]
    result = CliRunner().invoke(main, given, input=text)
    assert result.exit_code == 0, result.output
    return result.output


def test_programs_get_seconds_as_numbers() -> None:
    """4·10^9 bytes, a whole number, over 2.039 TB/s."""
    found = json.loads(told(CHAIN, "json", "N=1_000_000_000"))
    assert found["bytes"] == 4 * 10**9 and isinstance(found["bytes"], int)
    assert found["least_seconds"] == found["memory_seconds"] == pytest.approx(4 / 2039)
    assert found["by_itself"]["memory_seconds"] == pytest.approx(40 / 2039)
    assert all(isinstance(time, (int, float)) for time in found["by_itself"]["arithmetic_seconds"].values())


def test_a_spreadsheet_has_the_least_time_and_no_title_twice() -> None:
    """4 GB over 2.039 TB/s at least, 40 GB if each operation is by itself."""
    head, least, whole, *_ = csv.reader(StringIO(told(CHAIN, "csv", "N=1_000_000_000")))
    assert len(set(head)) == len(head)
    assert least[0] == "(at least)" and whole[0] == "Chain"
    assert float(least[head.index("time")]) == pytest.approx(4 / 2039)
    assert float(whole[head.index("time")]) == pytest.approx(40 / 2039)
    assert whole[head.index("time unit")] == "s"


@pytest.mark.parametrize("writing", ["text", "csv", "json"])
def test_what_has_no_work_is_bound_by_nothing(writing: str) -> None:
    """A model that hands on its input as it came takes no time, and has no shares of it."""
    page = told(STILL, writing, "N=5")
    assert "nothing to do" in page
    assert "-bound" not in page and "%" not in page


def test_what_is_taken_to_be_performed_is_said() -> None:
    """A result that nobody reads: its operations count, though what they would read is not moved."""
    page = " ".join(told(DEAD, "text", "N=100", "I=64").split())
    assert "to move 0 B" in page
    assert "arithmetic: all operations of the text, also those whose results nobody reads" in page
