"""What is moved where a layer has a name."""

from __future__ import annotations

import symcost


def test_a_named_layer_moves_at_its_calls_only() -> None:
    """Where it is named nothing is done: with one call it moves as much as without a name, with two twice that."""

    def moved(body: str) -> symcost.model.Quantity:
        return symcost.loads(f"model M(x: [T, D]) {{ {body} }}").model().quantity("traffic")

    plain = moved("return x -> Linear(D)")
    assert str(plain) == "4·T·D + D·D + D"  # x, W and x W; x W, b and the sum
    assert moved("layer f = Linear(D)  return f(x)") == plain
    assert moved("layer f = Linear(D)  return f(f(x))")(T=3, D=5) == 2 * plain(T=3, D=5)
