"""What is seen through a loop is told for sizes at which it has a round."""

import pytest

import symcost

THROUGH = """model M(x: [T, D], L) {
  h = x * 1
  repeat l in 1..L { h = h + sum(h, axis = 0, keep = true) }
  return h
}"""


@pytest.mark.parametrize("name", ["receptive_field", "look_ahead", "path_length"])
def test_a_loop_with_a_round(name: str) -> None:
    """With one layer less than one nothing is seen but the position itself: it is said that L is at least 2."""
    model = symcost.loads(THROUGH).model()
    assert "L >= 2" in [str(fact) for fact in model.holds(name)]
    formula = model.quantity(name).form
    for rounds in (2, 3, 5):
        assert formula.evaluate({"T": 4, "D": 2, "L": rounds}) == model.at(T=4, D=2, L=rounds).quantity(name)


def test_a_loop_without_rounds() -> None:
    """Its numbers are those of what stands before it."""
    model = symcost.loads(THROUGH).model().at(T=4, D=2, L=1)
    assert (model.receptive_field, model.look_ahead) == (1, 0)
