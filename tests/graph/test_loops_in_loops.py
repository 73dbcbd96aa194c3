"""Rounds that differ by their number, and loops inside whose rounds differ by both numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import symcost
from symcost.errors import OneRoundOnly
from symcost.graph.graph import Block

NESTED = """
model M(x: [T, D], L) {
  repeat l in L {
    if l == 0 { x = x -> Linear(D) }
    repeat m in L {
      if m == l { x = x -> Linear(D) -> relu } else if m < l { x = x -> Linear(2*D) -> Linear(D) }
    }
  }
  return x
}
"""


def _products(layers: int) -> Iterator[int]:
    """D*D*T of each round, counted one by one."""
    for outer in range(layers):
        yield 1 if outer == 0 else 0
        for inner in range(layers):
            yield 1 if inner == outer else 4 if inner < outer else 0


@pytest.mark.parametrize("layers", [1, 2, 5, 9])
def test_each_loop_tells_its_own_rounds_apart(layers: int) -> None:
    """`l == 0` is cut by the outer loop, `m == l` and `m < l` by the inner one."""
    assert symcost.loads(NESTED).model().macs.at(T=1, D=1, L=layers) == sum(_products(layers))


@pytest.mark.parametrize("fact", ["l == 0", "2*l == L - 1", "2 divides l", "k divides 3*l + 1"])
def test_what_holds_in_one_round_is_no_assumption(fact: str) -> None:
    """Of two rounds in a row one at least breaks it."""
    text = f"model M(x: [T, D], L, k) {{ repeat l in L {{ assume {fact} x = x -> Linear(D) }} return x }}"
    (fault,) = symcost.loads(text).model().faults
    assert isinstance(fault, OneRoundOnly)


@pytest.mark.parametrize("fact", ["k divides D*l", "2 divides 4*l", "D*l == D*l + E - E", "l <= 7"])
def test_what_may_hold_in_all_rounds_is_one(fact: str) -> None:
    """D may be divided by k, 4 is by 2."""
    text = f"model M(x: [T, D], L, k, E) {{ repeat l in L {{ assume {fact} x = x -> Linear(D) }} return x }}"
    assert symcost.loads(text).model().faults == ()


def test_a_run_of_a_period_has_its_rounds_in_plain_numbers() -> None:
    """Of 3 rounds two are alike and one is not: no counter of whole periods is left in how many there are."""
    text = """
model M(x: [T, D], L) {
  repeat l in L { if (l + 1) % 3 == 0 { x = x -> Linear(2*D) -> Linear(D) } else { x = x -> Linear(D) } }
  return x
}
"""
    graph = symcost.loads(text).model().graph
    (period, _) = (node for node in graph if isinstance(node, Block))
    runs = [node for node in period.graph if isinstance(node, Block)]
    assert [run.count for run in runs] == [2, 1]


@pytest.mark.parametrize(("condition", "rounds"), [("l % k == 0", 33_334), ("l < k", 3), ("l == L - 1", 1)])
def test_more_rounds_than_are_written_out_are_told_apart_as_open_ones(condition: str, rounds: int) -> None:
    """Of 100000 rounds every third, the first three, the last one."""
    text = f"model M(x: [T, D], L, k) {{ repeat l in L {{ if {condition} {{ x = x -> Linear(D) }} }} return x }}"
    assert symcost.loads(text).model().at(T=1, D=1, L=100_000, k=3).macs == rounds
