"""Sizes divided by a difference: what is assumed holds exactly where they are sizes, tried at all small numbers.

A quotient by something negative is a number too, and no size; nothing may be taken for granted of the divisor.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil

import pytest

import symcost
from symcost import SymcostError
from symcost.formula import Assumptions

GRID = [{"T": t, "D": d, "K": k} for t, d, k in product(range(1, 9), range(1, 9), range(1, 5))]

# What stands where a size is wanted, the value by hand, and its least: 1 for an axis, 0 for a count of rounds.
SIZES = {
    "D//(T - K)": lambda T, D, K: D // (T - K),
    "T//(D - 4)": lambda T, D, K: T // (D - 4),
    "(T - D)//(T - K)": lambda T, D, K: (T - D) // (T - K),
    "D//(T - K) + 3": lambda T, D, K: D // (T - K) + 3,
    "D//(T - K) - 1": lambda T, D, K: D // (T - K) - 1,
    "ceil(D/(T - K))": lambda T, D, K: ceil(Fraction(D, T - K)),
    "D % (T - K)": lambda T, D, K: D % (T - K),
    "D/(T - K)": lambda T, D, K: Fraction(D, T - K),
    "T*D/(K - 2)": lambda T, D, K: Fraction(T * D, K - 2),
    "D//(T - K)//(D - 2)": lambda T, D, K: D // (T - K) // (D - 2),
    "(D//(T - K))*(D - K)": lambda T, D, K: (D // (T - K)) * (D - K),
    "max(D//(T - K), T - D)": lambda T, D, K: max(D // (T - K), T - D),
    "min(D//(T - K), D)": lambda T, D, K: min(D // (T - K), D),
    "log2(D//(T - K)) + 1": lambda T, D, K: _log2(D // (T - K)) + 1,
    "2^(T - K)": lambda T, D, K: Fraction(2) ** (T - K),
    "D//(-2) + T": lambda T, D, K: D // -2 + T,
    "D//(T - D)//(T - K)": lambda T, D, K: D // (T - D) // (T - K),
}


def _log2(value: int) -> Fraction:
    """Of a power of two; what is none makes no size, and neither does a number below 1."""
    if value < 1 or value & (value - 1):
        raise ZeroDivisionError
    return Fraction(value.bit_length() - 1)


@pytest.mark.parametrize("written", SIZES)
def test_what_is_assumed_of_an_axis_holds_where_it_has_a_size(written: str) -> None:
    """Nothing more and nothing less, and then the number of outputs is that size."""
    known = _assumed(f"model M(x: [T, D], K) {{ return Linear(x, {written}, bias = false) }}")
    _holds_where_it_should(known, written, least=1)


@pytest.mark.parametrize("written", SIZES)
def test_what_is_assumed_of_rounds_holds_where_there_are_none_or_more(written: str) -> None:
    """A loop runs 0 times or more."""
    known = _assumed(f"model M(x: [T, D], K) {{ repeat {written} {{ x = relu(x) }} return x }}")
    _holds_where_it_should(known, written, least=0)


def _assumed(text: str) -> Assumptions:
    return Assumptions(symcost.loads(text).model().assumptions)


def _holds_where_it_should(known: Assumptions, written: str, least: int) -> None:
    for at in GRID:
        try:
            size = Fraction(SIZES[written](**at))
            is_one = size.denominator == 1 and size >= least
        except ZeroDivisionError:
            is_one = False
        assert _holds(known, at) == is_one, (at, known)


def _holds(known: Assumptions, at: dict[str, int]) -> bool:
    try:
        return known.holds(at)
    except ZeroDivisionError:
        return False


REFUSED = {
    "an axis": "model M(x: [T, D]) { return Linear(x, D//(T - D)) }",
    "a repetition": "model M(x: [T, D]) { repeat D//(T - D) { x = Linear(x, D) } return x }",
    "a scan": "model M(x: [T, D]) { scan t in D//(T - D) { emit y = relu(x) } return y }",
    "a slice": "model M(x: [T, D]) { return relu(x[0:D//(T - D)]) }",
    "copies": "model M(x: [T, D]) { return relu(repeat_axis(x, D//(T - D), axis = 0)) }",
    "a parameter": "model M(x: [T, D]) { param W: [D//(T - D)] return x, W }",
    "a choice": "model M(x: [T, D]) { choose 1 of D//(T - D) { y = Linear(x, D) } return x }",
    "zeros in front": "model M(x: [T, D]) { return pad(x, [D//(T - D), 0], axis = 0) -> relu }",
    "a size inside a scan": "model M(x: [T, D]) { scan t in T { emit y = sum(zeros([D//(T - D)])) } return y }",
    "a layer of the library": "model M(x: [T, D]) { return Conv1d(x, 4, 1, stride = D//(T - D)) }",
}


@pytest.mark.parametrize("place", REFUSED)
def test_numbers_that_make_no_size_are_refused(place: str) -> None:
    """8//(7 - 8) is -8; 8//(9 - 8) is 8. Said is what is true: that T is greater than D."""
    model = symcost.loads(REFUSED[place]).model()
    with pytest.raises(SymcostError) as refused:
        model.flops()(T=7, D=8)
    assert refused.value.code == "violated-assumption"
    assert {"T >= D + 1", "floor(D/(T - D)) >= 1"}.intersection(map(str, model.assumptions))
    assert model.flops()(T=9, D=8) >= 0


def test_a_divisor_that_grows_with_the_round() -> None:
    """t + 3 - K is 1 at least in the first round already, so K is 2 at most."""
    text = "model M(x: [T, D], K) { scan t in T { emit y = sum(relu(zeros([D//(t + 3 - K)]))) } return y }"
    model = symcost.loads(text).model()
    with pytest.raises(SymcostError) as refused:
        model.flops()(T=2, D=8, K=3)
    assert refused.value.code == "violated-assumption"
    # Two rounds over 8 and over 4 numbers: as many comparisons, and one addition less.
    assert model.flops()(T=2, D=8, K=2) == (8 + 7) + (4 + 3)


FRACTIONS = {
    "an index that is multiplied": "y[t, d] = x[K/2*t, d]",
    "an index that is moved": "y[t, d] = x[t + K/2, d]",
    "an index on the left": "y[K/2*t, d] = x[t, d]",
    "the first round": "scan t in K/2..K/2 + 1 { emit y = relu(x) }",
}


@pytest.mark.parametrize("place", FRACTIONS)
def test_a_position_is_a_whole_number(place: str) -> None:
    """K/2 is one for an even K only."""
    model = symcost.loads(f"model M(x: [9, 2], K) {{ {FRACTIONS[place]} return y }}").model()
    assert [str(fact) for fact in model.assumptions][:1] == ["2 divides K"]
    with pytest.raises(SymcostError) as refused:
        model.flops()(K=5)
    assert refused.value.code == "violated-assumption"
    assert model.flops()(K=4) >= 0
