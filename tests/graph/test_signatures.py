"""Signatures: what is read off the ports of a definition once says in every call what it said in the first."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import MissingArgument, NoInput, SymcostError, UnknownArgument, WrongKind

LAYER = 'module Scaled(x: [T, D], n = 2, wide = true, how = "as it is") { return x * n }\n'


def test_a_default_too_large_to_compute_waits_until_it_is_needed() -> None:
    """Who gives another number never meets it."""
    text = "module Big(x: [T], n = 1e4000) {{ return x * n }}\nmodel M(x: [T]) {{ return Big({given}) }}"
    assert str(symcost.loads(text.format(given="x, 3")).model().flops()) == "T"
    with pytest.raises(SymcostError, match="10000 bits"):
        _ = symcost.loads(text.format(given="x")).model().flops()


def test_literal_defaults_are_told_from_what_is_given() -> None:
    """The second call has its own number, and the third the default again."""
    body = "  a = grown(x)\n  b = grown(x, 3)\n  c = grown(x)\n  return a, b, c\n"
    text = "module grown(x: [T], by = 2) { param w: [by]  return x + sum(w) }\nmodel M(x: [T]) {\n" + body + "}\n"
    assert symcost.loads(text).model().params == 7  # 2 + 3 + 2


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("Scaled(2)", NoInput),
        ("Scaled(x, 2, 3)", WrongKind),  # a number for `wide`
        ("Scaled(x, size = 3)", UnknownArgument),
        ("Scaled(x, 2, true, 3, 4, 5)", SymcostError),
    ],
)
def test_each_call_is_refused_by_itself(call: str, fault: type[SymcostError]) -> None:
    """A call that is right leaves nothing behind by which a wrong one would pass."""
    text = LAYER + f"model M(x: [T, D]) {{\n  y = Scaled(x)\n  z = {call}\n  return y + z\n}}"
    with pytest.raises(fault):
        _ = symcost.loads(text).model().macs


def test_what_has_no_default_is_asked_for_in_every_call() -> None:
    """That it was given once does not give it twice."""
    text = "module Wide(x: [T], n) { param w: [n]  return x }\n"
    text += "model M(x: [T]) {\n  y = Wide(x, 4)\n  return Wide(y)\n}"
    with pytest.raises(MissingArgument):
        _ = symcost.loads(text).model().params
