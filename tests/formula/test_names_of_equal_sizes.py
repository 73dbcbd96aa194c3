"""An equality says that two sizes are as large, not that one is to be called as the other."""

from __future__ import annotations

import pytest

import symcost

BODY = """
  q = x -> Linear(D, bias = false)
  k = x -> Linear(G, bias = false)
  return q, k
"""


@pytest.mark.parametrize(
    "assumed",
    ["G == kv_heads*(D/heads)", "kv_heads*(D/heads) == G", "D == heads*d", "heads*d == D", "G == D", "D == G"],
)
def test_sizes_keep_their_names(assumed: str) -> None:
    """D·D and D·G MACs at each position, whichever side of the equality a name stands on."""
    text = f"model M(x: [T, D], G, heads, kv_heads, d) {{ assume heads divides D  assume {assumed} {BODY} }}"
    model = symcost.loads(text).model()
    assert str(model.macs) == "D·D·T + D·G·T"
    assert model.macs(T=3, D=8, G=8, heads=2, kv_heads=2, d=4) == 2 * 3 * 64


@pytest.mark.parametrize("assumed", ["T == 2*n", "2*n == T"])
def test_a_rounding_that_is_decided(assumed: str) -> None:
    """Where an equality says that nothing is rounded, floor(T/2) is n."""
    text = f"model M(x: [T, D], n) {{ assume {assumed}  return x[0:T//2] -> Linear(1, bias = false) }}"
    assert "floor" not in str(symcost.loads(text).model().macs)


def test_equal_sizes_still_agree() -> None:
    """What is added is as large as the other, whatever it is called."""
    text = "model M(x: [T, D], E) { assume E == D  return x + (x -> Linear(E)) }"
    assert [str(size) for size in symcost.loads(text).model().graph.results[0].shape] == ["T", "D"]
