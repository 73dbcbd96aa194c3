"""What must follow one another when numbers are put in order: never more than all comparisons together."""

from __future__ import annotations

from itertools import product

import pytest

import symcost
from tests.oracle.schedule import network


def figures(body: str, numbers: int) -> tuple[object, object]:
    """How deep, and how many comparisons there are."""
    asked = symcost.loads(f"model M(x: [T, I]) {{ return {body} }}").model()
    return asked.quantity("scalar_depth")(T=numbers, I=1), asked.quantity("cmp")(T=numbers, I=1)


@pytest.mark.parametrize("numbers", range(1, 12))
def test_sorting_is_as_deep_as_a_network_that_sorts(numbers: int) -> None:
    """What sorts every row of zeros and ones sorts every row (Knuth, volume 3, section 5.3.4, theorem Z)."""
    phases = network(numbers)
    for row in product((0, 1), repeat=numbers):
        values = list(row)
        for phase in phases:
            places = [place for pair in phase for place in pair]
            assert len(places) == len(set(places))  # side by side
            for low, high in phase:
                values[low], values[high] = sorted((values[low], values[high]))
        assert values == sorted(row)
    assert figures("sort(x, axis = 0)", numbers)[0] == len(phases)


@pytest.mark.parametrize(("numbers", "deep"), [(1, 0), (2, 1), (3, 3), (4, 3), (8, 6), (16, 10), (1024, 55)])
def test_depths_of_the_published_network(numbers: int, deep: int) -> None:
    """p (p + 1) / 2 levels for 2^p numbers (Batcher 1968)."""
    assert figures("sort(x, axis = 0)", numbers)[0] == deep


@pytest.mark.parametrize("body", ["sort(x, axis = 0)", "topk(x, 1, axis = 0)"])
@pytest.mark.parametrize("numbers", [1, 2, 3, 4, 5, 8, 9, 17, 100])
def test_no_more_follow_one_another_than_there_are(body: str, numbers: int) -> None:
    deep, compared = figures(body, numbers)
    assert deep <= compared  # type: ignore[operator]
    assert "topk" not in body or compared == figures("max(x, axis = 0)", numbers)[1]
