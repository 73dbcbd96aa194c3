"""`symcost check -j N` says what it says without, in the same order."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

KEPT = "model M{0}(x: [T, D]) {{ return Linear(x, D) }}\nexpect M{0} {{ params == D*D + D }}\n"
BROKEN = "model M(x: [T, D]) { return Linear(x, D) }\nexpect M { params == D }\n"
WRONG = "model M(x: [T, D]) { return Nothing(x) }\n"


@pytest.mark.parametrize("writing", ["text", "csv", "junit"])
def test_several_at_a_time_say_the_same(tmp_path: Path, writing: str) -> None:
    """Also of files that are broken or wrong, and in formats for machines."""
    texts = [KEPT.format(number) for number in range(5)]
    texts[2:2] = [BROKEN, WRONG]
    for number, text in enumerate(texts):
        (tmp_path / f"m{number}.arch").write_text(text, encoding="utf-8")
    results = [
        CliRunner().invoke(main, ["check", str(tmp_path), "--format", writing, "-j", jobs]) for jobs in ("1", "3")
    ]
    assert results[0].exit_code == results[1].exit_code == 1
    assert results[0].stdout == results[1].stdout
    assert results[0].stderr == results[1].stderr
