"""Expectations of a formula that holds for some sizes only: `check` says for which."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from symcost.cli import main

SOFTMAX = """
model M(x: [D]) { return x -> softmax }
config one { D = 1 }
expect M { depth == 5 }
expect M(one) { depth == 3 }
"""
"""The greatest, a difference, an exponential, a sum and a quotient; of one number there is no greatest and no sum."""


def _check(folder: Path, text: str, *options: str) -> str:
    file = folder / "m.arch"
    file.write_text(text)
    return CliRunner().invoke(main, ["check", str(file), *options], catch_exceptions=False).stdout


def test_it_is_said_below_the_file(tmp_path: Path) -> None:
    """Five steps from two numbers on; what is expected with numbers needs no condition."""
    _, *told = _check(tmp_path, SOFTMAX).splitlines()
    assert told == ["  M: depth == 5, assuming D >= 2"]


def test_what_is_assumed_anyway_is_not_said(tmp_path: Path) -> None:
    """Who writes it into the model has said it."""
    assert len(_check(tmp_path, "assume D >= 2" + SOFTMAX.replace("config one { D = 1 }", "")
        .replace("expect M(one) { depth == 3 }", "")).splitlines()) == 1  # fmt: skip


def test_programs_read_it(tmp_path: Path) -> None:
    """JSON has it beside each expectation."""
    (file,) = json.loads(_check(tmp_path, SOFTMAX, "--format", "json"))["files"]
    assert [one["assuming"] for one in file["expectations"]] == [["D >= 2"], []]


def test_tables_and_test_results_have_it(tmp_path: Path) -> None:
    """A column of its own, and what a test of JUnit printed."""
    head, first, second = _check(tmp_path, SOFTMAX, "--format", "csv").splitlines()
    assert (head.split(",")[-1], first.split(",")[-1], second.split(",")[-1]) == ("assuming", "D >= 2", "")
    said = _check(tmp_path, SOFTMAX, "--format", "junit")
    assert said.count("<system-out>assuming D &gt;= 2</system-out>") == said.count("<system-out>") == 1
