"""A shape stands beside its wire, where it is read: no wire runs through it, none is left out."""

from itertools import pairwise

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.drawing import SIZES, Drawing, Line, Rectangle, Text, width

THREE = """
module Join(a: [C], b: [2, C], c: [N, C]) -> [C] { return exp(a) * b[0] * c[1] }
model M(x: [N, C]) -> [C] {
  assume N >= 3
  y = exp(x)
  return Join(y[0], y[1:3], y)
}
"""

STATES = """
module Cell(x: [C], h: [C], c: [C], m: [C]) -> [C], [C], [C] { return x * h, x * c, x * m }
model M(x: [T, C]) -> [T, C] {
  scan t in T with h: [C], c: [C], m: [C] {
    h, c, m = Cell(x[t, :], h, c, m)
    emit y[t, :] = h
  }
  return y
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


def test_all_shapes_are_written_where_they_are_read() -> None:
    """A row, two rows, and all of them: of one tensor above one box."""
    drawing = graph(symcost.loads(THREE).model(), levels=1).drawing
    assert {"[C]", "[2, C]"} <= {text.text for text in shapes(drawing)}
    assert crossed(drawing) == []


def test_states_have_room_beside_a_box() -> None:
    """Three states come into a box within its height, and go out within it."""
    drawing = graph(symcost.loads(STATES).model(), levels=2, unroll=3).drawing
    cells = [one for one in drawing.flat() if isinstance(one, Rectangle) and one.box.title == "Cell"]
    states = [one for one in drawing.flat() if isinstance(one, Line) and one.style == "state" and one.arrow]
    assert len(cells) == 3 and len(states) == 9
    heights = {round(line.points[-1][1], 1) for line in states}
    assert len(heights) == 3
    assert all(cells[0].y < y < cells[0].y + cells[0].height for y in heights)
