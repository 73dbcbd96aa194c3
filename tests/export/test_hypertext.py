"""What pages, quantities and sweeps show of themselves in notebooks and in a line."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import symcost

HOSTILE = r'''
dim T "<script>alert(1)</script>"
"""<img src=x onerror=alert(1)>"""
model M(x: [T, I], H) {
  # </pre><script>alert(2)</script>
  return x -> Linear(H)
}
'''


def pages() -> list[object]:
    """One of each layout."""
    model = symcost.loads(HOSTILE, "<b>.arch").model()
    sized = model.at(T=4, I=3, H=2)
    return [
        symcost.report(model), symcost.report(sized), symcost.explain(model, "macs"), symcost.growth(model),
        symcost.compare(model, model), symcost.table([model]), symcost.memory(sized), symcost.path(model),
        symcost.layers("Linear"), symcost.sweep(model.macs, T=(1, 2)), model.table(),
    ]  # fmt: skip


def test_pages_are_well_formed_and_without_scripts() -> None:
    """Every angle bracket is one of ours; formulas are MathML."""
    for page in pages():
        html = page._repr_html_()  # type: ignore[attr-defined]
        ElementTree.fromstring(html)
        assert "<script" not in html and "<img" not in html
    assert "<math" in symcost.compare(*2 * [symcost.loads(HOSTILE).model()])._repr_html_()


def test_a_quantity_is_its_formula() -> None:
    """Set by the browser, without MathJax."""
    macs = symcost.loads(HOSTILE).model().macs
    assert ElementTree.fromstring(macs._repr_html_()).tag.endswith("math")


def test_a_sweep_has_a_row_for_each_combination() -> None:
    """I·H·T at 2·2 points; the value is a formula where a size is left open."""
    macs = symcost.loads(HOSTILE).model().macs
    rows = symcost.sweep(macs, T=(1, 10), I=3, H=range(2, 4)).written("csv").splitlines()
    assert rows == ["T,I,H,value", "1,3,2,6", "1,3,3,9", "10,3,2,60", "10,3,3,90"]
    assert "10·I·H" in str(symcost.sweep(macs, T=(1, 10))).replace("I·H·10", "10·I·H")
    with pytest.raises(ValueError, match="10000 of one table"):
        symcost.sweep(macs, T=range(1, 1000), H=range(1, 1000))


def test_a_model_has_its_table() -> None:
    """The same as on the command line, in any writing."""
    model = symcost.load("examples/lecture/elman.arch").model()
    assert "#figure" in model.table().written("typst")
    assert len(str(model.table(depth=0)).splitlines()) < len(str(model.table()).splitlines())


def test_dimensions_show_themselves_in_a_few_words() -> None:
    """Not with the text of their file."""
    symbols = symcost.load("examples/lecture/elman.arch").model().symbols
    assert repr(symbols) == "(<T: time>, <I: input channels>, <H: hidden channels>)"
