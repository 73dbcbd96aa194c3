"""Closed sums read like a lecture, and have the value of the loop."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from symcost.formula import (
    Form,
    Symbol,
    ceil_div,
    counter,
    floor_div,
    log2,
    maximum,
    minimum,
    power,
    sum_over,
    symbol,
)

C, D, H, I, K, L, N, W = map(symbol, "C D H I K L N W".split())
t, l = counter("t", 0, N), counter("l", 0, L)

LINES = [
    (t, 4 * D * D + 2 * D * (t + 1), "4·D·D·N + D·N·(N + 1)"),
    (t, D * (t + 1), "D·N·(N + 1)/2"),
    (t, t, "N·(N - 1)/2"),
    (t, t * t, "N·(N - 1)·(2·N - 1)/6"),
    (t, (t + 1) * (t + 1), "N·(N + 1)·(2·N + 1)/6"),
    (t, I * H + H * H, "(I·H + H·H)·N"),
    (t, 4 * D * D, "4·D·D·N"),
    (l, N * C * C * 2 ** (l + 1), "N·C·C·(2^(L + 1) - 2)"),
    (l, C * C * 4 ** (l + 1), "C·C·(4^(L + 1) - 4)/3"),
    (l, N / 2**l, "2·N·(1 - 1/2^L)"),
    (t, minimum(t + 1, W), "min(W, N)·(min(W, N) + 1)/2 + W·(N - min(W, N))"),
    (t, floor_div(t + 1, 2), "floor((N + 1)/2)·(N - floor((N + 1)/2))"),
    (t, D * log2(t + 1), "D·sum(t in 0..N, log2(t + 1))"),
    (counter("t", 1, N), D * D, "D·D·(N - 1)"),
    (counter("t", 0, 10), D, "10·D"),
]


@pytest.mark.parametrize(("over", "body", "text"), LINES, ids=[text for *_, text in LINES])
def test_text(over: Symbol, body: Form, text: str) -> None:
    """What does not depend on the counter stays in place, the rest is factored over its roots."""
    assert str(sum_over(over, body)) == text


def terms(over: Symbol) -> st.SearchStrategy[Form]:
    small = st.integers(-3, 4)
    shifted = small.map(lambda a: over + a)
    return st.one_of(
        st.builds(lambda c, k: c * over**k, small, st.integers(0, 4)),
        st.builds(lambda a, b: (over + a) * (over + b) * D, small, small),
        st.builds(lambda r, c, k: power(r, over + c) * over**k, st.integers(2, 6), small, st.integers(0, 2)),
        st.builds(lambda r, c: D / power(r, over + c), st.integers(2, 4), small),
        st.builds(lambda x, a: minimum(x, K + a), shifted, small),
        st.builds(lambda x, a: maximum(K + a, x), shifted, small),
        st.builds(lambda x, c: floor_div(x, c), shifted, st.integers(1, 5)),
        st.builds(lambda x, c: D * ceil_div(x, c), shifted, st.integers(1, 5)),
        st.builds(lambda c: floor_div(D * over + c, K + 1), small),
        st.just(D * K),
        st.builds(lambda x: (x * D + K) * over, shifted),
    )


@given(st.data(), st.sampled_from([0, 1, 3, "K"]), st.sampled_from([5, "N", "N + K"]))
def test_sums_have_the_value_of_the_loop(data: st.DataObject, start: int | str, stop: int | str) -> None:
    """Closed or open, the sum is what adding round after round gives, if there is a round at all."""
    low = K if start == "K" else start
    high = {5: 5, "N": N, "N + K": N + K}[stop]
    over = counter("t", low, high)
    body = data.draw(st.lists(terms(over), min_size=1, max_size=3).map(lambda parts: sum(parts[1:], parts[0])))
    closed = sum_over(over, body)
    for n in (1, 2, 3, 6):
        for k in (1, 2, 4):
            at = {N: n, K: k, D: 3}
            first, last = over.low.evaluate(at), over.high.evaluate(at)
            if last < first:
                continue
            expected = sum(
                (Fraction(body.evaluate({**at, over: turn})) for turn in range(int(first), int(last))),
                Fraction(0),
            )
            assert closed.evaluate(at) == expected
            assert closed.expand().evaluate(at) == expected
            assert closed.substitute({K: symbol("M")}).evaluate({**at, symbol("M"): k}) == expected


def test_substitution_closes_a_sum() -> None:
    """A sum that was open for any D is closed once D is a number."""
    over = counter("a", 0, N)
    item = sum_over(over, power(D, over))
    assert str(item) == "sum(a in 0..N, D^a)"
    assert str(item.substitute({D: symbol("D") * 0 + 2})) == "2^N - 1"


def test_sums_are_equal_whatever_the_counter_is_called() -> None:
    """The name of a counter does not matter, its limits do."""
    a, b, c = counter("a", 0, N), counter("b", 0, N), counter("c", 1, N)
    assert sum_over(a, log2(a + 1)) == sum_over(b, log2(b + 1))
    assert sum_over(a, log2(a + 1)) != sum_over(c, log2(c + 1))
