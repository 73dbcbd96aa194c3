"""Of two polynomials one is 0 or more: what is said so is so at all small sizes, and means with weights are seen."""

from itertools import product

import pytest
from hypothesis import given, settings, strategies as st

from symcost.formula import Form, Symbol, ceil_div, log2, num
from symcost.formula.facts import NOTHING, Facts
from symcost.formula.together import one_is_nonnegative

L, A, B, N = map(Symbol, ("L", "A", "B", "N"))
SMALL = (1, 2, 3, 5, 9)


def up(size: Symbol) -> Form:
    """What adding that many numbers takes."""
    return ceil_div(log2(size), 1)


@pytest.mark.parametrize(
    ("between", "one", "other"),
    [
        ((L - 1) * up(A) + up(B), L * up(A), L * up(B)),
        ((L - 2) * up(A) + 2 * up(B) - 3, L * up(A), L * up(B)),
        (11 * up(A) + up(B), 12 * up(A), 12 * up(B)),
        ((L - 1) * up(A) + up(B) + up(N), L * up(A) + up(N), L * up(B) + up(N)),
        (L * N * up(A) - up(A) + up(B), L * N * up(A), L * N * up(B)),
    ],
    ids=str,
)
def test_a_chain_of_both_kinds_of_round_is_never_longer_than_one_of_each_kind(
    between: Form, one: Form, other: Form
) -> None:
    """Rounds that may go one way or another go one of them all the time, so that none is longer."""
    at_least_two = (L - 2).poly
    assert one_is_nonnegative((one - between).poly, (other - between).poly, Facts((), (at_least_two,)))


def test_what_is_longer_than_both_is_not_covered() -> None:
    """One more than a mean is not seen to be covered: at `A = B` it is longer than both."""
    longer = (L - 1) * up(A) + up(B) + 1
    assert not one_is_nonnegative((L * up(A) - longer).poly, (L * up(B) - longer).poly, NOTHING)


def test_weights_that_are_both_nothing_prove_nothing() -> None:
    """Where L is 1, L - 1 times anything is 0, and says nothing of what both are."""
    assert not one_is_nonnegative(((L - 1) * up(A) - 1).poly, ((1 - L) * up(A) - 1).poly, NOTHING)


coefficients = st.integers(-3, 3)


@st.composite
def lengths(draw: st.DrawFn) -> Form:
    """A small sum of products of sizes and logarithms."""
    parts = (num(1), L, up(A), up(B), L * up(A), L * up(B))
    return sum((draw(coefficients) * part for part in parts), start=num(0))


@given(lengths(), lengths())
@settings(max_examples=60, deadline=None)
def test_what_is_said_holds_at_all_small_sizes(one: Form, other: Form) -> None:
    """Brute force: at no small sizes both are below 0."""
    if not one_is_nonnegative(one.poly, other.poly, NOTHING):
        return
    for sizes in product(SMALL, repeat=3):
        values = dict(zip((L, A, B), sizes, strict=True))
        assert max(one.evaluate(values), other.evaluate(values)) >= 0
