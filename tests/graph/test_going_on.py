"""Texts that go on: what stands in `resume` is counted as a run counts it that has the kept tokens in front."""

from __future__ import annotations

import pytest

from tests.oracle.agreement import assert_agreement


@pytest.mark.parametrize(("ports", "window"), [("x: [T, D], c, w", "w"), ("x: [T, D], c", "0")])
def test_keys_stand_in_front(ports: str, window: str) -> None:
    """All of them, or of a window of w the w - 1 before: in MACs and in all other classes."""
    text = f"""\
model M({ports}) -> [T, D] {{
  resume c {{
    k = x -> Linear(D) -> cached({window})
    y = softmax(x @ transpose(k)) @ k
  }}
  return y
}}
"""
    assert_agreement(text, [{"T": 2, "D": 3, "c": tokens, "w": 3} for tokens in (1, 2, 5)])


@pytest.mark.parametrize("behind", ["0", "c"])
def test_scores_are_of_the_last_token(behind: str) -> None:
    """Where a text is read to be gone on with from its beginning, and of all tokens of a step."""
    text = f"model M(x: [T, D], V, c) {{ resume {behind} {{ y = x -> scored -> Linear(V) }}  return y }}"
    assert_agreement(text, [{"T": 4, "D": 3, "V": 5, "c": 2}])
