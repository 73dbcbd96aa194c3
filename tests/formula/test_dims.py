"""Two sizes are equal, never equal, or undecided; facts decide more."""

from __future__ import annotations

from fractions import Fraction

from symcost.formula import (
    Assumptions,
    AtLeast,
    Divides,
    Equal,
    ceil_div,
    counter,
    floor_div,
    log2,
    minimum,
    num,
    power,
    symbol,
)

C, D, E, H, K, L, N, T, heads, s = map(symbol, "C D E H K L N T heads s".split())
NONE = Assumptions()


def test_never_equal() -> None:
    """2*H and H differ by H, which is never 0."""
    verdict = NONE.compare(2 * H, H)
    assert (verdict.kind, verdict.difference) == ("never", H)


def test_undecided_shows_numbers() -> None:
    """ceil(T/2) and T/2 agree at 2 and differ at 3: 2 against 3/2."""
    verdict = NONE.compare(ceil_div(T, 2), T / 2)
    assert (verdict.kind, verdict.counterexample) == ("undecided", {"T": 3})
    assert (verdict.left, verdict.right) == (2, Fraction(3, 2))


def test_a_fact_decides() -> None:
    """Where 2 divides T they are equal, and the ceiling is resolved."""
    even = NONE.with_(Divides(num(2), T))
    assert even.compare(ceil_div(T, 2), T / 2).kind == "equal"
    assert str(even.simplify(ceil_div(T, 2))) == "T/2"
    assert [str(fact) for fact in even] == ["2 divides T"]


def test_remainders() -> None:
    """Identities between floors over numbers are proven by remainders."""
    assert NONE.compare(ceil_div(T, 2) + floor_div(T, 2), T).kind == "equal"
    assert NONE.compare(floor_div(T, 4) + floor_div(T + 2, 4), floor_div(T, 2)).kind == "equal"
    assert NONE.is_integer(T * (T + 1) / 2)
    assert not NONE.is_integer(T * (T + 2) / 2)


def test_sums_as_divisors() -> None:
    """T/(T + 1) + 1/(T + 1) is 1."""
    assert NONE.compare(T / (T + 1) + 1 / (T + 1), 1).kind == "equal"


def test_whole_quotients() -> None:
    """A known divisor covers smaller divisors and multiples, not larger ones."""
    known = NONE.with_(Divides(num(32), H), Divides(heads, D))
    assert known.is_integer(H / 2) and known.is_integer(H * C / 16) and not known.is_integer(H / 64)
    assert known.is_integer(D / heads) and not known.is_integer(heads / D)
    assert NONE.with_(Divides(num(2), T - 1)).is_integer((T + 1) / 2)
    assert NONE.with_(Divides(num(2), H), Divides(num(3), K)).is_integer(H * K / 6)


def test_halving_in_a_loop() -> None:
    """Where 2^L divides N, N/2^l is whole in every round l < L, and still after it."""
    rounds = counter("l", 0, L)
    known = NONE.with_(Divides(2**L, N))
    assert known.is_integer(N / 2**rounds) and known.is_integer(N / 2 ** (rounds + 1))
    assert not known.is_integer(N / 2 ** (L + 1))
    assert NONE.is_integer(2 ** (L - rounds - 1)) and not NONE.is_integer(2 ** (rounds - 1))


def test_at_least() -> None:
    """Facts and the limits of counters prove inequalities."""
    t = counter("t", 0, N)
    known = NONE.with_(AtLeast(T, K))
    assert known.at_least(T - K + 1, 1) is True and NONE.at_least(T, K) is None
    assert known.at_least(floor_div(T - K, s) + 1, 1) is True
    assert NONE.at_least(N, t + 1) is True and NONE.at_least(t, N) is False
    assert NONE.at_least(N * D, (t + 1) * D) is True
    assert str(known.simplify(minimum(T, K))) == "K"


def test_equalities() -> None:
    """An equality replaces a symbol, and what follows from it is known too."""
    assert NONE.with_(Equal(D, E)).compare(2 * D, D + E).kind == "equal"
    assert NONE.with_(Equal(D, heads * K)).is_integer(D / heads)
    assert NONE.with_(Equal(2 * D, 3 * E)).compare(4 * D, 6 * E).kind == "equal"


def test_counterexamples_satisfy_the_facts() -> None:
    """Numbers that show a difference obey what is assumed."""
    known = NONE.with_(Divides(heads, D), AtLeast(T, 2 * K), Equal(E, K + 1))
    for values in known.samples(D * T * E):
        assert known.holds(values)


def test_facts_follow_a_call() -> None:
    """Facts about a callee's symbols are facts about the caller's."""
    known = NONE.with_(Divides(heads, D)).substitute({D: 2 * H})
    assert [str(fact) for fact in known] == ["heads divides 2*H"]


def test_signs_by_powers() -> None:
    """(-1)^T is whole, and nobody tries to divide by it for ever."""
    assert NONE.is_integer(power(-1, T)) and not NONE.is_integer(power(-1, T) / 2)
    assert floor_div(T * power(-1, T), 2).evaluate({"T": 3}) == -2


def test_nothing_is_proven_by_dividing_by_a_counter_that_is_zero() -> None:
    """A counter of one round is 0; from -i >= 0 nothing follows for w, which P = 3, w = 100 shows."""
    P, w = symbol("P"), symbol("w")
    i = counter("i", 0, 1)
    assert Assumptions().at_least(minimum(P, w) + i, w) is None
    assert minimum(minimum(P, w) + i + 1, w).evaluate({"P": 3, "w": 100, i: 0}) == 4


def test_rounded_logarithms() -> None:
    """ceil(log2(n)) is never negative, and with as many doublings n is not passed before the last."""
    rounds = ceil_div(log2(N))
    r = counter("r", 0, rounds)
    assert NONE.at_least((T - 1) * rounds, 0) is True and NONE.at_least(rounds, 1) is None
    assert NONE.at_least(T * rounds * rounds, T * rounds) is None
    assert NONE.at_least(N, power(2, r) + 1) is True and NONE.at_least(N, power(2, r + 1)) is None
    assert NONE.at_least(power(2, rounds), N) is True and NONE.at_least(2 * N, power(2, rounds) + 1) is True
    assert NONE.at_least(power(2, rounds), N + 1) is None
    assert NONE.with_(AtLeast(num(0), rounds)).at_least(L, L * rounds) is True


def test_powers_grow_with_their_exponent() -> None:
    """l < L makes 2^(l + 1) at most 2^L; the other way round nothing is proven."""
    L = symbol("L")
    at = counter("l", 0, L)
    assert Assumptions().at_least(power(2, L), power(2, at + 1)) is True
    assert Assumptions().at_least(power(2, at + 1), power(2, L)) is None
