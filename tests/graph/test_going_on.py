"""Texts that go on: what stands in `resume` is counted as a run counts it that has the kept tokens in front."""

from __future__ import annotations

import pytest

import symcost
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


@pytest.mark.parametrize("behind", ["0", "c"])
def test_a_convolution_has_its_last_inputs_in_front(behind: str) -> None:
    """K rows of them; of a text that begins, zeros up to K rows."""
    text = f"""\
model M(x: [T, D], K, c) {{
  resume {behind} {{
    u = x -> recent(K)
    n = size(u, axis = -2)
    y = (u -> DepthwiseConv1d(kernel = K, pad = K - 1))[n - T:n]
  }}
  return y
}}
"""
    assert_agreement(text, [{"T": tokens, "D": 3, "K": 4, "c": 2} for tokens in (2, 3, 6)])


def test_a_recurrence_has_a_form_for_what_goes_on() -> None:
    """Behind tokens a state is asked; a text that begins looks at all pairs, with a state that is kept afterwards."""
    text = """\
module Seen(x: [T, D]) -> [T, D] {
  if goes_on() {
    S = zeros([D, D]) -> kept
    y = x @ (S + transpose(x) @ x)
  } else {
    y = (x @ transpose(x)) @ x
  }
  return y
}
model M(x: [T, D], c) { resume c { y = x -> Seen }  return y }
"""
    assert_agreement(text, [{"T": 2, "D": 3, "c": tokens} for tokens in (1, 5)])
    begun = text.replace("resume c", "resume 0")
    assert_agreement(begun, [{"T": 2, "D": 3, "c": 1}])


def test_what_is_kept_is_state_before_and_afterwards() -> None:
    """A state of D·D numbers and K inputs of a convolution, however many tokens; what begins leaves it to steps."""
    text = """\
module Mixed(x: [T, D], K) -> [T, D] {
  u = x -> recent(K)
  n = size(u, axis = -2)
  return u[n - T:n] @ (zeros([D, D]) -> kept)
}
model Whole(x: [T, D], K) { return x -> Mixed(K) }
model Behind(x: [T, D], K, c) { resume c { y = x -> Mixed(K) }  return y }
model Begun(x: [T, D], K) { resume 0 { y = x -> Mixed(K) }  return y }
"""
    read = symcost.loads(text)
    whole, behind, begun = (read.model(name).at(T=1, D=3, K=4) for name in ("Whole", "Behind", "Begun"))
    assert whole.state() == begun.state() == 0
    assert behind.at(c=7).state() == behind.at(c=1000).state() == 3 * 3 + 4 * 3
    read_again = behind.at(c=7).fused() - begun.fused()
    assert read_again == 3 * 3 + 4 * 3


@pytest.mark.parametrize("asked", ["goes_on(T)", "goes_on(tokens = T)"])
def test_going_on_is_asked_of_nothing(asked: str) -> None:
    """It is known where the text stands, and no argument says it."""
    with pytest.raises(symcost.SymcostError, match="goes_on"):
        symcost.loads(f"model M(x: [T, D]) {{ if {asked} {{ y = x }} else {{ y = 2*x }}  return y }}").model(
            "M"
        ).params()


def test_what_is_computed_once_is_not_in_a_step() -> None:
    """An encoder of L layers and its keys: a step has the cost of what is left, and all the parameters."""
    text = """\
module Look(x: [T, D], memory: [S, D]) -> [T, D] {
  k = memory -> Linear(D, bias = false) -> once -> kept
  return softmax(x @ transpose(k)) @ k
}
module Written(x: [T, D], sound: [S, D], L) -> [T, D] {
  m = sound
  repeat L { m = m + (m -> Linear(D) -> relu) }
  m = m -> once
  return x -> Look(m)
}
model Read(x: [T, D], sound: [S, D], L) { return x -> Written(sound, L) }
model Step(x: [T, D], sound: [S, D], L, c) { resume c { y = x -> Written(sound, L) }  return y }
"""
    sizes = {"T": 2, "D": 3, "S": 5, "L": 4}
    read, step = (symcost.loads(text).model(name).at(**sizes) for name in ("Read", "Step"))
    step = step.at(c=7)
    assert step.macs() == 2 * 2 * 3 * 5
    assert step.params() == read.params() == 4 * (3 * 3 + 3) + 3 * 3
    assert step.state() == 5 * 3
    assert read.macs() == step.macs() + 5 * 3 * 3 + 4 * 5 * 3 * 3
    assert step.depth() < read.depth()


def test_what_else_reads_it_is_computed_again() -> None:
    """What is asked once is left out only where nothing of the step needs it."""
    text = """\
model M(x: [T, D], c) {
  resume c {
    k = x -> Linear(D, bias = false)
    y = x @ transpose(k -> once -> kept) @ k
  }
  return y
}
"""
    step = symcost.loads(text).model("M").at(T=2, D=3, c=7)
    assert step.macs() == 2 * 3 * 3 + 2 * 2 * 2 * 3


def test_tokens_before_are_told() -> None:
    """None where a text begins; those of `resume` behind them."""
    text = """\
module Far(x: [T, D]) -> [T, D] {
  return constant([T, tokens_before() + T], "distances") @ (x -> cached)
}
model M(x: [T, D], c) { resume c { y = x -> Far }  return y }
"""
    assert_agreement(text, [{"T": 2, "D": 3, "c": tokens} for tokens in (1, 5)])
