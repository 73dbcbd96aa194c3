"""The library is documentation: a layer says in a sentence what it does, and its name whether it learns."""

import re
from importlib.resources import files

import pytest

LAYER = re.compile(r'(?:"""(?P<doc>[^"]*)"""\n)?module (?P<name>\w+)\((?P<body>.*?)\n}', re.DOTALL)
LAYERS = [
    match
    for file in files("symcost.library").iterdir()
    if file.name.endswith(".arch")
    for match in LAYER.finditer(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("layer", LAYERS, ids=[match["name"] for match in LAYERS])
def test_first_line_is_a_sentence(layer: re.Match[str]) -> None:
    """The first line of a layer's text is one sentence."""
    first = (layer["doc"] or "").splitlines()[0]
    assert first[0].isupper() or first.startswith(("relu", "silu"))
    assert first.endswith(".")


@pytest.mark.parametrize("layer", LAYERS, ids=[match["name"] for match in LAYERS])
def test_capitals_mean_parameters(layer: re.Match[str]) -> None:
    """A layer is written `CamelCase` if it owns parameters, by itself or by the layers in it."""
    learns = re.search(r"\bparam\b|\b[A-Z]\w*[a-z]\w*\(|\brnn\(", layer["body"].split("{", 1)[1])
    assert layer["name"][0].isupper() == bool(learns)
