"""How deep a text may be nested, and what Python needs to follow it there."""

from __future__ import annotations

import sys
from threading import Lock

DEEPEST = 150
"""Calls, blocks and brackets inside one another."""

FRAMES = 40
"""Python frames for one level; most take about twenty."""

FEW_LEVELS = 12
"""Networks are not nested deeper: within these, Python's own limit of 1 000 frames is far."""

FEW_FRAMES = 300
"""Frames below which a question may begin: these and those of a network do not meet Python's own limit."""

_one_at_a_time = Lock()


def room_to_recurse() -> None:
    """Python frames for DEEPEST levels of nesting, if the stack is so high already that the usual ones may not do."""
    try:
        sys._getframe(FEW_FRAMES)
    except ValueError:
        return
    allow_more_frames()


def allow_more_frames() -> None:
    """Raise Python's limit so that DEEPEST levels fit on top of this stack; a higher one stays.

    The limit is that of the whole interpreter, so it is raised only where something is nested so deeply, and never put
    back: another thread may need it meanwhile, and its stack may stand above the old one.
    """
    depth = 0
    frame = sys._getframe()
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    if sys.getrecursionlimit() < depth + FRAMES * DEEPEST and _one_at_a_time.acquire(timeout=1):
        try:
            sys.setrecursionlimit(max(sys.getrecursionlimit(), depth + FRAMES * DEEPEST))
        finally:
            _one_at_a_time.release()
