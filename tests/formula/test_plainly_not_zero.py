"""What is plainly not 0 is not 0, by the algebra that is spared."""

from __future__ import annotations

from hypothesis import given, strategies as st

from symcost.formula import Form, add, counter, mul, num, symbol
from symcost.formula.terms import plainly_not_zero

ATOMS = st.sampled_from([symbol("T"), symbol("H"), counter("t", 0, symbol("T")), num(2), num(-1), num(1)])
FORMS = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, min_size=2, max_size=4).flatmap(
        lambda parts: st.sampled_from([add(*parts), mul(*parts)])
    ),
    max_leaves=12,
)


@given(FORMS)
def test_it_has_a_monomial(form: Form) -> None:
    """Sums and products of dimensions, loop counters and numbers, whatever cancels in them."""
    if plainly_not_zero(form):
        assert form.poly.number != 0


def test_what_cancels_inside_is_left_to_the_algebra() -> None:
    """`(T + H)*T - T*T - T*H` is 0, and no sum of different products of symbols as it stands."""
    T, H = symbol("T"), symbol("H")
    hidden = add(mul(add(T, H), T), mul(-1, T, T), mul(-1, T, H))
    assert hidden == 0
    assert not plainly_not_zero(hidden)
