"""Convolutions in loops in loops: each of all rounds sees one position more to both sides."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest

import symcost
from symcost.errors import UnderivedWindow


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


@pytest.mark.slow
def test_a_refusal_of_many_loops_says_what_to_write() -> None:
    """Six loops in one another are refused with a mend, and with it followed they are told."""
    with pytest.raises(UnderivedWindow, match=r"`repeat A\*B \{ … \}` is one in place of two"):
        _ = nested(6).receptive_field
    mended = "repeat L0*L1*L2*L3*L4*L5 { x = x -> Conv1d(D, 3, pad = 1) }"
    sizes = ", ".join(f"L{number}" for number in range(6))
    field = symcost.loads(f"model Deep(x: [T, D], {sizes}) {{\n{mended}\nreturn x\n}}").model().receptive_field
    assert field(T=1000, L0=1, L1=2, L2=3, L3=1, L4=2, L5=1) == 2 * 12 + 1
