"""What a picture says as SVG: valid, without anything that runs, and as large as a page can carry."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import symcost
from symcost.pictures import graph

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    """All that is written in a picture, titles for who cannot see it left out."""
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_an_operation_is_a_box_with_its_formula() -> None:
    """One product of a vector with a matrix, one sum, one function; the loop goes round them all."""
    written = texts(graph(symcost.load("examples/lecture/elman.arch").model()).written("svg"))
    assert {"@ W", "I·H", "@ U", "H·H", "+ b", "tanh", "scan t in T", "× T", "h [H]"} <= set(written)


def test_shares_are_those_of_the_whole() -> None:
    """64·128 of 64·128 + 128·128 products are a third."""
    model = symcost.load("examples/lecture/elman.arch").model().at(T=10, I=64, H=128)
    written = texts(graph(model).written("svg"))
    assert "8192 (33.3 %)" in written and "16.4 k (66.7 %)" in written


def test_the_longest_path_has_its_steps() -> None:
    """`x[t] @ W` can be computed ahead; a product, two sums and tanh follow one another in each of T rounds."""
    written = texts(graph(symcost.load("examples/lecture/elman.arch").model(), of="depth").written("svg"))
    at = {title: written[written.index(title) + 1] for title in ("@ U", "+ b", "tanh")}
    assert at == {"@ U": "T", "+ b": "T", "tanh": "T"} and written[written.index("@ W") + 1] == "@ U"
    assert "4·T" in written


HOSTILE = """
model M(x: [2]) -> [2] {
  param zzz: [2]
  return x -> L("<script>alert(1)</script>") -> M2
}
module M2(x: [2]) { return exp(x + 1) }
module L(x: [2], word) { return exp(x) }
"""


@pytest.mark.parametrize("levels", [1, 2])
def test_no_name_is_markup(levels: int) -> None:
    """What stands in a file is text in the picture, and nothing else."""
    svg = graph(symcost.loads(HOSTILE, "<img src=x onerror=alert(1)>").model(), levels=levels).written("svg")
    tags = {element.tag for element in ElementTree.fromstring(svg).iter()}
    assert tags <= {SVG + tag for tag in ("svg", "title", "style", "rect", "text", "path", "polygon")}
    assert "<script" not in svg and "<img" not in svg
