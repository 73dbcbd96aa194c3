"""What a value may be: the same for every command, from Python, and in files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.errors import BadValue, ViolatedAssumption

TEXT = """\
dim T "time", I "input channels", H "hidden channels"
model M(x: [T, I], H, k = 1) { return x -> Linear(k*H, bias = false) -> relu }
config small { T = 2^3, I = 1e1, H = 3 }
config hf { I = width, H = hidden }
"""


@pytest.fixture
def arch(tmp_path: Path) -> Path:
    path = tmp_path / "m.arch"
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), prog_name="symcost")


def model() -> symcost.Model:
    return symcost.loads(TEXT).model()


# Numbers ---------------------------------------------------------------------------------------

WRITTEN = {"1e6": 10**6, "2^20": 1048576, "3*2^10": 3072, "51_865": 51865, "1.5e3": 1500, "ceil(7/2)": 4, "8": 8}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_number_however_it_is_written(arch: Path, written: str) -> None:
    """T·I·H with I = 2 and H = 3, by every command that takes values, and from Python."""
    wanted = WRITTEN[written] * 2 * 3
    sizes = (f"T={written}", "I=2", "H=3")
    assert run("formula", arch, *sizes).stdout == f"{wanted}\n"
    assert model().macs(T=written, I="2", H=3) == wanted
    assert model().at(T=written).at(I=2, H=3).macs == wanted
    report = json.loads(run("report", arch, *sizes, "--format", "json").stdout)
    assert report["totals"]["macs"]["value"] == wanted
    on = ("--on", "h100-sxm", "--dtype", "bf16")
    assert run("eval", arch, *sizes, *on).exit_code == 0
    for command in (["table", arch], ["compare", arch, arch]):
        assert f" {wanted}" in run(*command, *sizes).stdout


def test_a_static_is_a_number_too(arch: Path) -> None:
    """A default that is a number may be replaced by an expression."""
    assert run("formula", arch, "k=2^3").stdout == "8·I·H·T\n"
    assert str(model().at(k="2^3").macs) == "8·I·H·T"


@pytest.mark.parametrize("written", ["128k", "128K", "2M", "1Gi"])
def test_thousands_that_may_be_1024(arch: Path, written: str) -> None:
    """128 k tokens are 131 072 in most papers and 128 000 in others: both are offered, neither is guessed."""
    number, power = int("".join(filter(str.isdigit, written))), "kMG".index(written.strip("i")[-1].replace("K", "k"))
    for count, read in ((1000, "formula"), (1024, "report")):
        result = run(read, arch, f"T={written}")
        assert result.exit_code == 1 and f"`T={number * count ** (power + 1)}`" in result.stderr
    with pytest.raises(BadValue):
        model().at(T=written)


@pytest.mark.parametrize(
    "value", ["2^0.5", "0*5", "1 - 2", "1/0", "2^2^2^2^2^2", "1e9999999", "H +", "[3]", "", "𝟙", "9" * 2000]
)
def test_what_is_no_size(value: str) -> None:
    """Broken, negative, endless, no expression at all."""
    with pytest.raises(BadValue):
        model().at(T=value)


# Equalities ------------------------------------------------------------------------------------


def test_a_size_over_other_dimensions(arch: Path) -> None:
    """I = H: H·H·T everywhere; 4·H of it: four times as many."""
    assert run("formula", arch, "I=H").stdout == "H·H·T\n"
    assert run("formula", arch, "I=4*H").stdout == "4·H·H·T\n"
    assert str(model().at(I="H").macs) == "H·H·T"
    assert model().macs(I="H", H=3, T=2) == 18
    for command in ("report", "growth", "explain", "memory", "path", "latex", "table"):
        assert run(command, arch, "I=H").exit_code == 0
    assert "with I = H" in run("report", arch, "I=H").stdout
    assert json.loads(run("formula", arch, "I=2*H", "H=3", "--format", "json").stdout)["values"] == {"H": 3, "I": "6"}


def test_sizes_over_sizes_over_sizes(arch: Path) -> None:
    """In whatever order they come; one that stands for itself is refused."""
    assert run("formula", arch, "I=H", "H=2*T").stdout == run("formula", arch, "H=2*T", "I=H").stdout == "4·T·T·T\n"
    assert str(model().at(I="H").at(H="2*T").macs) == "4·T·T·T"
    for loop in (["I=I"], ["I=2*H", "H=I"]):
        result = run("formula", arch, *loop)
        assert result.exit_code == 1 and "error[bad-value]" in result.stderr


def test_what_a_size_over_others_takes(arch: Path) -> None:
    """H/2 is one where 2 divides H, H - 4 where H is 5 or more; numbers that break it are refused at once."""
    assert "assuming 2 divides H" in run("formula", arch, "I=H/2").stderr
    assert run("formula", arch, "I=H/2", "H=3").exit_code == 1
    assert "assuming H >= 5" in run("formula", arch, "I=H-4").stderr
    with pytest.raises(ViolatedAssumption):
        model().at(I="H - 4", H=4)


# Twice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["formula", "report", "table"])
def test_a_name_is_given_once(arch: Path, command: str) -> None:
    """On the command line it is wrong use, whether or not the two agree."""
    for second in ("T=2", "T=1"):
        result = run(command, arch, "T=1", second)
        assert result.exit_code == 2 and f"'T' is given twice: T=1 and {second}" in result.stderr


def test_a_configuration_may_be_overridden(arch: Path) -> None:
    """That is not the same name twice: 10·3·5."""
    assert run("formula", arch, "--config", "small", "T=5").stdout == "150\n"


def test_a_name_in_json_is_given_once(arch: Path, tmp_path: Path) -> None:
    """At whatever depth: which of two is meant nobody can tell. In another table it is another name."""
    file = tmp_path / "config.json"
    file.write_text('{"width": 4,\n "hidden": 3, "width": 5}')
    result = run("formula", arch, "--hf", file)
    assert result.exit_code == 1 and "error[duplicate-name]: `width` is defined twice" in result.stderr
    file.write_text('{"width": 4, "hidden": 3, "inner": {"a": [{"b": 1, "\\u0062": 2}]}}')
    assert "`b` is defined twice" in run("formula", arch, "--hf", file).stderr
    file.write_text(
        '{"width": 4, "hidden": 3, "inner": {"width": 1, "s": "{\\"width\\": 1", "list": [{"a": 1}, {"a": 1}]}}'
    )
    assert "defined twice" not in run("formula", arch, "--hf", file).stderr


# Sizes for several models, and of a file without any --------------------------------------------

CASES = {"models.arch": "model Stack(x: [D], L) { repeat L { x = x -> Linear(D) } return x }\n"
         "model Other(x: [D]) { return x -> Linear(D) }\nconfig hf { D = hidden_size }\n",
         "sizes.arch": 'use "models.arch"\nconfig small { D = 64, L = 2 }\n'}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in CASES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_file_of_sizes_can_be_asked(folder: Path) -> None:
    """Two layers of 64·64 + 64."""
    sizes = folder / "sizes.arch"
    assert run("formula", sizes, "--model", "Stack", "--config", "small", "--of", "params").stdout == "8320\n"
    result = run("formula", sizes, "--config", "small")
    assert result.exit_code == 1 and "choose one with `--model Stack`" in result.stderr
    assert symcost.load(sizes).model("Stack").configured("small").params == 2 * (64 * 64 + 64)
    assert "no model `Sack`" in run("formula", sizes, "--model", "Sack").stderr


def test_the_only_model_that_it_uses_is_meant(folder: Path) -> None:
    """Or the one that the used file is named after."""
    one = folder / "models.arch"
    one.write_text(CASES["models.arch"].splitlines()[0], encoding="utf-8")
    assert run("formula", folder / "sizes.arch", "--config", "small", "--of", "params").stdout == "8320\n"
    one.write_text(CASES["models.arch"], encoding="utf-8")
    one.rename(folder / "stack.arch")
    (folder / "sizes.arch").write_text(CASES["sizes.arch"].replace("models", "stack"), encoding="utf-8")
    assert run("formula", folder / "sizes.arch", "--config", "small", "--of", "params").stdout == "8320\n"


def test_tables_and_comparisons_take_sizes(folder: Path) -> None:
    """From a configuration of the file or a published file; of a folder each model is one row."""
    sizes = folder / "sizes.arch"
    table = run("table", sizes, "--config", "small", "--columns", "params")
    assert [line.split() for line in table.stdout.splitlines()[1:3]] == [["Stack", "8320"], ["Other", "4160"]]
    compared = run("compare", f"{sizes}:Stack", f"{sizes}:Other", "--config", "small", "--of", "params")
    assert compared.exit_code == 0 and "4160" in compared.stdout and "ratio" in compared.stdout
    published = folder / "config.json"
    published.write_text('{"hidden_size": 8}')
    for command in (["table", sizes], ["compare", sizes]):
        result = run(*command, "--hf", published, "L=1")
        assert result.exit_code == 0 and "64" in result.stdout
    assert [line.split()[0] for line in run("table", folder).stdout.splitlines()[1:3]] == ["Stack", "Other"]


def test_sizes_that_no_model_knows(folder: Path, arch: Path) -> None:
    """A configuration is for the models whose file has it; if none has, that is said."""
    sizes = folder / "sizes.arch"
    assert run("table", sizes, "--config", "smal").exit_code == 1
    assert "8320" in run("table", sizes, arch, "--config", "small", "--columns", "params").stdout
    (folder / "models.arch").write_text(CASES["models.arch"].partition("config")[0], encoding="utf-8")
    assert "error[no-mapping]" in run("table", sizes, "--hf", arch).stderr
