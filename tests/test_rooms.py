"""The tests mirror the package: who changes a room finds its tests in the folder of the same name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE, TESTS = ROOT / "symcost", ROOT / "tests"
ELSEWHERE = {"errors": "messages"}
"""Rooms whose tests are called otherwise: what a fault is shows in what is said."""
OF_THE_WHOLE = {"oracle", "examples", "benchmarks", "stress", "typing"}
"""Folders of what belongs to no room: oracles, the examples, measurements, threads and processes, a typed client."""


def rooms() -> list[str]:
    """All folders of the package that hold modules of their own."""
    inner = {path.parent for path in PACKAGE.rglob("*.py")} - {PACKAGE}
    return sorted(str(folder.relative_to(PACKAGE)) for folder in inner)


def fast(folder: Path) -> Iterator[str]:
    """The tests in a folder and below that are not marked slow, as far as their text tells."""
    for path in folder.rglob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            if not any("mark.slow" in ast.unparse(decorator) for decorator in node.decorator_list):
                yield node.name


@pytest.mark.parametrize("room", rooms())
def test_a_room_has_fast_tests(room: str) -> None:
    """Between two edits every room is entered."""
    assert next(fast(TESTS / ELSEWHERE.get(room, room)), None)


def test_no_tests_are_left_behind() -> None:
    """Each folder of tests is that of a room, or of what belongs to none."""
    kept = {*rooms(), *ELSEWHERE.values(), *OF_THE_WHOLE}
    folders = {str(path.parent.relative_to(TESTS)) for path in TESTS.rglob("test_*.py")} - {"."}
    assert sorted(folder for folder in folders if folder not in kept) == []
