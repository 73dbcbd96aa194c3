"""Heat maps: contour lines lie where the number is theirs, colours rise with it, and what is not allowed is white."""

from __future__ import annotations

from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

import symcost
from symcost.cli import main
from symcost.errors import NothingToPlot, UnknownDimension
from symcost.export.subject import labelled
from symcost.pictures.plots.chart import Chart
from symcost.pictures.plots.contours import contour
from symcost.pictures.plots.heat import Plane, heat
from symcost.pictures.plots.layout import laid
from symcost.pictures.plots.pgf import pgf
from symcost.sweeping.grid import axis

TEXT = """
model Dense(x: [T, D]) -> [T, D] {
  param W: [D, D]
  return einsum("td,de->te", x, W)
}
model Halves(x: [T, D]) -> [T, D] {
  assume 2 divides D
  return x * x
}
"""


def drawn(name: str = "Dense", across: str = "1:4096:log", up: str = "1:1024:log", quantity: str = "macs") -> Chart:
    (one,) = labelled([("two", symcost.loads(TEXT).model(name))])
    log = ":log" in across
    return heat(Plane(one, axis("T", across), axis("D", up), log, log), [quantity])


def test_contours_lie_where_the_number_is_theirs() -> None:
    """T·D·D is a power: on each line it is the same everywhere, and the number that stands beside."""
    panel = drawn().panels[0]
    assert len(panel.curves) >= 4
    for curve, name in zip(panel.curves, panel.dots, strict=True):
        found = [float(x) * float(y) ** 2 for x, y in curve.points]
        assert max(found) <= min(found) * 1.0001
        digits, _, prefix = name.label.partition(" ")
        wanted = float(digits) * {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}[prefix]
        assert found[0] == pytest.approx(wanted, rel=1e-3)


def test_cells_cover_the_plane_once() -> None:
    """In each row they follow each other from end to end, and rows do so from below."""
    chart = drawn(up="1:64", across="1:64")
    rows: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for cell in chart.panels[0].cells:
        rows.setdefault(cell.y, []).append(cell.x)
    for cells in rows.values():
        assert (cells[0][0], cells[-1][1]) == chart.ends
        assert all(left[1] == right[0] for left, right in pairwise(cells))
    assert all(low[1] == high[0] for low, high in pairwise(rows))


def test_sizes_against_what_is_assumed_are_white() -> None:
    """Every second of a written range; of one at equal ratios multiples are taken instead."""
    colours = {cell.colour for cell in drawn("Halves", "1:8", "1:8", "mul").panels[0].cells}
    assert "FFFFFF" in colours
    colours = {cell.colour for cell in drawn("Halves", quantity="mul").panels[0].cells}
    assert "FFFFFF" not in colours


@given(st.integers(2, 6), st.integers(2, 6), st.data())
def test_a_contour_parts_larger_from_smaller(wide: int, high: int, data: st.DataObject) -> None:
    """It crosses an edge of the grid exactly where one end is below the level and the other is not."""
    rows = [[data.draw(st.floats(1, 100)) for _ in range(wide)] for _ in range(high)]
    lines = contour(range(1, wide + 1), range(1, high + 1), rows, 10.0)
    met = {place for line in lines for place in line}
    below = [[number < 10 for number in row] for row in rows]
    across = sum(one != other for row in below for one, other in pairwise(row))
    up = sum(one != other for low, top in pairwise(below) for one, other in zip(low, top, strict=True))
    assert len(met) <= across + up
    assert bool(met) == bool(across + up)


def test_code_for_pgfplots_has_a_rectangle_for_each_cell() -> None:
    """Of a thousand at most."""
    chart = drawn()
    code = pgf(laid(chart, 239.0))
    assert code.count("rectangle") == len(chart.panels[0].cells) <= 1024


def test_faults() -> None:
    """A dimension that is not there, nothing to see, and one range where two are needed."""
    (one,) = labelled([("two", symcost.loads(TEXT).model("Dense"))])
    with pytest.raises(UnknownDimension):
        heat(Plane(one, axis("Q", "1:8"), axis("D", "1:8"), False, False), ["macs"])
    with pytest.raises(NothingToPlot):
        drawn(quantity="exp")
    lstm = "examples/lecture/lstm.arch"
    for ranges in (["T=1:8"], ["T=1:8", "T=1:9"], ["T=1:8", "H"], ["T=9:8", "H=1:4"]):
        given_ranges = [word for one_range in ranges for word in ("--over", one_range)]
        refused = CliRunner().invoke(main, ["plot", lstm, "I=4", "--heat", *given_ranges, "--format", "pgf"])
        assert refused.exit_code in (1, 2), refused.output
