"""What a slice needs in each of few rounds is looked at round by round; nothing is assumed of a loop counter."""

from __future__ import annotations

import pytest

import symcost


@pytest.mark.parametrize("length", range(1, 10))
def test_neighbours_of_twice_the_distance(length: int) -> None:
    """With 2^r <= T in each of ceil(log2 T) rounds there is nothing to assume; T - 2^r places are joined in each."""
    model = symcost.loads(f"model M(x: [{length}, C]) {{ a, b = linear_recurrence(x, x) return b }}").model()
    assert model.assumptions == ()
    joined = [length - 2**r for r in range((length - 1).bit_length())]
    assert model.mul(C=3) == 2 * 3 * sum(joined)


def test_a_dimension_is_no_counter() -> None:
    """Of an open size it is assumed as before."""
    model = symcost.loads("model M(x: [T, C]) { return x[2:4] }").model()
    assert [str(fact) for fact in model.assumptions] == ["T >= 4"]
