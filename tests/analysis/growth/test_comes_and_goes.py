"""Growth of what comes and goes, or falls: bounds derived by hand, coefficients as they are written."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from symcost.analysis.growth.growth import rises
from symcost.cli import main
from symcost.formula import (
    Assumptions,
    AtLeast,
    Divides,
    Form,
    Symbol,
    Unranked,
    ceil_div,
    floor_div,
    growth,
    log2,
    minimum,
    mod,
    num,
    symbol,
)

C, D, K, M, T, V, X, d, k, n, w = map(symbol, ("C", "D", "K", "M", "T", "V", "X", "d", "k", "n", "w"))

FREE = [
    (D * (floor_div(K, 2) + floor_div(K + 1, 2) - K + 1), K, "Fixed", "D"),  # halves are a whole
    (D * (1 + mod(K, 2)), K, "Fixed", "at most 2·D"),  # D and 2·D by turns
    (D * (ceil_div(T, w) * w - T + 1), T, "Fixed", "at most D·w"),  # 1 ... w rows
    (128 * floor_div(V + 127, 128) - V + 1, V, "Fixed", "at most 128"),  # 1 ... 128
    (T * mod(T, 3) + 5, T, "Linear", "at most 2·T + 5"),
    (T * T + T * mod(T, 3), T, "Quadratic", "T·T"),  # what comes and goes is of a lower order
    (T / floor_div(T, 2), T, "Fixed", "2"),  # a floor that divides rises as its quotient
    (4 * C * ceil_div(T, M) * ceil_div(X, M) * M, T, "Linear", "4·C·ceil(X/M)·T"),  # other roundings stay
    (K * (T - d * (K - 1)) * C, C, "Linear", "K·(T - d·(K - 1))·C"),
    (D * ceil_div(X, M), T, "Fixed", "D·ceil(X/M)"),  # nothing depends on T
    (3 * T // (T + 1), T, "Fixed", "at most 3·T/(T + 1)"),  # 1, and 2 from T = 2 on
]


@pytest.mark.parametrize(("form", "name", "kind", "told"), FREE, ids=[told for *_, told in FREE])
def test_without_limits(form: Form, name: Symbol, kind: str, told: str) -> None:
    """A leading term where there is one, else a bound."""
    found = rises(form, name, Assumptions())
    assert (found.growth.kind, str(found)) == (kind, told)


DILATED, POOLED = AtLeast(T, d * (K - 1) + 1), AtLeast(T, k)
LIMITED = [
    (K * C * (T - d * (K - 1)), d, DILATED, "Fixed", "at most K·C·T"),
    (K * C * (T - d * (K - 1)), K, DILATED, "Linear", "at most K·C·T"),
    (C * (T - n), n, AtLeast(T, n), "Fixed", "at most C·T"),
    (C * floor_div(T, k), k, POOLED, "1/k", "at most C·T/k"),
    (C * floor_div(T - d * (K - 1) - 1, 2) + C, d, DILATED, "Fixed", "at most C·T/2 + C/2"),
    ((T - 1) * ceil_div(log2(k + 1)), k, POOLED, "log k", "(T - 1)·log2(k)"),  # T - 1 is nowhere negative
    (T * T - T * k + k * k, k, POOLED, "Fixed", "at most T·T"),  # k·(T - k) is nowhere negative
    (C * (T - k), k, Divides(k, T), "Fixed", "at most C·T"),  # what divides T is no greater
    (C * ceil_div(T, k), k, POOLED, "Fixed", "at most C + C·T/k"),
]


@pytest.mark.parametrize(("form", "name", "fact", "kind", "told"), LIMITED, ids=[told for *_, told in LIMITED])
def test_within_limits(form: Form, name: Symbol, fact: AtLeast | Divides, kind: str, told: str) -> None:
    """What falls has a bound that no number within the limit exceeds."""
    found = rises(form, name, Assumptions([fact]))
    assert (found.growth.kind, str(found)) == (kind, f"{told}  while {fact}")


@pytest.mark.parametrize("form", [T / (1 + mod(T, 2)), minimum(T - K * T + D * T, D)], ids=str)
def test_what_is_not_known_is_not_told(form: Form) -> None:
    """T and T/2 by turns; a minimum one of whose arguments may fall."""
    with pytest.raises(Unranked):
        growth(form, T)


def test_a_minimum_that_falls() -> None:
    """min(T, D - T) is D - T in the end."""
    found = growth(minimum(T, D - T), T)
    assert (found.kind, found.leading) == ("Linear", num(-1))


LSTM = "model Net(x: [T, I], H) { return x -> LSTM(H) }"


def test_the_scaling_of_a_table() -> None:
    """The column speaks of MACs; where they are not told it says of what."""

    def told(*columns: str) -> str:
        return CliRunner().invoke(main, ["table", "-", "--columns", ",".join(columns)], input=LSTM).stdout

    assert "Linear" in told("params", "macs", "scaling") and "Time scaling of" not in told("params", "macs", "scaling")
    assert "Time scaling of parameters" in told("params", "scaling") and "Fixed" in told("params", "scaling")
