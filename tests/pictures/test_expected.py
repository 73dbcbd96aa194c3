"""A box of a picture that counts as often as `weigh` says so."""

from xml.etree import ElementTree

import pytest

import symcost
from symcost.pictures import graph
from symcost.questions import questions

SVG = "{http://www.w3.org/2000/svg}"
TEXT = """
model M(x: [T, D]) -> [T, D] {
  h = x -> Linear(D)
  y = h
  weigh (WEIGHT) {
    y = tanh(h) * sqrt(h) / h + relu(h) -> Linear(D)
  }
  return y
}
"""


def texts(weight: str, quantity: str, **values: int) -> list[str]:
    model = symcost.loads(TEXT.replace("WEIGHT", weight)).model().at(**values)
    svg = graph(model, of=quantity).written("svg")
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("values", [{}, {"T": 4, "D": 8}])
def test_it_is_said_in_the_box(values: dict[str, int]) -> None:
    """The layer outside counts in full, the one inside and tanh by half: these say so, and a note why."""
    found = texts("1/2", "flops", **values)
    linear, weighed = (place for place, text in enumerate(found) if text == "Linear D" or text == "Linear 8")
    assert "counted × 1/2" not in found[linear : linear + 3]
    assert "counted × 1/2" in found[weighed : weighed + 4]
    assert any("as often as it is expected" in text for text in found)


def test_a_weight_of_one_is_none() -> None:
    """What runs once in each run counts as it stands."""
    assert not any("counted × 1" in text for text in texts("1", "flops"))


@pytest.mark.parametrize("quantity", [*questions("sum"), "depth"])
def test_it_is_said_of_what_is_weighed_alone(quantity: str) -> None:
    """A quantity that `weigh` makes no smaller, such as parameters, has no such note below its picture; others have."""
    whole, half = (
        symcost.loads(TEXT.replace("WEIGHT", weight)).model().quantity(quantity)(T=4, D=8) for weight in ("1", "1/2")
    )
    said = any("counted × …" in text for text in texts("1/2", quantity, T=4, D=8))
    assert not whole or said == (whole != half)
