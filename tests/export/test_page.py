"""Every command in every writing, those that the package has and one that is made up here."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main
from symcost.export import writings
from symcost.export.page import Page, Room
from symcost.export.parts import Entry, Figure, Formula, Layout, Listing, Notes, Row, Section, Table, flat, plain
from symcost.formula import symbol

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

ELMAN = '''\
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

model Dense(x: [T, I], H) { return x -> Linear(H) }

config small { T = 10, I = 4, H = 8 }

# By hand.
expect Elman(small) { macs == 960 }
'''

HOSTILE = '''\
dim d_model "#panic() $x$ a [b] *c* _d_ @e <f> `g` ~ // = - + /* 50% & {h} ^", λ "波", C_1 "", C1 ""

"""#eval("1") $ _ * <x> @y ` \\ { } % & ~ ^ ] [ // /*"""
model Ünï_çødé_9(x: [λ, d_model], C_1, C1, heads) {
  assume heads divides d_model
  y = x -> Linear(C_1)  # a comment with "#", `ticks`, $money$ and \\ strokes ]]
  return y -> Linear(C1)
}

config small { d_model = 8, λ = 2, C_1 = 3, C1 = 4, heads = 2 }

# #panic("source") $ ] [ _ * | ` % & { } ~ ^
expect Ünï_çødé_9(small) { params == 43 }
'''

COMMANDS = {
    "formula": "formula {file} --model {model}",
    "formula, a number": "formula {file} --model {model} --config small",
    "formula, expanded": "formula {file} --model {model} --of flops --form expanded",
    "report": "report {file} --model {model}",
    "report, numbers": "report {file} --model {model} --config small",
    "report, training": "report {file} --model {model} --training",
    "report, conventions": "report {file} --model {model} --config small --convention all",
    "explain": "explain {file} --model {model}",
    "explain, a depth": "explain {file} --model {model} --of depth --config small",
    "table": "table {file}",
    "table, orders": "table {file} --orders --columns macs,params,scaling,path_length",
    "compare": "compare {file}:{model} {file}:{model} --of macs --of params",
    "growth": "growth {file} --model {model}",
    "memory": "memory {file} --model {model} --config small",
    "path": "path {file} --model {model}",
    "check": "check {file} -v",
    "layers": "layers",
    "layers, one": "layers LSTM",
    "models": "models",
    "models, one": "models qwen",
    "latex": "latex {file} --model {model} --kind table",
    "eval": "eval {file} --model {model} --config small --on h100-sxm --dtype bf16",
    "energy": "energy {file} --model {model} --config small --on h100-sxm --dtype bf16 --utilization 0.001",
    "devices": "devices",
}
"""Every command, some of them with the options that make another page of it."""

OTHERS = {
    "import", "calibrate", "sweep", "fmt", "lsp", "serve", "train", "paper", "html", "graph", "adapter", "play",
    "plot",
}  # fmt: skip
"""Those that write files, or ask of models that write texts or learn; their rooms have tests of their pages."""


def written() -> list[str]:
    """The commands that take a writing: `latex` is one."""
    return [name for name in COMMANDS if name != "latex"]


def pages() -> list[ParameterSet]:
    """Each command that takes a writing on both files, those that read none on one.

    Of the two files the one that is made to break pages is read every time, the ordinary one with `--all`: as text it
    stands in the golden files of the commands. So do all layers, of which one is written every time.
    """
    found = []
    for name in written():
        marks = [pytest.mark.thorough] if name == "layers" else []
        if "{file}" in COMMANDS[name]:
            found.append(pytest.param(name, "Ünï_çødé_9", id=f"{name} of odd words", marks=marks))
            marks = [*marks, pytest.mark.thorough]
        found.append(pytest.param(name, "Elman", id=name, marks=marks))
    return found


PARSERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "csv": lambda text: list(csv.reader(StringIO(text), strict=True)),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An ordinary file, and one whose names and words are made to break a page."""
    folder = tmp_path_factory.mktemp("pages")
    paths = {"Elman": folder / "elman.arch", "Ünï_çødé_9": folder / "hostile #$_.arch"}
    for path, text in zip(paths.values(), (ELMAN, HOSTILE), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def run(files: dict[str, Path], name: str, *options: str, model: str = "Elman") -> Result:
    words = [word.format(file=files[model], model=model) for word in COMMANDS[name].split()]
    return CliRunner().invoke(main, [*words, *options], prog_name="symcost")


def test_every_command_is_here() -> None:
    """Whoever adds a command that prints a result of any model adds it to the list above."""
    assert {words.split()[0] for words in COMMANDS.values()} == set(main.list_commands(None)) - OTHERS


def test_the_writings_are_the_files_of_the_folder() -> None:
    """One file is one writing; nothing lists them by hand."""
    folder = Path(writings.__path__[0])
    assert writings.names() == sorted(p.stem for p in folder.glob("*.py") if p.stem != "__init__")
    assert {"text", "markdown", "csv", "json", "latex", "typst"} <= set(writings.names())


@pytest.mark.parametrize(("name", "model"), pages())
def test_every_command_takes_every_format(files: dict[str, Path], name: str, model: str) -> None:
    """It ends with status 0, prints something, and what has a parser parses."""
    for writing in writings.names():
        result = run(files, name, "--format", writing, model=model)
        assert result.exit_code == 0, (writing, result.output)
        assert result.stdout.strip(), writing
        assert result.stdout.endswith("\n") and not result.stdout.endswith("\n\n"), writing
        PARSERS.get(writing, str)(result.stdout)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.thorough] if name == "layers" else []) for name in COMMANDS]
)
def test_output_goes_to_a_file(files: dict[str, Path], name: str, tmp_path: Path) -> None:
    """`-o` is the same everywhere: the file has what standard output would have, which stays empty."""
    target = tmp_path / "result.txt"
    printed = run(files, name)
    result = run(files, name, "-o", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text(encoding="utf-8") == printed.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["result.txt"]


@pytest.fixture
def shouting() -> Iterator[str]:
    """A writing that nobody has foreseen, registered at one place."""

    def write(page: Page, room: Room) -> str:
        parts = [type(part).__name__ for part in flat(page.parts())]
        return f"{page.title or 'UNTITLED'}! {' '.join(parts)}\n".upper()

    writings.register("shouting", write)
    yield "shouting"
    writings.unregister("shouting")


def test_a_writing_of_ones_own_serves_all_commands(files: dict[str, Path], shouting: str) -> None:
    """Every command knows it, and its help lists it."""
    for name in written():
        result = run(files, name, "--format", shouting)
        assert result.exit_code == 0, (name, result.output)
        assert re.fullmatch(r"[^a-z]+! [A-Z ]+\n", result.stdout), (name, result.stdout)
    assert shouting in CliRunner().invoke(main, ["report", "--help"]).stdout


def test_a_name_is_given_once(shouting: str) -> None:
    """Neither a file of the package nor a registered writing is replaced in silence."""
    for name in ("text", shouting):
        with pytest.raises(ValueError, match=name):
            writings.register(name, lambda page, room: "")
    with pytest.raises(KeyError):
        writings.writing("nothing")
    assert CliRunner().invoke(main, ["devices", "--format", "nothing"]).exit_code == 2


# What is the same in all writings ------------------------------------------------------------------

T = symbol("T")
MADE = Page(
    "Made",
    parts=lambda: (
        Section("Inside", (Table(("a", "b"), (Row(("x", Figure(102_400, "B"))), Row(("y", 2 * T))), Layout.LINES),)),
        Listing((Entry(0, "t = 1", "a.arch:1", T),), Entry(0, "total", count=T)),
        Formula(T * T),
        Notes(("with care",)),
    ),
)
"""A page that no report makes."""


@pytest.mark.parametrize("writing", writings.names())
def test_a_page_of_ones_own(writing: str) -> None:
    """A writing knows pages, not reports."""
    text = writings.writing(writing)(MADE, Room(80, plain=True))
    assert all(word in text for word in ("x", "y", "total"))


def test_how_a_number_is_rounded_is_the_writings_matter() -> None:
    """102400 bytes: text shows three digits, JSON and CSV have all of them."""
    text, tree, table = (writings.writing(name)(MADE, Room(80, plain=True)) for name in ("text", "json", "csv"))
    assert "102 kB" in text
    assert json.loads(tree)["parts"][0]["parts"][0]["rows"][0]["b"] == {"value": 102_400, "unit": "B"}
    assert table.startswith("a,b,unit\nx,102400,B\ny,2·T,\n")


def test_plain_text_of_a_line() -> None:
    assert plain(("at ", Figure(None, "B", T), ", ", Figure(3, "s"))) == "at T, 3 s"


def test_programs_read_the_same_figure_from_every_command(files: dict[str, Path]) -> None:
    """(I·H + H·H)·T = (4·8 + 8·8)·10 = 960 multiply-accumulates."""
    options = ("--format", "json")
    assert json.loads(run(files, "formula, a number", *options).stdout)["value"] == 960
    assert json.loads(run(files, "report, numbers", *options).stdout)["totals"]["macs"]["value"] == 960
    (checked,) = json.loads(run(files, "check", *options).stdout)["files"]
    assert checked["expectations"][0]["found"] == "960" and checked["expectations"][0]["ok"]
    assert json.loads(run(files, "energy", *options).stdout)["flops"] == 2 * 960
    conventions = json.loads(run(files, "report, conventions", *options).stdout)["conventions"]
    assert conventions["mac"]["flops"]["value"] == 960


def test_a_formula_loads_little(files: dict[str, Path]) -> None:
    """Neither what draws tables nor the other writings: most runs ask for one formula."""
    code = (
        "import sys\nfrom symcost.cli import main\n"
        f"try: main(['formula', {str(files['Elman'])!r}, '--model', 'Elman'])\n"
        "except SystemExit: pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert not loaded & {"rich", "sympy", "symcost.export.parts", "symcost.export.writings.typst"}
    assert "symcost.export.writings.text" in loaded
