"""Plots: what is drawn are the exact numbers, words stand apart, and crossings are where the lines meet."""

from __future__ import annotations

import re
import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

import symcost
from symcost.cli import main
from symcost.errors import NothingToPlot, UnknownDimension
from symcost.export.subject import labelled, with_values
from symcost.pictures.plots.layout import Sheet, laid, spread
from symcost.pictures.plots.lines import lines
from symcost.pictures.plots.over import Over
from symcost.pictures.plots.pgf import pgf
from symcost.sweeping.grid import axis

TEXT = """
model Self(x: [T, D]) -> [T, D] {
  s = einsum("id,jd->ij", x, x)
  return einsum("ij,jd->id", s, x)
}
model Dense(x: [T, D]) -> [T, D] {
  param W: [D, D]
  return einsum("td,de->te", x, W)
}
"""
COLUMN = 239.0
LECTURE = Path(__file__).parents[3] / "examples" / "lecture"


def sheet(written: str = "16:65536:log", **values: object) -> Sheet:
    models = symcost.loads(TEXT).models.values()
    subjects = with_values(labelled([("two", model) for model in models]), {"D": 512, **values})
    return laid(lines(Over(subjects, axis("T", written), ":log" in written), ["macs"]), COLUMN)


def test_points_are_the_numbers_of_the_definition() -> None:
    """A product of [T, D] by [D, T] and one of [T, T] by [T, D] take T·T·D each; a dense layer T·D·D."""
    own, dense = sheet().chart.panels[0].curves
    assert all(y == 2 * x * x * 512 for x, y in own.points)
    assert all(y == x * 512 * 512 for x, y in dense.points)
    assert own.points[0][0] == 16 and own.points[-1][0] == 65536


def test_a_crossing_is_named_once_by_its_formula() -> None:
    """2·T·T·D = T·D·D at T = D/2."""
    (dot,) = sheet().chart.panels[0].dots
    assert (dot.x, dot.y) == (256, 256 * 512 * 512)
    assert dot.label in ("T = D/2", "T = 1/2·D")


def test_a_crossing_of_sizes_written_over_others_is_named_by_them(tmp_path: Path) -> None:
    """2·D·T·T = 8·D·D·T at T = 4·D, and at 2048 for D = 512; no name mixes 512·512 with D."""
    asked = [f"{LECTURE}/attention.arch:SelfAttending", f"{LECTURE}/lstm.arch:Lstm", "I=D", "H=D", "D=512"]
    output = tmp_path / "p.pgf"
    told = CliRunner().invoke(main, ["plot", *asked, "--over", "T=16:65536:log", "-o", str(output)])
    assert told.exit_code == 0, told.output
    code = output.read_text(encoding="utf-8")
    assert "{T = 4·D}" in code and "(2.048000000e+3,4.294967296e+9)" in code
    assert "/D" not in code


@pytest.mark.parametrize("written", ["16:65536:log", "1:2000", "200:300", "2,8,4"])
def test_words_stand_apart_and_within(written: str) -> None:
    """No text lies over another, whatever is shown."""
    drawn = sheet(written)
    boxes = [word.box for one in drawn.panels for word in (*one.names, *one.words)]
    assert not any(left.meets(right) for left, right in combinations(boxes, 2))
    assert all(box.right <= drawn.width and box.high <= drawn.height for box in boxes)


def test_regimes_are_shaded_to_the_exact_size() -> None:
    """A dense layer over at most W rows: fixed beyond T = W, which lies between two sizes that are drawn."""
    text = "model Win(x: [min(T, W), D]) -> [min(T, W), D] {\n  return x -> Linear(D)\n}"
    subjects = with_values(labelled([("w", symcost.loads(text).model())]), {"W": 256, "D": 16})
    below, beyond = lines(Over(subjects, axis("T", "1:65536:log"), log=True), ["macs"]).panels[0].shades
    assert (below.low, below.high, beyond.low, beyond.high) == (1, 256, 257, 65536)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8))
def test_names_are_spread_between_the_ends(wanted: list[float]) -> None:
    """Where all fit, none lies over another or over an end."""
    found = sorted(spread(wanted, [10.0] * len(wanted), 0, 100))
    assert found[0] >= 5 - 1e-9 and found[-1] <= 95 + 1e-9
    assert all(second - first >= 10 - 1e-9 for first, second in pairwise(found))


def test_code_for_pgfplots_holds_the_points_and_no_command_of_a_name() -> None:
    """A label is typeset, never run."""
    models = list(symcost.loads(TEXT).models.values())
    named = with_values(labelled([(r"\input{/etc/passwd}$%", models[0]), ("b", models[0])]), {"D": 4})
    code = pgf(laid(lines(Over(named, axis("T", "1:8:log:4"), log=True), ["macs"]), COLUMN))
    assert r"\input" not in code and "(8.000000000e+0,5.120000000e+2)" in code


def test_faults() -> None:
    """A dimension that is not there, and nothing above 0 on an axis of powers."""
    models = symcost.loads(TEXT).models.values()
    subjects = with_values(labelled([("two", model) for model in models]), {"D": 4})
    with pytest.raises(UnknownDimension):
        lines(Over(subjects, axis("Q", "1:8"), log=False), ["macs"])
    with pytest.raises(NothingToPlot):
        lines(Over(subjects, axis("T", "1:8:log"), log=True), ["state"])


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to install stands in the report; pgf needs nothing."""
    for name in ("matplotlib", "matplotlib.figure", "matplotlib.backends.backend_agg"):
        monkeypatch.setitem(sys.modules, name, None)
    command = ["plot", "examples/lecture/elman.arch", "I=4", "H=4", "--over", "T=1:8:log"]
    refused = CliRunner().invoke(main, [*command, "--format", "svg"])
    assert refused.exit_code == 1 and "symcost[plot]" in refused.output
    assert CliRunner().invoke(main, [*command, "--format", "pgf"]).exit_code == 0


def test_the_figure_holds_the_numbers_and_is_reproducible() -> None:
    """Read back from matplotlib: the lines, and no text over another as it is really set."""
    pytest.importorskip("matplotlib", reason="plots are drawn by matplotlib: pip install 'symcost[plot]'")
    from symcost.pictures.plots.matplot import drawn, painted

    shown = sheet()
    figure = drawn(shown)
    line = figure.axes[0].lines[-3]
    assert list(line.get_ydata())[-1] == float(shown.chart.panels[0].curves[0].points[-1][1])
    boxes = [text.get_window_extent() for text in figure.texts]
    assert not any(left.overlaps(right) for left, right in combinations(boxes, 2))
    svg = painted(shown, "svg")
    assert svg == painted(shown, "svg") and len(svg) < 200_000
    assert not re.search(rb"<script|onload|javascript", svg)
