"""The README: every console line in it prints what stands under it, and its example of a layer works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def console() -> list[tuple[str, str]]:
    """Each `$ symcost …` line and what is printed under it."""
    pairs = []
    for block in blocks("console"):
        for part in re.split(r"^\$ symcost ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            pairs.append((command, printed))
    return pairs


@pytest.mark.parametrize(("command", "printed"), console(), ids=[command for command, _ in console()])
def test_console(command: str, printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the README shows is what a user gets; a long report may be shown in part."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(printed)


def test_first_example_is_the_file() -> None:
    """The README's first block is the model of examples/lecture/elman.arch."""
    shown = blocks("arch")[0].partition("model")[2]
    assert shown in (ROOT / "examples/lecture/elman.arch").read_text(encoding="utf-8")


def test_own_layer() -> None:
    """The layer that the README adds keeps the expectations that stand beside it."""
    assert all(checked.ok for checked in symcost.loads(blocks("arch")[-1]).check())


def test_budget() -> None:
    """The budget that the README shows is kept by the files that it uses."""
    checked = symcost.loads(blocks("arch")[1], base=ROOT).check()
    assert len(checked) == 4 and all(one.ok for one in checked)


def test_conventions_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row of the table is what that convention makes of the Elman network."""
    monkeypatch.chdir(ROOT)
    elman = symcost.load("examples/lecture/elman.arch").model()
    rows = re.findall(r"^\| `(\w+)` \|.*\| `(.*)` \|$", README, re.MULTILINE)
    assert len(rows) == 5
    for name, formula in rows:
        assert str(elman.flops(name)) == formula
