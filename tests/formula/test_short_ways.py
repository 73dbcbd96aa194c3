"""The short ways for numbers and symbols come to what the long ones do."""

import gc
from fractions import Fraction
from math import ceil, floor
from weakref import ref

import pytest
from hypothesis import given, strategies as st

from symcost.formula import Assumptions, add, ceil_div, floor_div, mul, num, symbol
from symcost.formula.numbers import TooLarge, checked, exact, number_power
from symcost.formula.substitution import substitution

NUMBERS = st.fractions(max_denominator=50) | st.integers(-(10**30), 10**30)
T, D = symbol("T"), symbol("D")


@given(NUMBERS, NUMBERS.filter(bool))
def test_numbers_are_rounded_as_python_rounds(above, below):
    assert floor_div(num(above), num(below)) == floor(Fraction(above) / Fraction(below))
    assert ceil_div(num(above), num(below)) == ceil(Fraction(above) / Fraction(below))


def test_nothing_is_divided_by_zero():
    with pytest.raises(ZeroDivisionError):
        floor_div(num(3), num(0))
    with pytest.raises(ZeroDivisionError):
        ceil_div(num(3), num(0))


@given(NUMBERS, NUMBERS)
def test_numbers_are_compared_as_python_compares(left, right):
    known = Assumptions()
    assert known.at_least(num(left), num(right)) == (left >= right)
    assert (known.compare(num(left), num(right)).kind == "equal") == (left == right)


@given(st.lists(NUMBERS))
def test_a_sum_of_numbers_is_one_number(numbers):
    """Also the sum of none."""
    assert add(num(0), *map(num, numbers)) == sum(numbers)
    assert add(map(num, numbers)) == sum(numbers)


def test_terms_stay_in_their_order_and_numbers_where_they_led():
    """Nothing merges: all of it is written as it was given."""
    assert str(add(T, D)) == "T + D"
    assert str(add(2, T)) == "2 + T"
    assert str(add(T, 2)) == "T + 2"
    assert str(add(T + 1, D)) == "T + D + 1"
    assert str(add(T, 0, D)) == "T + D"
    assert str(add(T, mul(-1, T))) == "0"
    assert add(iter(())) == 0


@given(st.lists(st.sampled_from([T, D]), max_size=6), st.integers(-9, 9))
def test_a_product_of_symbols_is_what_its_factors_come_to(factors, number):
    product = mul(number, *factors)
    values = {"T": 3, "D": 5}
    expected = number
    for factor in factors:
        expected *= values[factor.name]
    assert product.evaluate(values) == product.expand().evaluate(values) == expected
    assert product == mul(*reversed(factors), number) if factors else product == number


def test_numbers_beyond_the_bound_are_refused_however_they_come():
    """Whole ones and fractions, above and below the stroke."""
    for number in (1 << 10_001, Fraction(1 << 10_001, 3), Fraction(3, 1 << 10_001)):
        with pytest.raises(TooLarge):
            checked(number)
    with pytest.raises(TooLarge):
        num(-(1 << 10_001))
    assert number_power(2, 10_000 - 1) == 2**9_999
    assert number_power(2, -3) == Fraction(1, 8)
    assert type(exact(True)) is int


def test_a_symbol_and_a_substitution_go_when_nobody_needs_them():
    """Neither holds itself: no look for garbage is needed."""
    form = (T + 1) * (D + 2) + symbol("lone") * 3
    assert [one.name for one in form.free_symbols] == ["T", "D", "lone"]
    gc.collect()
    gc.disable()
    try:
        replaced = substitution({T: num(3)})
        assert replaced(form) == 4 * (D + 2) + symbol("lone") * 3
        gone = ref(replaced.__self__)
        del replaced
        assert gone() is None
    finally:
        gc.enable()
