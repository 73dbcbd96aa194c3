"""Pictures of the backward pass: what each box counts, where the first rounds of a loop cost less than others."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import NotDrawnForThese
from symcost.pictures.weights import Sums
from symcost.questions import question

STACK = """
model M(x: [D], D, L) {
  repeat L - 1 { x = x -> Linear(D, bias = false) -> relu }
  return x -> Linear(D, bias = false)
}
"""


def test_all_rounds_of_a_loop_that_differ() -> None:
    """Of three layers of 4·4 the first two are 16 + 32, the last is 32; 80 in all, of which the loop is 60 %."""
    drawn = symcost.loads(STACK).model().at(D=4, L=3).picture(of="backward").written("mmd")
    assert "48 (60.0 #37;)" in drawn
    assert "32 (40.0 #37;)" in drawn


def test_a_call_that_is_met_twice() -> None:
    """The first layer has no gradient of its input: 16 and 32, though both calls share one graph."""
    text = "model M(x: [D], D) { return x -> Linear(D, bias = false) -> Linear(D, bias = false) }"
    drawn = symcost.loads(text).model().at(D=4).picture(of="backward").written("mmd")
    assert "16 (33.3 #37;)" in drawn
    assert "32 (66.7 #37;)" in drawn


@pytest.mark.parametrize("name", ["backward", "training", "training_flops"])
def test_the_boxes_add_up(name: str) -> None:
    """What all boxes count together is what the question says."""
    model = symcost.loads(STACK).model()
    assert Sums(model, question(name)).in_all() == model.quantity(name).form


def test_sizes_for_which_nothing_is_told() -> None:
    """One layer is no stack: it is said, and nothing is drawn."""
    with pytest.raises(NotDrawnForThese):
        _ = symcost.loads(STACK).model().at(D=4, L=1).picture(of="backward")
