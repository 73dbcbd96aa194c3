"""A student's file against a solution: right or wrong, and no word of the answer where it is hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

SOLUTION = """
model Elman(x: [T, I], H) -> [T, H] {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] { h = tanh(x[t] @ W + h @ U + b)  emit y = h }
  return y
}
expect Elman { macs == (I*H + H*H)*T  params == I*H + H*H + H }
"""


def held(student: str, folder: Path, *options: str) -> Result:
    (folder / "student.arch").write_text(student, encoding="utf-8")
    (folder / "solution.arch").write_text(SOLUTION, encoding="utf-8")
    words = ["check", str(folder / "student.arch"), "--against", str(folder / "solution.arch"), *options]
    return CliRunner().invoke(main, words)


def test_the_solution_itself_is_right(tmp_path: Path) -> None:
    told = held(SOLUTION, tmp_path, "--hide")
    assert told.exit_code == 0 and "4 of 4 right" in told.stdout


def test_another_order_and_other_words_are_right(tmp_path: Path) -> None:
    """Formulas are compared for all sizes, not by their text."""
    told = held("expect Elman { macs == T*H*(H + I)  params == H*(1 + I + H) }", tmp_path, "--hide")
    assert told.exit_code == 0 and "2 of 2 right" in told.stdout


@pytest.mark.parametrize("writing", ["text", "json", "csv", "markdown", "latex"])
def test_a_hidden_answer_is_in_no_writing(writing: str, tmp_path: Path) -> None:
    """Neither in the table nor in the faults of what is wrong."""
    student = SOLUTION.replace(", b: [H]", "").replace(" + b)", ")").partition("expect")[0]
    told = held(f"{student}\nexpect Elman {{ macs == I*H*T  params == 7 }}", tmp_path, "--hide", "--format", writing)
    assert told.exit_code == 1
    for hidden in ("H·H", "H*H", r"H \\cdot H", r"H \cdot H", "I·H + H"):
        assert hidden not in told.output


def test_without_hiding_both_are_told(tmp_path: Path) -> None:
    told = held("expect Elman { macs == I*H*T }", tmp_path)
    assert told.exit_code == 1
    assert "I·H·T" in told.stdout and "(I·H + H·H)·T" in told.stdout


def test_an_empty_file_answers_nothing(tmp_path: Path) -> None:
    told = held("", tmp_path, "--hide")
    assert told.exit_code == 1 and "no model Elman" in told.stdout


def test_faults_of_the_students_own_text_are_told(tmp_path: Path) -> None:
    told = held("model Elman(", tmp_path, "--hide")
    assert told.exit_code == 1 and "error[" in told.output


def test_hiding_goes_with_a_solution(tmp_path: Path) -> None:
    (tmp_path / "a.arch").write_text(SOLUTION, encoding="utf-8")
    told = CliRunner().invoke(main, ["check", str(tmp_path / "a.arch"), "--hide"])
    assert told.exit_code == 2 and "--against" in told.output


@pytest.mark.parametrize(
    "answer",
    [
        "params >= 16  macs > 0",
        "params ~= 1 within 99999%",
        "exp == H*T",
        "params <= 1e9*I*H",
        "params == H*I  params == H",
    ],
)
def test_what_is_not_asked_tells_nothing(answer: str, tmp_path: Path) -> None:
    """Bounds are no answers, whether they hold or not; a question has one answer."""
    told = held(f"expect Elman {{ {answer} }}", tmp_path, "--hide")
    assert told.exit_code == 1 and "0 of " in told.stdout
    assert "not asked" in told.stdout or "answered twice" in told.stdout


def test_all_questions_are_to_be_answered(tmp_path: Path) -> None:
    told = held("expect Elman { params == I*H + H*H + H }", tmp_path, "--hide")
    assert told.exit_code == 1 and "1 of 2 right" in told.stdout and "macs" in told.stdout


def test_a_broken_solution_is_not_shown(tmp_path: Path) -> None:
    """Its text would be the answer."""
    (tmp_path / "mine.arch").write_text("expect M { params == 1 }", encoding="utf-8")
    (tmp_path / "solution.arch").write_text("model M(x: [T, H]) { return x -> SecretLayer }", encoding="utf-8")
    words = ["check", str(tmp_path / "mine.arch"), "--against", str(tmp_path / "solution.arch"), "--hide"]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 1 and "SecretLayer" not in told.output and "fault" in told.output
