"""Sizes at which forms are tried before proofs: they keep what is assumed, computed again by plain Python."""

from __future__ import annotations

from symcost import form
from symcost.formula import AtLeast, Divides, symbol
from symcost.formula.cases import cases
from symcost.formula.tried import falls_short, values_at

A, B = symbol("A"), symbol("B")


def test_all_sizes_keep_what_is_assumed() -> None:
    """B is a multiple of A, and A at least 3, also where one of them is made much larger."""
    found = cases((Divides(A, B), AtLeast(A, form(3))), [form(A * B)])
    assert found
    assert all(case[B] % case[A] == 0 and case[A] >= 3 for case in found)


def test_what_small_sizes_hide_is_seen_at_large_ones() -> None:
    """`100·A` is no less than `B` at all small sizes, and below it where B is much larger."""
    several = cases((), [form(A + B)])
    assert falls_short(values_at(100 * A, several), values_at(form(B), several))
    assert not falls_short(values_at(A + B, several), values_at(form(B), several))
