"""What is moved at least, where it depends on sizes whether a stride skips positions: against all positions listed."""

from __future__ import annotations

import pytest

import symcost

STRIDED = "model M(x: [T], K) {{ param w: [K]  y[t] = x[{a}*t + {b}*k] * w[k]  return y }}"


@pytest.mark.parametrize(("a", "b"), [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)])
def test_the_formula_says_for_which_sizes_every_position_is_read(a: int, b: int) -> None:
    """Positions that are read, parameters and results; where the formula does not hold, numbers say what is right."""
    model = symcost.loads(STRIDED.format(a=a, b=b)).model()
    for length in range(1, 12):
        for taps in range(1, 4):
            rounds = (length - b * (taps - 1) - 1) // a + 1
            if rounds < 1:
                continue
            sizes = {"T": length, "K": taps}
            read = {a * t + b * k for t in range(rounds) for k in range(taps)}
            moved = len(read) + taps + rounds
            found = model.at(**sizes).fused()
            # A tensor of which nothing is known to be skipped counts as a whole, ends that no window reaches too.
            assert moved <= found <= length + taps + rounds
            if len(read) < length and (a > taps or b > rounds):
                assert found < length + taps + rounds, sizes
            if a <= taps and b <= rounds:
                assert found == model.fused.form.evaluate(sizes)


def test_it_is_told() -> None:
    """A window of one under a stride of two leaves every second position: 5 of 9 read, one weight, 5 results."""
    model = symcost.loads(STRIDED.format(a=2, b=1)).model()
    assert model.fused(T=9, K=1) == 5 + 1 + 5
    assert model.fused(T=9, K=2) == 9 + 2 + 4
    assert "K >= 2" in [str(fact) for fact in model.holds("fused")]
