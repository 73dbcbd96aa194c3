"""With a real TeX: what once stood over a margin or below a slide."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

EXAMPLES = Path(__file__).parents[3] / "examples"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex: texlive-latex-extra and its like"),
]


def too_large(text: str, folder: Path) -> list[str]:
    """The boxes that stand over a margin, and the letters that are missing."""
    (folder / "a.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    log = (folder / "a.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return re.findall(r"Overfull.*|Missing character.*", log)


def written(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_total_that_is_higher_than_a_slide(tmp_path: Path) -> None:
    """DenseNet's parameters and MACs have a slide each."""
    dense = str(EXAMPLES / "vision/densenet.arch")
    assert too_large(written("latex", dense, "--kind", "beamer", "--standalone"), tmp_path) == []


@pytest.mark.parametrize("file", ["language/gpt2.arch", "lecture/elman.arch"])
def test_lines_that_are_explained_without_a_wish_of_width(file: str, tmp_path: Path) -> None:
    """They are broken to the width of article's text."""
    packages = "amsmath,amssymb,array,booktabs,longtable,siunitx"
    opening = rf"\documentclass{{article}}\usepackage[T1]{{fontenc}}\usepackage{{lmodern,{packages}}}\begin{{document}}"
    model = ["--model", "GPT2"] if "gpt2" in file else []
    body = written("explain", str(EXAMPLES / file), *model, "--format", "latex")
    assert too_large(f"{opening}\n{body}\n\\end{{document}}\n", tmp_path) == []


def test_breqn_sets_a_long_formula(tmp_path: Path) -> None:
    """Mamba's MACs, where breqn is installed."""
    if subprocess.run(["kpsewhich", "breqn.sty"], capture_output=True, check=False).returncode != 0:
        pytest.skip("needs breqn: texlive-science")
    mamba = str(EXAMPLES / "language/mamba.arch")
    assert too_large(written("latex", mamba, "--model", "Mamba", "--dmath", "--standalone"), tmp_path) == []


def test_several_listings_in_one_text(tmp_path: Path) -> None:
    """Each defines its environment for itself."""
    body = written("latex", str(EXAMPLES / "lecture/elman.arch"), "--kind", "listing")
    opening = r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern,listings}\begin{document}"
    assert too_large(f"{opening}\n{body}\n{body}\n\\end{{document}}\n", tmp_path) == []


def test_braces_under_short_terms(tmp_path: Path) -> None:
    """A brace is 18 pt wide at least: a sum of many ones under it stays within its line."""
    qwen = f"{EXAMPLES}/multimodal/qwen_vl.arch:Qwen35"
    text = written("latex", qwen, "--kind", "derivation", "--of", "depth", "--width", "315pt", "--standalone")
    assert too_large(text, tmp_path) == []
