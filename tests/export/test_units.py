"""Very small and very large figures of every unit are written with prefixes that the unit has."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.export.numbers import decimal, hours, mass, si

GRAM = Fraction(1)


@pytest.mark.parametrize(
    ("grams", "shown"),
    [
        (0, "0 g CO2e"),
        (GRAM * 449 / 10**6, "449 µg CO2e"),  # not `449 pt`: the SI has no parts of a tonne
        (GRAM * 45 / 10**3, "45.0 mg CO2e"),
        (5 * GRAM, "5.00 g CO2e"),
        (999_499 * GRAM, "999 kg CO2e"),
        (999_500 * GRAM, "1.00 t CO2e"),  # rounding carries into the next unit
        (552 * 10**6 * GRAM, "552 t CO2e"),
        (10**12 * GRAM, "1.00 Mt CO2e"),
    ],
)
def test_masses(grams: Fraction, shown: str) -> None:
    """Up to kilograms in grams, from there in tonnes."""
    assert mass(Fraction(grams), "CO2e") == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (Fraction(1, 2), "B", "0.500 B"),  # there is no millibyte
        (Fraction(1, 10**7), "FLOP", "1.00e-07 FLOP"),
        (Fraction(1, 10**7), "", "1.00e-07"),
        (Fraction(1, 2), "s", "500 ms"),
        (Fraction(1, 2000), "Wh", "500 µWh"),
        (10**40, "B", "1.00e+40 B"),
    ],
)
def test_parts_of_one(value: Fraction, unit: str, shown: str) -> None:
    """What is counted has no thousandths with a name; what is measured has."""
    assert si(value, unit) == shown


def test_hours() -> None:
    """1.4 hours are not one hour, and a number of thirty digits is not read."""
    numbers = (Fraction(1, 2), Fraction(7, 5), Fraction(123, 10), 100, 1_022_361, 10**30)
    assert [hours(Fraction(number)) for number in numbers] == [
        "30 min", "1.40 h", "12.3 h", "100 h", "1 022 361 h", "1.00e+30 h",
    ]  # fmt: skip


def test_decimals() -> None:
    """A ratio beyond what a float holds is written all the same: a third of 10^400."""
    numbers = (Fraction(5, 3), Fraction(10**400, 3), Fraction(-1, 3 * 10**9))
    assert [decimal(number) for number in numbers] == ["1.667", "3.333e+399", "-3.333e-10"]


def test_a_ratio_of_giants(tmp_path: Path) -> None:
    """`compare` of 10^400 with 3 does not end in a traceback."""
    sizes = {"A": "10^400", "B": "3"}
    models = [f"model {name}(x: [T]) {{ return zeros([{size}, 1]) @ ones([1, 1]) }}\n" for name, size in sizes.items()]
    (tmp_path / "two.arch").write_text("".join(models), encoding="utf-8")
    found = CliRunner().invoke(main, ["compare", str(tmp_path / "two.arch")])
    assert found.exit_code == 0 and "3.333e+399" in found.stdout
