"""What is said of growth, checked at numbers: a ratio that tends to 1, a bound that is nowhere exceeded."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

from symcost.analysis.growth.growth import Rise, rises
from symcost.errors import UnderivedGrowth
from symcost.formula import Assumptions, AtLeast, Divides, Form, TooLarge, ceil_div, floor_div, log2, mod, num, symbol
from tests.formula.strategies import Pair, pairs
from tests.oracle.sampling import examples

D, K, T, w = map(symbol, ("D", "K", "T", "w"))

LARGE = 2**400
"""So large that a lower order is below a thousandth of a higher one; a power of 2, so that logarithms are exact."""


def true_at(form: Form, found: Rise, values: dict[str, int], tail: bool) -> bool:
    """Whether a bound holds at numbers, or far out a leading term leads."""
    value, said = Fraction(form.evaluate(values)), Fraction(found.leading.evaluate(values))
    if found.at_most:
        return value <= said
    if not tail:
        return True
    return value == said if said == 0 else abs(value / said - 1) < Fraction(1, 100)


@examples(200, 400)
@given(pairs, st.sampled_from(["T", "K", "D"]))
def test_random_forms(pair: Pair, name: str) -> None:
    """Leading terms lead far out; what comes and goes never exceeds its bound, near by and far out."""
    form, _ = pair
    try:
        found = rises(form, symbol(name), Assumptions())
    except (UnderivedGrowth, TooLarge, ZeroDivisionError):
        assume(False)
    if found.growth.order[0] != 0:
        return  # numbers so large are not evaluated
    for at in ({"T": 3, "K": 5, "D": 7}, {"T": 4, "K": 2, "D": 3}):
        for value in (1, 2, 3, 4, 6, 7, 12, LARGE, LARGE + 1, LARGE + 7, 3 * LARGE - 1):
            try:
                held = true_at(form, found, {**at, name: value}, tail=value >= LARGE)
            except (TooLarge, ZeroDivisionError):
                continue
            assert held, f"{form} in {name}: {found} at {value}"


FACTORS = [
    T, K, D, w, T + 1, K * w, num(3),
    T - K + 1, T - w * (K - 1), T - w * K + w + 5, K - 1,
    floor_div(T - K, w) + 1, floor_div(T - w * (K - 1) - 1, 2) + 1,
    floor_div(T, K), ceil_div(T, w), floor_div(T, 2) + ceil_div(K, 2),
    ceil_div(T, w) * w - T + 1, 1 + mod(T, w), 1 + mod(K, 3), T - mod(T, 4) + 4, mod(-K, 4) + K,
    (T - 1) * ceil_div(log2(K + 1)) + 1, T * T - T * K + K * K, T * K - K * (K - 1) / 2,
]  # fmt: skip
"""Sizes as models have them: windows, strides, dilations, pooling, padding, causal masks."""

FACTS = [AtLeast(T, w * (K - 1) + 1), AtLeast(T, K), AtLeast(num(9), w), Divides(w, K), Divides(K, T)]


@pytest.mark.slow
@examples(100, 300)
@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.lists(st.sampled_from(FACTORS), min_size=1, max_size=3)), min_size=1, max_size=2
    ),
    st.lists(st.sampled_from(FACTS), max_size=3, unique_by=str),
    st.sampled_from([T, K, w, D]),
)
def test_counts_within_limits(parts: list[tuple[int, list[Form]]], facts: list[AtLeast | Divides], name: Form) -> None:
    """Wherever the facts hold a bound holds, and far out a leading term leads where there is no limit."""
    form, known = num(0), Assumptions([AtLeast(T, w * (K - 1) + 1), AtLeast(T, K), *facts])
    for times, factors in parts:
        product = num(times)
        for factor in factors:
            product = product * factor
        form = form + product
    try:
        found = rises(form, name, known)
    except UnderivedGrowth:
        assume(False)
    for t in (1, 2, 3, 5, 6, 8, 12, 30):
        for k in (1, 2, 3, 4, 8, 12):
            for v in (1, 2, 3, 7, 9):
                at = {"T": t, "K": k, "D": 3, "w": v}
                if known.holds(at):
                    assert true_at(form, found, at, tail=False), f"{form}: {found} at {at}"
    if not found.limits:
        far = {"T": 24, "K": 2, "D": 3, "w": 2, name.name: LARGE if name != w else 1}
        assert not known.holds(far) or true_at(form, found, far, tail=name != w), f"{form}: {found} far out"
