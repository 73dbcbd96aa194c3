"""Conventions against counts that are derived by hand, and what a wrong file is told."""

from pathlib import Path

import pytest

from symcost.conventions import KINDS, Convention, available, listed, load
from symcost.cost import CLASSES, Cost, cost
from symcost.errors import SymcostError
from symcost.formula import num, symbol

T, I, H = symbol("T"), symbol("I"), symbol("H")


def elman() -> Cost:
    """The Elman network: two products a step, two additions and one tanh for each hidden channel."""
    return cost({"mac": (I * H + H * H) * T, "add": 2 * H * T, "exp": H * T})


def matvec(rows: int, columns: int) -> Cost:
    """A matrix times a vector: N multiplications and N - 1 additions for each of the M rows."""
    products = num(rows * columns)
    return cost({"mac": products}, {"multiplications": products, "additions": num(rows * (columns - 1))})


@pytest.mark.parametrize("name", available())
def test_every_shipped_convention_names_its_source(name: str) -> None:
    convention = load(name)
    assert convention.name == name
    assert convention.title and convention.source and convention.notes


def test_definitions_come_first_then_tools() -> None:
    """In the order that their files ask for, the default before all."""
    shipped = listed()
    assert {convention.name for convention in shipped} == set(available())
    assert shipped[0].name == "default"
    kinds = [convention.kind for convention in shipped]
    assert kinds == sorted(kinds, key=KINDS.index)
    tools = {convention.name for convention in shipped if convention.kind == "tool"}
    assert {"pytorch", "fvcore", "thop", "ptflops"} <= tools
    orders = [convention.order for convention in shipped]
    assert None not in orders and len(set(orders)) == len(orders)


def test_the_author_s_form_is_kept() -> None:
    """MACs come first with their weight in front; equal terms of other classes merge."""
    assert str(load("default").flops(elman())) == "2·(I·H + H·H)·T + 3·H·T"  # 2 + 1 others


def test_macs_only() -> None:
    """Under `mac` the biases and activations are left out, and it says so."""
    convention = load("mac")
    assert str(convention.flops(elman())) == "(I·H + H·H)·T"
    assert convention.ignored == ("add", "mul", "div", "exp", "sqrt", "cmp")


@pytest.mark.parametrize(("rows", "columns", "flops"), [(2, 2, 6), (3, 5, 27), (7, 1, 7)])
def test_exact_counts_what_is_inside_a_mac(rows: int, columns: int, flops: int) -> None:
    """M dot products of length N are M(2N - 1) operations: 2x2 is 4 multiplications and 2 additions."""
    assert load("exact").flops(matvec(rows, columns)) == flops
    assert flops == rows * (2 * columns - 1)


def test_the_conventions_differ_on_the_smallest_product() -> None:
    """The 2x2 matrix times a vector: 4 MACs are 8 FLOPs by default, 6 exactly, 4 in WMOPS."""
    counts = {name: load(name).flops(matvec(2, 2)) for name in ("default", "exact", "mac", "wmops")}
    assert counts == {"default": 8, "exact": 6, "mac": 4, "wmops": 4}


def test_itu_t_weights() -> None:
    """ITU-T G.191: MAC, add, multiply, min and max 1, division 18, square root 10, transcendental 25."""
    one_each = cost({name: num(1) for name in CLASSES})
    assert load("wmops").flops(one_each) == 1 + 1 + 1 + 18 + 25 + 10 + 1


def test_symbolic_weights_stay_symbols() -> None:
    """Each class keeps its own weight, and the default weights put in give the default count."""
    flops = load("symbolic").flops(elman())
    assert str(flops) == "c_mac·(I·H + H·H)·T + 2·c_add·H·T + c_exp·H·T"
    numbers = {symbol("c_mac"): num(2), symbol("c_add"): num(1), symbol("c_exp"): num(1)}
    assert flops.substitute(numbers) == load("default").flops(elman())


def test_nothing_costs_nothing() -> None:
    assert load("default").flops(cost()) == 0


# A convention of one's own -----------------------------------------------------------------------

OWN = """title = "exp by table"
source = "our DSP"

[weights]
mac = 0.5
add = 1
mul = 1
div = 18
exp = 25
sqrt = 10
cmp = "c_cmp"
"""


def own(folder: Path, text: str) -> Convention:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_one_s_own_file(tmp_path: Path) -> None:
    """Fractions stay exact, and a symbol may stand beside numbers."""
    convention = own(tmp_path, OWN)
    assert convention.name == "own"
    assert str(convention.flops(cost({"mac": H * H, "cmp": H}))) == "H·H/2 + c_cmp·H"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mac = 0.5", "mac = -1", "error[wrong-entry]: `mac` must be a number from 0, not `-1`"),
        ("mac = 0.5", "mac = nan", "error[wrong-entry]: `mac` must be a number from 0, not `nan`"),
        ("mac = 0.5", "mac = 1e999999999", "error[wrong-entry]: `mac` must be a number from 0"),
        ("mac = 0.5", "mac = true", "error[wrong-entry]: `mac` must be a number from 0, not `true`"),
        ("mac = 0.5", 'mac = "a b"', "error[wrong-entry]: `mac` must be a number or the name of a symbol"),
        (
            "mac = 0.5",
            "mac = { multiplications = 1 }",
            "error[missing-entry]: the entry `additions` is missing",
        ),
        ("sqrt = 10", "sqr = 10", "error[unknown-entry]: there is no entry `sqr` here"),
        ("sqrt = 10", "", "error[missing-entry]: the entry `sqrt` is missing"),
        ("title", "titel", "error[unknown-entry]: there is no entry `titel` here"),
        ("our DSP", " ", "error[wrong-entry]: `source` must be a text"),
        ("div = 18", "div 18", "error[bad-toml]: this is not TOML"),
        ("div = 18", f"div = 1{'0' * 5000}", "error[bad-toml]: this is not TOML"),
        ("div = 18", f"div = {'[' * 100_000}", "error[bad-toml]: this is not TOML"),
        ("sqrt = 10", "sqrt = 10\n[layers]\nRNN = 3", "error[wrong-entry]: `RNN` must be 0, a table of weights or"),
        ("sqrt = 10", "sqrt = 10\n[layers]\nRNN = false", "error[wrong-entry]: `RNN` must be 0, a table"),
        ("sqrt = 10", "sqrt = 10\n[layers]\nRNN = { outputs = 1 }", "error[unknown-entry]: there is no entry"),
        ("[weights]", "weights = 3\n[other]", "error[unknown-entry]: there is no entry `other` here"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SymcostError) as caught:
        own(tmp_path, OWN.replace(old, new, 1))
    assert str(caught.value).startswith(said)


def test_a_fault_points_at_its_line(tmp_path: Path) -> None:
    """`mac` is on line 5; the syntax error on line 8 is where the reader of TOML stopped."""
    with pytest.raises(SymcostError) as wrong:
        own(tmp_path, OWN.replace("mac = 0.5", "mac = -1"))
    assert "own.toml:5:1" in str(wrong.value)
    with pytest.raises(SymcostError) as broken:
        own(tmp_path, OWN.replace("div = 18", "div 18"))
    assert "own.toml:8:5" in str(broken.value)


def test_the_nearest_name_is_proposed(tmp_path: Path) -> None:
    with pytest.raises(SymcostError, match="did you mean `wmops`"):
        load("wmop")
    with pytest.raises(SymcostError, match="did you mean `sqrt`"):
        own(tmp_path, OWN.replace("sqrt", "sqr"))


@pytest.mark.parametrize("path", ["missing.toml", "", "x" * 5000 + ".toml", "a\0.toml", "../default"])
def test_a_file_that_is_not_there(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name leads out of the shipped folder, and no path ends in a traceback."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SymcostError):
        load(path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SymcostError, match="not UTF-8"):
        load(tmp_path / "binary.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(SymcostError, match="cannot read"):
        load(tmp_path / "folder.toml")
    (tmp_path / "long.toml").write_text("#" * 1_000_001)
    with pytest.raises(SymcostError, match="longer than"):
        load(tmp_path / "long.toml")
