"""Work against time: the area is the work, the length the depth, and recurrences take as many rounds as there are."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import symcost
from symcost.errors import TooLongToFollow
from symcost.export.subject import labelled
from symcost.pictures.plots.schedule import binned, schedule
from symcost.pictures.plots.work import work

LECTURE = Path(__file__).parents[3] / "examples" / "lecture"

STACKED = """
model Stacked(x: [T, D]) -> [T, D] {
  scan t in T with h: [D] {
    h = tanh(h + x[t])
    emit y = h
  }
  scan t in T with g: [D] {
    g = tanh(g + y[t])
    emit z = g
  }
  return z
}
"""


@pytest.mark.parametrize(
    ("file", "name", "sizes"),
    [
        ("elman", "Elman", {"T": 9, "I": 4, "H": 6}),
        ("lstm", "Lstm", {"T": 7, "I": 4, "H": 6}),
        ("attention", "SelfAttending", {"T": 9, "D": 4}),
    ],
)
def test_length_is_the_depth_and_area_the_work(file: str, name: str, sizes: dict[str, int]) -> None:
    """As the library has them: a multiply-accumulate is two operations."""
    model = symcost.load(LECTURE / f"{file}.arch").model(name).at(**sizes)
    found = schedule(model)
    assert found.length == model.depth()
    assert found.work == model.quantity("flops")()
    assert sum(amount * (end + 1 - first) for first, end, amount in binned(found, 5, log=False)) == found.work
    assert sum(amount * (end + 1 - first) for first, end, amount in binned(found, 5, log=True)) == found.work


def test_stacked_scans_behind_windows_keep_in_step() -> None:
    """Each layer of Mamba runs behind the one before: the convolution in between looks back only."""
    file = symcost.load(LECTURE.parent / "language" / "mamba.arch")
    model = file.model("Mamba").configured("mamba_130m").at(T=8, L=2)
    assert schedule(model).length == model.depth()


def test_a_second_recurrence_runs_one_round_behind_the_first() -> None:
    """Two operations a round: T rounds of the first, and one more of the second. Both at work fills a step with 2·D."""
    model = symcost.loads(STACKED).model().at(T=10, D=3)
    found = schedule(model)
    assert found.length == 2 * 10 + 2 == model.depth()
    assert [found.steps[step] for step in (1, 2, 3, 4, 21, 22)] == [3, 3, 6, 6, 3, 3]


def test_a_long_loop_is_drawn_in_part_and_that_is_said() -> None:
    """Of a million rounds the first."""
    model = symcost.load(LECTURE / "elman.arch").model().at(T=10**6, I=4, H=4)
    assert any("of 1000000 rounds" in note for note in work(labelled([("a", model)])).notes)


def test_loops_in_loops_end_within_bounds() -> None:
    """A million rounds of one within a million of another."""
    text = "model M(x: [D], T) -> [D] {\n  repeat T {\n    repeat T {\n      x = x + x\n    }\n  }\n  return x\n}"
    with pytest.raises(TooLongToFollow):
        schedule(symcost.loads(text).model().at(T=10**6, D=2))


def test_stairs_hold_the_mean() -> None:
    """Of few steps each is its own stair."""
    model = symcost.load(LECTURE / "elman.arch").model().at(T=3, I=2, H=2)
    (curve,) = work(labelled([("a", model)])).panels[0].curves
    found = schedule(model)
    assert curve.points[0] == (Fraction(1, 2), found.steps[1])
    assert curve.points[-1] == (found.length + Fraction(1, 2), found.steps[found.length])


def test_the_picture_itself_says_what_of_a_long_loop_is_drawn() -> None:
    """Seven steps a round of 5000: 1024 rounds, 7168 steps and a depth of 35000 stand in the picture."""
    model = symcost.load(LECTURE / "lstm.arch").model("Lstm").at(T=5000, I=4, H=4)
    panel = work(labelled([("lstm", model)])).panels[0]
    assert panel.heading == "The first rounds only: Lstm 1024 of 5000, depth 35000"
    assert panel.curves[0].remark == "first 7168 steps"


def test_what_is_drawn_as_a_whole_has_no_such_words() -> None:
    """A short loop has its number of steps and their mean."""
    model = symcost.load(LECTURE / "lstm.arch").model("Lstm").at(T=10, I=4, H=4)
    panel = work(labelled([("lstm", model)])).panels[0]
    assert panel.heading == ""
    assert panel.curves[0].remark.startswith("70 steps, mean")
