"""Forking while another thread imports: it is waited for, or the child would wait for that thread, which it has not.

What symcost needs is imported when it is first asked for, so that the first question of one thread may well meet the
fork of another. Python holds a lock for each module that is being imported; a child inherits it locked, for ever.
So a fork waits until nothing is being imported, and holds meanwhile the lock without which no thread begins to.
"""

from __future__ import annotations

import _imp
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

LONGEST = 10.0
"""Seconds that a fork waits; a module that takes longer may be one that waits for the fork."""

PAUSE = 0.002
"""Seconds between two looks."""


def before() -> None:
    """Returns with the lock held, and nothing being imported."""
    until = time.monotonic() + LONGEST
    _imp.acquire_lock()
    while any(_being_imported()) and time.monotonic() < until:
        _imp.release_lock()
        time.sleep(PAUSE)
        _imp.acquire_lock()


def _being_imported() -> Iterator[str]:
    """The modules that other threads are importing; those of this one are what forks."""
    mine = _names_on_the_way()
    for name, module in tuple(sys.modules.items()):
        if name not in mine and getattr(getattr(module, "__spec__", None), "_initializing", False):
            yield name


def _names_on_the_way() -> set[str]:
    """The modules whose text this thread is running just now, and the packages around them."""
    found: set[str] = set()
    frame = sys._getframe()
    while (around := frame.f_back) is not None:
        frame = around
        if frame.f_code.co_name == "<module>":
            found.add(str(frame.f_globals.get("__name__")))
    return found


def after() -> None:
    """Gives the lock back, in both processes."""
    with suppress(RuntimeError):
        _imp.release_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=before, after_in_parent=after, after_in_child=after)
