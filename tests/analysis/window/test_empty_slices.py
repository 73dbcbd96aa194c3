"""What lies in front of a position, without itself: the first one sees nothing, a single one nothing at all."""

from __future__ import annotations

import pytest

import symcost
from tests.oracle.reach import reach

BEFORE = """model M(x: [B, C]) {
  for t in B { emit y[t, :] = sum(x[0:t], axis = 0) }
  return y
}"""


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_with_numbers(rows: int) -> None:
    """Of the unrolled graph; of no position nothing is said to be seen, and none to lie behind."""
    model = symcost.loads(BEFORE).model().at(B=rows, C=2)
    seen = {place: numbers for place, numbers in reach(model.graph, {"B": rows, "C": 2}).items() if numbers}
    wide = [max(numbers) - min(numbers) + 1 for numbers in seen.values()]
    ahead = [max(numbers) - place for (place, _), numbers in seen.items()]
    layers = [least for numbers in seen.values() for least in numbers.values()]
    assert model.receptive_field == max(wide, default=0)
    assert model.look_ahead == max(ahead, default=0)
    assert model.path_length == max(layers, default=0)


def test_told_where_it_holds() -> None:
    """B - 1 are seen; one lies in front of another from two on, and two of those meet in a sum from three on."""
    model = symcost.loads(BEFORE).model()
    said = {name: (str(model.quantity(name)), [str(fact) for fact in model.holds(name)]) for name in NAMES}
    assert said == {
        "receptive_field": ("B - 1", []),
        "look_ahead": ("-1", ["B >= 2"]),
        "path_length": ("1", ["B >= 3"]),
    }


NAMES = ("receptive_field", "look_ahead", "path_length")


def test_what_is_not_seen() -> None:
    """A result that is made of another input sees none of the positions of this one."""
    model = symcost.loads("model M(x: [B], z: [B]) { return tanh(z) }").model()
    assert model.receptive_field == 0
    assert not model.path().sees


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_what_leads_nowhere(rows: int) -> None:
    """What is not returned is not followed: a slice of one row's padding alone would have no window."""
    model = symcost.loads("""model M(x: [B, 1]) {
      wide = pad(x, [1, 1], axis = 0)
      beside = wide[2:] - wide[:-2]
      gate = concat(x, tanh(x), axis = -1) -> reglu
      return x
    }""").model()
    assert (model.receptive_field, model.at(B=rows).receptive_field) == (1, 1)
