"""Layers by number, of which some sizes have none: what is kept is told only where it is the same without them."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnderivedMemory

DEEP = "a = x -> Linear(A) -> tanh b = a -> exp v = a "


def model(body: str) -> symcost.Model:
    return symcost.loads(f"model M(x: [A], L) {{ {DEEP} {body} return v }}").model()


@pytest.mark.parametrize(
    "body",
    [
        "repeat l in L { if l % 2 == 1 { v = a } else { v = b } }",
        "repeat l in L { if l < 2 { v = tanh(v) } else { v = a } }",
    ],
)
def test_a_last_layer_that_drops_all_before_it(body: str) -> None:
    """With an open count it is not known whether anything before it is kept."""
    with pytest.raises(UnderivedMemory):
        _ = model(body).quantity("activations").form


def test_numbers_tell_which_layer_is_the_last() -> None:
    """Up to two layers keep x, a and what each makes; behind a third nothing but x and a has a gradient."""
    body = "repeat l in L { if l < 2 { v = tanh(v) } else { v = a } }"
    kept = [model(body).at(A=1, L=layers).settled().quantity("activations").form.number for layers in (1, 2, 3, 4)]
    assert kept == [3, 4, 2, 2]
