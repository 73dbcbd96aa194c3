"""PDF and PNG: by what is there, else a report that names what is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.pictures import paint


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cairosvg", None)
    monkeypatch.setattr(paint, "which", lambda name: None)


@pytest.mark.usefixtures("nothing_installed")
def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """Exit status 1, the extra by its name, and no file."""
    file = tmp_path / "elman.png"
    done = CliRunner().invoke(main, ["graph", "examples/lecture/elman.arch", "-o", str(file)])
    assert done.exit_code == 1 and "symcost[pictures]" in done.stderr and not file.exists()


@pytest.mark.skipif(paint.which("rsvg-convert") is None, reason="rsvg-convert is not installed")
@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_a_picture_is_painted(tmp_path: Path, ending: str, begins: bytes) -> None:
    """The file is of the kind that its name says."""
    file = tmp_path / f"elman.{ending}"
    done = CliRunner().invoke(main, ["graph", "examples/lecture/elman.arch", "-o", str(file)])
    assert done.exit_code == 0 and file.read_bytes().startswith(begins)
