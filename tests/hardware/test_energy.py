"""Hours, energy and carbon against what Touvron et al. (2023) print for LLaMA."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.hardware import Device, Use, bill

CARBON = Path(__file__).parents[2] / "examples/lecture/carbon.arch"
TOKENS, CONTEXT = 1_400_000_000_000, 2048
USED = ("--on", "a100-sxm-80", "--dtype", "bf16", "--utilization", "0.495")


def told(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["energy", str(CARBON), *arguments])


def test_llama_65b() -> None:
    """1022362 device hours, 449 MWh and 173 t (table 15), where 380 tokens a second (section 2.4) are 49.5 %."""
    macs = symcost.load(CARBON).model().configured("llama_65b").quantity("training")()
    use = Use(Fraction("0.495"), 2048, Fraction("1.1"), Fraction(385))
    found = bill(macs * Fraction(TOKENS, CONTEXT), Device.load("a100-sxm-80"), "bf16", use)
    assert float(found.busy) / 3600 == pytest.approx(1022362, rel=5e-3)
    assert float(found.wall) / 86400 == pytest.approx(21, rel=0.02)  # "approximately 21 days"
    assert round(found.energy / 3_600_000_000) in (449, 450)
    assert found.carbon is not None
    assert round(found.carbon / 10**6) == 173


def test_by_hand() -> None:
    """156e12 MACs at half of 312 TFLOP/s: 2 s; 2 devices: 1 s; 400 W and as much again: 1600 J; 360 g/kWh: 0.16 g."""
    found = bill(156 * 10**12, Device.load("a100-sxm-80"), "bf16", Use(Fraction(1, 2), 2, Fraction(2), Fraction(360)))
    assert (found.busy, found.wall, found.energy, found.carbon) == (2, 1, 1600, Fraction(16, 100))


def test_the_command() -> None:
    given = ("--training", "--runs", "683593750", "--devices", "2048", "--overhead", "1.1", "--intensity", "385")
    found = told("--config", "llama_65b", *USED, *given)
    assert found.exit_code == 0
    assert "173 t CO2e" in found.output


def test_without_an_intensity_there_is_no_carbon() -> None:
    found = told("--config", "llama_65b", *USED)
    assert found.exit_code == 0
    assert "CO2e" not in found.output


@pytest.mark.parametrize(
    "given",
    [("--utilization", "0"), ("--utilization", "1.1"), ("--utilization", "nan"), ("--utilization", "1e999999999"),
     ("--overhead", "0.9"), ("--intensity", "-1"), ("--devices", "0"), ("--runs", "0")],
)  # fmt: skip
def test_numbers_out_of_bounds(given: tuple[str, str]) -> None:
    found = told("--config", "llama_65b", *USED, *given)
    assert found.exit_code == 2
    assert given[0] in found.output


def test_open_dimensions_are_asked_for() -> None:
    found = told(*USED)
    assert found.exit_code == 1
    assert "no value for `D`" in found.output


def test_what_memory_does_not_leave_is_refused() -> None:
    """A decode step of LLaMA 3 8B at 8192 tokens moves for 4.80 ms and multiplies for 19.5 us: 0.41 % of the peak."""
    llama = str(CARBON.parents[1] / "language/llama.arch")
    step = ["energy", llama, "--model", "Step", "--config", "llama3_8b", "c=8192", "G=1024", "--on", "h100-sxm"]
    found = CliRunner().invoke(main, [*step, "--dtype", "bf16", "--utilization", "0.5"])
    assert found.exit_code == 1
    assert "a utilization of 0.5 is not possible on `h100-sxm`: at most 0.00406" in found.output
    assert CliRunner().invoke(main, [*step, "--dtype", "bf16", "--utilization", "0.00406"]).exit_code == 0
    many = CliRunner().invoke(main, [*step, "--dtype", "bf16", "--utilization", "0.02", "--batch", "64"])
    assert many.exit_code == 0  # 64 sequences: 1.25 ms of products in 25 ms
