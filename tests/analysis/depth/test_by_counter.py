"""Sums over as many rows as rounds went by: from which sizes on there is anything to add."""

from __future__ import annotations

import pytest

import symcost

GROWING = "model M(x: [C, D]) { for t in C { y = sum(x[0:t], axis = 0) } return x }"
SHRINKING = "model M(x: [C, D]) { for t in C { y = sum(x[0:C - t], axis = 0) } return x }"
INSIDE = "model M(x: [C, D]) { for t in C { for s in t { y = sum(x[0:s], axis = 0) } } return x }"


@pytest.mark.parametrize(
    ("text", "least", "depths"),
    [
        (GROWING, "C >= 3", [0, 0, 1, 1, 1]),  # the last round has C - 1 rows
        (SHRINKING, "C >= 2", [0, 1, 1, 1, 1]),  # the first round has C rows
        (INSIDE, "C >= 4", [0, 0, 0, 1, 1]),  # the last round inside the last one has C - 2 rows
    ],
)
def test_a_sum_of_one_row_adds_nothing(text: str, least: str, depths: list[int]) -> None:
    """The depth is told where some round has two rows, and there it is that of the graph built with the numbers."""
    model = symcost.loads(text).model()
    assert [str(fact) for fact in model.holds("depth")] == [least]
    assert [model.at(C=rows, D=2).depth for rows in range(1, 6)] == depths
    for rows in range(1, 6):
        if all(fact.holds({"C": rows, "D": 2}) for fact in model.holds("depth")):
            assert model.depth.form.evaluate({"C": rows, "D": 2}) == depths[rows - 1]
