"""What stands in the boxes of a picture is what a reader of a paper would write there."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

import symcost
from symcost.errors import TooLargeToDraw
from symcost.pictures import graph
from symcost.pictures.drawing import Line, Text

SVG = "{http://www.w3.org/2000/svg}"


def texts(model: symcost.Model, **options: object) -> list[str]:
    svg = graph(model, **options).written("svg")
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def of(text: str, **options: object) -> list[str]:
    return texts(symcost.loads(text).model(), **options)


def test_arguments_are_numbers_where_they_are_known():
    """U-Net begins with 64 channels, and doubles them four times."""
    written = texts(symcost.load("examples/vision/unet.arch").model())
    assert [f"Double({64 * 2**step})" for step in range(5)] == [word for word in written if "Double(" in word]


def test_arguments_are_sizes_of_the_module_around():
    """A size that has no number is that of the asked model, not the name that a module has for it."""
    text = """
    module Cell(x: [T, C], F, act) -> [T, C] { return x -> Linear(F) -> relu -> Linear(C) }
    module Two(x: [T, C], W) -> [T, C] { return x -> Cell(W, relu) -> Cell(2*W, relu) }
    model M(x: [T, D]) -> [T, D] { return x -> Two(4*D) -> Two(D) }
    """
    assert {"Two(4·D)", "Cell(4·D, relu)", "Cell(8·D, relu)", "Two(D)", "Cell(D, relu)"} <= set(of(text, levels=3))


@pytest.mark.parametrize("call", ["Many(1, 2, 3, 4)", 'Many(1, 2, 3, "<b>")', "Many(D^9*T^9*D^8*T^8, 2, 3, T)"])
def test_long_calls_go_by_their_name(call):
    """What would be hard to read, and words of somebody's own, are left out."""
    text = "module Many(x: [T, D], a, b, c, d) -> [T, D] { return exp(exp(x)) + a }\n"
    assert "Many" in of(text + f"model M(x: [T, D]) -> [T, D] {{ return x -> {call} -> exp }}", levels=1)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("limit * tanh(x)", "limit ×"),
        ("limit*x", "limit ×"),
        ("x / limit", "÷ limit"),
        ("1 - x", "1 −"),
        ("x * 2", "× 2"),
        ("x^2", "^ 2"),
        ("(x - 1)^2", "^ 2"),
    ],
)
def test_the_other_operand(line, title):
    """Beside a sign stands the operand that is no tensor, where it stands in the text."""
    assert title in of(f"model M(x: [T], limit) -> [T] {{ return {line} }}")


def test_gates_are_told_apart():
    """The gates of a long short-term memory go by their letters: forget, input, cell and output."""
    model = symcost.load("examples/lecture/lstm.arch").model("Lstm")
    assert {"sigmoid(f)", "sigmoid(i)", "tanh(g)", "sigmoid(o)"} <= set(texts(model, levels=8, every=True))


def test_one_is_no_stack():
    """A stack of one layer goes by the name of the layer."""
    layer = "module Layer(x: [T, D]) -> [T, D] { return x -> Linear(D) -> relu -> Linear(D) }\n"
    text = layer + "model M(x: [T, D]) -> [T, D] { repeat N { x = x -> Layer } return relu(x) }"
    assert "3 × Layer" in of(text.replace("N {", "3 {"), levels=1)
    assert "Layer" in of(text.replace("N {", "1 {"), levels=1)


def test_order_is_drawn():
    """What reads a text backwards says so: no shape tells of it."""
    model = symcost.load("examples/lecture/bidirectional.arch").model("BothWays")
    assert texts(model).count("reverse") == 2


def test_results_have_names_of_their_own():
    """A result that is the last of several stages is not called after that stage."""
    assert "result" in of("model M(x: [T]) -> [T] { return x -> exp -> relu }")
    assert "y" in of("model M(x: [T]) -> [T] {\n  y = x -> exp -> relu\n  return y\n}")


def test_names_of_states_stand_clear():
    """No name of a state lies on the gradient of another."""
    drawing = list(graph(symcost.load("examples/lecture/lstm.arch").model("Lstm"), unroll=3).drawing.flat())
    gradients = [shape for shape in drawing if isinstance(shape, Line) and shape.style == "gradient"]
    names = [shape for shape in drawing if isinstance(shape, Text) and shape.text in ("h", "c")]
    assert gradients and len(names) >= 4
    for name in names:
        for gradient in gradients:
            for (left, y), (right, other) in pairwise(gradient.points):
                is_beside = not min(left, right) - 6 < name.x < max(left, right) + 6
                assert is_beside or y != other or not name.y - 7 < y < name.y + 1


def test_a_long_text_is_drawn_as_stretches():
    """Two thousand operations one behind the other: boxes of neighbouring lines, which count all of them."""
    lines = "\n".join("  x = x -> Linear(D) -> relu" for _ in range(1000))
    text = f"model Flat(x: [T, D]) -> [T, D] {{\n{lines}\n  return x\n}}\n"
    picture = graph(symcost.loads(text).model())
    assert "stretches of lines" in picture.folded and picture.scene.size < 30
    written = of(text)
    assert written.count("42·D·D·T") == 23 and "34·D·D·T" in written  # 23·42 + 34 = 1000
    assert "lines 2 to 43" in written and len(picture.written("svg")) < 200_000


def test_stretches_count_everything_once():
    """Parameters, named layers and shares add up over the stretches, and results that go past are drawn."""
    lines = "\n".join(f"  y{n} = f(y{n - 1}) * w + x" for n in range(1, 200))
    head = "model Skip(x: [T, D]) -> [T, D] {\n  layer f = Linear(D)\n  param w: [D]\n  y0 = x"
    model = symcost.loads(f"{head}\n{lines}\n  return y199\n}}").model()
    scene = graph(model.at(T=2, D=3), of="params").scene
    blocks = [box for box in scene.boxes if box.kind == "block"]
    assert 20 <= len(blocks) <= 24 and sum(box.share or 0.0 for box in blocks) == pytest.approx(1.0)
    assert [box.lines for box in blocks if box.lines] == [("15",)]  # 3·3 + 3 + 3, in the first that reads them
    readers = {wire.head for wire in scene.wires if wire.tail.kind == "input"}
    assert readers == set(blocks)


def test_too_many_inputs_without_a_line():
    """Inputs cannot be folded: a model of them alone is refused as one with lines is."""
    ports = ", ".join(f"x{n}: [N]" for n in range(300))
    with pytest.raises(TooLargeToDraw):
        graph(symcost.loads(f"model M({ports}) -> [N] {{ return x0 }}").model())
