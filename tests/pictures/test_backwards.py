"""A recurrence that reads from the end runs from right to left, as in Schuster and Paliwal's figure 3."""

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.drawing import Drawing, Line, Text

BOTH = symcost.load("examples/lecture/bidirectional.arch").model("BothWays")

HALF_TURNED = {
    "no reverse": "return x -> RNN(H)",
    "one that is not taken back": "return reverse(x, axis = -2) -> RNN(H)",
    "one on another axis": "return reverse(reverse(x, axis = -1) -> RNN(H), axis = -1)",
    "one that something else reads": "y = reverse(x, axis = -2)\n  return reverse(y -> RNN(H), axis = -2) + y",
    "one whose result is read besides": "z = reverse(x, axis = -2) -> RNN(H)\n  return reverse(z, axis = -2) + z",
    "a step between": "return reverse(reverse(x, axis = -2) -> exp -> RNN(H), axis = -2)",
}


def words(drawing: Drawing) -> list[str]:
    return [shape.text for shape in drawing.flat() if isinstance(shape, Text)]


def places(drawing: Drawing, word: str) -> list[float]:
    return [shape.x for shape in drawing.flat() if isinstance(shape, Text) and shape.text == word]


def test_rounds_stand_from_right_to_left() -> None:
    """Forward 0, 1, …, T - 1 and backward T - 1, …, 1, 0, from left to right."""
    drawing = graph(BOTH, unroll=3).drawing
    rounds = ["t = 0", "t = 1", "t = T - 1"]
    forward, backward = zip(*(sorted(places(drawing, word)) for word in rounds), strict=True)
    assert list(forward) == sorted(forward)
    assert list(backward) == sorted(backward, reverse=True)


def test_states_run_to_the_left_and_gradients_to_the_right() -> None:
    """Two states of each of two directions: each half of the arrows runs one way."""
    drawing = graph(BOTH, unroll=3).drawing
    for style in ("state", "gradient"):
        lines = [shape for shape in drawing.flat() if isinstance(shape, Line) and shape.style == style and shape.arrow]
        to_the_left = [line for line in lines if line.points[-1][0] < line.points[0][0]]
        assert 0 < 2 * len(to_the_left) == len(lines)


def test_the_direction_tells_what_reverse_does() -> None:
    """A box for it stands where no rounds are drawn."""
    assert "reverse" not in words(graph(BOTH, unroll=3).drawing)
    assert words(graph(BOTH).drawing).count("reverse") == 2
    assert words(graph(BOTH, unroll=3, levels=3).drawing).count("reverse") == 2


@pytest.mark.parametrize("cell", ["RNN", "LSTM", "GRU"])
def test_any_recurrent_layer_may_be_turned(cell: str) -> None:
    """Written by hand as by the library's `Bidirectional`."""
    text = f"model M(x: [T, I], H) -> [T, H] {{ return reverse(reverse(x, axis = -2) -> {cell}(H), axis = -2) }}"
    written = words(graph(symcost.loads(text).model(), unroll=3).drawing)
    assert "reverse" not in written and "scan t in T, from the end" in written


@pytest.mark.parametrize("body", HALF_TURNED.values(), ids=HALF_TURNED.keys())
def test_what_is_not_turned_as_a_whole_is_drawn_as_written(body: str) -> None:
    """All its `reverse` are boxes, and rounds stand from left to right."""
    text = f"model M(x: [T, H], H) -> [T, H] {{\n  {body}\n}}"
    drawing = graph(symcost.loads(text).model(), unroll=3).drawing
    assert words(drawing).count("reverse") == body.count("reverse(")
    assert places(drawing, "t = 0") < places(drawing, "t = 1")
