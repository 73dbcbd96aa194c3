"""A text that is asked about again says the same, wherever its tree comes from."""

from __future__ import annotations

import pytest

from symcost.playing.answer import answer

WRONG = "model M(x: [T, D]) {\n  return x -> rellu\n}\n"
BROKEN = "model M(x: [T, D]) {\n  return x -> relu\n}\nexpect M { params == 1 }\n"
BAD_CALL = "module F(x: [T], K) { return x }\nmodel M(x: [T]) {\n  return F(x)\n}\n"


@pytest.mark.parametrize(("text", "said"), [(WRONG, "rellu"), (BROKEN, "params == 1"), (BAD_CALL, "F(x)")])
def test_the_same_place_each_time(text: str, said: str) -> None:
    """The place of a fault is in the text, at the first answer and at the third."""
    for _ in range(3):
        first = answer(text)["faults"][0]
        assert text[first["start"] : first["end"]] == said
        answer("model Other(x: [T]) { return x }")
