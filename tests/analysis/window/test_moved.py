"""What is moved along an axis of one position."""

from __future__ import annotations

import symcost
from tests.oracle.openly import Counter, differences


def test_one_position_does_not_tell_that_it_was_moved() -> None:
    """Behind two zeros each position sees the one two before it; a single one sees all that there is."""
    text = "model M(x: [T]) { return tanh(x) -> pad([2, 0], axis = 0) }"
    model = symcost.loads(text).model()
    assert str(model.quantity("look_ahead").form) == "-2"
    assert [str(fact) for fact in model.assumed_for("look_ahead")] == ["T >= 2"]
    runs = [{"T": length} for length in (1, 2, 3, 4)]
    assert not list(differences(text, runs, ["look_ahead", "receptive_field"], Counter()))
