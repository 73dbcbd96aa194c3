"""`for`: rounds that do not wait for each other; `emit y[..., t, :]` says where their axis stands."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import BadSubscript, RecurrenceWithoutCarry, SymcostError

ROUNDS = "model M(x: [T, D]) {{ {} t in T {{ emit y = x[t] -> Linear(D) -> tanh }} return y }}"


def test_it_costs_what_a_scan_without_carry_costs() -> None:
    """Weights once, operations T times, depth of one round: a product, a bias, tanh."""
    rounds, scan = (symcost.loads(ROUNDS.format(word)).model() for word in ("for", "scan"))
    assert str(rounds.params) == "D·D + D"
    assert str(rounds.macs) == "D·D·T"
    assert rounds.depth == 3
    assert rounds.flops() == scan.flops()
    assert rounds.peak == scan.peak


@pytest.mark.parametrize(
    ("place", "shape"),
    [
        ("", "[T, B, D]"),
        ("[t, :, :]", "[T, B, D]"),
        ("[:, t, :]", "[B, T, D]"),
        ("[..., t, :]", "[B, T, D]"),
        ("[:, t, ...]", "[B, T, D]"),
        ("[..., t]", "[B, D, T]"),
        ("[:, :, t]", "[B, D, T]"),
        ("[t, ...]", "[T, B, D]"),
    ],
)
def test_the_axis_of_the_rounds_is_where_it_is_said(place: str, shape: str) -> None:
    """A value [B, D] for each of T rounds."""
    text = f"model M(x: [B, T, D]) {{ for t in T {{ emit y{place} = x[:, t] }} z: {shape} = y return z }}"
    assert symcost.loads(text).model().faults == ()


def test_a_place_costs_nothing() -> None:
    """Where the axis stands is another look at the same numbers."""
    text = "model M(x: [B, T, D]) {{ for t in T {{ emit y{} = tanh(x[:, t]) }} return y }}"
    front, inside = (symcost.loads(text.format(place)).model() for place in ("", "[:, t, :]"))
    for question in ("macs", "flops", "depth", "activations", "peak"):
        assert front.quantity(question) == inside.quantity(question), question


def test_repeats_place_it_too() -> None:
    """Also where the rounds are built one by one."""
    for head in ("repeat l in L", "repeat l in 3"):
        count = head.split()[-1]
        text = f"model M(x: [D], L) {{ {head} {{ x = x -> Linear(D) emit y[:, l] = x }} z: [D, {count}] = y return z }}"
        assert symcost.loads(text).model().faults == ()


@pytest.mark.parametrize(
    "place", ["[t]", "[t, t, :]", "[0, t, :]", "[:, :, :]", "[..., t, ...]", "[:, 0:2, t]", "[...]"]
)
def test_other_places_are_refused(place: str) -> None:
    """One is the counter; the others are all axes of the value."""
    with pytest.raises(SymcostError) as caught:
        _ = (
            symcost.loads(f"model M(x: [B, T, D]) {{ for t in T {{ emit y{place} = x[:, t] }} return y }}")
            .model()
            .graph
        )
    assert isinstance(caught.value.faults[0], BadSubscript)


@pytest.mark.parametrize("body", ["h = tanh(h + x[t]) emit y = h", "s = s + x[t] emit y = s"])
def test_rounds_that_wait_are_refused(body: str) -> None:
    """What the round before made is not there yet."""
    with pytest.raises(SymcostError, match="do not wait") as caught:
        _ = symcost.loads(f"model M(x: [T, D]) {{ h = zeros([D]) for t in T {{ {body} }} return y }}").model().graph
    assert isinstance(caught.value.faults[0], RecurrenceWithoutCarry)
