"""`weigh 0.3 { ... }`: counts as often as it is expected to run, said as such."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import symcost
from symcost import SymcostError
from symcost.cli import main

FIRING = """
model Firing(x: [T, D], H, p = 0.25) {
  y = x -> Linear(D, bias = false)
  weigh 0.3 { z = y -> Linear(H, bias = false) -> relu }
  weigh p { scan t in T with h: [H] { h = tanh(z[t] + h) } }
  return z, h
}
"""


def test_counts_are_expected() -> None:
    """0.3 of D·H·T MACs, and a quarter of H·T functions; parameters, shapes and depth are those of the whole."""
    model = symcost.loads(FIRING).model()
    plain = symcost.loads(FIRING.replace("weigh 0.3 {", "frozen {").replace("weigh p {", "frozen {")).model()
    assert model.macs == symcost.form("D*D*T + 3*D*H*T/10")
    assert model.quantity("exp") == symcost.form("H*T/4")
    assert model.quantity("cmp") == symcost.form("3*H*T/10")
    for question in ("params", "depth", "steps", "traffic", "state"):
        assert model.quantity(question) == plain.quantity(question), question
    assert model.at(p="0.5").quantity("exp") == symcost.form("H*T/2")


def test_backward_is_expected_too() -> None:
    """Two products for each product forward, as often as that."""
    inside = "weigh 0.25 { y = y -> Linear(H, bias = false) }"
    text = f"model M(x: [T, D], H) {{ y = x -> Linear(D, bias = false)  {inside} return y }}"
    assert symcost.loads(text).model().quantity("backward") == symcost.form("D*D*T + 2*D*H*T/4")


def test_inside_of_one_another() -> None:
    """Products of both; a layer that is called inside and outside counts each call for itself."""
    text = """
    module Twice(x: [T, D]) { weigh 0.5 { y = x -> Linear(D, bias = false) } return y }
    model M(x: [T, D]) {
      layer f = Linear(D, bias = false)
      weigh 0.5 { repeat 2 shared { x = x -> Twice } x = f(x) }
      return f(x) -> Twice
    }
    """
    model = symcost.loads(text).model()
    # 2·0.5·0.5 for the loop, 0.5 and 1 for the layer, 0.5 behind.
    assert model.macs == symcost.form("5*D*D*T/2")
    assert model.params == symcost.form("3*D*D")


def test_what_never_runs_and_what_runs_more_than_once() -> None:
    """Speculative decoding draws more than one token a round: any number that is not negative."""
    text = "model M(x: [T, D], a = 0) { weigh a { y = x -> Linear(D, bias = false) } return y }"
    assert symcost.loads(text).model().macs == 0
    assert symcost.loads(text).model().at(a="2.5").macs(T=2, D=2) == 20


@pytest.mark.parametrize(
    "command",
    [["formula"], ["formula", "T=2", "D=3", "H=5"], ["report"], ["explain"], ["formula", "--format", "json"],
     ["report", "--format", "markdown"], ["growth"]],
)  # fmt: skip
def test_it_is_said(command: list[str], tmp_path: object) -> None:
    """Every answer says that it is an expected count, and of what."""
    file = f"{tmp_path}/firing.arch"
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(FIRING)
    told = CliRunner().invoke(main, [*command[:1], file, *command[1:]])
    assert "counts as expected: `weigh 0.3`" in told.output.replace("\\`", "`")


def test_no_program_counts_so() -> None:
    """A convention that is what a program counts has no number for it."""
    with pytest.raises(SymcostError, match="weigh"):
        _ = symcost.loads(FIRING).model().flops("pytorch")


@pytest.mark.parametrize("rate", ["-1", "T - D", "x", "true", '"often"'])
def test_what_is_no_weight(rate: str) -> None:
    """Only numbers that are not negative."""
    with pytest.raises(SymcostError) as caught:
        _ = symcost.loads(f"model M(x: [T, D]) {{ weigh ({rate}) {{ y = x -> relu }} return y }}").model().macs
    assert caught.value.report.label is not None


@pytest.mark.parametrize(
    ("of", "told"), [("params", False), ("depth", False), ("macs", True), ("training_flops", True)]
)
def test_said_only_of_what_is_weighed(of: str, told: bool, tmp_path: object) -> None:
    """Parameters and depth are those of the whole: nothing is expected of them, with numbers or without."""
    file = f"{tmp_path}/firing.arch"
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(FIRING)
    for values in ([], ["T=2", "D=3", "H=5"]):
        answer = CliRunner().invoke(main, ["formula", file, "--of", of, *values])
        assert ("as expected" in answer.output) == told
