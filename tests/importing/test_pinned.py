"""A number that varies and has no name holds at one size of the keys that it follows from; the text refuses others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

import symcost
from symcost.errors import ViolatedAssumption
from symcost.importing.graph import Graph, Leaf, Link, Node, Schema, Tensor
from symcost.importing.imported import text_of

ODD = {5: 15, 7: 13, 11: 7, 6: 11}
"""Sizes that no expression of the key has: 3 and the remainder of its square by 13."""

FIRST, SECOND, UNSEEN = {"width": 8, "odd": 5}, {"width": 12, "odd": 7}, {"width": 10, "odd": 11}


def graph(width: int, odd: int) -> Graph:
    """Two layers: `width` to the size that has no name, and from there to `width`."""
    middle = ODD[odd]
    shapes = {"x": (2, width), "u": (middle, width), "v": (width, middle)}
    leaves = [
        Leaf(name, "input" if name == "x" else "param", Tensor(shape, "float32"), name)
        for name, shape in shapes.items()
    ]
    nodes = [
        Node("y", "aten.linear", {"input": Link("x"), "weight": Link("u")}, (Tensor((2, middle), "float32"),),
             macs=2 * middle * width),
        Node("z", "aten.linear", {"input": Link("y"), "weight": Link("v")}, (Tensor((2, width), "float32"),),
             macs=2 * middle * width),
    ]  # fmt: skip
    schemas = {"aten.linear": Schema({"bias": None})}
    sizes = {"width": width, "odd": odd}
    return Graph("Net", sizes, tuple(leaves), tuple(nodes), ("z",), schemas, params=2 * middle * width)


def more(configurations: Sequence[Mapping[str, int]]) -> list[Graph]:
    return [graph(**sizes) for sizes in configurations if sizes["odd"] in ODD]


def test_another_size_is_refused_and_not_counted_wrong() -> None:
    """The middle follows from `odd` alone, so that `width` stays free: 2·15·width parameters."""
    text = text_of("net", [graph(**sizes) for sizes in (FIRST, SECOND, UNSEEN)], 2, more=more)
    model = symcost.loads(text).model()
    assert [symbol.name for symbol in model.symbols] == ["width"]  # of `odd` the text does not speak
    assert model.at(width=14).params() == 2 * 15 * 14


def test_a_key_that_the_text_speaks_of_is_held() -> None:
    """With `odd` rows of inputs: other numbers of rows are refused, and the message says at which one it holds."""
    graphs = [replace(graph(**sizes), leaves=rows(graph(**sizes))) for sizes in (FIRST, SECOND)]
    text = text_of("net", graphs, 2, more=lambda asked: [replace(one, leaves=rows(one)) for one in more(asked)])
    assert re.findall(r"^assume (.*)$", text, re.MULTILINE) == ["odd == 5"]
    model = symcost.loads(text).model()
    assert model.at(width=14, odd=5).params() == 2 * 15 * 14
    with pytest.raises(ViolatedAssumption, match="odd == 5"):
        model.at(width=14, odd=7).params()


def rows(one: Graph) -> tuple[Leaf, ...]:
    """Its leaves, with another input of `odd` numbers that nothing reads."""
    return (*one.leaves, Leaf("w", "input", Tensor((one.configuration["odd"],), "float32"), "w"))


def test_nothing_is_known_of_keys_that_never_changed_alone() -> None:
    """Without further configurations all keys are held."""
    text = text_of("net", [graph(**sizes) for sizes in (FIRST, SECOND)], 2)
    model = symcost.loads(text).model()
    with pytest.raises(ViolatedAssumption):
        model.at(width=14).params()
