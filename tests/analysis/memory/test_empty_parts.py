"""Layers by number, of which some sizes have none: what is kept is told only where it is the same without them."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnderivedMemory

DEEP = "a = x -> Linear(A) -> tanh b = a -> exp v = a "


def model(body: str) -> symcost.Model:
    return symcost.loads(f"model M(x: [A], L) {{ {DEEP} {body} return v }}").model()


def test_a_last_layer_that_drops_all_before_it() -> None:
    """Whether it is the last depends on the parity of L: nothing is told with an open count."""
    with pytest.raises(UnderivedMemory):
        _ = model("repeat l in L { if l % 2 == 1 { v = a } else { v = b } }").quantity("activations").form


def test_layers_behind_the_first_that_drop_all_before_them() -> None:
    """Behind a third layer nothing but x and a has a gradient: that is told for those sizes, the others by number."""
    dropping = model("repeat l in L { if l < 2 { v = tanh(v) } else { v = a } }")
    assert str(dropping.quantity("activations")) == "2·A"
    assert [str(fact) for fact in dropping.holds("activations")] == ["L >= 3"]
    assert [dropping.activations(A=1, L=layers) for layers in (1, 2, 3, 4)] == [3, 4, 2, 2]


def test_numbers_tell_which_layer_is_the_last() -> None:
    """Up to two layers keep x, a and what each makes; behind a third nothing but x and a has a gradient."""
    body = "repeat l in L { if l < 2 { v = tanh(v) } else { v = a } }"
    kept = [model(body).at(A=1, L=layers).settled().quantity("activations").form.number for layers in (1, 2, 3, 4)]
    assert kept == [3, 4, 2, 2]
