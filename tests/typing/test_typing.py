"""The public face as type checkers see it: a client with all types said, and completeness."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.typing import client

ROOT = Path(__file__).parents[2]
CLIENT = Path(__file__).parent / "client.py"

PRIVATE = (
    "symcost.cli", "symcost.editor", "symcost.freezing", "symcost.importing", "symcost.sphinx", "symcost.syntax",
)  # fmt: skip
"""Rooms that no public signature speaks of, where pyright would like more words than mypy, or a package is missing."""

pyright = pytest.mark.skipif(shutil.which("pyright") is None, reason="pyright is not installed (pip install pyright)")


def run(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MYPYPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_the_client_runs() -> None:
    """What type checkers are shown is what happens: the texts of all it asks."""
    told = client.main()
    assert "unknown-module" in told and "model Net(x: [T, D])" in told and "<" not in told.splitlines()[0]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("mypy") is None, reason="mypy is not installed")
def test_mypy_is_content() -> None:
    """`mypy --strict` finds nothing in the client."""
    said = run("mypy", "--strict", "--follow-imports=silent", str(CLIENT))
    assert said.returncode == 0, said.stdout


@pytest.mark.slow
@pyright
def test_pyright_is_content() -> None:
    """Nor does pyright, which reads the annotations of the package by itself."""
    said = run("pyright", "--pythonpath", sys.executable, str(CLIENT))
    assert said.returncode == 0, said.stdout


@pytest.mark.slow
@pyright
def test_types_are_complete() -> None:
    """`pyright --verifytypes`: every public type is known without being inferred."""
    said = run(
        "pyright", "--pythonpath", sys.executable, "--verifytypes", "symcost", "--ignoreexternal", "--outputjson"
    )
    symbols = json.loads(said.stdout)["typeCompleteness"]["symbols"]
    unknown = [one["name"] for one in symbols if not (one["isTypeKnown"] or one["name"].startswith(PRIVATE))]
    assert len(symbols) > 3000 and unknown == []
