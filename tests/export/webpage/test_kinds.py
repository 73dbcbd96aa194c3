"""No kind of form and no kind of step is unknown to the script of a page."""

from fractions import Fraction
from typing import get_args

import pytest

from symcost.export.webpage.programs import IN_ORDER, Shared
from symcost.formula import (
    Form,
    add,
    ceil_div,
    counter,
    div,
    floor_div,
    ln,
    log2,
    log10,
    maximum,
    minimum,
    mod,
    mul,
    num,
    power,
    symbol,
)
from symcost.formula.form import Let, Sum, Visitor
from symcost.sweeping.program import Kind
from tests.export.webpage.test_exact import NODE, answered

A, B = symbol("A"), symbol("B")
T = counter("t", num(0), A)
EXAMPLES = {
    "num": [num(Fraction(7, 3))],
    "symbol": [A],
    "add": [add(A, B, num(3))],
    "mul": [mul(A, A, B), div(A, B)],
    "pow": [power(A, B), power(A, num(Fraction(1, 3))), power(num(2), A)],
    "floor": [floor_div(A, B), floor_div(log2(A), log2(B)), floor_div(log10(A), num(1)), floor_div(ln(A), num(1))],
    "ceil": [ceil_div(A, B), ceil_div(log10(A), num(1)), ceil_div(log2(A), log2(B))],
    "mod": [mod(A, B)],
    "min": [minimum(A, B)],
    "max": [maximum(A, B)],
    "log2": [log2(A)],
    "log": [ln(A), log10(A), log10(div(A, B)), add(ln(mul(A, B)), num(1))],
    "sum": [Sum(T, num(0), A, ceil_div(add(T, B), num(3)))],
    "let": [Let("m", add(A, B))],
}
"""Forms of each kind, by the end of the name of the method that visits them."""
POINTS = [(1, 2), (2, 3), (5, 2), (10, 7), (24, 5), (99, 4), (100, 10)]
HUGE = [(10**40 - 1, 7), (10**40, 7), (10**40 + 1, 7)]


def test_every_kind_of_form_has_examples():
    """A kind of form that is new is shown here, too."""
    visited = {name.removeprefix("of_") for name in dir(Visitor) if name.startswith("of_")}
    assert visited == set(EXAMPLES)


def test_every_kind_of_step_has_a_number():
    """What a program may consist of is known to the script; inputs and numbers are written otherwise."""
    assert set(IN_ORDER) == set(get_args(Kind)) - {"input", "number"}
    assert IN_ORDER[-1] == "sum"


@pytest.mark.skipif(NODE is None, reason="node is not there")
@pytest.mark.parametrize("kind", EXAMPLES)
def test_same_digits(kind):
    """Each kind of form is the same number on the page as in the library, to the last digit."""
    compared(EXAMPLES[kind], POINTS)


@pytest.mark.skipif(NODE is None, reason="node is not there")
def test_logarithms_near_a_power():
    """The floor of a logarithm to base ten changes at the power itself, also beyond floats."""
    compared([floor_div(log10(A), num(1)), floor_div(log2(A), log2(num(10))), log10(A), ln(A)], HUGE)


def compared(forms: list[Form], points: list[tuple[int, int]]) -> None:
    shared = Shared((A, B))
    for one in forms:
        shared.add(one)
    data = shared.data()
    found = answered([["value", data, [str(a), str(b)]] for a, b in points])
    expected = [[str(one.evaluate({A: a, B: b})) for one in forms] for a, b in points]
    assert found == expected


@pytest.mark.skipif(NODE is None, reason="node is not there")
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13545/8", "1693.125"),
        ("-13545/8", "-1693.125"),
        ("108361/8", "13\u202f545.125"),
        ("1/8", "0.125"),
        ("13546/7", "13546/7"),
        ("1/3", "1/3"),
        ("13545", "13\u202f545"),
        ("1234", "1234"),
    ],
)
def test_fractions_are_not_read_as_mixed_numbers(value, shown):
    """A short decimal is shown as such, any other fraction without spaces."""
    assert answered([["grouped", value]]) == [shown]
