"""Where formulas are broken, and how wide they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import symcost
from symcost.errors import TooNarrow
from symcost.export.typesetting.breaking import TERM, broken
from symcost.export.typesetting.latex import Setting
from symcost.export.typesetting.tables import wrapped
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import add, mul, num, symbol

GPT2 = str(Path(__file__).parents[3] / "examples/language/gpt2.arch")


# Widths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "points"),
    [
        ("a+b", 21.8), (r"a\cdot b", 16.8), ("D^{2}", 13.04), (r"D_{\mathrm{model}}", 29.79), (r"\frac{a}{b}", 7.7),
        (r"3\,a", 11.95), (r"\log_2(a)", 30.47), (r"\mathrm{heads}", 24.5), (r"\min(a)", 29.73), ("a=b", 22.91),
    ],
)  # fmt: skip
def test_widths_are_those_of_tex(latex: str, points: float) -> None:
    """As `settowidth` gives them in article at 10 points, to a tenth."""
    assert of_formula(latex) == pytest.approx(points, rel=0.1)


# Breaking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60.0, 84.0, 120.0, 200.0, 345.0])
@pytest.mark.parametrize("name", ["GPT2", "GPT2Classifier"])
def test_no_line_is_wider_and_nothing_is_lost(width: float, name: str) -> None:
    """The lines one behind the other are the formula."""
    model = symcost.load(GPT2).model(name)
    setting = Setting({info.name: info.name[0] for info in model.symbols})
    lines = setting.lines(model.params.form, width)
    assert all(of_formula(line.text) <= width for line in lines)
    joined = re.sub(r"\s", "", "".join(line.text for line in lines))
    assert joined == re.sub(r"\s", "", setting.plain(model.params.form))


def test_a_sum_is_broken_before_its_outer_terms() -> None:
    """`(a·b + c·d)·e + f·g` between the terms, not inside of the brackets."""
    a, b, c, d, e, f, g = map(symbol, "abcdefg")
    form = add(mul(add(mul(a, b), mul(c, d)), e), mul(f, g))
    lines = Setting({}).lines(form, 90.0)
    assert [line.text for line in lines] == [r"(a \cdot b + c \cdot d) \cdot e", r"+ f \cdot g"]


def test_brackets_are_broken_only_where_nothing_else_is_left() -> None:
    """Then at their terms, one quad further in."""
    a, b, c, d, e = map(symbol, "abcde")
    lines = Setting({}).lines(mul(add(mul(a, b, a), mul(c, d, c)), e), 80.0)
    assert [(line.text[0], line.quads) for line in lines] == [("(", 0), ("+", 1)]


def test_what_cannot_be_broken_is_told() -> None:
    """A sign that is wider than the line."""
    with pytest.raises(TooNarrow, match=r"wider than 5 pt"):
        broken(f"abc {TERM}+ d", of_formula, 5.0)


def test_powers() -> None:
    """Equal factors of a product, where the first of them stands."""
    d, t = symbol("D"), symbol("T")
    setting = Setting({}, powers=True)
    assert setting.plain(mul(num(12), d, t, d)) == r"12\,D^{2} \cdot T"


def test_words_are_parted_where_a_new_one_begins() -> None:
    """`TransformerEncoderLayer` before a capital letter."""
    assert wrapped("TransformerEncoderLayer", 80.0) == ["Transformer", "EncoderLayer"]
    assert all(of_words(line) <= 20.0 for line in wrapped("xxxxxxxxxxxxxxxx", 20.0))
