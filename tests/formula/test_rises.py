"""By how much a form changes from one value of a symbol to the next: bounds that are seen, against brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings

from symcost.formula import Form, TooLarge, ceil_div, counter, log2, maximum, minimum, mul, num, symbol
from symcost.formula.rises import ANY, Rise, rise
from tests.formula.strategies import NAMES, Pair, pairs

T, K, W = symbol("T"), symbol("K"), symbol("W")
i = counter("i", 0, T)
SIZES = range(1, 5)


@settings(max_examples=60, deadline=None)
@given(pairs)
def test_never_wrong(pair: Pair) -> None:
    """No form changes by less or more than is said, at any small sizes."""
    form, meaning = pair
    said = rise(form, T)
    for sizes in product(SIZES, repeat=len(NAMES)):
        here = dict(zip(NAMES, sizes, strict=True))
        try:
            changed = meaning({**here, "T": here["T"] + 1}) - meaning(here)
        except (TooLarge, ZeroDivisionError):
            continue
        _assert_within(changed, said)


def _assert_within(changed: Fraction, said: Rise) -> None:
    assert said.least is None or changed >= said.least
    assert said.most is None or changed <= said.most


def test_a_window_moves_by_one_at_most() -> None:
    """`i - min(i + 1, W)` stands still while the window fills, and then goes along: it never falls."""
    assert rise(i - minimum(i + 1, W), i) == Rise(0, 1)


def test_what_rounds_a_logarithm_never_falls() -> None:
    """The depth of a sum over what a window sees rises with the position, by nobody knows how much."""
    seen: Form = mul(3, ceil_div(log2(minimum(i - minimum(i + 1, W) + K + 2, W))))
    assert rise(seen, i) == Rise(0, None)
    assert rise(-seen, i) == Rise(None, 0)


def test_a_quotient_rises_by_its_rounded_share() -> None:
    """`floor(5·i/2)` grows by 2 or 3: from 0 to 2, from 2 to 5."""
    assert rise(mul(5, i) // 2, i) == Rise(2, 3)


def test_products_of_what_may_be_negative_say_nothing() -> None:
    """`(K - 3)·i` falls where K is 1 and rises where it is 5; `K·i` rises."""
    assert rise(mul(K - 3, i), i) == ANY
    assert rise(mul(K, i), i) == Rise(0, None)


def test_the_greatest_of_several() -> None:
    """Of what rises by one and what falls by two the greatest may do either."""
    assert rise(maximum(i, K - 2 * i), i) == Rise(-2, 1)


def test_other_symbols_stand_still() -> None:
    """Only one symbol grows."""
    assert rise(ceil_div(log2(K)) + num(3), i) == Rise(0, 0)
