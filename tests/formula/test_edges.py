"""Numbers at which rounded quotients step: they are there, and show what claims that fail at few sizes are."""

from __future__ import annotations

from hypothesis import given, strategies as st

from symcost import form
from symcost.formula import counter, floor_div, num, symbol
from symcost.formula.edges import edges
from symcost.formula.facts import NOTHING
from symcost.formula.trials import refuted

SHIFTS = st.integers(0, 700)
DIVISORS = st.integers(2, 512)


@given(DIVISORS, SHIFTS)
def test_an_edge_is_where_a_quotient_steps(divisor: int, shift: int) -> None:
    """At the two numbers of `(p + a)//q`, what is divided leaves no remainder, and the greatest."""
    claim = form(f"(p + {shift})//{divisor}")
    size = symbol("p")
    remainders = {(values[size] + shift) % divisor for values in edges(claim, [size])}
    assert remainders == {0, divisor - 1}


@given(DIVISORS, SHIFTS, st.integers(1, 3))
def test_a_shifted_quotient_is_seen_to_be_more_somewhere(divisor: int, shift: int, more: int) -> None:
    """`(p + a)//q` is below `(p + a + b)//q` at some p, however few they are."""
    claim = form(f"(p + {shift})//{divisor} - (p + {shift + more})//{divisor}")
    assert any(((p + shift) // divisor) < ((p + shift + more) // divisor) for p in range(divisor))
    assert refuted(claim.poly, NOTHING)


@given(DIVISORS, SHIFTS, st.integers(0, 3))
def test_what_holds_everywhere_is_not_refuted(divisor: int, shift: int, more: int) -> None:
    """`(p + a + b)//q` is never below `(p + a)//q`."""
    claim = form(f"(p + {shift + more})//{divisor} - (p + {shift})//{divisor}")
    assert not refuted(claim.poly, NOTHING)


def test_a_counter_stays_within_its_range() -> None:
    """Of a counter below 3, `(k + 1)//256` never gets to 1, so that its edge speaks against nothing."""
    k = counter("k", 0, num(3))
    claim = num(0) - floor_div(k + 1, num(256))
    assert not refuted(claim.poly, NOTHING)
