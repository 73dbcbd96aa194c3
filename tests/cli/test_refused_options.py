"""Options and values that are refused, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

TWO = "model Two(x: [T, D]) { return relu(x), sum(x, axis = 0) }"
SCAN = """model Elman(x: [T, I], H) {
  scan t in T with h: [H] { h = tanh(Linear(x[t], H) + Linear(h, H)) }
  return h
}"""


@pytest.fixture
def run(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Runs a command on a text."""

    def command(name: str, text: str, *words: str) -> Result:
        file = tmp_path / "m.arch"
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(main, [name, str(file), *words], prog_name="symcost")

    return command


def test_a_result_that_there_is_not(run) -> None:  # type: ignore[no-untyped-def]
    told = run("path", TWO, "--result", "7")
    assert told.exit_code == 2 and "'Two' has 2 results, 0 to 1" in told.stderr
    told = run("path", SCAN, "--result", "1")
    assert told.exit_code == 2 and "'Elman' has one result, 0" in told.stderr


def test_which_result_is_shown(run) -> None:  # type: ignore[no-untyped-def]
    """Said only where there are others and none was asked for."""
    assert "this is result 0 of 0..1" in run("path", TWO).stderr
    assert "this is result" not in run("path", TWO, "--result", "0").stderr
    assert "this is result" not in run("path", SCAN).stderr


@pytest.mark.parametrize(
    "types", [["params=bf16,params=fp32"], ["params=bf16", "--dtype", "params=bf16"], ["bf16,fp32"]]
)
def test_a_role_has_one_type(run, types: list[str]) -> None:  # type: ignore[no-untyped-def]
    told = run("memory", SCAN, "--dtype", *types)
    assert told.exit_code == 2 and "is given twice" in told.stderr


def test_one_role_may_differ_from_all(run) -> None:  # type: ignore[no-untyped-def]
    assert run("memory", SCAN, "--dtype", "bf16,params=fp32").exit_code == 0


@pytest.mark.parametrize(("runs", "status"), [("1e6", 0), ("2^20", 0), ("1000000", 0), ("0", 2), ("1.5", 2), ("T", 2)])
def test_runs_are_written_as_values_are(run, runs: str, status: int) -> None:  # type: ignore[no-untyped-def]
    use = "--on a100-sxm-80 --dtype bf16 --utilization 0.001 T=4 I=4 H=4 --runs".split()
    told = run("energy", SCAN, *use, runs)
    assert told.exit_code == status
    assert status or "times 1" in told.stdout


@pytest.mark.parametrize("value", ["2^2^40", "10^10^10", "1e999999", "3*2^2^40", "9" * 500])
def test_what_is_too_large_is_to_be_smaller(run, value: str) -> None:  # type: ignore[no-untyped-def]
    assert "give `T` a smaller number" in run("formula", SCAN, f"T={value}", "I=1", "H=1").stderr


@pytest.mark.parametrize("value", ["-2", "1/2", "2^", "0", "x^2^40"])
def test_what_is_no_size_is_to_be_one(run, value: str) -> None:  # type: ignore[no-untyped-def]
    assert "smaller number" not in run("formula", SCAN, f"T={value}", "I=1", "H=1").stderr


def test_what_is_counted_for_all_rounds_is_not_said_to_be_once(run) -> None:  # type: ignore[no-untyped-def]
    """The first step of a scan hands no gradient back, so its count is no multiple of one round's."""
    told = run("explain", SCAN, "--depth", "0", "--of", "training").stdout
    assert "all rounds: scan t in T" in told and "once" not in told
    assert "× T: scan t in T" in run("explain", SCAN, "--depth", "0", "--of", "macs").stdout
    assert "once, the same each time" in run("explain", SCAN, "--depth", "0", "--of", "params").stdout
