"""The main line of a picture runs straight down."""

import pytest

import symcost
from symcost.pictures.drawing import Rectangle


@pytest.mark.parametrize(
    ("path", "name"), [("examples/language/llama.arch", "Llama"), ("examples/vision/vit.arch", "ViT")]
)
def test_sums_stand_in_line(path, name):
    """The sums of residuals stand under the layer norms before them: there is one line from top to bottom."""
    picture = symcost.load(path).model(name).picture()
    shapes = [shape for shape in picture.drawing.flat() if isinstance(shape, Rectangle)]
    line = [shape for shape in shapes if shape.box.kind == "sign" or "Norm" in shape.box.title]
    middles = [shape.x + shape.width / 2 for shape in line]
    assert len(line) > 3
    assert max(middles) - min(middles) < 0.5
