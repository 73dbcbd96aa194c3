"""A network that narrows and widens again is drawn as a U, as in figure 1 of Ronneberger, Fischer and Brox (2015)."""

from itertools import pairwise

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.drawing import Drawing, Line, Rectangle
from symcost.pictures.picture import Picture
from symcost.pictures.turning import turn

STEP = """
module Step(x: [N, C]) -> [N, C] { return exp(x) }
module Join(x: [N, C], y: [N, C]) -> [N, C] { return exp(x) * exp(y) }
"""

NET = """
module Net(x: [N, C]) -> [N, C] {
  a = x -> Step
  b = a -> Step
  c = b -> Step
  d = c -> Step
  return d -> Join(c) -> Join(b) -> Join(a)
}
model Around(x: [N, C]) -> [N, C] { return x -> exp -> Net -> exp }
"""

U_SHAPED = [
    ("vision/unet.arch", "UNet"),
    ("vision/ddpm.arch", "DDPM"),
    ("vision/stable_diffusion.arch", "StableDiffusion"),
]


def picture(file: str, name: str, **wish: int) -> Picture:
    return graph(symcost.load(f"examples/{file}").model(name), **wish)


def boxes(drawing: Drawing, title: str = "") -> list[Rectangle]:
    """In the order of the text."""
    found = [shape for shape in drawing.flat() if isinstance(shape, Rectangle)]
    return [shape for shape in found if shape.box.title.startswith(title)]


def lines(drawing: Drawing) -> list[Line]:
    return [shape for shape in drawing.flat() if isinstance(shape, Line)]


def middle(box: Rectangle) -> float:
    return box.y + box.height / 2


def test_what_is_joined_stands_at_one_height() -> None:
    """The four sizes at which U-Net goes down are those at which it comes up, from the last to the first."""
    drawing = picture("vision/unet.arch", "UNet").drawing
    down, up = boxes(drawing, "Double"), boxes(drawing, "Up")
    assert list(map(middle, down[:4])) == list(map(middle, reversed(up)))
    assert all(one.x + one.width < other.x for one, other in zip(down[:4], reversed(up), strict=True))


def test_it_goes_down_turns_and_comes_up() -> None:
    """The fifth size is below all others, between the two sides."""
    drawing = picture("vision/unet.arch", "UNet").drawing
    down, up = boxes(drawing, "Double"), boxes(drawing, "Up")
    heights = [middle(box) for box in (*down, *up)]
    assert heights[:5] == sorted(heights[:5])
    assert heights[4:] == sorted(heights[4:], reverse=True)
    assert down[3].x < down[4].x < up[0].x


def test_skips_go_straight_across() -> None:
    """Four arrows from side to side, as in the paper's figure."""
    drawing = picture("vision/unet.arch", "UNet").drawing
    across = [
        line.points for line in lines(drawing) if len(line.points) == 2 and line.points[0][1] == line.points[1][1]
    ]
    assert len(across) == 4
    assert all(end[0] - start[0] > 100 for start, end in across)


@pytest.mark.parametrize(("file", "name"), U_SHAPED)
def test_no_wire_runs_through_a_box(file: str, name: str) -> None:
    """Wires end at the borders of boxes."""
    drawing = picture(file, name).drawing
    pieces = [piece for line in lines(drawing) for piece in pairwise(line.points)]
    for box in boxes(drawing):
        for start, end in pieces:
            left, right = sorted((start[0], end[0]))
            top, bottom = sorted((start[1], end[1]))
            is_beside = right <= box.x + 1 or left >= box.x + box.width - 1
            is_apart = bottom <= box.y + 1 or top >= box.y + box.height - 1
            assert is_beside or is_apart, (box.box.title, start, end)


@pytest.mark.parametrize(("file", "name"), U_SHAPED)
def test_every_wire_is_drawn(file: str, name: str) -> None:
    """As many arrows as the scene has wires, and those that only join ports."""
    shown = picture(file, name)
    arrows = [line for line in lines(shown.drawing) if line.arrow]
    assert len(arrows) == len(shown.scene.wires)
    assert turn(shown.scene) is not None


def test_in_a_frame_the_result_leaves_below() -> None:
    """All that a frame makes comes out at its foot, be it made at the top."""
    drawing = graph(symcost.loads(STEP + NET).model(), levels=2).drawing
    (frame,) = boxes(drawing, "Net")
    last = boxes(drawing, "exp")[-1]
    assert last.y > frame.y + frame.height
    joins = boxes(drawing, "Join")
    assert [middle(box) for box in joins] == sorted(map(middle, joins), reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        "a = x -> Step\n  b = a -> Step\n  return b -> Step -> Join(b) -> Join(a)",
        "a = x -> Step\n  b = a -> Step -> Join(a)\n  c = b -> Step -> Join(b)\n  return c -> Step -> Join(c)",
    ],
    ids=["two skips", "skips one after the other"],
)
def test_other_skips_make_no_u(text: str) -> None:
    """Residual blocks, one in the other or in a row, go down all the way."""
    shown = graph(symcost.loads(f"{STEP}model M(x: [N, C]) -> [N, C] {{\n  {text}\n}}").model(), levels=1)
    assert turn(shown.scene) is None


@pytest.mark.parametrize(("file", "name"), [("vision/resnet.arch", "ResNet"), ("vision/densenet.arch", "DenseNet")])
def test_residual_networks_make_no_u(file: str, name: str) -> None:
    """Closed or opened."""
    for levels in (2, 4):
        scene = picture(file, name, levels=levels).scene
        insides = [box.inside for box in scene.everything() if box.inside is not None]
        assert all(turn(one) is None for one in (scene, *insides))
