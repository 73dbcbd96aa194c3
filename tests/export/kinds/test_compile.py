"""What goes into print, with a real TeX: every kind, in the classes of papers and lectures. No box is too wide."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main

EXAMPLES = Path(__file__).parents[3] / "examples"
LECTURE = sorted(path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.glob("lecture/*.arch"))
ZOO = [
    "language/gpt2.arch", "language/mixtral.arch", "language/t5.arch", "language/mamba.arch", "language/albert.arch",
    "speech/whisper.arch", "speech/conformer.arch", "vision/vit.arch", "vision/unet.arch", "vision/clip.arch",
]  # fmt: skip
PACKAGES = "amsmath,amssymb,booktabs,siunitx,listings,rotating"
CLASSES = {
    "one column": (r"\documentclass{article}", "345pt"),
    "two columns": (r"\documentclass[twocolumn]{article}", "200pt"),
    "IEEEtran": (r"\documentclass[conference]{IEEEtran}", r"\columnwidth"),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex: texlive-latex-extra and its like"),
]


def lacks(name: str) -> bool:
    found = subprocess.run(["kpsewhich", name], capture_output=True, check=False)
    return found.returncode != 0


FEW = ["lecture/lstm.arch", "lecture/attention.arch", "speech/whisper.arch"]
"""Looked at every time; all files with `--all`."""
FILES = [pytest.param(FEW, id="few"), pytest.param([*LECTURE, *ZOO], id="all", marks=pytest.mark.thorough)]


def models(files: list[str]) -> list[str]:
    """Every model of the lecture that can be asked with open sizes, and one of each file of the zoo."""
    asked = []
    for file in files:
        document = symcost.load(EXAMPLES / file)
        found = list(document.models.values())
        chosen = found if file in LECTURE else found[:1]
        asked += [f"{EXAMPLES / file}:{model.name}" for model in chosen if not model.faults]
    return asked


def written(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(main, ["latex", *arguments])
    assert result.exit_code == 0, (arguments, result.output)
    return result.stdout


def compiled(text: str, folder: Path) -> str:
    """The log of pdfLaTeX, its lines joined where TeX breaks them."""
    (folder / "a.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    log = (folder / "a.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return log


def assert_fits(log: str) -> None:
    """Nothing stands over a margin, and every letter is there."""
    assert re.findall(r"Overfull \\hbox.*", log) == []
    assert re.findall(r"Missing character.*", log) == []


def pages(files: list[str], width: str) -> list[str]:
    """Formulas, derivations and tables of all of them."""
    bodies = []
    for model in models(files):
        bodies.append(rf"\[ {written(model, '--width', width)} \]")
        bodies.append(written(model, "--kind", "derivation", "--width", width))
        bodies.append(written(model, "--kind", "derivation", "--of", "params", "--width", width, "--powers"))
        bodies.append(written(model, "--kind", "table", "--width", width, "--label", "tab:one") + r"\clearpage")
    return bodies


@pytest.mark.parametrize("files", FILES)
@pytest.mark.parametrize("kind", CLASSES)
def test_formulas_derivations_and_tables(kind: str, files: list[str], tmp_path: Path) -> None:
    """Broken to the column, they stand inside of it."""
    opening, width = CLASSES[kind]
    if kind == "IEEEtran" and lacks("IEEEtran.cls"):
        pytest.skip("needs IEEEtran: texlive-publishers")
    packages = rf"\usepackage{{{PACKAGES}}}"
    start = [opening, r"\usepackage[T1]{fontenc}", r"\usepackage{lmodern}", packages, r"\begin{document}"]
    text = "\n".join([*start, *pages(files, width), r"\end{document}"])
    assert_fits(compiled(text, tmp_path))


@pytest.mark.parametrize("files", FILES)
def test_slides(files: list[str], tmp_path: Path) -> None:
    """The derivation and the closing table of each on slides, which they leave on no side."""
    frames = [written(model, "--kind", "beamer") for model in models(files)[::3]]
    start = [r"\documentclass{beamer}", r"\usepackage[T1]{fontenc}", r"\usepackage{lmodern}"]
    start += [r"\usepackage{booktabs,siunitx}", r"\begin{document}"]
    log = compiled("\n".join([*start, *frames, r"\end{document}"]), tmp_path)
    assert_fits(log)
    assert re.findall(r"Overfull \\vbox.*", log) == []


@pytest.mark.parametrize("kind", ["formula", "derivation", "table", "listing", "exercise", "beamer"])
@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_a_standalone_text_compiles(kind: str, engine: str, tmp_path: Path) -> None:
    """As it is, with names and words that are made to break it."""
    if shutil.which(engine) is None:
        pytest.skip(f"needs {engine}")
    target = tmp_path / "a.tex"
    source = tmp_path / "bad.arch"
    source.write_text(HOSTILE, encoding="utf-8")
    written(str(source), "--kind", kind, "--standalone", "--solutions", "-o", str(target))
    command = [engine, "-halt-on-error", "-interaction=batchmode", "-no-shell-escape", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=300)
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "PWNED" not in log
    if engine == "pdflatex":
        assert_fits(log)


HOSTILE = r'''
# \end{arch}\typeout{PWNED} \end{lstlisting} λ é 波 "
dim T "50% of \typeout{PWNED} & #1 $x$ ~ ^ _ {", d_model_wide "}\end{document}" latex "d^{\star}"
"""\typeout{PWNED} \end{itemize} & % } {"""
model Ünï_çødé(x: [T, d_model_wide], naïve_λ_波) -> [T, naïve_λ_波] {
  return x -> Linear(naïve_λ_波) -> relu
}
expect Ünï_çødé { macs == d_model_wide*naïve_λ_波*T }
'''
