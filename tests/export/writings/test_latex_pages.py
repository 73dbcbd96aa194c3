"""LaTeX pages of every command: whole, and with every special character of the user's escaped."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from symcost.export import notation
from symcost.export.page import Page, Room
from symcost.export.parts import Paragraph, Row, Table, Verbatim
from symcost.export.writings.latex import write
from tests.export.test_page import COMMANDS, files, pages, run  # noqa: F401  # a fixture

PACKAGES = "amsmath,amssymb,array,booktabs,longtable,tabularx"


def unescaped(text: str, char: str) -> int:
    """How often a character stands without a backslash before it."""
    return len(re.findall(rf"(?<!\\)(?:\\\\)*{re.escape(char)}", text))


def assert_whole(text: str) -> None:
    """Braces and environments are closed, mathematics ends, rows have as many cells as there are columns."""
    assert unescaped(text, "{") == unescaped(text, "}")
    assert unescaped(text, "$") % 2 == 0
    assert unescaped(text, "#") == 0
    assert not any(unescaped(line, "%") for line in text.splitlines()[1:])
    opened: list[str] = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            opened.append(name)
        else:
            assert opened.pop() == name
    assert not opened
    for table in re.findall(r"\\toprule(.*?)\\bottomrule", text, re.DOTALL):
        rows = [line for line in table.splitlines() if line.endswith(r"\\")]
        spanned = [sum(int(number) - 1 for number in re.findall(r"\\multicolumn\{(\d)\}", row)) for row in rows]
        assert len({unescaped(row, "&") + more for row, more in zip(rows, spanned, strict=True)}) == 1


@pytest.mark.parametrize(("command", "model"), pages())
def test_the_page_of_every_command(files: dict[str, Path], command: str, model: str) -> None:  # noqa: F811
    """With ordinary names, and with names and words that are made to break it."""
    result = run(files, command, "--format", "latex", model=model)
    assert result.exit_code == 0, result.output
    assert_whole(result.stdout)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("model", [pytest.param("Elman", marks=pytest.mark.thorough), "Ünï_çødé_9"])
def test_the_pages_compile(files: dict[str, Path], model: str, tmp_path: Path) -> None:  # noqa: F811
    """All of them in one document; letters that the fonts lack are declared."""
    bodies = []
    for name in COMMANDS:
        if name == "latex" or name.startswith("formula"):
            continue
        bodies.append(run(files, name, "--format", "latex", model=model).stdout)
    body = "\n\\clearpage\n".join(bodies)
    declared = [rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{{s}}}" for c, s in notation.stand_ins(body).items()]
    lines = [r"\documentclass{article}", r"\usepackage[T1]{fontenc}", rf"\usepackage{{{PACKAGES}}}", *declared]
    text = "\n".join([*lines, r"\begin{document}", body, r"\end{document}"])
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("text", [r"\end{verbatim}\input{x}", "50% & #1 $x$ ~ ^ _ { }", "[1ex]", "*", "%", "\\\\"])
def test_no_text_is_a_command(text: str) -> None:
    """Neither in a cell, nor at the beginning of a row, nor in a text that is shown as it is."""
    table = Table(("a", "b"), (Row(("x", "y")), Row((text, text), 1)))
    page = Page(text, lambda: (Paragraph(text), table, Verbatim(text)))
    written = write(page, Room())
    assert_whole(written)
    assert r"\input" not in written and r"\end{verbatim}" not in written
    assert not re.search(r"\\\\\s*[\[*]", written)
