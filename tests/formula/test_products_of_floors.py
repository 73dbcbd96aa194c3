"""Products of floors of one dividend: a sum of them is the dividend only where all of them stand, each as often."""

from __future__ import annotations

from math import floor
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from symcost.formula import add, floor_div, mul, num, symbol

C = symbol("C")


def halves(*added: int) -> list[Any]:
    return [floor_div(C + one, num(2)) for one in added]


def test_a_half_beside_the_product_of_both() -> None:
    """`floor(C/2)·ceil(C/2) + ceil(C/2)` lacks one `ceil(C/2)` to be `ceil(C/2)·C`: at C = 3 it is 4, not 6."""
    lower, upper = halves(0, 1)
    assert (lower * upper + upper).expand().evaluate({"C": 3}) == 1 * 2 + 2
    above, upper = halves(2, 1)
    assert (above * upper * C).expand().evaluate({"C": 3}) == 2 * 2 * 3


def test_a_square_beside_the_product_of_both() -> None:
    """`ceil(C/2)^2 + floor(C/2)·ceil(C/2)` is `ceil(C/2)·C`."""
    lower, upper = halves(0, 1)
    assert str((upper * upper + lower * upper).expand()) == "floor((C + 1)/2)·C"


TERMS = st.lists(st.tuples(st.integers(1, 3), st.lists(st.integers(0, 3), max_size=3)), min_size=1, max_size=5)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([2, 3]), TERMS)
@pytest.mark.parametrize("sizes", [(1, 2, 3, 4, 7)])
def test_sums_of_products(sizes: tuple[int, ...], divisor: int, terms: list[tuple[int, list[int]]]) -> None:
    """Written out they are the same number at every size."""
    floors = [floor_div(C + added, num(divisor)) for added in range(4)]
    total = add(mul(num(times), *(floors[added] for added in factors)) for times, factors in terms)
    for size in sizes:
        told = 0
        for times, factors in terms:
            product = times
            for added in factors:
                product *= floor((size + added) / divisor)
            told += product
        assert total.expand().evaluate({"C": size}) == told
