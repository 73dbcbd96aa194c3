"""Figures as they are shown."""

from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from symcost.export.numbers import PREFIXES, seconds, share, si


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (9999, "9999"),
        (10_000, "10.0 k"),
        (99_949, "99.9 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),  # rounding carries into the next prefix
        (35_541_098_496, "35.5 G"),
        (37_184_640, "37.2 M"),
        (10**33, "1.00e+33"),
        (Fraction(3, 2), "1.50"),
        (Fraction(1, 300), "0.00333"),
        (-12_345, "-12.3 k"),
    ],
)
def test_counts_have_three_digits_and_a_prefix(value, shown):
    """Small integers stand in full, others with three significant digits."""
    assert si(value) == shown


def test_times_have_small_prefixes():
    """A hundred nanoseconds are not zero."""
    assert [seconds(t) for t in (0, Fraction(1, 10**7), Fraction(1, 3), 123_456)] == [
        "0 s",
        "100 ns",
        "333 ms",
        "123 ks",
    ]


@given(st.fractions(min_value=Fraction(1, 10**9), max_value=10**30))
def test_a_shown_figure_is_right_to_half_of_its_last_digit(value):
    """What is printed differs from the value by at most half a unit in the third digit."""
    digits, _, prefix = seconds(value).removesuffix("s").partition(" ")
    power = next(power for power, letter in PREFIXES.items() if letter == prefix)
    shown = Fraction(digits) * Fraction(10) ** power
    assert abs(shown - value) * 200 <= shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (0, 0, "0 %"),
        (1, 8, "12.5 %"),
        (1, 100_000, "<0.1 %"),
        (99_999, 100_000, ">99.9 %"),
    ],
)
def test_all_and_nothing_are_said_only_where_they_are_exact(part, whole, shown):
    """0 % and 100 % are never the result of rounding."""
    assert share(part, whole) == shown
