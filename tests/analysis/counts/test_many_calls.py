"""A graph that is called often is looked at once, whatever is asked of it."""

from __future__ import annotations

import pytest

import symcost

LEVELS = 40


@pytest.mark.parametrize("inside", ["relu(x)", "f()"], ids=["plain", "repeated"])
def test_calls_that_double(inside: str) -> None:
    """Forty levels of two calls each are 2^40 operations, counted in a moment; three times each if repeated."""
    body = "repeat 3 { x = relu(x) } return x" if inside == "f()" else "return relu(x)"
    levels = [f"module f{n}(x: [D]) {{ return f{n + 1}(f{n + 1}(x)) }}" for n in range(LEVELS)]
    text = "\n".join([*levels, f"module f{LEVELS}(x: [D]) {{ {body} }}", "model M(x: [D]) { return f0(x) }"])
    model = symcost.loads(text).model()
    each = 3 if inside == "f()" else 1
    assert model.flops()(D=5) == 2**LEVELS * 5 * each
    assert model.quantity("training_flops").form.evaluate({"D": 5}) >= 2**LEVELS * 5 * each
