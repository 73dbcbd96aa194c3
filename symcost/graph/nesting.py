"""How deep a text may be nested, and what Python needs to follow it there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

DEEPEST = 150
"""Calls, blocks and brackets inside one another."""

FRAMES = 40
"""Python frames for one level; most take about twenty."""


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """Python frames for DEEPEST levels of nesting.

    The limit is that of the whole interpreter: another thread sees it too while this one is at work.
    """
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, FRAMES * DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
