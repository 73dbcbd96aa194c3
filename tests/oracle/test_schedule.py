"""The scheduler itself, and what is told of graphs with numbers in them, on programs by dice."""

from __future__ import annotations

from random import Random

import pytest

import symcost
from tests.oracle import layered, schedule, strategies


@pytest.mark.parametrize(("rows", "steps"), [(1, 2), (3, 4)])
def test_a_sum_over_one_number_takes_no_time(rows: int, steps: int) -> None:
    """Two rounds of a sum and what is added to it: with one row only the latter is done."""
    text = "model M(x: [A, D], L) { repeat L { x = x + sum(x, axis = 0, keep = true) } return x }"
    graph = symcost.loads(text).model().graph
    assert schedule.depth(graph, {"A": rows, "D": 2, "L": 2}) == steps


def test_places_by_a_table_wait_for_everything() -> None:
    """What is added to places by a table, and what is read at such places."""
    text = """model M(x: [A, D], B) {
      buffer W: [A]
      y = zeros([B, D])
      y[W[e], j] += x[e, j] * 2
      z[e, j] = y[W[e], j] * 3
      return z
    }"""
    graph = symcost.loads(text).model().graph
    assert schedule.depth(graph, {"A": 2, "B": 3, "D": 2}) == symcost.loads(text).model().at(A=2, B=3, D=2).depth


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("writer", [layered.Layered, strategies.Writer])
def test_depths_of_programs_by_dice(writer: type[strategies.Writer], seed: int) -> None:
    """At the sizes that were drawn, and where all are 1."""
    drawn = strategies.written(writer(None, newer=True, dice=Random(seed)))
    for values in (drawn.values, dict.fromkeys(drawn.values, 1)):
        model = symcost.loads(drawn.text).model("M")
        try:
            numbers = model.at(**{info.name: values[info.name] for info in model.symbols}).settled()
        except symcost.SymcostError:
            continue  # the program has no such sizes
        assert numbers.quantity("depth").form.number == schedule.depth(numbers.graph, {}), drawn.text
