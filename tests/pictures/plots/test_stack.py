"""Shares by block: at every size they add up to all, each is what the definition says, and small ones are folded."""

from __future__ import annotations

from fractions import Fraction

import pytest

import symcost
from symcost.errors import NoShares, OneModel
from symcost.export.subject import labelled, with_values
from symcost.pictures.plots.chart import Chart
from symcost.pictures.plots.layout import laid
from symcost.pictures.plots.over import Over
from symcost.pictures.plots.pgf import pgf
from symcost.pictures.plots.stack import stack
from symcost.sweeping.grid import axis

TEXT = """
module scores(x: [T, D]) -> [T, T] {
  return einsum("id,jd->ij", x, x)
}
model Attending(x: [T, D]) -> [T, D] {
  x = x -> Linear(D, bias = false)
  y = scores(x) @ x
  return y -> Linear(1, bias = false) -> Linear(D, bias = false)
}
"""


def drawn(quantity: str = "macs", *, many: int = 1) -> Chart:
    model = symcost.loads(TEXT).model("Attending")
    subjects = with_values(labelled([("a", model)] * many), {"D": 64})
    return stack(Over(subjects, axis("T", "1:1024:log"), log=True), [quantity])


def test_shares_are_those_of_the_definition() -> None:
    """The layers take D·D + D + D for each of T positions, scores T·T·D and the sum of T values as much."""
    bands = {band.label: band for band in drawn().panels[0].bands}
    for size, low, high in bands["scores"].points:
        scores = size * size * 64
        assert (high - low) / 100 == Fraction(scores, 2 * scores + size * (64 * 64 + 64 + 64))


def test_the_parts_stand_on_each_other_and_are_all() -> None:
    """Each begins where the one below ends, the first at 0 and the last ends at 100."""
    bands = drawn().panels[0].bands
    for column in zip(*(band.points for band in bands), strict=True):
        ends = [end for _, *both in column for end in both]
        assert ends[0] == 0 and ends[-1] == 100
        assert ends[1:-1:2] == ends[2:-1:2]


def test_code_for_pgfplots_closes_its_areas() -> None:
    """A way there and back for each part."""
    code = pgf(laid(drawn(), 239.0))
    assert code.count("-- cycle;") == len(drawn().panels[0].bands)


def test_what_has_no_shares() -> None:
    """A depth is no sum over blocks, and two models have no common whole."""
    with pytest.raises(NoShares):
        drawn("depth")
    with pytest.raises(OneModel):
        drawn(many=2)
