"""Names of values and words of operations stand under braces: in no writing do they become anything else."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

HOSTILE = r"""
dim T "50% of \typeout{PWNED} & #panic(1) $x$ ~ ^ _ {", d_model "|"
model Ünï_çødé(x: [T, d_model], naïve_λ_波) -> [T, naïve_λ_波] {
  scan t in T with naïve_h_a_b_c: [naïve_λ_波], Δ_x: [naïve_λ_波] {
    naïve_h_a_b_c = tanh(x[t] -> Linear(naïve_λ_波)) + Δ_x  # #panic() \input{x} $$ | `
    Δ_x = sigmoid(naïve_h_a_b_c
      * Δ_x)  # \end{document}
    emit y = Δ_x
  }
  return y
}
"""
ASKED = pytest.mark.parametrize("quantity", ["state", "activations"])


def written(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["latex", "-", *arguments], input=HOSTILE)
    assert result.exit_code == 0, result.output
    return result.stdout


@ASKED
@pytest.mark.parametrize("kind", ["derivation", "beamer"])
def test_in_typst(kind: str, quantity: str) -> None:
    """`#panic` would end the compilation."""
    typst = pytest.importorskip("typst")
    text = written("--kind", kind, "--of", quantity, "--format", "typst")
    assert typst.compile(text.encode(), format="pdf").startswith(b"%PDF")


@ASKED
def test_in_markdown(quantity: str) -> None:
    """A brace has words with nothing that Markdown or TeX would read, and every formula ends where it should."""
    text = written("--kind", "derivation", "--of", quantity, "--format", "markdown")
    for label in re.findall(r"\\text\{([^}]*)\}", text):
        assert not set(label) & set("\\_*$%#&^~|<>`[]")
    assert text.count("$$") % 2 == 0
    assert not re.search(r"(?<![\\$])\$(?!\$)", re.sub(r"\$\$.*?\$\$|(?<!\\)\$[^$\n]+\$", "", text))


@ASKED
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["derivation", "beamer"])
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex: texlive-latex-extra and its like")
def test_in_latex(kind: str, quantity: str, tmp_path: Path) -> None:
    """It compiles, and nothing it was told is done."""
    (tmp_path / "a.tex").write_text(written("--kind", kind, "--of", quantity, "--standalone"), encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "PWNED" not in log.splitlines()
    assert re.findall(r"Overfull.*|Missing character.*", log) == []
