"""What an option of `symcost latex` does not change is said, not passed over."""

import pytest
from click.testing import CliRunner

from symcost.cli import main

MODEL = "model B(x: [T, I]) { return x -> Linear(I) }"


@pytest.mark.parametrize("given", [("--of", "flops"), ("--of", "macs"), ("--convention", "thop")])
def test_a_table_has_its_own_quantities(given: tuple[str, str]) -> None:
    """Parameters and MACs, which no convention weighs."""
    told = CliRunner().invoke(main, ["latex", "-", "--kind", "table", *given], input=MODEL)
    assert told.exit_code == 2
    assert f"`{given[0]}` belongs to `--kind formula`" in told.output


def test_a_formula_takes_both() -> None:
    """Which quantity, and what its operations weigh."""
    told = CliRunner().invoke(main, ["latex", "-", "--of", "flops", "--convention", "thop"], input=MODEL)
    assert told.exit_code == 0


def test_a_table_without_them_is_set() -> None:
    told = CliRunner().invoke(main, ["latex", "-", "--kind", "table"], input=MODEL)
    assert told.exit_code == 0 and "tabular" in told.output
