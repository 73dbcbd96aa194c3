"""What is left of an axis whose size has a name keeps the name, where the name is another definition's too."""

from __future__ import annotations

import pytest

import symcost

TOKENS = """
module Tokens(x: [S, S, C], P, D) {{
  let N = ceil(S/P)*ceil(S/P) "patches"
  param cls: [{more}, D]
  return concat(cls, zeros([N, D]), axis = 0)
}}
model M(x: [S, S, C], P, D) {{
  y = x -> Tokens(P, D)
  return y[{slice}] -> Linear(2*D)
}}
"""


@pytest.mark.parametrize(("more", "slice_"), [("1", "1:"), ("1", ":-1"), ("2", "1:-1"), ("3", "3:")])
def test_a_slice_of_named_and_more(more: str, slice_: str) -> None:
    """Of 1 + N tokens N are left, each of which costs D·2·D."""
    model = symcost.loads(TOKENS.format(more=more, slice=slice_)).model()
    assert str(model.macs) == "2·D·D·N"
    assert model.macs(S=5, P=2, D=3) == 2 * 3 * 3 * 3 * 3
