"""Axes have numbers enough to be read, and words all of which are seen."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from symcost.pictures.plots.layout import MOST_ROWS, rows, wide
from symcost.pictures.plots.ticks import short_ticks


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (9, 1100, []),
        (12, 80, [20, 50]),
        (110, 199, [120, 140, 160, 180]),
        (31, 39, [32, 34, 36, 38]),
        (45, 70, [50, 60]),
    ],
)
def test_known(low: float, high: float, ticks: list[float]) -> None:
    """Powers of ten where there are two, else round numbers that one would choose by hand."""
    assert short_ticks(low, high) == pytest.approx(ticks)


@given(st.floats(1e-6, 1e30), st.floats(1.001, 1e6))
def test_two_at_least(low: float, ratio: float) -> None:
    """On any axis there are two numbers: powers of ten, or those that are chosen, in order and few."""
    high = low * ratio
    found = short_ticks(low, high)
    powers = [exponent for exponent in range(-7, 40) if low <= 10.0**exponent <= high]
    assert len(found or powers) >= 2
    assert len(found) <= 12
    assert found == sorted(found)
    assert all(low * (1 - 1e-9) <= tick <= high * (1 + 1e-9) for tick in found)


@given(st.lists(st.text("abcmW", min_size=1, max_size=9), min_size=1, max_size=9), st.floats(80, 300))
def test_rows(words: list[str], room: float) -> None:
    """Words are broken between, in their order, within the room; only what is too much for it ends in dots."""
    found = rows(" ".join(words), room)
    assert len(found) <= MOST_ROWS
    assert all(wide(row) <= room for row in found)
    shown = " ".join(found)
    assert shown == " ".join(words) or shown.endswith("…")
