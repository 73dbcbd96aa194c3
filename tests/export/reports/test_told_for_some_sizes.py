"""Tables of formulas that hold for some sizes only: they say so, and a size that is none of them is not filled in."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from symcost.cli import main

STACK = """
model M(x: [D], D, L) {
  repeat L - 1 { x = x -> Linear(D, bias = false) -> relu }
  return x -> Linear(D, bias = false)
}
"""


def _table(folder: Path, *given: str) -> str:
    file = folder / "m.arch"
    file.write_text(STACK)
    return (
        CliRunner().invoke(main, ["table", str(file), "--columns", "backward", *given], catch_exceptions=False).stdout
    )


def test_it_is_said_below(tmp_path: Path) -> None:
    """The formula is that of a loop that runs."""
    assert "assuming L >= 2" in _table(tmp_path)
    assert "assuming" not in _table(tmp_path, "L=3")


def test_a_number_is_that_of_the_model(tmp_path: Path) -> None:
    """One layer of 4·4: the gradient of its weights alone."""
    assert _table(tmp_path, "L=1", "D=4").split()[-1] == "16"


def test_a_size_by_way_of_another(tmp_path: Path) -> None:
    """`L=D` is put into the formula, which is not told for D = 1."""
    assert "`L >= 2` does not hold for L = 1" in _table(tmp_path, "L=D", "D=1")
    assert _table(tmp_path, "L=D", "D=2").splitlines()[1].split()[-1] == str(4 * 3)
