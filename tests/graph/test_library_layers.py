"""The library is read layer by layer, and says the same as when it is read file by file."""

from __future__ import annotations

import pickle
from pathlib import Path

from symcost.diagnostics import Source
from symcost.graph.files import library_definition, library_names
from symcost.syntax import ast
from symcost.syntax.parse import parse

LIBRARY = sorted((Path(__file__).parents[2] / "symcost" / "library").glob("*.arch"))


def test_a_layer_by_itself_is_what_its_file_says() -> None:
    """Every item of every file is found, is the same tree, and stands at the same place of the text."""
    found: list[str] = []
    for path in LIBRARY:
        for item in parse(Source(f"library/{path.name}", path.read_text(encoding="utf-8"))).items:
            assert isinstance(item, ast.Definition)
            alone = library_definition(item.name.text)
            assert alone is not None and repr(alone.definition) == repr(item)
            found.append(item.name.text)
    assert found == library_names()


def test_a_layer_travels_by_its_name() -> None:
    """What was pickled is the same object here, and not a copy of its text."""
    layer = library_definition("Linear")
    assert layer is not None
    assert pickle.loads(pickle.dumps(layer)) is layer
    assert len(pickle.dumps(layer.unit)) < 200
