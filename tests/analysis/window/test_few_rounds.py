"""Scans over very few positions, with numbers: what is seen is that of the unrolled graph."""

from __future__ import annotations

import pytest

import symcost
from tests.oracle.reach import reach


@pytest.mark.parametrize("rounds", [1, 2, 3, 4])
@pytest.mark.parametrize("layers", ["RNN(D)", "LSTM(D) -> LSTM(D)"])
def test_few_rounds(rounds: int, layers: str) -> None:
    """One position, two and more: from the first to its own, the first one through the most layers."""
    model = symcost.loads(f"model M(x: [{rounds}, D]) {{ return x -> {layers} }}").model()
    path = model.path()
    seen = reach(model.graph, {"D": 1})
    for (place, _), numbers in seen.items():
        ends = [int(form.evaluate({path.at: place})) for form in (path.first, path.last)]
        assert [min(numbers), max(numbers)] == ends
    assert path.layers == max(max(numbers.values()) for numbers in seen.values())
    assert not path.at_most
