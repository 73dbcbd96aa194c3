"""The kinds of `symcost latex` in Typst and Markdown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main
from symcost.export import kinds, sheets

EXAMPLES = Path(__file__).parents[3] / "examples"
ELMAN = str(EXAMPLES / "lecture/elman.arch")
FILES = [ELMAN, f"{EXAMPLES}/speech/whisper.arch:Whisper", f"{EXAMPLES}/vision/densenet.arch"]

HOSTILE = r'''
dim T "50% of #eval(1) & $x$ `raw` <script>alert(1)</script> *b* _i_ \ ", d_model "]#panic()"
"""#panic("doc") <img src=x> $\input{x}$ ``` [a](javascript:x)"""
model Ünï_çødé(x: [T, d_model], naïve_λ_波) -> [T, naïve_λ_波] {
  # ``` #panic("comment")
  return x -> Linear(naïve_λ_波) -> relu
}
expect Ünï_çødé { macs == d_model*naïve_λ_波*T  macs grows T }
'''


def run(*arguments: str, source: str | None = None) -> Result:
    return CliRunner().invoke(main, ["latex", *arguments], input=source)


def written(*arguments: str, source: str | None = None) -> str:
    result = run(*arguments, source=source)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_kind_is_a_page_too() -> None:
    assert sheets.names() == kinds.names()


@pytest.mark.parametrize("kind", kinds.names())
@pytest.mark.parametrize("file", FILES)
def test_typst_compiles_them(kind: str, file: str) -> None:
    """As they are, by the compiler itself."""
    typst = pytest.importorskip("typst")
    text = written(file, "--kind", kind, "--format", "typst", "--powers", "--solutions")
    assert typst.compile(text.encode(), format="pdf").startswith(b"%PDF")


@pytest.mark.parametrize("kind", kinds.names())
def test_no_word_of_a_file_becomes_code_in_typst(kind: str) -> None:
    """`#panic` would end the compilation."""
    typst = pytest.importorskip("typst")
    text = written("-", "--kind", kind, "--format", "typst", "--caption", '#panic("caption")', source=HOSTILE)
    assert typst.compile(text.encode(), format="pdf").startswith(b"%PDF")


@pytest.mark.parametrize("kind", kinds.names())
def test_no_word_of_a_file_becomes_html_in_markdown(kind: str) -> None:
    """Outside of fences, what could begin an element, a link or mathematics is escaped."""
    text = written("-", "--kind", kind, "--format", "markdown", "--caption", "<b> $x$", source=HOSTILE)
    outside = re.sub(r"(?ms)^(`{3,})\n.*?\n\1$", "", text).replace("<br>", "")
    assert not re.search(r"(?<!\\)<[a-z/]", outside) and not re.search(r"(?<!\\)\[a\]", outside)
    assert "$x$" not in outside.replace(r"\$x\$", "")


@pytest.mark.parametrize("writing", ["typst", "markdown"])
def test_a_derivation_has_braces_and_the_total(writing: str) -> None:
    """I·H at each step, and (I·H + H²)·T in all."""
    made = written(ELMAN, "--kind", "derivation", "--format", writing, "--powers")
    total = "(I dot H + H^(2)) dot T" if writing == "typst" else r"(I \cdot H + H^{2}) \cdot T"
    assert "underbrace" in made and total in made


def test_a_formula_has_what_its_names_mean() -> None:
    """A named size stands below it, in both."""
    text = 'model M(x: [T, D], heads) { let d = D/heads "width"  return x -> Linear(d) }'
    assert "where" in written("-", "--format", "markdown", source=text)
    assert "frac(D" in written("-", "--format", "typst", source=text) or "D slash" in written(
        "-", "--format", "typst", source=text
    )


@pytest.mark.parametrize("option", [["--width", "84mm"], ["--standalone"], ["--label", "x"], ["--dmath"]])
def test_what_only_latex_has_is_refused(option: list[str]) -> None:
    """By its name."""
    result = run(ELMAN, "--format", "typst", *option)
    assert result.exit_code == 2 and f"`{option[0]}` belongs to `--format latex`" in result.output
