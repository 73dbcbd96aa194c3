"""What is assumed of a dimension still holds, and is still used, when another one has got its number."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main

TEXT = """
model Windowed(x: [T, D], w) {
  assume T >= w
  return windowed_attention(x, x, x, window = w)
}
config narrow { w = 64 }
"""

# 64 positions see 1, 2, ..., 64 others and all further ones 64; each costs D for its score and D for its value.
MEANT = "2·D·(2080 + 64·(T - 64))"


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "windowed.arch").write_text(TEXT, encoding="utf-8")
    return str(tmp_path / "windowed.arch")


def test_a_minimum_is_decided_by_a_number(file: str) -> None:
    """T >= w says that T >= 64 where w is 64; the formula has the value that counting finds."""
    model = symcost.load(file).model().at(w=64)
    assert str(model.macs) == MEANT
    assert str(symcost.load(file).model().configured("narrow").macs) == MEANT
    assert model.macs(T=100, D=3) == 2 * 3 * (sum(range(1, 65)) + 36 * 64)


@pytest.mark.parametrize("command", ["formula", "report", "growth", "explain", "latex"])
@pytest.mark.parametrize("given", [["w=64"], ["--config", "narrow"]])
def test_no_command_asks_again(file: str, command: str, given: list[str]) -> None:
    """No minimum, and no case below 64, which is assumed not to be."""
    result = CliRunner().invoke(main, [command, file, *given])
    assert result.exit_code == 0
    assert "min(64" not in result.stdout and "T < 64" not in result.stdout and r"\min(64" not in result.stdout


@pytest.mark.parametrize(("writing", "words"), [("latex", r"T \le 448"), ("typst", "T <= 448"), ("text", "T <= 448")])
def test_a_limit_from_above_reads_from_the_left(tmp_path: Path, writing: str, words: str) -> None:
    """`T <= 448` in every writing, and not `448 >= T`."""
    text = "model M(x: [T, D]) { assume T <= 448 return Linear(x, D) }"
    assert [str(fact) for fact in symcost.loads(text).model().assumptions] == ["T <= 448"]
    (tmp_path / "limited.arch").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["growth", str(tmp_path / "limited.arch"), "--format", writing])
    assert words in result.output
