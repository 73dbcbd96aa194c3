"""Every rewriting keeps the value, for all positive whole numbers: checked on random forms."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

from symcost.formula import Assumptions, AtLeast, Divides, Equal, TooLarge, num, symbol
from tests.formula.strategies import GRID, Pair, agree, dimensions, pairs

T, K, D = map(symbol, "T K D".split())

FACTS = [
    Divides(num(2), T),
    Divides(num(3), T - 1),
    Divides(K, T),
    Divides(2 * K, D),
    AtLeast(T, K),
    AtLeast(D, T + 2),
    Equal(T, K),
    Equal(D, 2 * K),
    Equal(D, K + T),
]


@given(pairs)
def test_construction_keeps_the_value(pair: Pair) -> None:
    """What the constructors merge, cancel, flatten and fold has the value of the plain expression."""
    item, meaning = pair
    assert agree(item, meaning)


@given(pairs)
def test_expansion_keeps_the_value(pair: Pair) -> None:
    """The canonical polynomial has the value of the form, and the form is equal to it."""
    item, meaning = pair
    try:
        expanded = item.expand()
    except (ZeroDivisionError, TooLarge):
        assume(False)
    assert agree(expanded, meaning)
    assert expanded.expand() == expanded


@given(pairs, pairs)
def test_equal_forms_have_equal_values_and_hashes(left: Pair, right: Pair) -> None:
    """`==` never claims too much, and equal forms have equal hashes."""
    (a, f), (b, g) = left, right
    try:
        total, turned = a + b, b + a
        assert total == turned and hash(total) == hash(turned)
        equal = a == b
    except (ZeroDivisionError, TooLarge):
        assume(False)
    if equal:
        assert agree(a, g) and agree(b, f) and hash(a) == hash(b)


@pytest.mark.slow
@given(pairs, pairs, st.sets(st.sampled_from(FACTS), max_size=2))
def test_verdicts_are_true(left: Pair, right: Pair, facts: set[Divides | AtLeast | Equal]) -> None:
    """What is proven equal, never equal, at least or whole is so wherever the facts hold."""
    (a, f), (b, g) = left, right
    known = Assumptions(facts)
    try:
        kind, above, whole = known.compare(a, b).kind, known.at_least(a, b), known.is_integer(a)
        simple = known.simplify(a)
    except (ZeroDivisionError, TooLarge):
        assume(False)
    for at in GRID:
        if not known.holds(at):
            continue
        try:
            x, y = f(at), g(at)
            value = simple.evaluate(at)
        except (ZeroDivisionError, TooLarge):
            continue
        assert value == x
        assert kind != "equal" or x == y
        assert kind != "never" or x != y
        assert above is None or (x >= y) == above
        assert not whole or Fraction(x).denominator == 1


@given(pairs, dimensions, pairs)
def test_substitution_keeps_the_value(pair: Pair, name: Pair, other: Pair) -> None:
    """Putting a form in for a symbol and then numbers is the same as all numbers at once."""
    (item, meaning), (symbol_, _), (by, value) = pair, name, other
    try:
        replaced = item.substitute({symbol_: by})
    except (ZeroDivisionError, TooLarge):
        assume(False)
    for at in GRID[::7]:
        try:
            inner = value(at)
            if inner < 1 or inner.denominator != 1 or inner > 50:
                continue
            expected = meaning({**at, symbol_.name: int(inner)})
            assert replaced.evaluate(at) == expected
        except (ZeroDivisionError, TooLarge):
            continue
