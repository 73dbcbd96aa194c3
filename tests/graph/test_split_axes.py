"""`z[a, i, c] = x[M*a + i, c]`: an axis split by index, into pieces of M or with a bound that is said."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import MissingIndex, NotASize, SymcostError, UnknownExtent


def model(body: str, ports: str = "x: [T, C], M") -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def test_an_axis_is_split() -> None:
    """M divides the axis, and the pieces are T/M by M."""
    split = model("z[a, i, c] = x[M*a + i, c]  w: [T/M, M, C] = z  return w")
    assert [str(fact) for fact in split.assumptions] == ["M divides T"]
    assert split.flops() == 0


def test_two_axes_are_split_and_joined() -> None:
    """Windows of an image and back: what a list of axis numbers says of reshape and transpose."""
    ports = "x: [Y, X, C], M"
    windows = model(
        "z[a, b, i, j, c] = x[M*a + i, M*b + j, c]  w: [Y/M, X/M, M, M, C] = z  y = w -> Linear(C)  return y", ports
    )
    by_numbers = model(
        "z = transpose(reshape(x, [Y/M, M, X/M, M, C]), [0, 2, 1, 3, 4])  y = z -> Linear(C)  return y", ports
    )
    for question in ("macs", "params", "flops", "depth"):
        assert windows.quantity(question) == by_numbers.quantity(question), question


def test_a_bound_that_is_said() -> None:
    """Two of every four positions; the last piece may be cut short behind them."""
    read = model("z[a, i in 2, c] = x[4*a + i, c]  w: [(T + 2)//4, 2, C] = z  return w", "x: [T, C]")
    assert read.at(T=6).faults == ()


def test_a_piece_of_one() -> None:
    """With M = 1 each position is a piece."""
    one = model("z[a, i, c] = x[M*a + i, c]  return z -> Linear(2)").at(M=1, T=5, C=3)
    assert one.macs() == 5 * 3 * 2


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("z[a, i, c] = x[a + i, c]", UnknownExtent),
        ("z[a, i, c] = x[2*a + 3*i, c]", UnknownExtent),
        ("z[a, i, c] = x[2*a + i + 1, c]", UnknownExtent),
        ("z[a, i, c] = x[2*a + i, c]", NotASize),
        ("z[a, i in 2, c] = x[a, c]", MissingIndex),
        ("z[a, i in 12, c] = x[2*a + i, c]", NotASize),
        ("z[a, i in 0, c] = x[2*a + i, c]", NotASize),
    ],
)
def test_what_is_not_told_is_a_fault(body: str, kind: type[SymcostError]) -> None:
    """Which of two is the nearer one, and how far it goes, follows from a number or is said."""
    with pytest.raises(SymcostError) as caught:
        _ = model(f"{body} return z", "x: [9, C]").graph
    assert isinstance(caught.value.faults[0], kind)
