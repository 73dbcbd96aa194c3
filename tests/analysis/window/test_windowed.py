"""Windows that are cut at the beginning of the axis, above each other, against unrolled graphs."""

from __future__ import annotations

import pytest

import symcost
from symcost.formula import Form, symbol
from tests.oracle.reach import reach

L, W = symbol("L"), symbol("W")
ATTEND = "windowed_attention({0}, {0}, {0}, window = {1})"
LENGTH = 16

STACKS = {
    "two": (ATTEND.format("x", "W"), ATTEND.format("x", "W"), 2 * W - 1),
    "of two widths": (ATTEND.format("x", "W"), ATTEND.format("x", 2), W + 1),
    "a convolution above": (ATTEND.format("x", "W"), 'Conv1d(x, D, 3, pad = "causal")', W + 2),
    "a convolution below": ('Conv1d(x, D, 3, pad = "causal")', ATTEND.format("x", "W"), W + 2),
    "with a way around": (ATTEND.format("x", "W"), "x + " + ATTEND.format("x", "W"), 2 * W - 1),
}


@pytest.mark.parametrize("name", STACKS)
def test_two_layers_with_windows(name: str) -> None:
    """Away from the ends an entry sees what the unrolled graph says, through no more layers."""
    below, above, wide = STACKS[name]
    model = symcost.loads(f"model M(x: [T, D], W) {{\nassume W <= T\nx = {below}\nreturn {above}\n}}").model()
    path = model.path()
    assert path.receptive_field == wide
    sizes = {"T": LENGTH, "D": 1, "W": 4}

    def put(form: Form, place: int) -> int:
        return int(form.evaluate(sizes | {path.at: place}))

    seen = {place[0]: layers for place, layers in reach(model.graph, sizes).items()}
    inside = [t for t in seen if put(path.first, t) >= 0 and put(path.last, t) < LENGTH]
    assert inside
    for t in inside:
        assert (min(seen[t]), max(seen[t])) == (put(path.first, t), put(path.last, t))
        assert max(seen[t].values()) <= int(path.layers.evaluate(sizes))


def test_any_number_of_layers_with_windows() -> None:
    """Each of L layers leads back by W - 1 positions more."""
    attend = ATTEND.format("x", "W")
    model = symcost.loads(
        f"model M(x: [T, D], W, L) {{\nassume W <= T\nrepeat L {{ x = {attend} }}\nreturn x\n}}"
    ).model()
    assert model.path().receptive_field == (W - 1) * L + 1
