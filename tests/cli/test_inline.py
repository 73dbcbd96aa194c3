"""`--inline`: what a file calls by a name is written out, by every command that says formulas."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

TEXT = """
model Heads(x: [T, D], h) { let d = D/h "head width" return x -> Linear(2*d, bias = false) }
model Wide(x: [T, D]) { return x -> Linear(D, bias = false) }
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "heads.arch"
    path.write_text(TEXT, encoding="utf-8")
    return str(path)


def said(*words: str) -> str:
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("command", ["formula", "report", "explain", "growth", "memory", "latex"])
def test_one_model(command: str, file: str) -> None:
    """By its name with what it is below, or written out and nothing below."""
    named, inlined = (said(command, file, "--model", "Heads", *more) for more in ((), ("--inline",)))
    assert "where" in named
    assert any(meaning in named for meaning in ("d = D/h", "$d$ = $D/h$", r"d = \frac{D}{h}"))
    assert "where" not in inlined


def test_several_models(file: str) -> None:
    """Beside each other, too."""
    for command in (["table", file], ["compare", f"{file}:Heads", f"{file}:Wide"]):
        assert "where d = D/h" in said(*command)
        assert "where" not in said(*command, "--inline")


def test_the_formula_alone(file: str) -> None:
    """Standard output is the formula and what its names are, in two lines."""
    assert said("formula", file, "--model", "Heads") == "2·D·d·T\nwhere d = D/h\n"
    assert said("formula", file, "--model", "Heads", "--inline") == "2·D·D·T/h\n"
    assert said("formula", file, "--model", "Heads", "T=2", "D=8", "h=4") == "64\n"
