"""`symcost check` counts what it could not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

THREE = """
model M(x: [T, D], H) {
  repeat l in H { if l*l < 5 { x = relu(x) } }
  return x
}
model N(x: [T, D]) { return relu(x) }
expect N { cmp == T*D }
expect M { cmp == T*D  macs == 0 }
"""


def checked(folder: Path, *arguments: str, text: str = THREE) -> Result:
    (folder / "three.arch").write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["check", str(folder / "three.arch"), *arguments])


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_not_answered_is_told(tmp_path: Path, jobs: str) -> None:
    """Three expectations, one kept and two without an answer; of several files the sums."""
    done = checked(tmp_path, "-j", jobs)
    assert done.exit_code == 1
    assert "1 of 3 kept, 2 not answered" in done.stdout
    (tmp_path / "good.arch").write_text("model N(x: [T]) { return relu(x) }\nexpect N { cmp == T }\n", encoding="utf-8")
    both = CliRunner().invoke(main, ["check", str(tmp_path), "-j", jobs])
    assert both.stdout.splitlines()[-1] == "2 of 4 kept, 2 not answered in 2 files"


def test_a_line_for_each(tmp_path: Path) -> None:
    """As CSV each expectation has a line, and as JSON those without an answer stand by themselves."""
    lines = checked(tmp_path, "--format", "csv").stdout.splitlines()
    assert [line.split(",")[3] for line in lines[1:]] == ["kept", "not answered", "not answered"]
    [file] = json.loads(checked(tmp_path, "--format", "json").stdout)["files"]
    assert file["unanswered"] == [{"model": "M", "text": "cmp == T*D"}, {"model": "M", "text": "macs == 0"}]
    assert file["verdict"] == "1 of 3 kept, 2 not answered"


def test_none_is_answered(tmp_path: Path) -> None:
    """A file whose only model cannot be built keeps none of its expectations."""
    done = checked(tmp_path, text="model M(x: [T]) { return nothing(x) }\nexpect M { cmp == T }\n")
    assert "0 of 1 kept, 1 not answered" in done.stdout
