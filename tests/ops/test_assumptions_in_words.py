"""What is printed behind "assuming": nothing that always holds, and the rest as plainly as it can be said."""

from __future__ import annotations

import pytest

import symcost
from symcost import SymcostError
from symcost.formula import AtLeast, num, symbol

V = symbol("V")


def assumed(text: str) -> list[str]:
    return [str(fact) for fact in symcost.loads(text).model().assumptions]


def test_what_always_holds_is_not_assumed() -> None:
    """256·floor((8·D + 765)/768) is 256·ceil(D/96), which is 256 at least."""
    assert assumed("model M(x: [T, D]) { return x -> Linear((8*D + 765)//768*256) -> Linear(D) }") == []


def test_a_size_cut_to_a_multiple() -> None:
    """64·floor(V/64) is 1 or more where V is 64 or more; 63 is refused, 64 is not."""
    model = symcost.loads("model M(x: [T, d], V) { return x -> Linear(V - V % 64, bias = false) }").model()
    assert model.assumptions == (AtLeast(V, num(64)),)
    assert model.at(T=1, d=1, V=64).macs() == 64
    with pytest.raises(SymcostError):
        model.at(T=1, d=1, V=63)


def test_a_padded_size_needs_nothing() -> None:
    """V + (64 - V % 64) % 64 is 64·ceil(V/64), whatever V is; 65 words are padded to 128."""
    model = symcost.loads("model M(x: [T, d], V) { return x -> Linear(V + (64 - V % 64) % 64, bias = false) }").model()
    assert (str(model.macs), model.assumptions) == ("64·d·ceil(V/64)·T", ())
    assert model.macs(T=1, d=1, V=65) == 128


def test_a_logarithm_is_whole() -> None:
    """log2(N) rounds are a whole number of them for powers of two only, and it is said so."""
    text = "model M(x: [N, D]) { repeat log2(N) { x = x -> Linear(D) } return x }"
    assert assumed(text) == ["log2(N) is whole"]
    with pytest.raises(SymcostError, match=r"log2\(N\) is whole"):
        symcost.loads(text).model().at(N=7, D=2)
