"""The command line as a user meets it: what it prints, where, and with which exit status."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

ELMAN = '''\
# Two matrix products per step.
dim T "time", I "input channels", H "hidden channels"

"""The Elman recurrent network."""
model Elman(x: [T, I], H) -> [T, H] {
  param W: [I, H], U: [H, H], b: [H]
  scan t in T with h: [H] {
    h = tanh(x[t] @ W + h @ U + b)
    emit y = h
  }
  return y
}

config small { T = 10, I = 4, H = 8 }
config large { T = 100, I = 64, H = 128 }

expect Elman {
  macs   == (I*H + H*H)*T
  params == I*H + H*H + H
}
'''

HEADS = """\
dim D "model width" latex "d_{\\mathrm{model}}", λ "wavelengths"
model Split(x: [λ, D], heads) {
  assume heads divides D
  return reshape(x, [λ, heads, D/heads]) -> Linear(D) -> Linear(D) -> Linear(D)
}
"""


@pytest.fixture
def elman(tmp_path: Path) -> str:
    path = tmp_path / "elman.arch"
    path.write_text(ELMAN, encoding="utf-8")
    return str(path)


def run(*arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=input, prog_name="symcost")


def golden(name: str, text: str) -> None:
    """Compare with a file beside this one; `SYMCOST_REWRITE=1` writes it anew, to be read in review."""
    path = Path(__file__).parent / "golden" / name
    if os.environ.get("SYMCOST_REWRITE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


# formula -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        ([], "(I·H + H·H)·T"),
        (["--of", "params"], "I·H + H·H + H"),
        (["T=100", "I=64", "H=128"], "2457600"),  # (64·128 + 128·128)·100
        (["--config", "large"], "2457600"),
        (["--config", "small", "--config", "large"], "2457600"),  # the later one wins
        (["--config", "large", "T=1"], "24576"),  # and a value over both
        (["T=1_000", "I=64", "H=128"], "24576000"),
        (["--of", "exp"], "H·T"),
        (["--form", "expanded"], "H^2·T + H·I·T"),
    ],
)
def test_the_formula_alone_is_printed(elman, arguments, printed):
    """Standard output is one line, the formula or its exact value."""
    result = run("formula", elman, *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{printed}\n", "")


def test_standard_input_is_a_file():
    """`-` reads a text from a pipe."""
    assert run("formula", "-", input=ELMAN).stdout == "(I·H + H·H)·T\n"


def test_bytes_that_are_no_text_are_a_fault():
    """A binary file on standard input is drawn as a report, like any file."""
    result = run("formula", "-", input=b"\xff\xfe\x00model")
    assert result.exit_code == 1
    assert result.stderr.startswith("error[")


def test_assumptions_go_beside_the_result():
    """Standard output stays the formula; what it needed stands on standard error."""
    result = run("formula", "-", input=HEADS)
    assert "assuming heads divides D" in result.stderr
    assert "assuming" not in result.stdout


@pytest.mark.parametrize("value", ["T=0", "T=-3", "T=1.5", "T=abc", "T=true", "X=3"])
def test_a_value_that_is_no_size_is_a_fault(elman, value):
    """Zero, negative, broken, textual, or for nobody: a report and status 1."""
    result = run("formula", elman, value)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error[")


@pytest.mark.parametrize("arguments", [["T"], ["=3"], ["T="], ["--form", "pretty"], ["--nonsense"]])
def test_wrong_use_has_status_two(elman, arguments):
    """What is wrong with the command itself is not a fault of the file."""
    assert run("formula", elman, *arguments).exit_code == 2


def test_a_missing_file_is_wrong_use(tmp_path):
    """The name is repeated, nothing is traced."""
    result = run("formula", str(tmp_path / "elmann.arch"))
    assert result.exit_code == 2
    assert "elmann.arch" in result.stderr


def test_our_own_bugs_look_different(elman, monkeypatch):
    """They keep their traceback and ask for a report."""
    monkeypatch.setattr("symcost.cli.formula.asked", lambda *_: 1 / 0)
    result = run("formula", elman)
    assert result.exit_code == 70
    assert "ZeroDivisionError" in result.stderr
    assert "please report it" in result.stderr.splitlines()[-1]


# report --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("formulas.txt", []), ("numbers.txt", ["--config", "large"]), ("partly.txt", ["I=64", "H=128"])],
)
def test_a_report_at_eighty_columns(elman, name, arguments):
    """Piped, a report is plain and at most 80 columns wide."""
    result = run("report", elman, *arguments)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout
    golden(name, result.stdout)


def test_a_report_for_machines(elman):
    """Formula and exact value of every total and block."""
    tree = json.loads(run("report", elman, "--config", "large", "--format", "json").stdout)
    assert list(tree) == ["model", "convention", "assumptions", "values", "totals", "blocks"]
    assert tree["values"] == {"T": 100, "I": 64, "H": 128}
    assert tree["totals"]["macs"] == {"form": "(I·H + H·H)·T", "value": 2_457_600}
    assert tree["totals"]["flops"]["value"] == 2 * 2_457_600 + 3 * 128 * 100
    own, scan = tree["blocks"]  # W, U and b stand outside of the scan
    assert (own["name"], own["kind"]) == ("(own parameters)", "own")
    assert (own["params"]["value"], own["macs"]["value"]) == (64 * 128 + 128 * 128 + 128, 0)
    assert (scan["kind"], scan["line"], scan["macs"]["value"]) == ("scan", 7, 2_457_600)
    assert list(scan) == ["name", "kind", "line", "params", "macs", "flops", "blocks"]


def test_an_open_dimension_leaves_the_value_open(elman):
    """`value` is null where a number is missing, and a number where none is needed."""
    totals = json.loads(run("report", elman, "I=64", "H=128", "--format", "json").stdout)["totals"]
    assert totals["macs"]["value"] is None
    assert totals["params"]["value"] == 64 * 128 + 128 * 128 + 128


@pytest.mark.parametrize(("name", "writing"), [("elman.md", "markdown"), ("elman.csv", "csv")])
def test_other_writings(elman, name, writing):
    """Markdown for reading, CSV for a spreadsheet."""
    golden(name, run("report", elman, "--format", writing).stdout)


def test_a_file_is_replaced_as_a_whole(elman, tmp_path):
    """The result is in the file alone; a fault leaves the file as it was."""
    target = tmp_path / "report.json"
    target.write_text("old")
    assert run("report", elman, "--format", "json", "-o", str(target), "T=0").exit_code == 1
    assert target.read_text() == "old"
    result = run("report", elman, "--format", "json", "-o", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["model"] == "Elman"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elman.arch", "report.json"]


def test_a_file_that_cannot_be_written_is_wrong_use(elman, tmp_path):
    """The message names it."""
    result = run("report", elman, "-o", str(tmp_path / "no" / "report.txt"))
    assert result.exit_code == 2
    assert "report.txt" in result.stderr


# check ---------------------------------------------------------------------------------------------


def test_kept_expectations_are_counted(elman):
    """One line for a file that keeps its word."""
    result = run("check", elman)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{elman}  2 of 2 kept\n"


def test_a_folder_is_checked_to_its_last_file(tmp_path):
    """A faulty file and a broken expectation are both reported, the sound files as well."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.arch").write_text("model A(x: [I]) { return x -> Liner(3) }")
    (tmp_path / "b.arch").write_text(ELMAN.replace("I*H + H*H + H\n", "I*H + H*H\n"), encoding="utf-8")
    (tmp_path / "sub" / "c.arch").write_text("model C(x: [I]) { return tanh(x) }")
    result = run("check", str(tmp_path))
    assert result.exit_code == 1
    *lines, total = result.stdout.splitlines()
    assert [line.split("  ", 1)[1].strip() for line in lines] == ["1 fault", "1 of 2 kept", "no expectations"]
    assert total == "1 of 2 kept in 3 files"
    assert "did you mean `Linear`?" in result.stderr
    assert "error[broken-expectation]" in result.stderr


def test_what_is_kept_is_told_when_asked(elman):
    """With --verbose a line for each."""
    told = run("check", "-v", elman).stdout.splitlines()
    assert told[1:] == ["  Elman: macs   == (I*H + H*H)*T", "  Elman: params == I*H + H*H + H"]


FIGURES = (
    ELMAN
    + """
# Table 1 of the paper.
# It rounds.
expect Elman(large) { params == 24704 }
expect Elman(large) { params ~= 25e3 within 2%  macs grows T }
expect Elman(small) { macs == 960 }  # by hand
"""
)


def test_figures_as_a_page(tmp_path):
    """Each number that is expected beside ours, with the comment above and behind it; formulas stay out."""
    (tmp_path / "rnn").mkdir()
    (tmp_path / "rnn" / "elman.arch").write_text(FIGURES, encoding="utf-8")
    target = tmp_path / "README.md"
    assert run("check", str(tmp_path), "--format", "markdown", "-o", str(target)).stdout == ""
    rows = [line for line in target.read_text(encoding="utf-8").splitlines() if line.startswith("| [")]
    assert rows == [
        "| [Elman](rnn/elman.arch) | large | params | 24,704 | 24,704 | 0 | Table 1 of the paper. It rounds. |",
        "| [Elman](rnn/elman.arch) | large | params | 24,704 | 25,000 ± 2 % | -1.2 % | ″ |",
        "| [Elman](rnn/elman.arch) | small | macs | 960 | 960 | 0 | Table 1 of the paper. It rounds. by hand |",
    ]


def test_a_broken_figure_is_on_the_page_and_a_fault(tmp_path):
    """Both values and their difference; status 1."""
    file = tmp_path / "elman.arch"
    file.write_text(FIGURES.replace("24704", "24705"), encoding="utf-8")
    result = run("check", str(file), "--format", "markdown")
    assert result.exit_code == 1
    assert "| 24,704 | 24,705 | -0.004 % |" in result.stdout
    assert "error[broken-expectation]" in result.stderr


def test_a_folder_without_files_is_a_fault(tmp_path):
    """Nothing checked is not the same as everything kept."""
    assert run("check", str(tmp_path)).exit_code == 1


# latex, layers, eval -------------------------------------------------------------------------------


def test_latex_keeps_the_order_of_the_text(elman):
    """The formula alone, ready for mathematics mode."""
    assert run("latex", elman).stdout == "(I \\cdot H + H \\cdot H) \\cdot T\n"


def test_latex_sets_names_as_the_file_says():
    """`latex "..."` of a `dim`, and Greek letters."""
    shown = run("latex", "-", input=HEADS).stdout
    assert r"d_{\mathrm{model}} \cdot d_{\mathrm{model}}" in shown
    assert r"\lambda" in shown


def test_latex_lets_no_command_through():
    """A notation that is more than notation is a fault of the file."""
    result = run("latex", "-", input=HEADS.replace("mathrm", "input"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "error[unsafe-latex]" in result.stderr


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
@pytest.mark.parametrize("kind", ["formula", "table"])
def test_a_standalone_text_compiles(tmp_path, kind):
    """pdflatex takes it as it is, with names that its fonts do not have."""
    source = HEADS.replace("wavelengths", "50% of λ & 波 {_^~#$}").replace("Split", "Sp_lit")
    target = tmp_path / "a.tex"
    assert run("latex", "-", "--kind", kind, "--standalone", "-o", str(target), input=source).exit_code == 0
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "a.tex"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_numbers_are_demanded_where_time_is_asked(elman):
    """Every missing value is reported, with what to add."""
    result = run("eval", elman, "--on", "h100-sxm", "--dtype", "bf16", "H=128")
    assert result.exit_code == 1
    assert result.stderr.count("error[missing-value]") == 2
    assert "add `T=<positive integer>`" in result.stderr


def test_time_is_told_by_block(elman):
    """In total and for the scan, with what binds."""
    result = run("eval", elman, "--on", "h100-sxm", "--dtype", "bf16", "--config", "large")
    assert result.exit_code == 0
    assert "memory-bound" in result.stdout
    assert "scan" in result.stdout


def test_devices_are_listed():
    """With their names for --on."""
    assert "h100-sxm" in run("devices").stdout


def test_the_library_is_listed():
    """Every layer with one line and its formulas; one layer with its text."""
    assert "LSTM" in run("layers").stdout
    shown = run("layers", "Linear").stdout
    assert "module Linear(" in shown
    assert run("layers", "Liner").exit_code == 1


# Start-up ------------------------------------------------------------------------------------------


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a command imports, in a fresh process."""
    code = (
        "import sys\nfrom symcost.cli import main\n"
        f"try: main({list(arguments)!r}, prog_name='symcost')\n"
        "except SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["formula", "--help"], ["report", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    """Help is there at once: neither algebra nor parser nor graphs."""
    assert not loaded_by(*arguments) & {"sympy", "lark", "networkx", "rich", "mpmath"}


def test_a_formula_needs_no_sympy(elman):
    """Our own polynomials decide equality; SymPy is for those who ask for it."""
    assert "sympy" not in loaded_by("formula", elman)


def test_a_reader_that_leaves_is_no_fault(elman):
    """`symcost report ... | head -1` ends quietly."""
    command = f'"{sys.executable}" -m symcost report "{elman}" --format json | head -c 1'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{", "")
