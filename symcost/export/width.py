"""How wide a terminal is: as `shutil.get_terminal_size` tells it, which loads compression for other work."""

from __future__ import annotations

import os
import sys


def columns_of_terminal(usual: int) -> int:
    """What `COLUMNS` says, where that is a number above 0, else what the terminal says; `usual` where there is none."""
    try:
        said = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        said = 0
    if said > 0:
        return said
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or usual  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):  # no stream, one that is closed, none of a terminal
        return usual
