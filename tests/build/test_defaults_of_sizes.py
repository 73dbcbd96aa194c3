"""A static with a default beside a shape that says the same name."""

from __future__ import annotations

import pytest

from symcost import loads
from symcost.errors import WrongKind

BOUND = "model M(x: [T, I], I = 1) { return Linear(x, I) }"


def test_a_size_of_a_shape_has_no_default_of_its_own() -> None:
    """Else the input had I channels and the layer one, whatever I is."""
    with pytest.raises(WrongKind, match="as the shapes say"):
        loads(BOUND).model().params(I=2)


def test_a_size_of_a_shape_may_be_named_again() -> None:
    """Without a default it is the same size: I·I and I numbers."""
    assert loads(BOUND.replace(" = 1", "")).model().params(I=3) == 12
