"""Logarithms to other bases: `ln`, `log10`."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest

import symcost
from symcost.errors import ViolatedAssumption
from symcost.formula import Assumptions, ceil_div, floor_div, ln, log2, log10, num, symbol
from symcost.formula.evaluate import natural_logarithm_of_2

T, D = symbol("T"), symbol("D")


@pytest.mark.parametrize("value", [2, 3, 7, 10, 448, 999, 10**6 + 3, 2**70 + 1])
def test_values_are_those_of_the_machine(value: int) -> None:
    """Both agree with the C library, as far as a double goes."""
    assert math.isclose(ln(T).evaluate({T: value}), math.log(value), rel_tol=1e-15)
    assert math.isclose(log10(T).evaluate({T: value}), math.log10(value), rel_tol=1e-15)


def test_many_places() -> None:
    """The first sixty decimals of ln 2: Gourdon and Sebah, The logarithmic constant: log 2 (2004)."""
    first = Fraction(693147180559945309417232121458176568075500134360255254120680, 10**60)
    assert 0 <= natural_logarithm_of_2(256) - first < Fraction(1, 10**60)


def test_whole_ones_are_exact() -> None:
    """Powers of ten are whole, their neighbours are not; ln of 1 is 0, and of nothing else it is whole."""
    assert log10(num(1000)) == 3
    for power in (1, 2, 15, 40):
        assert log10(T).evaluate({T: 10**power}) == power
        assert floor_div(log10(T)).evaluate({T: 10**power - 1}) == power - 1
        assert ceil_div(log10(T)).evaluate({T: 10**power + 1}) == power + 1
        assert floor_div(log2(T), log2(num(10))).evaluate({T: 10**power - 1}) == power - 1
    assert ln(num(1)) == 0
    assert ceil_div(log10(num(1001))) == 4


def test_laws() -> None:
    """A product is a sum; every base is another by a number."""
    assert ln(T * D) == ln(T) + ln(D)
    assert ln(T) == log2(T) * ln(num(2))
    assert log10(10 * T) == log10(T) + 1
    assert log10(T) == log2(T) / log2(num(10)) == ln(T) / ln(num(10))
    assert log10(num(2)) + log10(num(5)) == 1
    assert Assumptions().compare(ln(T), log2(T)).kind != "equal"


def test_written_as_papers_do() -> None:
    """By its name, whatever is done with it."""
    assert str(ceil_div(5 * ln(T)) * D) == "ceil(5·ln(T))·D"
    assert str((ln(T) * D + log10(T)).expand()) == "ln(T)·D + log10(T)"


def test_through_sympy() -> None:
    """SymPy knows one logarithm, the natural one, and each base comes back as it went."""
    pytest.importorskip("sympy")
    for form in (ln(T) * D, log10(T * D), log2(T) * D + log2(D), ln(T) + log2(D)):
        assert symcost.form(form.expr) == form
    assert str(symcost.form(log10(T).expr)) == "log10(T)"


def test_sparse_attention() -> None:
    """ProbSparse attention keeps ⌈c·ln T⌉ queries: Zhou et al., Informer (2021), section 3.1."""
    text = """
    model Sparse(q: [T, D], k: [T, D], v: [T, D]) {
      assume T >= 2
      let u = ceil(5*ln(T)) "queries kept"
      return attention(q[zeros([u])], k, v)
    }
    """
    model = symcost.loads(text).model()
    assert str(model.macs) == "2·D·u·T"
    assert model.macs(T=96, D=64) == 2 * 64 * 96 * math.ceil(5 * math.log(96))
    assert str(model.macs.growth("T").growth) == "T log T"


def test_sizes_that_are_logarithms() -> None:
    """log10(1000) is three layers, alone and as part of a quotient; log10(500) is no number of layers."""
    stack = "model M(x: [T, D]) -> [T, D] {{ repeat {} {{ x = x -> Linear(D, bias = false) }} return x }}"
    alone = symcost.loads(stack.format("log10(T)")).model()
    assert [str(fact) for fact in alone.assumptions] == ["log10(T) is whole"]
    assert alone.macs(T=1000, D=2) == 3 * 1000 * 2 * 2
    with pytest.raises(ViolatedAssumption, match="log10"):
        alone.macs(T=500, D=2)
    assert symcost.loads(stack.format("D*log10(T)/6")).model().macs(T=100, D=3) == 100 * 3 * 3
