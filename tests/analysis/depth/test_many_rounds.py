"""Loops whose first round is unlike the others: as long, whether their rounds are followed one by one or not."""

import pytest

import symcost
from symcost.analysis.depth import recurrences

ATTENDING = "examples/lecture/sampling.arch"


@pytest.mark.parametrize("rounds", [9, 12, 17])
def test_all_at_once_as_one_by_one(rounds, monkeypatch):
    """A word that waits for the words before: what is found from the second round on is what every round adds up to."""
    sizes = {"V": 4, "D": 4, "T": rounds}
    found = symcost.load(ATTENDING).model("Attending").at(**sizes).depth
    monkeypatch.setattr(recurrences, "FEW_ROUNDS", recurrences.MOST_ROUNDS)
    assert symcost.load(ATTENDING).model("Attending").at(**sizes).depth == found


def test_each_word_waits_for_the_one_before():
    """Every further round adds as many steps, be they followed one by one or not."""
    model = symcost.load(ATTENDING).model("Attending")
    depths = [model.at(V=4, D=4, T=rounds).depth for rounds in (7, 8, 9, 10, 64, 65)]
    step = depths[1] - depths[0]
    assert [depth - depths[0] for depth in depths] == [step * rounds for rounds in (0, 1, 2, 3, 57, 58)]
