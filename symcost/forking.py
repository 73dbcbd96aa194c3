"""Forking while another thread imports: it is waited for, or the child would wait for that thread, which it has not.

What symcost needs is imported when it is first asked for, so that the first question of one thread may well meet the
fork of another. Python holds a lock for each module that is being imported; a child inherits it locked, for ever.
So a fork waits until nothing is being imported, and holds meanwhile the lock without which no thread begins to.
"""

from __future__ import annotations

import _frozen_importlib
import _imp
import os
import time
from _thread import get_ident
from collections.abc import Callable
from contextlib import suppress

TYPE_CHECKING = False
"""As `typing` has it, which nothing here needs in order to run."""

if TYPE_CHECKING:
    from typing import Any

LONGEST = 10.0
"""Seconds that a fork waits; a module that takes longer may be one that waits for the fork."""

PAUSE = 0.002
"""Seconds between two looks."""


def before() -> None:
    """Returns with the lock held, and nothing being imported."""
    until = time.monotonic() + LONGEST
    _imp.acquire_lock()
    while _being_imported() and time.monotonic() < until:
        _imp.release_lock()
        time.sleep(PAUSE)
        _imp.acquire_lock()


def _being_imported() -> bool:
    """Whether another thread imports a module, or is about to; the imports of this one are what forks."""
    here = get_ident()
    locks = (known() for known in tuple(_module_locks().values()))
    return any(lock is not None and lock.owner != here for lock in locks)


def _module_locks() -> dict[str, Callable[[], Any]]:
    """The locks that Python has for modules, as references: one that lives is held, or will be at once."""
    known: dict[str, Callable[[], Any]] = getattr(_frozen_importlib, "_module_locks", {})
    return known


def after() -> None:
    """Gives the lock back, in both processes."""
    with suppress(RuntimeError):
        _imp.release_lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=before, after_in_parent=after, after_in_child=after)
