"""Nothing lies over anything: boxes of one frame apart from each other and inside of it, wires from box to box."""

from __future__ import annotations

from itertools import combinations

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.drawing import SIZES, Rectangle, Text, width

MODELS = [
    ("lecture/elman.arch", "Elman", {}),
    ("lecture/lstm.arch", "Lstm", {"levels": 9, "every": True}),
    ("lecture/lstm.arch", "Lstm", {"every": True, "unroll": 3}),
    ("language/mamba.arch", "Mamba", {"levels": 9, "every": True}),
    ("vision/ddpm.arch", "DDPM", {}),
    ("lecture/lstm.arch", "WrittenOut", {"unroll": 4}),
    ("vision/unet.arch", "UNet", {}),
    ("vision/stable_diffusion.arch", "StableDiffusion", {}),
    ("lecture/bidirectional.arch", "Deep", {"unroll": 3}),
    ("language/transformer.arch", "Transformer", {"levels": 3}),
    ("language/mixtral.arch", "Mixtral", {"levels": 5}),
]


def rectangles(file: str, name: str, wish: dict[str, int]) -> list[Rectangle]:
    drawing = graph(symcost.load(f"examples/{file}").model(name), **wish).drawing
    return [shape for shape in drawing.flat() if isinstance(shape, Rectangle)]


def apart(one: Rectangle, other: Rectangle) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


def within(one: Rectangle, other: Rectangle) -> bool:
    """Whether one lies in the other, below its header."""
    is_between = other.x <= one.x and one.x + one.width <= other.x + other.width
    return is_between and other.y + other.header <= one.y and one.y + one.height <= other.y + other.height


@pytest.mark.parametrize(("file", "name", "wish"), MODELS)
def test_boxes_are_apart_or_one_in_the_other(file: str, name: str, wish: dict[str, int]) -> None:
    """Two boxes share no point, or one is a frame around the other."""
    for one, other in combinations(rectangles(file, name, wish), 2):
        assert apart(one, other) or within(one, other) or within(other, one)


def place_of(text: Text) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of the letters of a text, rather less than they take."""
    wide = width(text.text, text.style) * 0.85
    left = text.x - {"start": 0.0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, left + wide, text.y - 0.6 * SIZES[text.style], text.y


@pytest.mark.parametrize(("file", "name", "wish"), MODELS)
def test_texts_are_apart(file: str, name: str, wish: dict[str, int]) -> None:
    """No word lies on another."""
    drawing = graph(symcost.load(f"examples/{file}").model(name), **wish).drawing
    places = [(shape.text, place_of(shape)) for shape in drawing.flat() if isinstance(shape, Text) and shape.text]
    for (one, (left, right, top, bottom)), (other, (begin, end, high, low)) in combinations(places, 2):
        is_over = left < end and begin < right and top < low and high < bottom
        assert not is_over, (one, other)


@pytest.mark.parametrize(("file", "name", "wish"), MODELS)
def test_all_of_it_is_on_the_paper(file: str, name: str, wish: dict[str, int]) -> None:
    """No box is cut off."""
    drawing = graph(symcost.load(f"examples/{file}").model(name), **wish).drawing
    for shape in drawing.flat():
        if isinstance(shape, Rectangle):
            assert shape.x >= 0 and shape.x + shape.width <= drawing.width
            assert shape.y >= 0 and shape.y + shape.height <= drawing.height


def test_what_has_no_end_is_folded() -> None:
    """Modules that call each other twice, forty deep: a picture of some levels, which says so."""
    lines = ["module M0(x: [N]) -> [N] { return exp(x) }"]
    lines += [f"module M{n}(x: [N]) -> [N] {{ return M{n - 1}(x) + M{n - 1}(x) }}" for n in range(1, 40)]
    model = symcost.loads("\n".join([*lines, "model Tree(x: [N]) -> [N] { return M39(x) }"])).model()
    picture = graph(model, levels=40)
    assert picture.folded.startswith("folded to 7 levels") and picture.scene.size <= 300
    assert len(picture.written("svg")) < 200_000
