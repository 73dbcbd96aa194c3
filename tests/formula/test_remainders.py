"""Rounds of a pattern that is cut off, counted by floors: the same number, in fewer terms."""

from __future__ import annotations

from hypothesis import given, settings, strategies as st

import symcost
from symcost.formula import Form, add, floor_div, maximum, minimum, mod, mul, num, symbol
from symcost.formula.remainders import by_rounds

L = symbol("L")

RUNS = st.lists(st.tuples(st.integers(-2, 4), st.integers(0, 5), st.integers(1, 5)), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 7), st.sampled_from([L, 2 * L]), RUNS, st.integers(-3, 3), st.integers(-2, 2))
def test_the_same_number(by: int, whole: Form, runs: list[tuple[int, int, int]], periods: int, each: int) -> None:
    """Runs of layers of all lengths, whole patterns and single layers, written as they are or multiplied out."""
    left = mod(whole, num(by))
    parts = [mul(num(t), minimum(maximum(left - num(a), num(0)), num(b))) for t, a, b in runs]
    sum_ = add(*parts, mul(num(periods), floor_div(whole, num(by))), mul(num(each), whole))
    for form in (sum_, sum_.expand()):
        written = by_rounds(form)
        for layers in range(1, 3 * by):
            assert written.evaluate({"L": layers}) == form.evaluate({"L": layers})


def depth(condition: str) -> str:
    """Of layers with two products and a function, which are softmax where that is not so."""
    layer = f"if {condition} {{ x = x -> Linear(D, bias = false) -> tanh -> Linear(D) }} else {{ x = tanh(x) }}"
    return str(symcost.loads(f"model M(x: [T, D], L) {{ repeat l in L {{ {layer} }} return x }}").model().depth)


def test_depths_are_read() -> None:
    """One operation in each layer, and three more in the fourth of 16, in the first of five, in two of 16."""
    assert depth("l % 16 == 3") == "3·floor((L + 12)/16) + L"
    assert depth("l % 5 == 0") == "3·floor((L + 4)/5) + L"
    assert depth("l % 16 == 3 or l % 16 == 9") == "3·floor((L + 12)/16) + 3·floor((L + 6)/16) + L"
