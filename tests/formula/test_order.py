"""How a quantity rises in one dimension."""

from __future__ import annotations

import pytest

from symcost.formula import (
    Form,
    ceil_div,
    counter,
    floor_div,
    growth,
    log2,
    maximum,
    minimum,
    num,
    order_of,
    sum_over,
    symbol,
)

D, H, I, K, T, W, s = map(symbol, "D H I K T W s".split())

TABLE = [
    (num(3), "Fixed", num(3)),
    (H, "Fixed", H),
    ((I * H + H * H) * T, "Linear", I * H + H * H),
    (4 * D * D * T + 2 * D * T * T, "Quadratic", 2 * D),
    (D * T * (T + 1) / 2, "Quadratic", D / 2),
    (T**3, "T^3", num(1)),
    (log2(T), "log T", num(1)),
    (ceil_div(log2(T), 1), "log T", num(1)),
    (D * T * log2(T) + T, "T log T", D),
    (T * T * log2(T), "T^2 log T", num(1)),
    (2 ** (T + 1) - 2, "exponential", num(2)),
    (floor_div(T - K, s) + 1, "Linear", 1 / s),
    (minimum(T, W), "Fixed", W),
    (maximum(T, W), "Linear", num(1)),
    (floor_div(W, T), "Fixed", num(0)),
    (T / (T + 1), "Fixed", num(1)),
    (sum_over(counter("t", 0, T), minimum(counter("t", 0, T) * 0 + K, W)), "Linear", minimum(K, W)),
]


@pytest.mark.parametrize(("item", "words", "leading"), TABLE, ids=[str(item) for item, *_ in TABLE])
def test_growth(item: Form, words: str, leading: Form) -> None:
    """Order in words, and the coefficient that the other dimensions make."""
    found = growth(item, T)
    assert (found.kind, found.leading) == (words, leading)


def test_banded_attention_is_linear() -> None:
    """A causal window of W keys costs W for each further position."""
    t = counter("t", 0, T)
    found = growth(sum_over(t, D * minimum(t + 1, W)), T)
    assert (found.kind, found.leading) == ("Linear", D * W)


def test_orders_compare() -> None:
    """An order is the same whatever stands before it, and orders are ordered."""
    assert order_of(T**2, T) == growth(3 * T * T + T, T)
    ladder = [num(1), log2(T), T, T * log2(T), T**2, T**2 * log2(T), T**3, 2**T, 3**T]
    ranks = [order_of(item, T).order for item in ladder]
    assert ranks == sorted(ranks) and len(set(ranks)) == len(ranks)


def test_cancelled_leading_terms() -> None:
    """floor(T/2) and T/2 rise alike; their difference is fixed."""
    assert growth(floor_div(T, 2) - T / 2, T).kind == "Fixed"
    assert growth(T * floor_div(T, 2) - T * T / 2, T).kind == "Linear"
