"""Named sizes on a page: in every writing the formula by names, and below what they are."""

from __future__ import annotations

import json
import re

import pytest

import symcost
from symcost.export.page import Page
from symcost.export.reports import formula

TEXT = """
dim T "positions", D "width", h
model Heads(x: [T, D], h) {
  let d = D/h "head width" latex "d_{\\mathrm{head}}"
  let n = 2*d
  return x -> Linear(h*n, bias = false) -> Linear(d, bias = false)
}
model Other(x: [T, d]) { return x -> Linear(d, bias = false) }
"""
HEADS = symcost.loads(TEXT).model("Heads")
BARE = HEADS.inlined


def page(model: symcost.Model = HEADS) -> Page:
    return formula.page(model, "macs", model.macs.form, "default")


def test_text_says_it_below() -> None:
    """Names in the order of what they are made of."""
    assert page().written("text") == "D·h·n·T + h·n·d·T\nwhere d = D/h, n = 2·d\n"


@pytest.mark.parametrize(
    ("writing", "below"),
    [
        ("markdown", r"where $d _{\mathrm{head}}$ = $\frac{D}{h}$, $n$ = $2\thinspace d _{\mathrm{head}}$"),
        ("latex", r"\quad \text{where } d_{\mathrm{head}} = D/h,\ n = {2\,d_{\mathrm{head}}}"),
        ("typst", r"where $d$ \= $D slash h$, $n$ \= $2 thin d$"),
    ],
)
def test_writings_say_it_below(writing: str, below: str) -> None:
    """As mathematics where the writing has mathematics, and as `latex` says where it is LaTeX."""
    assert below in page().written(writing)


def test_programs_get_it_apart() -> None:
    """JSON has the formula by names, and each name with its formula and words."""
    data = json.loads(page().written("json"))
    assert data["form"] == "D·h·n·T + h·n·d·T"
    assert data["where"] == {
        "d": {"form": "D/h", "words": "head width"},
        "n": {"form": "2·d", "words": ""},
    }


def test_cells_stand_alone() -> None:
    """A line of CSV is read by itself: nothing in it has a name that stands elsewhere."""
    assert page().written("csv").splitlines()[1].split(",")[2] == "2·D·D·T + 2·D·(D/h)·T".replace("(D/h)", "D") + "/h"


@pytest.mark.parametrize("writing", ["text", "markdown", "latex", "typst", "json", "csv"])
def test_inlined_is_as_if_nothing_were_named(writing: str) -> None:
    """A file without the names writes the same page."""
    text = TEXT.replace("h*n", "h*(2*(D/h))").replace("Linear(d, bias = false)\n", "Linear(D/h, bias = false)\n")
    plain = symcost.loads(re.sub(r"  let .*\n", "\n", text)).model("Heads")
    assert symcost.report(BARE).written(writing) == symcost.report(plain).written(writing)


@pytest.mark.parametrize("report", [symcost.report, symcost.memory, symcost.explain, symcost.growth, symcost.training])
def test_reports_say_it_once(report: object) -> None:
    """Every page that has a name says what it is, in its last lines."""
    written = str(report(HEADS))  # type: ignore[operator]
    assert written.count("where d = D/h, n = 2·d") == 1


def test_legends_have_the_words() -> None:
    """What a name means stands where the dimensions have their words."""
    assert "d  head width" in str(symcost.report(HEADS))


def test_a_page_of_two_models_means_one_thing_by_a_name() -> None:
    """`d` is a dimension of the other model, so on one page with it the size is written out."""
    both = str(symcost.table([HEADS, symcost.loads(TEXT).model("Other")]))
    assert "where n = 2·D/h" in both
    assert "d·d·T" in both


def test_an_unsafe_setting_is_refused() -> None:
    """What `latex` says of a size is looked at as that of a dimension is."""
    model = symcost.loads(TEXT.replace("d_{\\mathrm{head}}", "\\input{x}")).model("Heads")
    with pytest.raises(symcost.SymcostError, match="unsafe-latex"):
        page(model).written("latex")
