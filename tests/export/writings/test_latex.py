"""Formulas and tables as LaTeX."""

import os
from pathlib import Path

import pytest

import symcost
from symcost.conventions import load
from symcost.export.page import Room
from symcost.export.reports import blocks, formula
from symcost.export.summary import Summary
from symcost.export.writings import latex
from symcost.export.writings.latex import InlineLatexPrinter, LatexPrinter
from symcost.formula import Form, ceil_div, counter, floor_div, log2, maximum, minimum, num, power, symbol

HERE = Path(__file__).parent
T, I, H, L, D, heads = map(symbol, ["T", "I", "H", "L", "d_model", "heads"])


@pytest.mark.parametrize(
    ("form", "display", "inline"),
    [
        ((I * H + H * H) * T, r"(I \cdot H + H \cdot H) \cdot T", r"({I \cdot H} + {H \cdot H}) \cdot T"),
        (4 * D * T, r"4\,d_{\mathrm{model}} \cdot T", r"{4\,d_{\mathrm{model}} \cdot T}"),
        (D / heads, r"\frac{d_{\mathrm{model}}}{\mathrm{heads}}", r"d_{\mathrm{model}}/\mathrm{heads}"),
        (H * (H + 1) / 2, r"\frac{H \cdot (H + 1)}{2}", r"H \cdot (H + 1)/2"),
        (floor_div(T - H, L), r"\left\lfloor \frac{T - H}{L}\right\rfloor", r"\lfloor (T - H)/L \rfloor"),
        (ceil_div(T, 2), r"\left\lceil \frac{T}{2}\right\rceil", r"\lceil T/2 \rceil"),
        (power(2, L + 1) - 2, "2^{L + 1} - 2", "2^{L + 1} - 2"),
        (3 * power(2, L), r"3 \cdot 2^{L}", r"{3 \cdot 2^{L}}"),  # a thin space would read as 32
        (minimum(T, H) + maximum(I, H), r"\min(T, H) + \max(I, H)", r"\min(T, H) + \max(I, H)"),
        (log2(T), r"\log_2(T)", r"\log_2(T)"),
        (num(37_184_640), r"37\,184\,640", r"37\,184\,640"),
        (num(9999), "9999", "9999"),
    ],
)
def test_formulas_keep_the_order_of_the_text(form: Form, display: str, inline: str) -> None:
    """Drawn fractions and high brackets where there is room, strokes in running text."""
    assert LatexPrinter({})(form) == display
    assert InlineLatexPrinter({})(form) == inline


def test_a_name_with_a_superscript_can_be_raised() -> None:
    """TeX refuses a double superscript, so the name goes into braces."""
    assert LatexPrinter({"T": "T^{2}"})(power(T, 5)) == "{T^{2}}^{5}"


def test_an_open_sum_names_its_range() -> None:
    """The counter stays below its end."""
    write = LatexPrinter({})
    assert write.sum(write(counter("t", 0, T)), "0", "T", "a") == r"\left(\sum_{0 \le t < T} (a)\right)"


def summary(text: str, **values: int) -> Summary:
    return Summary(symcost.loads(text).model().at(**values), load("default"))


TWO = """
dim D "model width & more" latex "d_{\\mathrm{model}}"
model Two_A(x: [T, D], heads) {
  assume heads divides D
  return x -> Linear(D) -> Linear(D)
}
"""


def test_a_table_explains_itself() -> None:
    """Blocks, formulas, and in the caption the symbols with their words and what was assumed."""
    golden = HERE / "golden" / "table.tex"
    text = latex.write(blocks.set_page(summary(TWO), depth=1), Room())
    if os.environ.get("SYMCOST_REWRITE"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_numbers_stand_to_the_right() -> None:
    """With all values the cells are numbers, and the caption says which values."""
    text = latex.write(blocks.set_page(summary(TWO, D=512, T=100, heads=8), depth=0), Room())
    assert r"\begin{tabular}{@{}lrr@{}}" in text
    assert r"Two\_A & $525\,312$ & $52\,428\,800$" in text  # 2·(512² + 512), 2·512²·100
    assert r"$d_{\mathrm{model}} = 512$: model width \& more" in text


def test_an_equation_says_what_it_counts() -> None:
    """FLOPs come with the name of their convention."""
    one = summary(TWO)
    text = latex.standalone(formula.page(one.model, "flops", one.totals["flops"], "default"))
    body = text.partition("\\begin{document}\n")[2]
    assert body.startswith(r"\noindent FLOPs of Two\_A (convention default). $d_{\mathrm{model}}$: model width")
    assert "\\[\n" in text


def test_strange_letters_are_declared() -> None:
    """A standalone text says how to set what the fonts lack."""
    assert r"\DeclareUnicodeCharacter{6CE2}{[6CE2]}" in latex.document("波 é")
