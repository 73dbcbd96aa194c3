"""What `symcost paper` writes: with a real TeX where there is one, and the numbers and claims in it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

EXAMPLES = Path(__file__).parents[3] / "examples"
LECTURE = str(EXAMPLES / "lecture")
RECURRENT = [f"{LECTURE}/attention.arch:SelfAttending", f"{LECTURE}/lstm.arch:Lstm", f"{LECTURE}/gru.arch:Gru",
             "I=D", "H=D"]  # fmt: skip
LARGE = [f"{EXAMPLES}/speech/whisper.arch:Whisper", f"{EXAMPLES}/speech/conformer.arch:Conformer", "T=100", "U=100",
         "--config", "tiny", "--config", "S"]  # fmt: skip


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["paper", *arguments])


def written(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


# What it says ------------------------------------------------------------------------------------


def test_the_crossover_is_solved_for_all_sizes() -> None:
    """2·D·T² against 8·D²·T: the same at T = 4·D, which is 2048 for D = 512."""
    made = written(*RECURRENT, "D=512")
    assert "fewer MACs than Lstm while $T < {4\\,D}$, more while $T > {4\\,D}$ ($T = 2048$ at these sizes)" in made
    assert r"needs less depth than Gru, for ${T \ge 2}$" in made  # 8 steps of attention are 6 at T = 1


def test_a_crossover_below_every_size_is_none(tmp_path: Path) -> None:
    """2·D·D·T against 18·D·T + D·T·T: the same at T = 2·(D - 9), which is -12 for D = 3."""
    own = tmp_path / "own.arch"
    own.write_text("model Own(x: [T, D], T, D) { y = x -> Linear(D) -> Linear(D) return y }\n", encoding="utf-8")
    other = tmp_path / "other.arch"
    other.write_text(
        "model Other(x: [T, D], T, D) { y = x -> Linear(9) -> Linear(D) return y @ transpose(y) }\n", encoding="utf-8"
    )
    made = written(str(own), str(other), "D=3", "T=5")
    assert "(at these sizes the last holds for every $T$)" in made
    assert "T = -" not in made


def test_the_figure_has_the_numbers_of_the_formulas() -> None:
    """2·D·T² at D = 512 and T = 2048, where the LSTM takes as many: 2^10 · 2^22."""
    made = written(*RECURRENT, "D=512")
    assert made.count(f"(2048,{2**32:.5e})".replace("e+09", "e+9")) == 2
    assert r"\addlegendentry{Gru}" in made


def test_no_figure_without_numbers() -> None:
    """It says which are missing."""
    result = run(*RECURRENT)
    assert "tikzpicture" not in result.stdout and "Fig." not in result.stdout
    assert "no figure: it takes numbers for all dimensions but T" in result.stderr


def test_a_number_of_another_model_changes_no_default() -> None:
    """Conformer has 80 mel bands called F, Whisper a width F of 4·D by default: 4 layers of it are 28.2 M by default,
    38 M with the decoder's positions and embedding (Radford et al. 2022, table 1: 39 M).
    """
    assert "37.2 M" in written(*LARGE)


def test_sizes_that_are_not_the_same_are_told_apart() -> None:
    """A vocabulary of 51 865 tokens and one of 1024 are no one size: nothing is claimed for all sizes."""
    made = written(*LARGE)
    assert r"The numbers of Whisper are for $V = 51\,865$" in made and "The numbers of Conformer are for" in made
    assert "whatever the sizes" not in made


def test_numbers_stop_where_an_assumption_does() -> None:
    """Whisper has 448 positions: no point of its line lies beyond."""
    made = written(*LARGE)
    points = [int(x) for x in re.findall(r"\((\d+),", made[made.index("addplot") : made.index("Whisper}", -400)])]
    assert points and max(points) <= 448


# Bad input ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ([f"{LECTURE}/lstm.arch"], 2, "name one with FILE:MODEL"),
        ([f"{LECTURE}/lstm.arch:Lstm", "--in", "Q"], 1, "unknown-dimension"),
        ([f"{LECTURE}/lstm.arch:Lstm", "T=0"], 1, "bad-value"),
        ([f"{LECTURE}/lstm.arch:Lstm", "--width", "30pt"], 1, "too-narrow"),
        ([f"{LECTURE}/lstm.arch:Lstm", "--class", "book"], 2, "IEEEtran"),
        ([f"{LECTURE}/lstm.arch:Lstm", "--config", "none"], 1, "none"),
    ],
)
def test_what_cannot_be_written_is_told(arguments: list[str], status: int, said: str, tmp_path: Path) -> None:
    """And the old file stays."""
    target = tmp_path / "section.tex"
    target.write_text("old", encoding="utf-8")
    result = run(*arguments, "-o", str(target))
    assert result.exit_code == status and said in result.output
    assert target.read_text(encoding="utf-8") == "old"


# With TeX ----------------------------------------------------------------------------------------

needs_tex = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex: texlive-latex-extra and its like"),
]

HOSTILE = r"""
dim T "50% of \typeout{PWNED} & #1 $x$ ~ ^ _ {", d_model "}\end{document}"
model Ünï_çødé_\u006f(x: [T, d_model], naïve_λ_波) -> [T, naïve_λ_波] {
  return x -> Linear(naïve_λ_波) -> relu
}
""".replace("_\\u006f", "_sehr_langer_Name_der_nicht_in_eine_Spalte_passt")


def has(name: str) -> bool:
    return subprocess.run(["kpsewhich", name], capture_output=True, check=False).returncode == 0


def compiled(text: str, folder: Path) -> str:
    """The log of the second run, by which all references are there."""
    (folder / "a.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "-no-shell-escape", "a.tex"]
    for _ in range(2):
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    log = (folder / "a.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return log


HUGE = [f"{EXAMPLES}/language/deepseek.arch:DeepSeek", f"{EXAMPLES}/language/mixtral.arch:Mixtral",
        f"{EXAMPLES}/language/gpt2.arch:GPT2", "T=1024", "--config", "v3", "--config", "mixtral_8x7b",
        "--config", "small"]  # fmt: skip
SHORT = [*RECURRENT, "D=512", "T=1024"]


@pytest.mark.parametrize(
    ("class_", "arguments"),
    [
        pytest.param("IEEEtran", LARGE, id="large IEEEtran"),
        pytest.param("acmart", SHORT, id="short acmart"),
        pytest.param("IEEEtran", SHORT, id="short IEEEtran", marks=pytest.mark.thorough),
        pytest.param("IEEEtran", HUGE, id="huge IEEEtran", marks=pytest.mark.thorough),
        pytest.param("acmart", LARGE, id="large acmart", marks=pytest.mark.thorough),
        pytest.param("article", LARGE, id="large article", marks=pytest.mark.thorough),
    ],
)
class TestCompiled:
    pytestmark = needs_tex

    def test_it_is_at_most_two_pages_and_nothing_is_too_wide(
        self, class_: str, arguments: list[str], tmp_path: Path
    ) -> None:
        """Every reference is known, every letter there."""
        if class_ != "article" and not has(f"{class_}.cls"):
            pytest.skip(f"needs {class_}: texlive-publishers")
        log = compiled(written(*arguments, "--standalone", "--class", class_), tmp_path)
        assert re.findall(r"Overfull \\hbox.*|Missing character.*|undefined on input.*", log) == []
        pages = re.search(r"Output written on a.pdf \((\d+) page", log)
        assert pages and int(pages[1]) <= 2


@pytest.mark.parametrize("class_", ["IEEEtran", pytest.param("article", marks=pytest.mark.thorough)])
class TestHostile:
    pytestmark = needs_tex

    def test_names_and_words_break_nothing(self, class_: str, tmp_path: Path) -> None:
        """Nor do a title and a label."""
        if not has(f"{class_}.cls"):
            pytest.skip(f"needs {class_}: texlive-publishers")
        source = tmp_path / "bad & {file}.arch"
        source.write_text(HOSTILE, encoding="utf-8")
        hostile = [
            "--title",
            r"\typeout{PWNED} & {",
            "--label",
            r"a}\typeout{PWNED}",
            "--standalone",
            "--class",
            class_,
        ]
        log = compiled(written(str(source), str(source), "d_model=5", "naïve_λ_波=3", *hostile), tmp_path)
        # What it writes would be a line of its own; TeX shows the words themselves where a line is loose.
        assert "PWNED" not in log.splitlines()
        assert re.findall(r"Overfull \\hbox.*|Missing character.*", log) == []


# One column --------------------------------------------------------------------------------------


def test_a_table_that_is_wider_than_a_column_is_grouped_by_quantity() -> None:
    """It stays in its column, the formulas of one quantity next to each other; without numbers there is no column for
    them.
    """
    made = written(f"{LECTURE}/lstm.arch:Lstm", f"{LECTURE}/elman.arch:Elman")
    assert r"\begin{table}" in made and r"\begin{table*}" not in made
    rows = made[made.index(r"\toprule") : made.index(r"\bottomrule")].splitlines()
    heads = [row.split("&")[0].strip() for row in rows]
    assert heads.index("MACs") > heads.index("Parameters")
    assert "Number" not in rows[1]


def test_numbers_stand_beside_the_formulas_of_a_grouped_table() -> None:
    """8·D² of the LSTM, 2.1 million for D = 512."""
    made = written(*RECURRENT, "D=512", "T=100")
    rows = made[made.index(r"\toprule") : made.index(r"\bottomrule")].splitlines()
    assert "& Number" in rows[1]
    assert next(row for row in rows if "Lstm" in row).endswith(r"$8\,D^{2}$ & 2.10 M \\")


def test_no_empty_line_stands_above_formulas() -> None:
    """They belong to the paragraph of the words before them."""
    made = written(*RECURRENT)
    assert re.search(r"\\textit\{Formulas\.\} \w+ needs\n\\begin\{align\}", made)
