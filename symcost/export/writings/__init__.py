"""How it is said: every file here turns any page into a text, in the one writing that it is named after.

A file has a function `write(page, room)`; that it lies here is all that `--format` needs. `markdown.py` is a short one
to begin from: a method for each kind of part and of piece (see symcost/export/writer.py). A writing from elsewhere is
registered. Nothing is imported before it is asked for, so that help stays fast.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symcost.export.page import Page, Room

    Writing = Callable[[Page, Room], str]

_registered: dict[str, Writing] = {}


def register(name: str, write: Writing) -> None:
    """Add a writing of one's own; every command knows it at once.

    Raises ValueError for a name that is taken.
    """
    if name in names():
        raise ValueError(f"there is a writing {name!r} already")
    _registered[name] = write


def unregister(name: str) -> None:
    """Take a registered writing away again. Raises KeyError for one that was not registered."""
    del _registered[name]


def names() -> list[str]:
    """All writings: the files of this folder, then what was registered."""
    from pkgutil import iter_modules  # who knows what it wants needs no list

    return [*sorted(module.name for module in iter_modules(__path__)), *_registered]


def is_name(name: str) -> bool:
    """Whether a writing is called so."""
    if name in _registered:
        return True
    return name.isidentifier() and name[0] != "_" and find_spec(f"{__name__}.{name}") is not None


def writing(name: str) -> Writing:
    """The function that writes a page. Raises KeyError for a name that there is not."""
    if name in _registered:
        return _registered[name]
    if not is_name(name):
        raise KeyError(name)
    write: Writing = import_module(f"{__name__}.{name}").write
    return write


def written(name: str, page: Page, room: Room) -> str:
    """A page in a writing, with what its names of sizes mean. Raises KeyError for a name that there is not."""
    from symcost.export.naming import told

    return writing(name)(told(page), room)
