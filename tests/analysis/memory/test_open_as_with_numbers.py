"""Where a formula of memory is told, the graph built with the numbers says the same, and so does a run."""

from __future__ import annotations

from itertools import product

import pytest

import symcost
from symcost.errors import RoundsDiffer
from tests.oracle.living import peak

DIFFERING = """model M(x: [B, A], L) {
  h = x
  repeat l in L {
    if l % 2 == 0 { h = h + x } else { h = tanh(h) }
  }
  return h
}"""

SET_ANEW = DIFFERING.replace("tanh(h)", "x")

REPEATED = """model M(x: [A, C], B) {
  y = x < C
  z = repeat_axis(sin(y), B, axis = 0)
  return y
}"""

AROUND = """model M(x: [B, A], L) {
  h = x * 1
  repeat l in 1..L { h = x }
  return h
}"""


def told(model: symcost.Model, name: str, values: dict[str, int]) -> bool:
    """Whether the formula is told for these sizes."""
    return all(fact.holds(values) for fact in (*model.assumptions, *model.holds(name)))


@pytest.mark.parametrize("text", [DIFFERING, REPEATED])
def test_what_lives_at_once(text: str) -> None:
    """Where the formula is told it is the number, and what a run has: rounds that differ, and a copy of one alone."""
    model = symcost.loads(text).model()
    seen = 0
    for sizes in product((1, 2, 3, 4, 5, 8), repeat=len(model.symbols)):
        values = {info.name: size for info, size in zip(model.symbols, sizes, strict=True)}
        if told(model, "peak", values):
            number = model.peak.form.evaluate(values)
            assert number == model.at(**values).peak, values
            assert max(sizes) > 4 or number == peak(text, "M", values), values
            seen += 1
    assert seen


def test_sizes_at_which_a_peak_is_another() -> None:
    """With so few rounds, or with one copy, less lives at once than the formula says; it is not told for these."""
    differing = symcost.loads(DIFFERING).model()
    assert [str(fact) for fact in differing.holds("peak")] == ["L >= 4"]
    assert (differing.peak.form.evaluate({"B": 3, "A": 2, "L": 2}), differing.at(B=3, A=2, L=2).peak) == (18, 12)

    repeated = symcost.loads(REPEATED).model()
    assert [str(fact) for fact in repeated.holds("peak")] == ["B >= 2"]
    assert (repeated.peak.form.evaluate({"A": 2, "C": 4, "B": 1}), repeated.at(A=2, C=4, B=1).peak) == (24, 16)


@pytest.mark.parametrize("name", ["peak", "fused"])
def test_rounds_that_hand_on_what_they_did_not_make(name: str) -> None:
    """No formula for any number of rounds; with numbers each is looked at by itself, the last one sets x again."""
    model = symcost.loads(SET_ANEW).model()
    with pytest.raises(RoundsDiffer):
        model.quantity(name)
    assert model.at(B=3, A=2, L=4).peak == 12  # x and x + x
    assert model.at(B=3, A=2, L=4).fused == 0  # x, as it came
    assert model.at(B=3, A=2, L=3).fused == 12  # x is read, x + x is written


def test_a_loop_without_rounds_moves_what_stands_before_it() -> None:
    """With one round or more x is handed on as it came; with none, x * 1 is worked out: 6 read and 6 written."""
    model = symcost.loads(AROUND).model()
    assert [str(fact) for fact in model.holds("fused")] == ["L >= 2"]
    assert model.fused == 0
    assert [model.at(B=3, A=2, L=rounds).fused for rounds in (1, 2, 5)] == [12, 0, 0]
