"""Growth in one dimension, in several together, and on either side of a minimum, against numbers put in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from click.testing import CliRunner

import symcost
from symcost.analysis.growth.growth import leading, regimes, rise, rises, together
from symcost.cli import main
from symcost.errors import UnderivedGrowth
from symcost.formula import (
    Assumptions,
    AtLeast,
    Form,
    ceil_div,
    counter,
    floor_div,
    log2,
    maximum,
    minimum,
    sum_over,
    symbol,
)

D, K, L, T, W = map(symbol, ("D", "K", "L", "T", "W"))
t, level = counter("t", 0, T), counter("l", 0, L)

LARGE = 2**400
"""So large that a lower order is below a millionth of a higher one; a power of 2, so that logarithms are exact."""

FORMS = [
    4 * D * D * T + 2 * D * T * T,
    D * T * log2(T) + T,
    floor_div(T - K, 3) * T + T,
    ceil_div(T, 2) * W + maximum(T, W),
    sum_over(t, minimum(t + 1, W)),
    sum_over(level, ceil_div(T, 2**level) * D),
    sum_over(t, log2(t + 1) * 0 + t * K),
    T * T / (T + 1),
    D * (T + K) * (T + W) - D * T * T,
    log2(D * T * T),
]


@pytest.mark.parametrize("form", FORMS, ids=map(str, FORMS))
def test_leading_terms_lead(form: Form) -> None:
    """Where T is large, a formula is its leading term."""
    values = {"T": LARGE, "D": 3, "K": 5, "W": 7, "L": 4}
    ratio = Fraction(form.evaluate(values)) / Fraction(leading(rise(form, T)).evaluate(values))
    assert abs(ratio - 1) < Fraction(1, 100)


@pytest.mark.parametrize(
    "form", [T**L, sum_over(t, floor_div(T, t + 1)), T * log2(2 * T + 1) - T * log2(2 * T)], ids=str
)
def test_what_has_no_order_is_refused(form: Form) -> None:
    """T^L has no place among the orders; T/1 + T/2 + ... + 1 rises like T log T, which no rule here says; log2(2·T + 1)
    and log2(2·T) lead alike, and what is left is not known."""
    with pytest.raises(UnderivedGrowth):
        rise(form, T)


def test_together() -> None:
    """n·n·d + n·d·d rises like the third power of a factor before both, n·n·d alone like the second before n."""
    form = T * T * D + T * D * D + 7 * T
    both, one = together(form, [T, D]), together(form, [T])
    assert (both.kind, both.leading) == ("λ^3", T * T * D + T * D * D)
    assert (one.kind, one.leading) == ("Quadratic", T * T * D)


@pytest.mark.parametrize("factor", [2**200])
def test_together_against_numbers(factor: int) -> None:
    """The formula at the multiplied numbers is the coefficient times the power of the factor."""
    form = T * D * minimum(T, W) + floor_div(T * W, 2) * D + K * T
    grown = together(form, [T, W])
    before = {"T": 6, "D": 3, "K": 5, "W": 4}
    after = before | {"T": 6 * factor, "W": 4 * factor}
    assert grown.kind == "Quadratic"
    ratio = Fraction(form.evaluate(after)) / (Fraction(grown.leading.evaluate(before)) * factor**2)
    assert abs(ratio - 1) < Fraction(1, 1000)


def test_regimes_of_windowed_attention() -> None:
    """A window of W positions costs D·T·W where it is short, and D·T·T/2 where it is as long as the sequence."""
    form = sum_over(t, 2 * D * minimum(t + 1, W))
    low, high = sorted(regimes(form, Assumptions(), [T]), key=str)
    assert (str(low), str(high)) == ("W <= T", "W > T")
    assert (rise(low.form, T).kind, rise(low.form, T).leading) == ("Linear", 2 * D * W)
    assert (rise(high.form, T).kind, high.form) == ("Quadratic", D * T * (T + 1))


@pytest.mark.parametrize(
    "form",
    [
        sum_over(t, minimum(t + 1, W)),
        maximum(T - W, 0) + minimum(T, K) * D,
        minimum(T, W, K),
        minimum(T, 5) * maximum(T, W + 1),
    ],
    ids=str,
)
def test_regimes_are_the_formula(form: Form) -> None:
    """For all small numbers at least one regime holds, and each that holds gives the same number."""
    found = regimes(form, Assumptions(), [T, W, K])
    assert len(found) > 1
    for a in range(1, 8):
        for b in range(1, 8):
            for c in (1, 3, 6):
                values = {"T": a, "W": b, "K": c, "D": 2}
                held = [one for one in found if one.assumptions.holds(values)]
                assert held and all(one.form.evaluate(values) == form.evaluate(values) for one in held)


def test_within_a_limit() -> None:
    """w·T - w·(w - 1)/2 with w <= T does not fall like -w·w: w·(w - 1)/2 is nowhere negative, so it is at most w·T."""
    found = rises(W * T - W * (W - 1) / 2, W, Assumptions([AtLeast(T, W)]))
    assert (found.growth.kind, found.at_most, found.limits) == ("Linear", True, ("T >= W",))
    assert str(found) == "at most W·T  while T >= W"


def test_an_expectation_of_what_has_no_order() -> None:
    """`grows` says so too."""
    document = symcost.loads("model M(x: [T], L) { param W: [T^L]\n return x }\nexpect M { params grows T }")
    with pytest.raises(UnderivedGrowth):
        document.check()


def test_the_command() -> None:
    """Each side of a minimum by itself."""
    text = "model M(x: [T, D], W) { y = x[0:min(T, W)]\n return y @ ones([D, 1]) }"
    told = CliRunner().invoke(main, ["growth", "-", "--in", "T"], input=text).stdout
    assert told == "where T <= W\nD·T\n  T  Linear  D·T  while W >= T\n\nwhere T > W\nD·W\n  T  Fixed  D·W\n"
