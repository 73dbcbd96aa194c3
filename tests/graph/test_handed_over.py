"""What a round leaves under another name than its own, or emits as it came, comes from before the loop."""

import pytest

from symcost import loads


@pytest.mark.parametrize("rounds", ["K", "3"])
def test_a_name_that_stays_and_is_left_under_another_one(rounds: str) -> None:
    """After any number of rounds `z` is the `y` of before them: tanh, with an exp beside it that reads it, are two."""
    text = (
        "model M(x: [T, D], K) { y = tanh(x)\n z = exp(y)\n"
        f" repeat {rounds} {{ y = y\n z = y }}\n return relu(relu(z)) }}"
    )
    assert str(loads(text).model().depth) == "3"


@pytest.mark.parametrize("rounds", ["K", "3"])
def test_a_name_that_stays_and_is_emitted(rounds: str) -> None:
    """Each round emits the same tanh of before the loop."""
    text = f"model M(x: [T, D], K) {{ y = tanh(x)\n repeat {rounds} {{ y = y\n emit q = y }}\n return relu(q) }}"
    assert str(loads(text).model().depth) == "2"
