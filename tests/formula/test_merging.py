"""Sums that are the same are printed as the same: halves that make a whole, remainders, like terms in brackets."""

from __future__ import annotations

from itertools import product
from math import ceil, floor

import pytest
from hypothesis import given, strategies as st

from symcost.formula import (
    Assumptions,
    Divides,
    Form,
    add,
    ceil_div,
    drawn_together,
    floor_div,
    merged,
    mod,
    num,
    symbol,
)

D, H, K, L, T, V, w = map(symbol, ("D", "H", "K", "L", "T", "V", "w"))

# floor(n/2) + ceil(n/2) == n, and floor(n/k) + floor((n + 1)/k) + ... + floor((n + k - 1)/k) == n (Hermite 1884).
SAME = [
    (D * D * ceil_div(T, 2) + D * D * floor_div(T, 2), "D·D·T"),
    (T + floor_div(K, 2) + floor_div(K + 1, 2) - K, "T"),
    (floor_div(K, 2) + floor_div(K + 1, 2), "K"),
    (floor_div(T, 3) + floor_div(T + 1, 3) + floor_div(T + 2, 3), "T"),
    (3 * D * ceil_div(T, 2) + D * floor_div(T, 2), "D·T + 2·D·ceil(T/2)"),
    (D * ceil_div(T + K, 2) + D * floor_div(T + K, 2) - D * K, "D·(T + K) - D·K"),
    (D * floor_div(T, 2) + H * ceil_div(T, 2), "D·floor(T/2) + H·ceil(T/2)"),
    (floor_div(8 * D + 765, 768).expand(), "floor((D + 95)/96)"),
    (V - mod(V, 64), "V - V % 64"),
    (V + mod(64 - mod(V, 64), 64), "64·ceil(V/64)"),
    (D * (1 + mod(K, 2)), "D·(1 + K % 2)"),
    (D * mod(K, 2), "D·(K % 2)"),
    (mod(T + 64, 64), "T % 64"),
    (mod(mod(T, 64) + 3, 64), "(T + 3) % 64"),
    (mod(T * w + K, w), "K % w"),
    (mod(2 * T, 2), "0"),
    (mod(2 * T + 1, 2), "1"),
]


@pytest.mark.parametrize(("item", "text"), SAME, ids=[text for _, text in SAME])
def test_text(item: Form, text: str) -> None:
    """Roundings that add up are added up, in the author's order; remainders stay."""
    assert str(item) == text


def test_what_two_divides_leaves_no_remainder() -> None:
    """Under `64 divides V` nothing is left of V."""
    assert str(Assumptions([Divides(num(64), V)]).simplify(V - mod(V, 64))) == "V"


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=5))
def test_sums_of_halves_are_equal_however_they_are_put_together(parts: list[tuple[int, int, bool]]) -> None:
    """`==`, hashes and values do not depend on which halves met first."""
    terms = [times * D * (ceil_div if up else floor_div)(T + shift, 2) for times, shift, up in parts]
    forward, backward = add(num(0), *terms), add(num(0), *reversed(terms))
    apart = sum((term - T for term in terms), start=num(0)) + len(terms) * T
    assert forward == backward == apart and hash(forward) == hash(backward) == hash(apart)
    for t in range(1, 7):
        value = sum(3 * c * (ceil if up else floor)((t + shift) / 2) for c, shift, up in parts)
        assert forward.evaluate({"T": t, "D": 3}) == forward.expand().evaluate({"T": t, "D": 3}) == value


def test_a_remainder_by_numbers() -> None:
    """What Python's `%` gives."""
    padded, cut = V + mod(w - mod(V, w), w), V - mod(V, w)
    for v, n in product(range(1, 20), range(1, 8)):
        assert padded.evaluate({"V": v, "w": n}) == v + (n - v % n) % n
        assert cut.evaluate({"V": v, "w": n}) == v - v % n


MERGED = [
    (3 * T + 2 * (D - 1) * T + D * T, "T + 3·D·T"),
    ((T - 1) * H * T + 2 * H * T * T, "3·H·T·T - H·T"),
    ((D - 1) * (T - 1) + D * T, "(D - 1)·(T - 1) + D·T"),
    ((D - 1) * T + H, "(D - 1)·T + H"),
]


@pytest.mark.parametrize(("item", "text"), MERGED, ids=[text for _, text in MERGED])
def test_merged(item: Form, text: str) -> None:
    """Brackets are opened where like terms merge, and nowhere else."""
    assert str(merged(item)) == text
    assert merged(item) == item


def test_drawn_together() -> None:
    """All that is repeated L times is one bracket."""
    item = 2 * ((D * D + D) * L + H) + 3 * D * L + (D - 1) * L + 5 * L
    assert str(drawn_together(item, [L])) == "(2·D·D + 6·D + 4)·L + 2·H"
    assert drawn_together(item, [L]) == item
