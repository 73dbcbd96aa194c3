"""Keys are freed with the forms that have them, and what is still there keeps its own."""

from __future__ import annotations

import gc

from symcost.formula import ceil_div, floor_div, keys, minimum, symbol
from symcost.formula.keys import intern, sweep


def swept() -> None:
    """Twice: floors of one dividend know one another, and are garbage only when the proofs about them are forgotten."""
    for _ in range(2):
        sweep()
        gc.collect()
    sweep()


def test_keys_go_with_their_forms() -> None:
    """Forms over names of their own leave nothing behind."""
    swept()
    before = len(keys._keys)
    for number in range(300):
        a, b = symbol(f"a{number}"), symbol(f"b{number}")
        assert minimum(ceil_div(a, 2) + floor_div(a, 2), a * b + 1) == a
        assert a * b != b
    swept()
    assert len(keys._keys) < before + 50


def test_keys_stay_with_their_forms() -> None:
    """What is there is equal to the same made anew, before and after, also a floor that met its other half."""
    T = symbol("T")
    kept = [T * T + 1, floor_div(T, 2), ceil_div(T, 3), intern(("a key", T.key))]
    _ = [form.poly for form in kept[:3]]  # type: ignore[union-attr]
    swept()
    T = symbol("T")
    assert kept == [T * T + 1, floor_div(T, 2), ceil_div(T, 3), intern(("a key", T.key))]
    assert kept[1] + ceil_div(T, 2) == T  # type: ignore[operator]
