"""A length whose logarithms are of `C - 1` numbers is told from two on; with one, numbers say what it is."""

from __future__ import annotations

import pytest

import symcost
from tests.oracle import schedule

CACHED = """model M(x: [C, A]) {
  row = reshape(x[0], [1, A])
  scan t in C with K: [t, A] {
    K = concat(K, Linear(row, A), axis = 0)
    emit y = softmax(K @ reshape(row, [A])) @ K
  }
  for t in C { s = sum(y[0:t], axis = 0) }
  return y
}"""


def test_told_from_two_on() -> None:
    """It rests on ceil(log2(C - 1)), which a single row does not have."""
    model = symcost.loads(CACHED).model()
    assert [str(fact) for fact in model.holds("scalar_depth")] == ["C >= 2"]


@pytest.mark.parametrize("rows", [2, 3, 4, 5])
@pytest.mark.parametrize("width", [1, 2, 3])
def test_what_is_told(rows: int, width: int) -> None:
    """Where it is told it is when the last number is ready."""
    model = symcost.loads(CACHED).model()
    values = {"C": rows, "A": width}
    expected = schedule.depth(model.graph, values, "scalars")
    assert model.scalar_depth.form.evaluate(values) == expected


def test_a_single_row() -> None:
    """With numbers: Linear takes 3, scores 2, a softmax of one 3 (subtracted, exp, divided), the values 1."""
    assert symcost.loads(CACHED).model().at(C=1, A=2).scalar_depth == 3 + 2 + 3 + 1
