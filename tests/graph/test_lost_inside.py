"""What the body of a loop gives a name of outside ends with the round: read behind the loop it is a fault."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import SymcostError

CHOICE = "choose k of E { x = x -> Linear(D)  emit y = x }"

LOST = {
    "read": f"{CHOICE}  return x",
    "in index notation": f"{CHOICE}  z[t, d] = x[t, d] * x[t, d]  return z",
    "in a repeat": f"repeat L {{ {CHOICE} }}  return x",
    "in an unrolled repeat": f"repeat 2 {{ x = concat(x, x, axis = 0)  {CHOICE} }}  return x",
    "in the next round": f"repeat l in 2 {{ x = relu(x)  {CHOICE} }}  return x",
    "in a choice": "choose k of E { choose 1 of 2 { x = relu(x) }  emit y = zeros([D]) }  return x",
    "in a scan": "h = x[0]  scan t in T { h = relu(x[t]) }  return h",
}  # fmt: skip

KEPT = {
    "only emitted": f"{CHOICE}  return y",
    "emitted under its name": "choose k of E { x = x -> Linear(D)  emit x = x }  return x",
    "set again": f"{CHOICE}  x = sum(y, axis = 0)  return x",
    "set again in each round": f"repeat L {{ {CHOICE}  x = sum(y, axis = 0) }}  return x",
    "carried": "h = x[0]  scan t in T with h: [D] = h { h = relu(x[t] + h) }  return h",
}


@pytest.mark.parametrize("body", LOST.values(), ids=LOST)
def test_a_value_that_ended_with_a_round_is_not_read_as_the_one_before(body: str) -> None:
    with pytest.raises(SymcostError) as refused:
        symcost.loads(f"model M(x: [T, D], k, E, L) {{ {body} }}").model("M").quantity("macs")
    assert {fault.code for fault in refused.value.faults} == {"lost-inside"}


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT)
def test_what_is_handed_on_or_set_anew_is_read(body: str) -> None:
    assert symcost.loads(f"model M(x: [T, D], k, E, L) {{ {body} }}").model("M").graph.results
