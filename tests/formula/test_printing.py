"""The author's reading order, with numbers first: the lines that lectures and papers print."""

from __future__ import annotations

import pytest

from symcost.formula import (
    Form,
    add,
    ceil_div,
    counter,
    floor_div,
    log2,
    maximum,
    minimum,
    mod,
    num,
    sum_over,
    symbol,
)
from symcost.formula.algebra import to_text

C, D, H, I, K, L, N, O, T, W, X, Y, heads, s = map(symbol, "C D H I K L N O T W X Y heads s".split())

LINES = [
    ((I * H + H * H) * T, "(I·H + H·H)·T"),
    (add(D * D * T, D * D * T, D * D * T), "3·D·D·T"),
    (4 * D * D * N + D * N * (N + 1), "4·D·D·N + D·N·(N + 1)"),
    (D * N * (N + 1) / 2, "D·N·(N + 1)/2"),
    (K * I * O * ((T - K) // s + 1), "K·I·O·(floor((T - K)/s) + 1)"),
    (D / heads, "D/heads"),
    (heads * (D / heads), "D"),
    (27 * C * Y * X / 4, "27·C·Y·X/4"),
    (2 * 2**L, "2^(L + 1)"),
    (4 * 2**L, "2^(L + 2)"),
    (2 ** (L + 1) * 2 ** (L + 1) / 2 ** (L + 1), "2^(L + 1)"),
    (N * C * C * (2 ** (L + 1) - 2), "N·C·C·(2^(L + 1) - 2)"),
    (C * C * (4 ** (L + 1) - 4) / 3, "C·C·(4^(L + 1) - 4)/3"),
    ((4 * I * H + 4 * H * H) * T, "4·(I·H + H·H)·T"),
    ((I + H) * T + T * (H + I), "2·(I + H)·T"),
    (minimum(T, W), "min(T, W)"),
    ((-ceil_div(log2(T)) - 8).expand(), "-ceil(log2(T)) - 8"),
    (log2(T), "log2(T)"),
    (ceil_div(T, 2), "ceil(T/2)"),
    (ceil_div(ceil_div(T, 2), 2), "ceil(T/4)"),
    (mod(T, 4), "T % 4"),
    (D / (2 * heads), "D/(2·heads)"),
    (1 / (T + K), "1/(T + K)"),
    (-T / 2 + 1, "1 - T/2"),
    (-D - T + 2 * K - H, "2·K - D - T - H"),
    (T - num(3) / 2, "T - 3/2"),
    (N / 2**L, "N/2^L"),
    (D**2 * H, "D·D·H"),
    (D**7, "D^7"),
    (sum_over(counter("t", 0, N), log2(counter("u", 0, N)) * 0 + D), "D·N"),
]


@pytest.mark.parametrize(("item", "text"), LINES, ids=[text for _, text in LINES])
def test_text(item: Form, text: str) -> None:
    """Terms and factors stand where their author put them, but for a minus in front where something is added."""
    assert str(item) == text


def test_open_sum() -> None:
    """A sum that has no closed form says over what it runs."""
    t = counter("t", 0, N)
    assert str(sum_over(t, D * log2(t + 1))) == "D·sum(t in 0..N, log2(t + 1))"


def test_source() -> None:
    """In messages formulas look as one types them."""
    assert (2 * H * ((T - K) // s)).source() == "2*H*floor((T - K)/s)"


def test_expansion() -> None:
    """Dimensions are expanded sums; a lone floor takes whole numbers in."""
    assert str((T - K + 1 + K - 1).expand()) == "T"
    assert str((2 * (T - 1) + 2).expand()) == "2·T"
    assert str((floor_div(N - 1, 2) + 1).expand()) == "floor((N + 1)/2)"


def test_halving_five_times() -> None:
    """Five convolutions of stride 2 are one floor, not five nested ones."""
    size = H
    for _ in range(5):
        size = (floor_div(size - 1, 2) + 1).expand()
    assert str(size) == "floor((H + 31)/32)"


def test_sympy_text() -> None:
    """SymPy's own forms are written with the same signs."""
    item = (I * H + H * H) * T
    assert to_text(item.factored()) == "H·T·(H + I)"
    assert to_text(item.expanded()) == "H^2·T + H·I·T"
    assert to_text((T * log2(T) + maximum(T, W)).expr) == "T·log2(T) + max(T, W)"
