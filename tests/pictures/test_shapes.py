"""A shape stands beside its wire, where it is read: no wire runs through it, none is left out."""

from itertools import pairwise

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.drawing import SIZES, Drawing, Line, Text, width

FOUR = """
dim A, B, C
module Join(a: [A, 2], b: [2, B], c: [2*C], d: [4]) -> [A] { return exp(a[:, 0]) * b[0, 0] * c[0] * d[0] * Wide(d) }
module Wide(d: [4]) -> [] { return sum(d) }
model M(x: [2*A, 1], y: [B, 2], z: [C, 2], w: [2, 2]) -> [A] {
  a = exp(x) -> reshape([A, 2])
  b = exp(y) -> reshape([2, B])
  c = exp(z) -> reshape([2*C])
  d = exp(w) -> reshape([4])
  return Join(a, b, c, d)
}
"""


def shapes(drawing: Drawing) -> list[Text]:
    return [shape for shape in drawing.flat() if isinstance(shape, Text) and shape.style == "shape"]


def crossed(drawing: Drawing) -> list[str]:
    """The shapes that a piece of a wire runs down through."""
    lines = [shape for shape in drawing.flat() if isinstance(shape, Line)]
    pieces = [piece for line in lines for piece in pairwise(line.points)]
    found = []
    for text in shapes(drawing):
        wide = width(text.text, text.style) * 0.85
        left = text.x - (wide if text.anchor == "end" else 0.0)
        for (x, begin), (other, end) in pieces:
            is_through = x == other and left < x < left + wide
            top, bottom = sorted((begin, end))
            if is_through and top < text.y and bottom > text.y - 0.6 * SIZES[text.style]:
                found.append(text.text)
    return found


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("lecture/lstm.arch", "WrittenOut"),
        ("lecture/gru.arch", "WrittenOut"),
        ("language/deepseek.arch", "DeepSeek"),
        ("vision/stable_diffusion.arch", "StableDiffusion"),
        ("vision/googlenet.arch", "GoogLeNet"),
    ],
)
def test_no_wire_runs_down_through_a_shape(file: str, name: str) -> None:
    """Where several wires come into one box, there is room between them for what is written."""
    assert crossed(graph(symcost.load(f"examples/{file}").model(name)).drawing) == []
