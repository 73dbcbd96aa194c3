"""Quantities over dimensions of other names: the same numbers, and the old names mean nothing."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost.errors import BadValue, UnknownDimension, ViolatedAssumption

TEXT = """
dim H "hidden" latex "h"
model Net(x: [T, D], H, heads) { assume heads divides D  return x -> Linear(H) -> relu -> Linear(D) }
"""
MODEL = symcost.loads(TEXT).model()
SIZES = st.integers(1, 30)


@settings(max_examples=20, deadline=None)
@given(T=SIZES, D=SIZES, H=SIZES)
def test_numbers_go_in_by_new_names(T: int, D: int, H: int) -> None:
    """What a quantity is at some sizes it is after its dimensions were renamed, also where two change places."""
    other = MODEL.params.renamed({"H": "hidden", "T": "n"})
    assert other(n=T, D=D, hidden=H, heads=1) == MODEL.params(T=T, D=D, H=H, heads=1)
    turned = MODEL.params.renamed({"H": "D", "D": "H"})
    assert turned(T=T, H=D, D=H, heads=1) == MODEL.params(T=T, D=D, H=H, heads=1)
    assert other.form.evaluate({"n": T, "D": D, "hidden": H}) == MODEL.params.form.evaluate({"T": T, "D": D, "H": H})


def test_sizes_go_in_by_new_names() -> None:
    """A size over other dimensions speaks of the new names; the old ones mean nothing any more."""
    other = MODEL.macs.renamed({"H": "hidden", "D": "width"})
    expected = symcost.form("8*width*width*T")
    assert other.at(hidden="4*width") == other.at(hidden=symcost.form("4*width")) == expected
    for gone in ("4*D", symcost.form("4*D")):
        with pytest.raises(BadValue):
            other.at(hidden=gone)
    with pytest.raises(UnknownDimension):
        other.at(H=3)


def test_one_model_under_two_names() -> None:
    """Beside a model whose dimension has the old name, both stay what they are."""
    wide = MODEL.macs.renamed({"H": "W"})
    both = MODEL.macs + wide
    assert both == symcost.form("2*D*H*T + 2*D*W*T")
    assert both(T=2, D=3, H=5, W=7, heads=1) == 2 * 3 * 2 * (5 + 7)
    assert wide.compare(MODEL.macs) == "undecided" and wide.growth("W").growth.kind == "Linear"
    assert wide.solve("W", MODEL.macs) == symcost.form("H")


def test_what_is_assumed_stays_assumed() -> None:
    """That `heads` divides `D` holds of their new names too."""
    other = MODEL.macs.renamed({"heads": "n", "D": "width"})
    assert other(T=2, width=8, H=1, n=4) == 32
    with pytest.raises(ViolatedAssumption):
        other(T=2, width=8, H=1, n=3)
    assert pickle.loads(pickle.dumps(other))(T=2, width=8, H=1, n=4) == 32


@pytest.mark.parametrize(
    "names", [{"H": "T"}, {"H": "W", "D": "W"}, {"H": "4*D"}, {"H": "a; b"}, {"H": "1"}, {"H": ""}, {"H": "if"}]
)
def test_what_is_no_new_name_is_refused(names: dict[str, str]) -> None:
    """A name is one word that no other dimension has."""
    with pytest.raises(ValueError, match=r"cannot be the name|two dimensions"):
        MODEL.macs.renamed(names)
    with pytest.raises(UnknownDimension):
        MODEL.macs.renamed({"Q": "W"})


def test_sympy_and_back() -> None:
    """A formula of SymPy is one of ours, and the other way round."""
    assert symcost.form(MODEL.params.expr) == MODEL.params
    assert symcost.form(symcost.form("ceil(T/2)*D + min(T, D)").expr) == symcost.form("ceil(T/2)*D + min(T, D)")
