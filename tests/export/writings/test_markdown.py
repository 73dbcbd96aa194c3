r"""Markdown has formulas between dollar signs, and a Markdown that knows no mathematics changes nothing in them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from hypothesis import given, strategies as st

import symcost
from symcost.export.dollars import displayed, inline, words

MATHEMATICS = re.compile(r"\$\$.+?\$\$|(?<!\\)\$.+?(?<!\\)\$")

HOSTILE = r'''
dim T "50% of $x$ | `raw` <script>alert(1)</script> *b* _i_ \ ", d_model "]", n_a_b "| b |"
dim W "width" latex "W_{|x|}^{*}\,\text{a|b*c}"
"""<img src=x> $\input{x}$ ``` [a](javascript:x) | \| """
module Inner(x: [T, n_a_b], W) { return x -> Linear(W) }
model Ünï_çødé(x: [T, d_model], naïve_λ_波, n_a_b, W) -> [T, W] {
  assume 2 divides d_model
  let half = d_model/2 "a | b"
  return x -> Linear(naïve_λ_波) -> relu -> Linear(half) -> Linear(n_a_b) -> Inner(W)
}
'''


def pages() -> list[Any]:
    """One of each layout."""
    model = symcost.loads(HOSTILE, "<b>|.arch").model("Ünï_çødé")
    whisper = symcost.load("examples/speech/whisper.arch").model("Whisper")
    return [
        symcost.report(model), symcost.explain(model, "macs"), symcost.growth(model), symcost.compare(model, model),
        symcost.table([model, whisper]), symcost.memory(model.at(T=4, d_model=8, n_a_b=3, naïve_λ_波=2, W=5)),
        symcost.sweep(model.macs, T=(1, 2)), model.table(), symcost.report(whisper),
    ]  # fmt: skip


PAGES = [pytest.param(page, id=page.title or str(number)) for number, page in enumerate(pages())]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_in_a_formula_is_markdown(page: Any) -> None:
    """What CommonMark with tables makes of the page has each formula letter by letter, in one piece."""
    markdown_it = pytest.importorskip("markdown_it")
    text = page.written("markdown")
    html = markdown_it.MarkdownIt("commonmark").enable("table").render(text)
    shown = unescape(re.sub(r"<[^>]*>", "\0", html))
    formulas = MATHEMATICS.findall(text)
    assert formulas
    for formula in formulas:
        assert formula in shown


@pytest.mark.parametrize("page", PAGES)
def test_rows_have_as_many_cells_as_there_are_columns(page: Any) -> None:
    """No `|` but those of the table, and those that are escaped."""
    for table in re.findall(r"(?:^\|.*\n)+", page.written("markdown"), re.M):
        counts = {len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in table.splitlines()}
        assert len(counts) == 1


@pytest.mark.parametrize("page", PAGES)
def test_what_a_file_says_opens_no_mathematics_and_no_element(page: Any) -> None:
    text = MATHEMATICS.sub("", page.written("markdown"))
    text = re.sub(r"(?ms)^(`{3,})\n.*?\n\1$|`[^`\n]*`", "", text)
    assert not re.search(r"(?<!\\)\$", text)
    assert not re.search(r"(?<!\\)<[a-z/]", text.replace("<br>", ""))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=30))
def test_words_in_a_formula_are_only_words(text: str) -> None:
    r"""No sign in them that TeX or Markdown knows; as many characters as before."""
    made = words(text)
    inside = made.removeprefix(r"\text{").removesuffix("}")
    assert not set(inside) & set("\\_*{}$%#&^~|<>`[]")
    assert len(inside) == len(text)


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"2\,D", r"2\thinspace D"),
        (r"d_{\mathrm{model}}", r"d _{\mathrm{model}}"),
        (r"\mathrm{kv}_{a} |x|", r"\mathrm{kv} _{a} \vert x\vert"),
        (r"\{a\}", r"\lbrace a\rbrace"),
        (r"\text{a|b}", "\\text{a\u2223b}"),
    ],
)
def test_signs_that_markdown_knows_are_spelled(tex: str, expected: str) -> None:
    assert inline(tex) == f"${expected}$" and displayed(tex) == f"$${expected}$$"


def test_a_number_needs_no_dollars() -> None:
    """Where it stands alone, as in the cells of a table."""
    model = symcost.load("examples/lecture/elman.arch").model()
    assert "| scan t in T | 0 |" in symcost.report(model).written("markdown").replace("&nbsp;", "")
