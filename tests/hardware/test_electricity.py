"""Whose electricity it is decides the carbon."""

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.errors import UnknownGrid
from symcost.hardware.electricity import grid, grids
from tests.hardware.test_energy import USED, told


def test_a_country_by_its_code_and_by_its_name() -> None:
    """Ember's figures of 2025: the world 458.3 g/kWh, France 41.4."""
    assert grid("WRL").grams == Fraction("458.3")
    assert grid("fra") == grid("France") == grid("FRANCE")
    assert (grid("fra").year, grid("fra").grams) == (2025, Fraction("41.4"))


def test_codes_and_names_are_each_there_once() -> None:
    names = [name.casefold() for one in grids() for name in (one.code, one.name)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("country", ["Franc", "XX", "", "../etc"])
def test_a_country_that_is_not_known(country: str) -> None:
    with pytest.raises(UnknownGrid):
        grid(country)


def test_the_command_says_whose_electricity_it_was() -> None:
    """450 MWh at 41.4 g/kWh are 18.6 t."""
    given = ("--training", "--runs", "683593750", "--devices", "2048", "--overhead", "1.1", "--intensity", "France")
    found = told("--config", "llama_65b", *USED, *given)
    assert found.exit_code == 0
    assert "18.6 t CO2e" in found.output
    assert "France 2025, 41.4 g/kWh, Ember" in found.output


@pytest.mark.parametrize(
    "run",
    [
        ["serve", "--prompt", "64", "--write", "8"],
        ["train", "--devices", "8", "--tokens", "1e9", "--batch", "8", "--tensor", "8", "--mfu", "0.4", "T=128"],
    ],
)
def test_serving_and_training_say_it_too(tmp_path: Path, run: list[str]) -> None:
    config = tmp_path / "config.json"
    config.write_text('{"model_type": "llama"}')
    given = [str(config), "--on", "h100-sxm", "--dtype", "bf16", "--intensity", "SWE"]
    told = CliRunner().invoke(main, [run[0], *given, *run[1:]])
    assert "carbon: Sweden" in told.output
