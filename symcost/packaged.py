"""The data files of the package, wherever it lies."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def files(package: str) -> Traversable:
    """As `importlib.resources.files`, which loads archives and temporary files even where there is a plain folder."""
    place = Path(import_module(package).__path__[0])
    if place.is_dir():
        return place
    from importlib.resources import files as archived

    return archived(package)
