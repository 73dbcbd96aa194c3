"""The example files, each loaded and each checked once for all tests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import symcost
from symcost.document import Checked

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
FILES = sorted(EXAMPLES.rglob("*.arch"))
ZOO = [path for path in FILES if "lecture" not in path.parts]
LONG = {EXAMPLES / "lecture/receptive.arch"}
"""What takes seconds among the files of the lecture."""


def each(paths: Iterable[Path] = FILES) -> list[ParameterSet]:
    """Files as parameters of a test; between two edits those of the lecture are enough."""
    slow = [pytest.mark.slow]
    return [pytest.param(path, id=path.stem, marks=slow if path in ZOO or path in LONG else []) for path in paths]


@cache
def loaded(path: Path) -> symcost.Document:
    """A file; what its models were asked before they remember."""
    return symcost.load(path)


@cache
def checked(path: Path) -> list[Checked]:
    """What came of the expectations of a file."""
    return loaded(path).check()
