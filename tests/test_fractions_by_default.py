"""A signature takes fractions where its default is a number, however that is spelt."""

from __future__ import annotations

from fractions import Fraction

import pytest

import symcost
from symcost.errors import BadValue

TEXT = "model M(x: [T, D], p = {}) {{ weigh p {{ x = x -> Linear(D) }} return x }}"


@pytest.mark.parametrize("default", ["0.5", "1/2", "3/10", "2 * 0.25", "1"])
@pytest.mark.parametrize("given", ["1/4", "0.25", Fraction(1, 4)])
def test_a_number_in_any_spelling_declares_a_fraction(default: str, given: object) -> None:
    """A quarter of 8 * 4 * 4."""
    model = symcost.loads(TEXT.format(default)).model()
    assert model.at(T=8, D=4, p=given).macs == 32


def test_a_size_over_others_does_not() -> None:
    """`D/2` is no number."""
    text = "model M(x: [T, D], p = D/2) { x = x -> Linear(p) return x }"
    with pytest.raises(BadValue):
        symcost.loads(text).model().at(p=Fraction(1, 4))
