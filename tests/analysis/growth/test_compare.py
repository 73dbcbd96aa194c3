"""What is said about a crossover, against counting it out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from symcost.analysis.growth.compare import Ranges, Threshold, Undecided, always, crossing, ratio
from symcost.formula import Assumptions, AtLeast, Divides, Form, add, floor_div, minimum, mul, num, symbol
from tests.oracle.sampling import examples

T, D, H, I, W = (symbol(name) for name in "TDHIw")
NONE = Assumptions()


def test_attention_against_an_lstm() -> None:
    """2·D·T·T < 8·D·D·T while T < 4·D, for every D."""
    found = crossing(2 * D * T * T, 8 * D * D * T, T, NONE)
    assert isinstance(found, Threshold)
    assert (found.below, str(found.root)) == (-1, "4·D")


def test_a_term_of_unknown_sign_does_not_matter_where_one_root_is_left() -> None:
    """2·D·T + 4·D·D against 4·(I·H + H·H): the root may be negative, then it is never less."""
    found = crossing(2 * D * T + 4 * D * D, 4 * (I * H + H * H), T, NONE)
    assert isinstance(found, Threshold) and found.below == -1
    assert found.root == (2 * (I * H + H * H) - 2 * D * D) / D


@pytest.mark.parametrize(
    ("left", "right", "root"),
    [
        (2 * H * T * T, I * H + H * H, "((H + I)/2)^(1/2)"),
        (T * T + 6 * D * T, num(16) * D * D, "2·D"),  # (T - 2·D)·(T + 8·D)
        (T * T * T, num(8) * D, "(8·D)^(1/3)"),
    ],
)
def test_roots(left: Form, right: Form, root: str) -> None:
    """Square roots, those that come out even, and roots of two terms."""
    found = crossing(left, right, T, NONE)
    assert isinstance(found, Threshold) and str(found.root) == root


def test_what_is_open_is_said_to_be_open() -> None:
    """Two changes of sign may be two crossings or none; a lowest term of unknown sign may add one."""
    assert isinstance(crossing(T * T + D * D, H * T, T, NONE), Undecided)
    assert isinstance(crossing(T * T + I * T, H * T + D, T, NONE), Undecided)
    assert isinstance(crossing(D * T, H * T, T, NONE), Undecided)  # T does not decide
    assert isinstance(crossing(2 * W * T, D * T + 1, T, NONE), Undecided)  # which of 2·w and D is greater?
    assert isinstance(crossing(floor_div(T, 2) * D, H + T, T, NONE), Undecided)


def test_assumptions_decide() -> None:
    """Under T >= w a window never costs more than everything; under w >= D the sign is known."""
    window = W * T - W * (W - 1) / 2
    assert always(window, T * T, NONE) is None
    assert always(window, T * T, Assumptions([AtLeast(T, W)])) == "at most"
    found = crossing(2 * W * T, D * T + H, T, Assumptions([AtLeast(W, D)]))
    assert isinstance(found, Threshold) and found.below == -1


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (3 * H * T, 4 * H * T, "less"),
        (4 * H * T, 3 * H * T, "greater"),
        (H * T + T, T * (1 + H), "equal"),
        (H * T, T, "at least"),  # equal at H = 1
        (T, H * T, "at most"),
        (H * T, D * T, None),
    ],
)
def test_always(left: Form, right: Form, said: str | None) -> None:
    """Only what holds for all positive numbers."""
    assert always(left, right, NONE) == said


def test_ratios_are_cancelled() -> None:
    """Common factors go; there is none over nothing, nor of what is no polynomial."""
    assert str(ratio(2 * D * T * T, 8 * D * D * T)) == "T/(4·D)"
    assert ratio(D, num(0)) is None
    assert ratio(minimum(T, W), T) is None


polynomials = st.lists(st.integers(-50, 50), min_size=1, max_size=5).map(
    lambda numbers: add(num(0), *(mul(num(c), T ** num(power)) for power, c in enumerate(numbers)))
)


@examples(75, 150)
@given(polynomials, polynomials)
def test_ranges_are_what_counting_finds(left: Form, right: Form) -> None:
    """With numbers for all others: the sign at every T from 1 to 120."""
    found = crossing(left, right, T, NONE)
    if (left - right).number is not None:
        assert isinstance(found, Undecided)  # it is a matter of no dimension
        return
    assert isinstance(found, Ranges) and found.tried is None
    for value in range(1, 121):
        difference = left.evaluate({T: value}) - right.evaluate({T: value})
        assert said(found, value) == (difference > 0) - (difference < 0)


def said(found: Ranges, value: int) -> int:
    (sign,) = [sign for low, high, sign in found.stretches if low <= value and (high is None or value <= high)]
    return sign


@examples(75, 150)
@given(
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.integers(1, 12),
    st.integers(1, 12),
)
def test_a_threshold_has_its_sign_on_both_sides(a: list[int], b: list[int], d: int, h: int) -> None:
    """Whatever formula is found: put numbers in, and count."""
    left = a[0] * T * T * D + a[1] * T * D * D + a[2] * H * T
    right = b[0] * T * T * D + b[1] * T * H * D + b[2] * D * H
    found = crossing(left, right, T, NONE)
    if not isinstance(found, Threshold):
        return
    root = Fraction(found.root.evaluate({D: d, H: h}))
    for value in range(1, 40):
        at = {T: value, D: d, H: h}
        difference = left.evaluate(at) - right.evaluate(at)
        if value != root and abs(value - root) > Fraction(1, 10**6):
            sign = (difference > 0) - (difference < 0)
            assert sign == (found.below if value < root else -found.below)


def test_what_is_no_polynomial_is_tried() -> None:
    """27·floor((T + 1)/2) passes 900 where floor((T + 1)/2) passes 33: at T = 67."""
    found = crossing(27 * floor_div(T + 1, 2), num(900), T, NONE)
    assert isinstance(found, Ranges)
    assert [(low, high, sign) for low, high, sign in found.stretches] == [(1, 66, -1), (67, None, 1)]
    assert found.tried is not None


def test_far_crossings_are_found_between_powers_of_two() -> None:
    """T/3, rounded down, is 100,000 from T = 300,000 to 300,002."""
    found = crossing(floor_div(T, 3), num(100_000), T, NONE)
    assert isinstance(found, Ranges)
    assert found.stretches == ((1, 299_999, -1), (300_000, 300_002, 0), (300_003, None, 1))


def test_a_range_begins_where_the_assumptions_do() -> None:
    """Below T = 16 nothing is said, nor of odd numbers: 18·18 < 400, 22·22 > 400."""
    found = crossing(T * T, num(400), T, Assumptions([AtLeast(T, num(16)), Divides(num(2), T)]))
    assert isinstance(found, Ranges)
    assert found.stretches == ((16, 18, -1), (20, 20, 0), (22, None, 1))
