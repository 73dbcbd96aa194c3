"""`symcost fmt`: files are set, or said to need it, or left alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

UNSET = "model M(x:[T]) {\n return x }\n"
SET = "model M(x: [T]) {\n  return x\n}\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "m.arch"
    path.write_text(UNSET, encoding="utf-8")
    return path


def fmt(*args: object, given: str | None = None):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(main, ["fmt", *map(str, args)], input=given)


def test_sets_a_file(file: Path) -> None:
    """Once; then there is nothing to do."""
    assert fmt(file).exit_code == 0
    assert file.read_text(encoding="utf-8") == SET
    assert fmt("--check", file.parent).exit_code == 0


def test_check_changes_nothing(file: Path) -> None:
    """It says which file, and ends with 1."""
    told = fmt("--check", file)
    assert told.exit_code == 1
    assert "m.arch would be changed" in told.stderr
    assert file.read_text(encoding="utf-8") == UNSET


def test_diff_changes_nothing(file: Path) -> None:
    """It shows what would be."""
    told = fmt("--diff", file)
    assert told.exit_code == 0
    assert "+model M(x: [T]) {" in told.stdout
    assert file.read_text(encoding="utf-8") == UNSET


def test_standard_input() -> None:
    told = fmt("-", given=UNSET)
    assert told.stdout == SET


def test_a_faulty_file_stays(file: Path) -> None:
    """Its fault is told; the files beside it are set."""
    wrong = file.parent / "a.arch"
    wrong.write_text("model M(x:[T] {", encoding="utf-8")
    told = fmt(file.parent)
    assert told.exit_code == 1
    assert "a.arch:1:8" in told.stderr
    assert wrong.read_text(encoding="utf-8") == "model M(x:[T] {"
    assert file.read_text(encoding="utf-8") == SET
