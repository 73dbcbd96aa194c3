"""`Quantity.plot`: from Python, to a file, and in a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

import symcost
from symcost.errors import BadRange, MissingValue, UnknownDimension

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
MODELS = symcost.loads(TEXT).models
SELF, DENSE = MODELS["Self"].macs, MODELS["Dense"].macs


def test_curves_are_exact_and_cross_where_they_do() -> None:
    """2·T·T·D = T·D·D at T = D/2."""
    panel = SELF.plot(DENSE, T="16:65536:log", D=512).chart.panels[0]
    assert [curve.label for curve in panel.curves] == ["Self", "Dense"]
    assert all(y == 2 * x * x * 512 for x, y in panel.curves[0].points)
    (dot,) = panel.dots
    assert (dot.x, dot.y) == (256, 256 * 512 * 512) and "D" in dot.label


def test_sizes_may_be_listed() -> None:
    """A range of Python is one; sums of quantities are drawn as well."""
    (curve,) = (SELF + DENSE).plot(T=range(1, 5), D=2).chart.panels[0].curves
    assert curve.points == [(t, 4 * t * t + 4 * t) for t in range(1, 5)]


def test_a_file_by_its_ending(tmp_path: Path) -> None:
    """An unknown ending touches nothing."""
    drawn = SELF.plot(T="1:8", D=2)
    file = drawn.save(tmp_path / "x.pgf", width=345)
    assert r"\begin{tikzpicture}" in file.read_text()
    with pytest.raises(ValueError, match="only in svg"):
        drawn.save(tmp_path / "x.gif")
    assert not (tmp_path / "x.gif").exists()


def test_a_notebook_shows_it() -> None:
    """As SVG; the figure is matplotlib's own."""
    pytest.importorskip("matplotlib", reason="plots are drawn by matplotlib: pip install 'symcost[plot]'")
    drawn = SELF.plot(T="1:8", D=2)
    assert drawn._repr_svg_().startswith("<?xml")
    assert len(drawn.figure.axes) == 1


def test_what_cannot_be_drawn() -> None:
    """Nothing varies, two do, a range that is none, a name that nobody has, a number that is missing."""
    with pytest.raises(ValueError, match="one dimension varies"):
        SELF.plot(T=4, D=2)
    with pytest.raises(ValueError, match="not 2: T, D"):
        SELF.plot(T="1:4", D="1:4")
    with pytest.raises(BadRange):
        SELF.plot(T="4:1", D=2)
    with pytest.raises(BadRange):
        SELF.plot(T=[1.5, 2], D=2)
    with pytest.raises(UnknownDimension):
        SELF.plot(Q="1:4", D=2)
    with pytest.raises(MissingValue):
        SELF.plot(T="1:4")
    with pytest.raises(TypeError, match="only quantities"):
        SELF.plot(3, T="1:4", D=2)  # type: ignore[arg-type]
