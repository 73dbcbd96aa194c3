"""What a form is: equal by value, exact, and safe against hostile sizes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest

from symcost.formula import (
    Form,
    TooLarge,
    Unset,
    add,
    ceil_div,
    counter,
    floor_div,
    log2,
    maximum,
    minimum,
    num,
    power,
    symbol,
)
from symcost.formula.form import Sum

D, H, I, K, N, T, W = map(symbol, "D H I K N T W".split())


def test_equality_is_by_value() -> None:
    """Two ways to write one size are one key in a dictionary."""
    table = {T: 1, num(3): 2}
    assert table[T - K + K] == 1
    assert table[num(1) + 2] == 2 and num(3) == 3 and hash(num(3)) == hash(3)
    assert ceil_div(T, 2) == floor_div(T + 1, 2) == floor_div(T - 1, 2) + 1
    assert maximum(T, W) == T + W - minimum(T, W)
    assert T != K and T != T + 1


def test_names_are_free() -> None:
    """No name is reserved: `I`, `S`, `N`, `E`, `Q`, `beta` are dimensions."""
    for name in ["I", "S", "N", "E", "O", "Q", "beta", "gamma", "zeta", "pi", "lambda", "λ"]:
        assert str((symbol(name) + 1).expr) == f"{name} + 1"


def test_evaluation_is_exact() -> None:
    """Large counts are whole numbers, quotients are fractions."""
    assert (T**20).evaluate({"T": 10**9}) == 10**180
    assert (T / 2).evaluate({T: 3}) == Fraction(3, 2)
    assert ceil_div(log2(T), 1).evaluate({"T": 2**60 + 1}) == 61
    assert ceil_div(log2(T)).substitute({T: num(1000)}) == ceil_div(log2(num(1000))) == 10
    assert N - floor_div(-log2(num(2**60 + 1))) == N + 61
    for base in (3, 5, 6, 10):
        for power_ in range(1, 9):
            values = {"T": base**power_, "K": base}
            assert ceil_div(log2(T), log2(K)).evaluate(values) == floor_div(log2(T), log2(K)).evaluate(values) == power_
            assert ceil_div(log2(T), log2(K)).evaluate({"T": base**power_ + 1, "K": base}) == power_ + 1
    assert power(T, Fraction(1, 2)).evaluate({"T": 49}) == 7


def test_unset_symbol() -> None:
    """A symbol without a value is named."""
    with pytest.raises(Unset) as caught:
        (T * K).evaluate({"T": 2})
    assert caught.value.symbol is K


def test_free_symbols_in_order() -> None:
    """The symbols come in the order in which one reads them; bound counters are not free."""
    t = counter("t", 0, N)
    assert (K * T + T * H).free_symbols == (K, T, H)
    assert Sum(t, num(0), N, log2(t) * D).free_symbols == (N, D)


def test_hostile_powers() -> None:
    """A tower of powers is refused before it is computed."""
    with pytest.raises(TooLarge):
        power(2, power(2, power(2, 2**5)))
    with pytest.raises(TooLarge):
        (T**T**T).evaluate({"T": 1000})
    with pytest.raises(TooLarge):
        power(T + K, 10**6).expand()


def nested(step: Callable[[Form], Form]) -> Form:
    item: Form = T
    for _ in range(1000):
        item = step(item)
    return item


@pytest.mark.slow
@pytest.mark.parametrize(
    "step",
    [
        lambda item: log2(item + 1),
        pytest.param(lambda item: minimum(item * item + 1, log2(item)), marks=pytest.mark.thorough),
    ],
    ids=["in logarithms", "in minima"],
)
def test_hostile_nesting(step: Callable[[Form], Form]) -> None:
    """Nesting ends in a refusal, never in a stack overflow."""
    with pytest.raises(TooLarge):
        nested(step)


def test_hostile_sum() -> None:
    """An open sum of more than a million rounds is refused."""
    t = counter("t", 0, N)
    with pytest.raises(TooLarge):
        Sum(t, num(0), N, log2(t + 1)).evaluate({"N": 10**7})


def test_hostile_logarithms() -> None:
    """To a base close to 1 a logarithm is large, and its power is not worked out; exact powers are still found."""
    close = ceil_div(log2(T), log2(num(Fraction(10**9 + 1, 10**9))))
    assert close.evaluate({"T": 10**30}) > 6 * 10**10
    half = ceil_div(log2(T / K), log2(num(Fraction(2, 3))))
    assert half.evaluate({"T": 4, "K": 9}) == 2


def calls(act: Callable[[], object]) -> int:
    """How many functions are called: the work done, whatever the machine is doing beside it."""
    count = 0

    def note(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
def test_ten_thousand_terms() -> None:
    """Adding is linear in the number of terms: ten times as many take about ten times as many calls."""
    few, many = (
        [symbol(f"x{n % 100}") * symbol(f"{y}{n // 100}") for n in range(size)]
        for y, size in (("y", 1_000), ("z", 10_000))
    )
    assert calls(lambda: add(many)) < 15 * calls(lambda: add(few))
    total = add(many)
    assert add(total, total) == 2 * total


def test_no_sympy() -> None:
    """Neither building nor comparing nor printing needs SymPy."""
    program = (
        "import sys; from symcost.formula import *; T = symbol('T'); "
        "assert str((T - 1)//2 + 1) and (T + 1)//2 == T - T//2 or True; assert 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
