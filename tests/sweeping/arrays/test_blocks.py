"""Where the blocks end that points are worked out in is seen in no number and in no type."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

import symcost
from symcost.cli import main
from symcost.formula import Form, ceil_div, floor_div, maximum, minimum, mod, symbol
from symcost.quantity import Fixed, Quantity

np = pytest.importorskip("numpy")

from symcost.sweeping.arrays import over  # noqa: E402 - needs NumPy

T, D = symbol("T"), symbol("D")
HALF = symcost.form("1/2")

FORMS: dict[str, Form] = {
    "Horner": T * (4 * T + 7 * D) + 3,
    "negative": T - 3 * D * D,
    "triangle": T * (T - 1) / 2,
    "fraction": (T * T + D) / 7,
    "floor": floor_div(T * D, D + 2),
    "ceil": ceil_div(T, D),
    "mod": mod(T * T, D + 1),
    "least and most": minimum(T, D * D) + maximum(T, D),
    "half more": T + HALF,
    "least of a fraction": minimum(T, 5 * HALF),
    "floor of a fraction": floor_div(T, 3 * HALF),
}

SMALL = st.integers(1, 50)
LONG = st.sampled_from([2**31, 2**40 + 1, 3037000500, 2**62, 2**63 - 1, 2**63, 10**25])


@st.composite
def lengths(draw: st.DrawFn) -> list[int]:
    """Short ones, behind which there may be one that no product of 64 bits holds."""
    begin = draw(st.lists(SMALL, min_size=1, max_size=20))
    later = draw(st.lists(LONG, max_size=1))
    return begin + later + draw(st.lists(SMALL, max_size=5))


def asked(form: Form) -> Quantity:
    model = symcost.loads("model M(x: [T, D]) { return x }").model()
    return Quantity(form, model, Fixed(form))


def in_blocks_of(points: int, form: Form, **sizes: Any) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(over, "BLOCK", points)
        return asked(form).over(**sizes)


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(FORMS)), t=lengths(), d=st.lists(SMALL, min_size=1, max_size=3), block=st.integers(1, 9)
)
def test_in_blocks_and_at_once(name: str, t: list[int], d: list[int], block: int) -> None:
    """Both are what the tree says at each point; 64-bit integers exactly where all of them are such."""
    form = FORMS[name]
    sizes = {"T": t, "D": [[size] for size in d]}
    found = in_blocks_of(block, form, **sizes)
    at_once = in_blocks_of(10**6, form, **sizes)
    assert (found.dtype, found.tolist()) == (at_once.dtype, at_once.tolist())

    exactly = [[Fraction(form.evaluate({"T": length, "D": size})) for length in t] for size in d]
    assert found.tolist() == exactly
    whole = all(value.denominator == 1 and abs(value) < 2**63 for row in exactly for value in row)
    assert (found.dtype == np.int64) == whole


@pytest.mark.parametrize("block", [1, 4, 5, 7, 100])
@pytest.mark.parametrize("name", FORMS)
def test_arrays_that_lie_otherwise_in_memory(name: str, block: int) -> None:
    """Backwards, every third, column by column, of 32 bits: the same as of a list."""
    form = FORMS[name]
    lengths = np.arange(1, 91)[::-3].reshape(6, 5)
    expected = in_blocks_of(10**6, form, T=lengths.tolist(), D=[3, 1, 4, 1, 5]).tolist()
    for given_so in (lengths, np.asfortranarray(lengths), lengths.T.copy().T, lengths.astype(np.int32)):
        assert in_blocks_of(block, form, T=given_so, D=np.array([3, 1, 4, 1, 5])).tolist() == expected


@pytest.mark.parametrize("place", [0, 6, 7, 19])
def test_what_is_no_size_in_a_later_block(place: int) -> None:
    lengths = np.arange(1, 21)
    lengths[place] = 0
    with pytest.raises(symcost.errors.BadValue):
        in_blocks_of(7, FORMS["Horner"], T=lengths, D=2)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (1,), (1, 1)])
def test_no_point_and_one(shape: tuple[int, ...]) -> None:
    found = in_blocks_of(1, FORMS["Horner"], T=np.full(shape, 5), D=2)
    assert (found.shape, found.dtype) == (shape, np.int64)
    assert found.ravel().tolist() == [173] * found.size


def test_half_a_layer_beside_a_whole_one(tmp_path: Path) -> None:
    """Three MACs that half of the inputs need, and one for each step: T + 3/2."""
    half = "weigh 0.5 { y = s -> Linear(1, bias = false) }"
    file = tmp_path / "half.arch"
    file.write_text(f"model M(x: [T, 1], s: [D]) {{ {half} return x -> Linear(1) }}")
    assert symcost.load(file).model().macs.over(T=[1, 2], D=3).tolist() == [Fraction(5, 2), Fraction(7, 2)]

    told = CliRunner().invoke(main, ["sweep", str(file), "D=3", "T=1,2"])
    assert (told.exit_code, told.stdout.splitlines()) == (0, ["T,macs", "1,5/2", "2,7/2"])
