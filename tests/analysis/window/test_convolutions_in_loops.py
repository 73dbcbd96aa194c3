"""Convolutions in loops in loops: each of all rounds sees one position more to both sides."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest

import symcost


def nested(loops: int) -> symcost.Model:
    """A convolution of three positions, repeated by so many loops, one in another."""
    sizes = [f"L{number}" for number in range(loops)]
    opened = "".join(f"repeat {size} {{\n" for size in sizes)
    body = f"{opened} x = x -> Conv1d(D, 3, pad = 1)\n{'}' * loops}\n"
    return symcost.loads(f"model Deep(x: [T, D], {', '.join(sizes)}) {{\n{body}return x\n}}").model()


@pytest.mark.parametrize("loops", [1, 2, 3])
def test_a_window_is_as_wide_as_all_rounds_make_it(loops: int) -> None:
    """One position more to both sides in each of the rounds, for a few sizes."""
    field = nested(loops).receptive_field
    for sizes in product((1, 2, 4), repeat=loops):
        assert field(T=1000, **{f"L{number}": size for number, size in enumerate(sizes)}) == 2 * prod(sizes) + 1
