"""Loops in loops in loops: what is asked of them stays within bounds, however many there are."""

from __future__ import annotations

import re

import pytest

import symcost
from symcost.errors import UnderivedWindow


def nested(loops: int) -> symcost.Model:
    """A residual layer, repeated by so many loops, one in another."""
    sizes = [f"L{number}" for number in range(loops)]
    opened = "".join(f"repeat {size} {{\n" for size in sizes)
    body = f"{opened} x = x + relu(x -> Linear(D))\n{'}' * loops}\n"
    return symcost.loads(f"model Deep(x: [T, D], {', '.join(sizes)}) {{\n{body}return x\n}}").model()


@pytest.mark.parametrize("question", ["depth", "scalar_depth", "activations", "peak", "params"])
def test_each_question_of_sixteen_loops(question: str) -> None:
    """With all loops run once, sixteen in one another say what one says; time that doubles with each would not end."""
    once = dict.fromkeys((f"L{number}" for number in range(16)), 1)
    deep = nested(16).quantity(question)(T=5, D=8, **once)
    assert deep == nested(1).quantity(question)(T=5, D=8, L0=1)


def test_a_product_of_many_sizes_is_followed() -> None:
    """The depth is that of one round as often as there are rounds."""
    text = str(nested(16).depth)
    assert sorted(re.findall(r"L\d+", text)) == sorted(f"L{number}" for number in range(16))


def test_windows_of_many_loops_are_refused() -> None:
    """What the result sees is told for four, and refused for sixteen before it takes long."""
    assert str(nested(4).quantity("receptive_field")) == "1"
    with pytest.raises(UnderivedWindow, match="too many rounds"):
        nested(16).quantity("receptive_field")
