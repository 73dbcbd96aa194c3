"""What a loop writes into caches that nobody reads is no matter to what its result sees."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnderivedWindow

MISTRAL = "examples/language/mistral.arch"

CACHED = """
model M(x: [T, D], L) {{
  repeat l in L {{
    emit cache = x
    x = x + (x -> SelfAttention(heads = 1, window = 8))
  }}
  return {result}
}}
"""


@pytest.mark.parametrize(("positions", "seen"), [(8, 8), (100, 100), (1000, 1 + 32 * 7)])
def test_windows_end_where_the_text_does(positions: int, seen: int) -> None:
    """32 windows of 8 see 225 positions, and of a text that is shorter all of it: 225 was told of 8, too."""
    model = symcost.load(MISTRAL).model("Mistral")
    small = model.at(L=32, w=8, D=64, heads=4, kv_heads=2, F=64, V=10, T=positions)
    assert small.quantity("receptive_field").form.number == seen


def test_the_published_model_sees_its_whole_text() -> None:
    """Mistral 7B with as many positions as its window: no more than these 4096."""
    model = symcost.load(MISTRAL).model("Mistral").configured("mistral_7b")
    assert model.quantity("receptive_field").form.number == 4096


def test_who_reads_the_cache_is_refused() -> None:
    """The first round caches the input itself, each later one what sees all before: they have no one window."""
    with pytest.raises(UnderivedWindow, match="changes from round to round"):
        _ = symcost.loads(CACHED.format(result="cache")).model().at(T=8, L=3, D=4).quantity("receptive_field")


def test_who_does_not_read_it_is_told() -> None:
    """All before the position, whatever is cached beside it."""
    found = symcost.loads(CACHED.format(result="x")).model().at(T=8, L=3, D=4).quantity("receptive_field")
    assert found.form.number == 8
