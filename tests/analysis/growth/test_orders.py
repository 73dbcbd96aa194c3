"""Orders as complexity tables print them."""

from __future__ import annotations

import pytest

from symcost.analysis.growth.orders import order
from symcost.formula import Assumptions, AtLeast, Form, num, symbol

n, d, k, r = (symbol(name) for name in "ndkr")


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        (2 * n * n * d, "n^2·d"),
        (4 * n * d * d + 2 * n * n * d + 7 * n, "n·d^2 + n^2·d"),  # neither bounds the other
        (n * (n + 1) * d / 2, "n^2·d"),
        (k * n * d + n * d * d, "n·d·k + n·d^2"),
        (n * n - 5 * n, "n^2"),
        (num(7), "1"),
        (num(0), "0"),
    ],
)
def test_terms_that_no_other_bounds(form: Form, printed: str) -> None:
    """Without factors, in the order of the names."""
    assert str(order(form, Assumptions(), "ndkr")) == printed


def test_assumptions_bound_terms() -> None:
    """A window of r of n positions: r·r·d is bounded by r·n·d only if r is at most n."""
    form = 2 * d * r * n + d * r * r
    assert str(order(form, Assumptions(), "ndkr")) == "n·d·r + d·r^2"
    assert str(order(form, Assumptions([AtLeast(n, r)]), "ndkr")) == "n·d·r"
