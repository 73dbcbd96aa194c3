"""Crossings are drawn where both lines are."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

import symcost
from symcost.export.subject import labelled, with_values
from symcost.pictures.plots.chart import Curve
from symcost.pictures.plots.lines import lines
from symcost.pictures.plots.meeting import meeting
from symcost.pictures.plots.over import Over
from symcost.sweeping.grid import axis

LECTURE = Path(__file__).parents[3] / "examples" / "lecture"
NAMES = {"lstm": "Lstm", "gru": "Gru", "elman": "Elman", "attention": "SelfAttending"}


def test_depths_cross_only_where_the_lines_do() -> None:
    """Depths of 7·T, 8·T and 4·T against 6 at T = 1, 8 from there on: only the last line meets it, at (2, 8).

    Their formulas hold from T = 2 on, where none is below the other any more: whether that is a crossing is a matter of
    taste, a dot on one line alone is wrong.
    """
    models = [(file, symcost.load(LECTURE / f"{file}.arch").model(name)) for file, name in NAMES.items()]
    subjects = with_values(labelled(models), {"I": 64, "H": 64, "D": 64})
    panel = lines(Over(subjects, axis("T", "1:1000:log"), True), ["depth"]).panels[0]
    assert {(dot.x, dot.y) for dot in panel.dots} <= {(2, 8)}
    for dot in panel.dots:
        on_it = [curve for curve in panel.curves if dict(curve.points)[2] == dot.y]
        assert len(on_it) >= 2


RISING = Curve("rising", [(size, 7 * size) for size in range(1, 9)])
FLAT = Curve("flat", [(size, 10) for size in range(1, 9)])
ABOVE = Curve("above", [(size, 100) for size in range(1, 9)])


def test_between_two_sizes() -> None:
    """7·T and 10 meet at 10/7, between the sizes 1 and 2."""
    assert meeting((RISING, FLAT), 2, (14, 10), is_log=False) == (Fraction(10, 7), 10)
    assert meeting((FLAT, RISING), 2, (10, 14), is_log=False) == (Fraction(10, 7), 10)
    found = meeting((RISING, FLAT), 2, (14, 10), is_log=True)
    assert found is not None
    assert [float(number) for number in found] == pytest.approx([10 / 7, 10])


def test_lines_that_do_not_change_sides() -> None:
    """What is told and not so is not drawn, on any axis and in any order."""
    for pair in combinations([RISING, ABOVE], 2):
        assert meeting(pair, 2, (14, 100), is_log=False) is None
        assert meeting(pair[::-1], 2, (100, 14), is_log=True) is None


def test_as_good_as_at_a_whole_size() -> None:
    """A place that the eye cannot tell from a whole size keeps that size and its exact number."""
    long = Curve("long", [(size, 7 * size) for size in range(1, 2001)])
    flat = Curve("flat", [(size, 7001) for size in range(1, 2001)])
    assert meeting((long, flat), 1001, (7007, 7001), is_log=True) == (1001, 7007)
