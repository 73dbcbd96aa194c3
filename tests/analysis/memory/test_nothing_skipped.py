"""What is moved, where it depends on sizes whether a stride skips positions: against all positions listed."""

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


def test_one_operation_by_itself() -> None:
    """A strided window of one reads 5 of 9 positions, a weight, and writes 5: 11; of two all 9, 2 weights, 4: 15."""
    model = symcost.loads(STRIDED.format(a=2, b=1)).model()
    assert "K >= 2" in [str(fact) for fact in model.holds("traffic")]
    assert [model.traffic(T=9, K=taps) for taps in (1, 2)] == [11, 15]
    assert [model.traffic.at(K=taps)(T=9) for taps in (1, 2)] == [11, 15]
    explained = [model.at(T=9, K=taps).explained("traffic").total for taps in (1, 2)]
    assert [total.evaluate({"T": 9, "K": taps}) for taps, total in enumerate(explained, 1)] == [11, 15]


def test_many_sizes_at_once() -> None:
    """The same where sizes come as arrays: for each of them what is right."""
    pytest.importorskip("numpy")
    model = symcost.loads(STRIDED.format(a=2, b=1)).model()
    assert model.traffic.over(T=9, K=[1, 2]).tolist() == [11, 15]


def test_a_window_that_cannot_skip_is_told_for_all_sizes() -> None:
    """With a stride of 1, or a stride that is no wider than the window, nothing is said and nothing built anew."""
    model = symcost.loads(STRIDED.format(a=1, b=1)).model()
    assert not model.holds("traffic")
    assert model.traffic.open_names == {"T", "K"}


def test_what_memory_prints() -> None:
    """The same in bytes: 11 numbers of 4 bytes, moved at least and by the one operation there is."""
    page = str(symcost.memory(symcost.loads(STRIDED.format(a=2, b=1)).model().at(T=9, K=1)))
    assert page.count("44.0 B") == 2


def test_a_copy_that_becomes_a_look() -> None:
    """Repeated k times, D numbers are read and k*D written; repeated once they are what is there: exp moves 2*D."""
    model = symcost.loads("model M(x: [D], k) { return exp(repeat_axis(x, k, axis = -1)) }").model()
    assert "k >= 2" in [str(fact) for fact in model.holds("traffic")]
    assert [model.traffic(D=5, k=times) for times in (1, 2)] == [2 * 5, (5 + 10) + 2 * 10]
