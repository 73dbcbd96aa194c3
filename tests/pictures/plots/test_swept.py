"""The plot that stands below the table of a sweep in a notebook."""

from __future__ import annotations

import pickle
import sys
from base64 import b64decode
from xml.etree import ElementTree

import pytest

import symcost
from symcost.pictures.plots.chart import COLOURS
from symcost.pictures.plots.swept import Swept

ELMAN = "examples/lecture/elman.arch"


def test_a_curve_for_each_combination_of_the_others() -> None:
    """Over T, which has the most sizes; I never varies and is not named."""
    points = [((t, 3, h), t * h) for t in (1, 10, 100) for h in (2, 4)]
    chart = Swept(("T", "I", "H"), points, "MACs").chart
    assert chart is not None and chart.axis == "T" and chart.log
    (panel,) = chart.panels
    assert [curve.label for curve in panel.curves] == ["H = 2", "H = 4"]
    assert panel.curves[1].points == [(1, 4), (10, 40), (100, 400)]


@pytest.mark.parametrize(
    "points",
    [
        [],
        [((5,), 7)],
        [((5,), 7), ((5,), 7)],
        [((1,), 1), ((2,), 10**400)],
    ],
)
def test_what_has_no_picture(points: list[tuple[tuple[int, ...], int]]) -> None:
    """No point, one, one told twice, and numbers that no float can hold."""
    assert Swept(("T",), points, "MACs").chart is None


def test_more_curves_than_colours_are_no_picture() -> None:
    many = len(COLOURS) + 1
    points = [((t, h), t * h) for t in range(1, many + 2) for h in range(1, many + 1)]
    assert Swept(("T", "H"), points, "MACs").chart is None


@pytest.mark.parametrize(("values", "log"), [((0, 1000), False), ((10, 30), False), ((10, 300), True)])
def test_numbers_far_apart_and_above_0_have_a_logarithmic_axis(values: tuple[int, int], log: bool) -> None:
    chart = Swept(("T",), list(zip([(1,), (2,)], values, strict=True)), "MACs").chart
    assert chart is not None and chart.panels[0].log == log


def test_a_sweep_shows_its_plot_below_its_table() -> None:
    """As an image in the page itself, without scripts; also from another process."""
    pytest.importorskip("matplotlib")
    page = symcost.sweep(symcost.load(ELMAN).model().macs, T=(1, 10, 100), H=(64, 128), I=64)
    for shown in (page, pickle.loads(pickle.dumps(page))):
        (image,) = ElementTree.fromstring(shown._repr_html_()).iter("img")
        kind, data = image.attrib["src"].split(",")
        svg = b64decode(data).decode()
        assert kind == "data:image/svg+xml;base64" and image.attrib["alt"] == "MACs over T"
        assert "H = 128" in svg and "<script" not in svg


def test_without_matplotlib_there_is_the_table_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    html = symcost.sweep(symcost.load(ELMAN).model().macs, T=(1, 10, 100), H=64, I=64)._repr_html_()
    assert "<table" in html and "<img" not in html


def test_names_of_a_file_are_words_in_the_picture() -> None:
    """A dimension cannot be called anything but a name; what it means stands nowhere in the picture."""
    text = 'dim Ünï "<script>alert(1)</script>"\nmodel M(x: [Ünï, I]) { return x -> Linear(I) }'
    pytest.importorskip("matplotlib")
    html = symcost.sweep(symcost.loads(text).model().macs, Ünï=(1, 10, 100), I=3)._repr_html_()
    ElementTree.fromstring(html)
    assert "<script" not in html
