"""Floors of one dividend that are shifted against each other."""

from __future__ import annotations

from hypothesis import given, strategies as st

from symcost.formula import Assumptions, Form, Symbol, add, counter, floor_div, mul, num
from symcost.formula.comparisons import Comparisons
from symcost.formula.shifted import least_of_shifted

X = Symbol("x")


def floors(members: list[tuple[int, int]], divisor: int, dividend: Form = X) -> Form:
    """So many times each floor of the dividend, shifted by so much, over the divisor."""
    return add(0, *(mul(times, floor_div(dividend + shift, num(divisor))) for times, shift in members))


@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(-30, 30)), min_size=1, max_size=5),
    st.integers(7, 20),  # all floors over a smaller divisor may add up to the dividend itself
    st.integers(-5, 5),
)
def test_is_the_smallest_of_a_whole_period(members: list[tuple[int, int]], divisor: int, added: int) -> None:
    """Where as many floors are added as taken away, it is the least of what Python finds at each x of one period."""
    members = [*members, (-sum(times for times, _ in members), 7)]

    def at(x: int) -> int:
        return added + sum(times * ((x + shift) // divisor) for times, shift in members)

    assert least_of_shifted(floors(members, divisor) + added) == min(map(at, range(divisor)))


def test_what_grows_has_no_least() -> None:
    """A floor alone, and more floors than are taken away, have no smallest value that is told."""
    assert least_of_shifted(floors([(1, 3)], 8)) is None
    assert least_of_shifted(floors([(2, 3), (-1, 5)], 8)) is None


def test_other_parts_are_not_looked_at() -> None:
    """Another dividend, another divisor, or a size beside the floors leave it untold."""
    one = floors([(1, 3)], 8)
    assert least_of_shifted(one - floors([(1, 3)], 8, Symbol("y"))) is None
    assert least_of_shifted(one - floors([(1, 3)], 9)) is None
    assert least_of_shifted(one - floors([(1, 5)], 8) + X) is None


def test_of_two_strided_ends_the_farther_is_known() -> None:
    """A window that lies 10 samples farther ahead ends no sooner, whatever stride the samples have."""
    comparisons = Comparisons(Assumptions(()), 10)
    at = counter("p", 0, Symbol("T") * 8)
    near, far = (floor_div(at + ahead, num(8)) for ahead in (30, 40))
    assert comparisons.at_least(far, near)
    assert not comparisons.at_least(near, far)
    assert comparisons.below(near, far)  # 10 samples are more than a stride
    assert not comparisons.below(floor_div(at + 37, num(8)), far)
