"""The roofline as a picture: ceilings are the sheet's figures, nothing stands above the roof, special functions too."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.hardware import Device
from symcost.pictures.plots.chart import Chart
from symcost.pictures.plots.roofline import of_device, of_model
from symcost.timing import Timing

TEXT = """
model Both(x: [T, D]) -> [T, D] {
  param W: [D, D]
  y = einsum("td,de->te", x, W)
  return exp(y)
}
"""
H100 = {"matrix products": 989_400_000_000_000, "div, exp, sqrt": 3_865_000_000_000}
"""NVIDIA's data sheet: dense bf16; 132 SM of 16 special functions at 1.83 GHz."""
BANDWIDTH = 3_350_000_000_000


def chart(tokens: int) -> Chart:
    model = symcost.loads(TEXT).model().at(T=tokens, D=4096)
    return of_model(Timing(model, Device.load("h100-sxm"), "bf16"))


def test_ceilings_are_the_figures_of_the_sheet() -> None:
    """Flat from where memory does not bind any more, the special functions' as well."""
    curves = {curve.label: curve for curve in chart(8192).panels[0].curves}
    for name, rate in H100.items():
        (ridge, first), (_, last) = curves[name].points
        assert first == last == rate and ridge == Fraction(rate, BANDWIDTH)
    (low, below), (top, above) = curves[""].points
    assert below / low == above / top == BANDWIDTH


@pytest.mark.parametrize("tokens", [1, 64, 8192])
def test_no_block_stands_above_the_roof(tokens: int) -> None:
    """At most intensity times bandwidth, and at most the ceiling of products."""
    dots = [dot for dot in chart(tokens).panels[0].dots if dot.marked]
    assert dots
    assert all(dot.y <= min(dot.x * BANDWIDTH, H100["matrix products"] * Fraction(101, 100)) for dot in dots)


def test_a_product_of_one_row_moves_its_matrix_once() -> None:
    """2·D·D operations and D·D + 2·D numbers of two bytes, beside D powers that read and write D."""
    d = 4096
    (fused,) = [dot for dot in chart(1).panels[0].dots if dot.label == "all, fused"]
    assert fused.x == Fraction(2 * d * d + d, 2 * (d * d + 2 * d))


def test_a_device_alone_has_a_ceiling_for_each_type() -> None:
    """Types of one rate share theirs."""
    labels = [curve.label for curve in of_device(Device.load("h100-sxm")).panels[0].curves]
    assert "fp16, bf16 products" in labels and "fp8, int8 products" in labels and "div, exp, sqrt" in labels


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--roofline"], "needs a device"),
        (["whisper.arch", "--roofline", "--on", "h100-sxm"], "needs a number type"),
        (["--roofline", "--on", "nowhere"], "nowhere"),
        (["--on", "h100-sxm"], "--on goes with --roofline"),
        (["--stack"], "give a file"),
        (["elman.arch", "--stack", "--roofline"], "are two pictures"),
        (["--roofline", "--on", "h100-sxm", "--over", "T=1:8"], "says nothing to --roofline"),
    ],
)
def test_what_does_not_go_together_is_said(options: list[str], words: str, tmp_path: Path) -> None:
    """Nothing is drawn over an old file."""
    folder = Path(__file__).parents[3] / "examples" / "lecture"
    output = tmp_path / "old.pgf"
    output.write_text("old")
    given = [str(folder / word) if word.endswith(".arch") else word for word in options]
    refused = CliRunner().invoke(main, ["plot", *given, "-o", str(output)])
    assert refused.exit_code != 0 and words in re.sub(r"\s+", " ", refused.output)
    assert output.read_text() == "old"
