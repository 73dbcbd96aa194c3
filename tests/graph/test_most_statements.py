"""What a text may ask to be followed has a limit."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import SymcostError
from symcost.graph import frame


def test_statements_are_counted_over_all_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty rounds of twenty are refused where three hundred may be followed."""
    monkeypatch.setattr(frame, "MOST_STEPS", 300)
    text = "model M(x: [T, D]) { repeat 20 { repeat 20 { x = concat(x, x[:, 0:1]) } } return x }"
    (fault,) = symcost.loads(text).model().faults
    assert isinstance(fault, SymcostError) and "more than 300 statements to follow" in str(fault)
