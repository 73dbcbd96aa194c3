"""Layers of the library against an independent counter and against figures derived by hand."""

from pathlib import Path

import pytest

import symcost

CASES = sorted(Path(__file__).parent.glob("*.arch"))
HOLDS = [pytest.param(name, path, id=f"{path.stem}-{name}") for path in CASES for name in symcost.load(path).models]


@pytest.mark.parametrize(("name", "path"), HOLDS)
def test_shape(name: str, path: Path) -> None:
    """A layer returns what its model declares."""
    assert symcost.load(path).model(name).graph.results


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_figures(path: Path) -> None:
    """Parameters, operations and growth are what was derived."""
    wrong = [f"{c.text}: found {c.found}" for c in symcost.load(path).check() if not c.ok]
    assert not wrong


def test_count() -> None:
    """All 43 layers of the independent counter are there."""
    assert sum(path.stem == "pytorch" for _, path in (param.values for param in HOLDS)) == 43
