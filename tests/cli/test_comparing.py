"""Tables, comparisons, explanations and conventions side by side, as a user meets them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

ROOT = Path(__file__).parents[2]
TABLES = ROOT / "examples/lecture/table"
CLOSING = str(TABLES / "closing.arch")
LECTURE = ROOT / "examples/lecture"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), prog_name="symcost")


def golden(name: str, text: str) -> None:
    """Compare with a file beside this one; `SYMCOST_REWRITE=1` writes it anew, to be read in review."""
    path = Path(__file__).parent / "golden" / name
    if os.environ.get("SYMCOST_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def printed(*arguments: str) -> str:
    """What a command prints that succeeds, at most 80 columns wide."""
    result = run(*arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    return result.stdout


# table ---------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("closing.txt", ["closing.arch"]),
        ("vaswani.txt", ["vaswani.arch", "--in", "n", "--orders", "--columns", "macs,steps,path_length"]),
        ("kaplan.txt", ["kaplan.arch", "--columns", "params,flops", "--convention", "pytorch"]),
        ("chinchilla.txt", ["chinchilla.arch", "--columns", "flops"]),
    ],
)
def test_the_tables_of_the_lecture_and_of_the_papers(name, arguments):
    """Each by one command; what the papers print stands in the `expect` blocks of the files."""
    golden(name, printed("table", str(TABLES / arguments[0]), *arguments[1:]))


@pytest.mark.slow
def test_table_1_of_the_transformer_paper():
    """Vaswani et al. 2017, table 1, all three columns; sections 3.5 and 4 give the rows that stand in its text.

    Factors stand in the order of the signatures; O(log2(n)/log2(k)) is the paper's O(log_k(n)).
    """
    options = ("--in", "n", "--orders", "--columns", "macs,steps,path_length", "--format", "json")
    models = json.loads(printed("table", str(TABLES / "vaswani.arch"), *options))["models"]
    assert {entry["model"]: (entry["macs"], entry["steps"], entry["path_length"]) for entry in models} == {
        "SelfAttention": ("O(n^2·d)", "O(1)", "O(1)"),
        "Recurrent": ("O(n·d^2)", "O(n)", "O(n)"),
        "Convolutional": ("O(n·d^2·k)", "O(1)", "O(n/(k - 1))"),
        "DilatedConvolutional": ("O(n·d^2·k·L)", "O(L)", "O(log2(n)/log2(k))"),
        "RestrictedSelfAttention": ("O(n·d·r)", "O(1)", "O(n/r)"),
        "SeparableConvolution": ("O(n·d·k + n·d^2)", "O(1)", "O(n/(k - 1))"),
    }


@pytest.mark.parametrize("writing", ["markdown", "latex", "json"])
def test_other_writings_of_a_table(writing):
    """The same rows for a page, a paper and a program."""
    result = run("table", CLOSING, "I=D", "H=D", "--format", writing)
    assert result.exit_code == 0
    golden(f"closing.{writing}", result.stdout)


def test_a_table_of_several_files_keeps_them_apart():
    """Models of one name get that of their file; FILE:MODEL takes one."""
    files = [str(LECTURE / "lstm.arch"), str(LECTURE / "gru.arch") + ":WrittenOut"]
    lines = printed("table", *files).splitlines()
    names = [line.partition("  ")[0] for line in lines[1 : lines.index("")]]
    assert names == ["WrittenOut (lstm)", "Lstm", "PyTorch", "Keras", "WrittenOut (gru)"]


def test_a_dimension_with_a_number_still_scales():
    """T = 100 is put into the formulas; how they grow in T is another question."""
    rows = json.loads(run("table", CLOSING, "T=100", "--format", "json").stdout)["models"]
    attention = next(row for row in rows if row["model"] == "Attention")
    assert attention["macs"] == "20000·H"
    assert attention["scaling"] == {"kind": "Quadratic", "leading": "2·H"}


def test_wrong_columns_and_names_are_faults():
    """Nothing is printed for a quantity, a dimension or a model that there is not."""
    for arguments in (["--columns", "maks"], ["Q=3"], ["T=0"], ["H=4**"]):
        result = run("table", CLOSING, *arguments)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("error[")
    assert run("table", f"{CLOSING}:Nobody").exit_code == 1
    assert run("table", "nothing.arch").exit_code == 2
    assert run("table", "T=3").exit_code == 2


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_a_latex_table_compiles(tmp_path):
    """Inside a document that loads what it names."""
    body = run("table", CLOSING, str(TABLES / "kaplan.arch"), "--format", "latex").stdout
    text = "\\documentclass{article}\\usepackage{amsmath,booktabs}\\begin{document}" + body + "\\end{document}"
    (tmp_path / "a.tex").write_text(text, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


# compare -------------------------------------------------------------------------------------------


def compared(left: str, right: str, *arguments: str) -> str:
    return printed("compare", f"{CLOSING}:{left}", f"{CLOSING}:{right}", *arguments)


def test_attention_against_an_lstm():
    """The crossover is a formula in the dimensions that are open."""
    golden("compare.txt", compared("Attention", "LSTM", "I=H", "--of", "macs", "--of", "params", "--of", "depth"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Attention", "LSTM"], "Attention needs fewer while T < 2·(H + I), more while T > 2·(H + I)."),
        (["Attention", "LSTM", "--in", "I"], "Attention needs more while I < (T - 2·H)/2, fewer while I > (T - 2·H)/2"),
        (["Attention", "LSTM", "I=64", "H=128"], "for T = 1 to 383, as many at T = 384, more from T = 385\non."),
        (["GRU", "LSTM"], "GRU needs fewer than LSTM, whatever the numbers."),
        (["LSTM", "LSTM"], "needs as many as LSTM (closing), whatever the numbers."),
        (["CNN1D", "RNN", "--in", "K"], "CNN1D needs fewer while K < (H + I)/I, more while K > (H + I)/I."),
        (["CNN1D", "RNN"], "T does not decide: it is a matter of the others alone: of\nthe sign of K·I - I - H."),
        (["Attention", "Transformer", "--in", "I", "H=I"], "whatever the numbers."),
        (["DNN", "Attention"], "DNN needs more while T < sqrt((H + I)/2), fewer while T > sqrt((H + I)/2)."),
        (["Attention", "LSTM", "H=I/2", "I=64"], "for T = 1 to 191, as many at T = 192, more from T = 193"),
    ],
)
def test_verdicts(arguments, said):
    """Always, never, while; and what decides it where T does not."""
    left, right, *rest = arguments
    assert said in compared(left, right, *rest)


def test_a_comparison_takes_two_models():
    """A file with more of them needs a name."""
    assert run("compare", CLOSING, f"{CLOSING}:RNN").exit_code == 2
    assert run("compare", f"{CLOSING}:RNN").exit_code == 2
    for arguments in (["--of", "beauty"], ["--in", "Q"], ["I=0"]):
        assert run("compare", f"{CLOSING}:RNN", f"{CLOSING}:LSTM", *arguments).exit_code == 1


# explain -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("explain_elman.txt", ["elman.arch", "T=100", "I=64", "H=128"]),
        ("explain_flops.txt", ["elman.arch", "--of", "flops"]),
        ("explain_lstm.txt", ["lstm.arch", "--model", "PyTorch", "--of", "params"]),
        ("explain_causal.txt", ["attention.arch", "--model", "Causal"]),
        ("explain_mnist.txt", ["mnist.arch", "--model", "Mnist", "--config", "small"]),
        ("explain_nothing.txt", ["pooling.arch", "--model", "Maximum"]),
    ],
)
def test_explanations(name, arguments):
    """Line by line to the total."""
    golden(name, printed("explain", str(LECTURE / arguments[0]), *arguments[1:]))


def test_an_explanation_stops_where_it_is_told_to():
    """At depth 0 the loop is one row."""
    shown = printed("explain", str(LECTURE / "elman.arch"), "--depth", "0")
    assert "× T: scan t in T" in shown
    assert "x[t] @ W " not in shown


def test_only_sums_are_explained():
    """A peak is no sum over lines."""
    assert run("explain", str(LECTURE / "elman.arch"), "--of", "peak").exit_code == 2


def test_the_longest_path_is_told():
    """Of a depth, the operations on the longest path."""
    told = run("explain", str(LECTURE / "elman.arch"), "--of", "depth").output
    assert told.startswith("Elman: the longest path (depth)\n")
    assert "  x[t] @ W   " not in told  # it runs ahead
    assert [line.split()[-1] for line in told.splitlines() if "[H] -> [H]" in line] == ["T"] * 3
    assert told.splitlines()[-1].split() == ["total", "4·T"]


@pytest.mark.slow
def test_longest_paths_by_the_sizes(tmp_path):
    """Each that may be the longest, with the sizes for which it is there."""
    file = tmp_path / "two.arch"
    file.write_text("model M(x: [T], N, L) { a = x  repeat N { a = tanh(a) }  repeat L { x = exp(x) }  return a + x }")
    told = run("explain", str(file), "--of", "depth").output
    assert "one of 2 by the sizes" in told and "\n1.\n" in told and "\n2.\n" in told
    chosen = run("explain", str(file), "--of", "depth", "T=1", "N=2", "L=3").output
    assert chosen.splitlines()[0] == "M: the longest path (depth)" and chosen.endswith("L + 1 = 4\n")
    deep = run("explain", str(LECTURE / "bidirectional.arch"), "--model", "Deep", "--of", "steps").output
    assert deep.splitlines()[2] == "where L >= 3 and 2 divides L - 1"


# report --convention all ---------------------------------------------------------------------------

SHIPPED = ("default", "exact", "mac", "wmops", "symbolic", "pytorch", "fvcore", "thop", "ptflops")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("conventions_open.txt", ["elman.arch"]),
        ("conventions.txt", ["lstm.arch", "--model", "PyTorch", "T=100", "I=64", "H=128"]),
    ],
)
def test_conventions_side_by_side(name, arguments):
    """What each counts, by which weights and rules, and block by block."""
    # Named one by one: a convention that is added later belongs to another test.
    names = [word for shipped in SHIPPED for word in ("--convention", shipped)]
    result = run("report", str(LECTURE / arguments[0]), *arguments[1:], *names)
    assert result.exit_code == 0
    golden(name, result.stdout)


def test_a_convention_that_cannot_say_leaves_a_gap(tmp_path):
    """The others are still there, in every writing."""
    file = tmp_path / "up.arch"
    file.write_text("model Up(x: [4, 4, 2]) { return x -> ConvTranspose2d(3, kernel = 2, stride = 2, bias = false) }")
    command = ("report", str(file), "--convention", "all")
    assert "thop      ? it cannot count ConvTranspose2d" in run(*command).stdout
    entries = json.loads(run(*command, "--format", "json").stdout)["conventions"]
    assert entries["thop"]["flops"] is None
    assert entries["fvcore"]["flops"]["value"] == 4 * 4 * 2 * 3 * 2 * 2
    assert "| thop | ? |" in run(*command, "--format", "markdown").stdout
    assert "\nthop,?," in run(*command, "--format", "csv").stdout
