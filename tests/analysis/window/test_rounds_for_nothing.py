"""Rounds that differ by their number, one of which begins with the input again: what is seen is by the last of them."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import RoundsDiffer

BEGUN_AGAIN = """model M(x: [B], L) {
  v = x * 1
  repeat l in L {
    if l % 3 != 1 { v = v -> Linear(B) } else { v = x }
  }
  return v
}"""


@pytest.mark.parametrize("question", ["receptive_field", "look_ahead", "path_length"])
def test_an_open_number_of_rounds_is_refused(question: str) -> None:
    """No one formula says 1 behind the round that takes x, and B behind any other."""
    with pytest.raises(RoundsDiffer, match="what a result sees"):
        symcost.loads(BEGUN_AGAIN).model().quantity(question)


@pytest.mark.parametrize(("layers", "seen"), [(1, 3), (2, 1), (3, 3), (4, 3), (5, 1), (6, 3)])
def test_with_numbers_the_last_rounds_tell(layers: int, seen: int) -> None:
    """Round 1 of each three takes x as it is; each other one sees all B = 3 positions."""
    assert symcost.loads(BEGUN_AGAIN).model().at(B=3, L=layers).receptive_field == seen
