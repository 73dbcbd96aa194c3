"""Nothing is taken for granted of a divisor: what is claimed is held against the numbers, whatever its sign.

The forms of `test_random.py` divide by what is positive; these divide by differences, floors and fractions too, the
facts speak of differences, and sums run over minima and floors of them.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ceil, floor

import pytest
from hypothesis import assume, given, strategies as st

from symcost.formula import (
    Assumptions,
    AtLeast,
    Divides,
    Equal,
    Form,
    Symbol,
    TooLarge,
    ceil_div,
    counter,
    floor_div,
    maximum,
    minimum,
    num,
    power,
    sum_over,
    symbol,
)

T, K, D = map(symbol, "TKD")

Meaning = Callable[[dict[str, int]], Fraction]
Pair = tuple[Form, Meaning]

POINTS = [dict(zip("TKD", point, strict=True)) for point in product((1, 2, 3, 5, 8), repeat=3)]

FACTS = [
    Divides(T - K, D),
    Divides(K, T - D),
    Divides(num(4), K + 1),
    AtLeast(T, K),
    AtLeast(T, D + 1),
    AtLeast(num(4), D),
    AtLeast(floor_div(T, K - D), num(1)),
    AtLeast(T * K, D * D),
    Equal(T + K, 2 * D),
]

OPERATIONS: dict[str, tuple[Callable[[Form, Form], Form], Callable[[Fraction, Fraction], Fraction]]] = {
    "+": (lambda a, b: a + b, lambda x, y: x + y),
    "-": (lambda a, b: a - b, lambda x, y: x - y),
    "*": (lambda a, b: a * b, lambda x, y: x * y),
    "/": (lambda a, b: a / b, lambda x, y: x / y),
    "//": (floor_div, lambda x, y: Fraction(floor(x / y))),
    "%": (lambda a, b: a % b, lambda x, y: x - y * floor(x / y)),
    "ceil": (ceil_div, lambda x, y: Fraction(ceil(x / y))),
    "min": (minimum, min),
    "max": (maximum, max),
}


def _joined(operation: str, left: Pair, right: Pair) -> Pair:
    (a, f), (b, g) = left, right
    make, meant = OPERATIONS[operation]
    try:
        made = make(a, b)
    except (ZeroDivisionError, TooLarge):
        assume(False)
        raise
    return made, lambda at: meant(f(at), g(at))


def _named(name: str) -> Pair:
    return symbol(name), lambda at: Fraction(at[name])


def _number(value: Fraction) -> Pair:
    return num(value), lambda at: value


leaves: st.SearchStrategy[Pair] = st.one_of(
    st.sampled_from("TKD").map(_named),
    st.sampled_from([Fraction(n) for n in (-3, -2, -1, 0, 1, 2, 3, 4)] + [Fraction(1, 2), Fraction(3, 2)]).map(_number),
)


def _forms(of: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    grow = lambda inner: st.builds(_joined, st.sampled_from(sorted(OPERATIONS)), inner, inner)  # noqa: E731
    return st.recursive(of, grow, max_leaves=6)


forms = _forms(leaves)


def _value(meaning: Meaning, at: dict[str, int]) -> Fraction | None:
    try:
        return meaning(at)
    except ZeroDivisionError:
        return None


def _points(known: Assumptions) -> list[dict[str, int]]:
    """Where the facts hold."""
    found = []
    for at in POINTS:
        try:
            if known.holds(at):
                found.append(at)
        except ZeroDivisionError:
            continue
    return found


@pytest.mark.slow
@given(forms, forms, st.sets(st.sampled_from(FACTS), max_size=2))
def test_claims_hold_at_every_point(left: Pair, right: Pair, facts: set[Divides | AtLeast | Equal]) -> None:
    """Equal, never equal, at least, above 0, whole, and simpler: each is so wherever the facts hold."""
    (a, f), (b, g) = left, right
    known = Assumptions(facts)
    try:
        kind, above, simple = known.compare(a, b).kind, known.at_least(a, b), known.simplify(a)
        whole, positive = known.is_integer(a), known.is_positive(a)
    except (ZeroDivisionError, TooLarge):
        assume(False)
    for at in _points(known):
        x, y = _value(f, at), _value(g, at)
        if x is None:
            continue
        assert _value(lambda point: Fraction(simple.evaluate(point)), at) in (x, None)
        assert not whole or x.denominator == 1
        assert not positive or x > 0
        if y is None:
            continue
        assert kind != "equal" or x == y
        assert kind != "never" or x != y
        assert above is None or (x >= y) == above


ROUNDS = counter("t", K - D, ceil_div(T, 2) + K)


@pytest.mark.slow
@given(_forms(st.one_of(leaves, st.just((ROUNDS, lambda at: Fraction(at["t"]))))))
def test_sums_are_those_of_their_rounds(body: Pair) -> None:
    """A closed sum is what adding up gives, of halves and of floors by anything too."""
    item, meaning = body
    try:
        total = sum_over(ROUNDS, item)
    except (ZeroDivisionError, TooLarge):
        assume(False)
    for at in POINTS[::3]:
        low, high = at["K"] - at["D"], ceil(Fraction(at["T"], 2)) + at["K"]
        values = [_value(meaning, {**at, "t": turn}) for turn in range(low, high)]
        found = _value(lambda point: Fraction(total.evaluate(point)), at)
        if None not in values and found is not None:
            assert found == sum(values)  # type: ignore[arg-type]


t = counter("t", 0, T)


@pytest.mark.parametrize(
    ("body", "added"),
    [
        # min(t, 3/2) turns at the second round, not in the middle of one: 0 + 1 + 3/2 + 3/2
        (minimum(t, Fraction(3, 2)), Fraction(4)),
        # min(t + 1, 3/2): 1 + 3/2 + 3/2 + 3/2
        (minimum(t + 1, Fraction(3, 2)), Fraction(11, 2)),
        # max(t, 3/2): 3/2 + 3/2 + 2 + 3
        (maximum(t, Fraction(3, 2)), Fraction(8)),
        # floor(t/(-2)): 0 - 1 - 1 - 2
        (floor_div(t, -2), Fraction(-4)),
        # floor(t/1.5): 0 + 0 + 1 + 2
        (floor_div(t, Fraction(3, 2)), Fraction(3)),
    ],
)
def test_rounds_are_whole(body: Form, added: Fraction) -> None:
    """Four rounds, added up by hand."""
    assert sum_over(t, body).evaluate({"T": 4}) == added


@pytest.mark.parametrize("divisor", [T - K, K - T])
def test_the_sign_of_a_divisor_is_asked_for(divisor: Symbol) -> None:
    """Of D//(T - K) nothing is known; where T > K it is no less than 0, and where T < K less than 0."""
    quotient = floor_div(D, divisor)
    assert Assumptions().at_least(quotient, 0) is None
    assert Assumptions([AtLeast(divisor, num(1))]).at_least(quotient, 0) is True
    assert Assumptions([AtLeast(-divisor, num(1))]).at_least(quotient, 0) is not True


def test_a_fact_about_a_quotient_is_a_proof() -> None:
    """What is 1 at least is 0 at least, even of unknown divisors."""
    quotient = floor_div(D, T - K)
    assert Assumptions([AtLeast(quotient, num(1))]).at_least(quotient, 0) is True


def test_a_root_of_what_may_be_negative_stays() -> None:
    """Of (-3)^(1/2) there is no root to take; asking for one ends."""
    root = power(power(num(-3), Fraction(1, 2)), Fraction(1, 2))
    assert Assumptions().at_least(root, K) is None
