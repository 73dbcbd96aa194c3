"""What figures of networks show inside of their blocks is seen without being asked for: in one block of each kind."""

import pytest

import symcost
from symcost.pictures import graph
from symcost.pictures.scene import Box, Scene

BLOCKS = """
module Way(x: [N, C]) -> [N, C] { return x + (x -> Linear(C) -> relu -> Linear(C)) }
module Straight(x: [N, C]) -> [N, C] { return x -> Linear(C) -> relu -> Linear(C) }
module Fixed(x: [N, C]) -> [N, C] { return x * exp(x) }
"""
MANY = " -> relu".join([""] * 27)
"""So that the page is full before blocks are opened."""


def frames(scene: Scene) -> list[str]:
    return [box.title for box in scene.everything() if box.kind == "frame"]


def closed(scene: Scene, name: str) -> list[Box]:
    return [box for box in scene.everything() if box.kind == "block" and name in box.title]


def of(body: str) -> Scene:
    text = f"{BLOCKS}model M(x: [N, C], L) -> [N, C] {{ return x{MANY} -> {body} }}"
    return graph(symcost.loads(text).model()).scene


def example(path: str, name: str, **wish: int) -> Scene:
    return graph(symcost.load(f"examples/{path}").model(name), **wish).scene


def test_one_inception_of_nine() -> None:
    """Table 1 of the paper has nine of them; figure 2b is one: four branches to a concatenation."""
    scene = example("vision/googlenet.arch", "GoogLeNet")
    assert frames(scene) == ["Inception"]
    assert len(closed(scene, "Inception")) == 8
    (inside,) = (box.inside for box in scene.boxes if box.inside is not None)
    (concat,) = (box for box in inside.boxes if box.title == "concat")
    assert len([wire for wire in inside.wires if wire.head is concat]) == 4


def test_residual_networks_show_both_ways_around() -> None:
    """A shortcut with a projection where the size changes, one without where it does not: figure 3 of the paper."""
    scene = example("vision/resnet.arch", "ResNet")
    bottlenecks = [title for title in frames(scene) if "Bottleneck" in title]
    assert bottlenecks == ["Bottleneck", "repeat n - 1: Bottleneck"]
    assert len(closed(scene, "Bottleneck")) == 6


def test_dense_networks_show_what_a_layer_adds_to() -> None:
    """The first of four loops: what comes in, beside what is made of it."""
    titles = [box.title for box in example("vision/densenet.arch", "DenseNet").everything()]
    assert titles.count("concat") == 1


@pytest.mark.parametrize(("body", "opened"), [("Straight", []), ("Fixed", []), ("Way", ["Way"])])
def test_only_what_parts_and_learns_is_opened(body: str, opened: list[str]) -> None:
    """A chain has nothing to show, nor has what is a formula."""
    assert frames(of(body)) == opened


def test_the_first_of_its_kind() -> None:
    """Once as a call, once as a stack."""
    scene = of("Way -> Straight -> Way -> Way")
    assert frames(scene) == ["Way"] and len(closed(scene, "Way")) == 2


def test_layers_of_the_library_show_their_skips() -> None:
    """Whisper's figure has cross attention in its decoder blocks; what is in an attention everybody knows."""
    scene = example("speech/whisper.arch", "Whisper")
    assert "repeat L: TransformerDecoderLayer" in frames(scene)
    assert len(closed(scene, "CrossAttention")) == 1 and len(closed(scene, "SelfAttention")) == 2


def test_what_is_asked_for_is_what_is_drawn() -> None:
    """With levels given, nothing is opened besides."""
    assert frames(example("vision/googlenet.arch", "GoogLeNet", levels=1)) == []


def test_results_are_no_arguments() -> None:
    """`axis = 0` within a pipe names no result."""
    text = "model M(x: [N, C]) -> [1] { return x -> mean(axis = 0) -> Linear(1) }"
    (output,) = (box for box in graph(symcost.loads(text).model()).scene.boxes if box.kind == "output")
    assert output.title == "result"
