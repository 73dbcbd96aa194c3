"""Quantities are calculated with, compared, solved and written; truth is what numbers say at small sizes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy
from hypothesis import given, settings, strategies as st

import symcost
from symcost.analysis.growth.compare import Threshold
from symcost.errors import (
    MissingValue,
    UndecidedComparison,
    UnderivedGrowth,
    UnknownDimension,
    Unsolved,
    ViolatedAssumption,
)
from symcost.quantity import Quantity

TEXT = """
model Rnn(x: [T, I], H) { return RNN(x, H) }
model Attending(x: [T, H]) { return attention(x, x, x) }
model Convolved(x: [T, H], K) { assume T >= K  return x -> Conv1d(H, K, bias = false) }
model Halved(x: [T, H]) { y[t, h] = mean(k in 2) x[2*t + k, h]  return y }
"""
DOCUMENT = symcost.loads(TEXT)
MODELS = {name: DOCUMENT.model(name) for name in DOCUMENT.models}
SIZES = st.integers(1, 40)


def macs(name: str) -> Quantity:
    return MODELS[name].macs


def values(quantity: Quantity, sizes: dict[str, int]) -> dict[str, int]:
    return {name: size for name, size in sizes.items() if name in quantity.model.ports}


@pytest.mark.parametrize("word", ["sum", "difference", "product", "quotient"])
@settings(max_examples=15, deadline=None)
@given(T=SIZES, I=SIZES, H=SIZES)
def test_numbers_go_through_arithmetic(word: str, T: int, I: int, H: int) -> None:
    """What is calculated of formulas and then gets numbers is what is calculated of the numbers."""
    operations: dict[str, Any] = {
        "sum": lambda a, b: 3 * a + b + 1,
        "difference": lambda a, b: 7 - a - b,
        "product": lambda a, b: a * b,
        "quotient": lambda a, b: a / (2 * b),
    }
    sizes = {"T": T, "I": I, "H": H}
    left, right = macs("Rnn"), macs("Attending")
    expected = operations[word](Fraction(left(**sizes)), Fraction(right(T=T, H=H)))
    assert operations[word](left, right)(**sizes) == expected
    assert operations[word](left, right).at(**sizes).form == expected


def test_a_sum_over_models_is_one_quantity() -> None:
    """`sum` begins with 0; -q is taken away; the total reads in the order it was written."""
    total = sum(model.macs for model in (MODELS["Rnn"], MODELS["Attending"]))
    assert isinstance(total, Quantity)
    assert str(total) == "(I·H + H·H)·T + 2·H·T·T"
    assert total - macs("Rnn") == macs("Attending")
    assert -macs("Rnn") + macs("Rnn") == 0


def test_what_one_model_assumes_holds_for_all() -> None:
    """A sum keeps the assumptions of both."""
    both = macs("Rnn") + macs("Convolved")
    assert both(T=5, I=2, H=3, K=4) == (2 * 3 + 3 * 3) * 5 + 4 * 3 * 3 * 2
    with pytest.raises(ViolatedAssumption):
        both(T=3, I=2, H=3, K=4)


def test_numbers_of_other_libraries_are_numbers() -> None:
    """SymPy's integers count as integers; beside SymPy's own a quantity is an expression; a float is as printed."""
    assert macs("Rnn") * sympy.Integer(2) == 2 * macs("Rnn")
    assert sympy.expand(sympy.Integer(2) * macs("Rnn") - (2 * macs("Rnn")).expr) == 0
    assert macs("Attending") * 0.1 == macs("Attending") / 10


@pytest.mark.parametrize("other", ["4", None, [1], True, 1j])
def test_what_is_no_number_is_refused(other: object) -> None:
    for calculate in (
        lambda q: q + other,
        lambda q: other * q,
        lambda q: q / other,
        lambda q: q < other,
        lambda q: q.compare(other),
    ):
        with pytest.raises(TypeError):
            calculate(macs("Rnn"))
    with pytest.raises(ValueError, match="inf"):
        macs("Rnn") * float("inf")
    with pytest.raises(ZeroDivisionError):
        macs("Rnn") / 0


def pairs() -> Iterator[tuple[Quantity, Quantity]]:
    rnn, attending = macs("Rnn"), macs("Attending")
    yield rnn, rnn + attending
    yield rnn, rnn
    yield rnn + 1, rnn
    yield attending, attending * MODELS["Attending"].macs
    yield rnn, attending
    yield MODELS["Halved"].operations["add"], macs("Attending")


@pytest.mark.parametrize(("left", "right"), list(pairs()))
def test_comparisons_hold_at_all_small_sizes(left: Quantity, right: Quantity) -> None:
    """`<` says what all sizes up to 6 say, or raises where they disagree."""
    sizes = [dict(zip("TIH", one, strict=True)) for one in product(range(2, 7), repeat=3)]
    signs = {left(**values(left, one)) < right(**values(right, one)) for one in sizes}
    if len(signs) == 2:
        with pytest.raises(UndecidedComparison, match="cannot tell"):
            _ = left < right
    else:
        assert (left < right) is signs.pop()
    assert left.compare(right) in {"equal", "less", "greater", "at most", "at least", "undecided"}


@settings(max_examples=20, deadline=None)
@given(I=SIZES, H=SIZES)
def test_at_a_solution_both_are_equal(I: int, H: int) -> None:
    """An RNN and attention cost the same at the length that `solve` gives."""
    length = macs("Rnn").solve("T", macs("Attending"))(I=I, H=H, T=1)
    assert (I * H + H * H) * length == 2 * H * length**2
    assert isinstance(macs("Rnn").crossing(macs("Attending"), "T"), Threshold)


def test_what_has_no_one_solution_is_refused() -> None:
    with pytest.raises(Unsolved, match="no positive solution"):
        macs("Rnn").solve("T", -4)
    with pytest.raises(Unsolved, match="does not depend"):
        MODELS["Rnn"].params.solve("T", 4)
    with pytest.raises(UnknownDimension):
        macs("Rnn").solve("Q", 4)


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (lambda: macs("Attending") / macs("Rnn"), "oo"),
        (lambda: macs("Rnn") / macs("Attending"), "0"),
        (lambda: (macs("Rnn") + macs("Attending")) / macs("Attending"), "1"),
        (lambda: (macs("Rnn") + 3) / (2 * macs("Rnn") + 1), "1/2"),
        (lambda: macs("Rnn") - macs("Attending"), "-oo"),
    ],
)
def test_limits_are_sympys(ratio: Any, expected: str) -> None:
    """What a formula tends to as T grows, as SymPy's `limit` has it."""
    quantity = ratio()
    T = sympy.Symbol("T", positive=True, integer=True)
    assert str(quantity.limit("T")) == expected == str(sympy.factor(sympy.limit(quantity.expr, T, sympy.oo)))


def test_a_derivative_is_the_slope() -> None:
    """Of a parabola, half the difference of its neighbours."""
    quantity = macs("Attending")
    slope = quantity.diff("T")(T=10, H=3)
    assert slope == Fraction(quantity(T=11, H=3) - quantity(T=9, H=3), 2)
    with pytest.raises(UnderivedGrowth):
        MODELS["Halved"].operations["add"].diff("T")


def test_quantities_are_numbers_where_they_have_them() -> None:
    quantity = macs("Attending").at(T=10**5, H=64)
    assert int(quantity) == 2 * 64 * 10**10
    assert float(quantity / 3) == pytest.approx(2 * 64 * 10**10 / 3)
    assert f"{quantity:si}" == "1.28 T"
    assert f"{macs('Attending'):latex}" == macs("Attending").latex() == r"2\,H \cdot T \cdot T"
    assert macs("Attending")._repr_latex_() == r"$2\,H \cdot T \cdot T$"
    with pytest.raises(MissingValue):
        int(macs("Attending"))
    with pytest.raises(ValueError, match="not whole"):
        int(quantity / 3)
    with pytest.raises(ValueError, match="no writing"):
        format(quantity, "roman")


def test_every_question_is_an_attribute() -> None:
    """`model.state` is what `--of state` prints; what nobody can ask is an error with a proposal."""
    model = MODELS["Rnn"]
    assert str(model.state) == str(model.quantity("state")) == "H"
    assert set(model.questions) <= set(dir(model))
    assert all(isinstance(getattr(model, name), Quantity) for name in ("add", "exp", "steps", "traffic"))
    with pytest.raises(AttributeError, match="did you mean `state`"):
        _ = model.stat
    assert "Rnn" in model._repr_markdown_()


def test_formulas_are_read() -> None:
    """From a text, a number and SymPy's expression, back to it; a model takes them for its sizes."""
    form = symcost.form("ceil(T/2)*D + 3")
    T, D = sympy.symbols("T D", positive=True, integer=True)
    assert form.expr == sympy.ceiling(T / 2) * D + 3
    assert symcost.form(sympy.ceiling(T / 2) * D + 3) == form == symcost.form(form)
    assert symcost.form(7) == 7
    assert MODELS["Rnn"].at(I=symcost.form("2*H")).macs == 3 * symcost.form("H^2*T")
    for wrong in ("4*", "", "print(1)", "x" * 1000):
        with pytest.raises(ValueError, match="no formula"):
            symcost.form(wrong)
    for odd in (None, 1.5, True, [1], sympy.sin(T)):
        with pytest.raises(TypeError):
            symcost.form(odd)


def test_roots_are_numbers_too() -> None:
    """What is solved may be irrational: as a float, in comparisons, and only where the assumptions hold."""
    root = macs("Attending").at(H=3).solve("T", 100)  # 6·T·T = 100
    assert float(root) == pytest.approx((100 / 6) ** 0.5)
    assert root < 5 and root > 4 and root.compare(5) == "less"
    bounded = symcost.loads("model M(x: [T, D]) { assume 100 >= T  return Linear(x, D) }").model().at(D=1).macs
    assert bounded.solve("T", 50) == 50
    with pytest.raises(Unsolved, match="does not hold"):
        bounded.solve("T", 500)


def test_formulas_are_aligned_as_text() -> None:
    assert f"{macs('Attending'):>12}" == "     2·H·T·T"
    assert macs("Attending") ** 2 == macs("Attending") * macs("Attending")
