"""`python -m symcost`, and the command `symcost`: a program that may be interrupted while it is still being loaded."""

import atexit
import gc
import os
import sys
from types import FrameType

SELDOM = 600_000
"""Objects made between two looks for garbage: with Python's own 700 a run spends a fifth of its time on that.

They take some 100 MB where all of them are garbage; a check of 120 files looks for it once.
"""

INTERRUPTED = 130
"""As shells report it."""

BY_ITSELF: tuple[list[str], ...] = ([], ["_run_code", "_run_module_as_main"])
"""What stands around the module that calls `program`: nothing in a script, and what Python has for `-m`."""


def program(prog_name: str | None = None) -> None:
    """`main` as a process of its own: what was loaded is left to the system, where Python would take it apart first."""
    try:
        main(prog_name)
    except SystemExit as ended:
        if isinstance(ended.code, int) and not _is_looked_at() and not _is_part_of_another(sys._getframe(1)):
            _end(ended.code)
        raise


def _is_looked_at() -> bool:
    """Whether a debugger or a profiler follows, another thread is at work, or a prompt is wanted behind it."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    if monitoring is not None and any(map(monitoring.get_tool, range(6))):
        return True
    is_alone = len(sys._current_frames()) == 1
    return bool(sys.flags.inspect or sys.gettrace() or sys.getprofile() or not is_alone)


def _is_part_of_another(caller: FrameType) -> bool:
    """Whether a program goes on behind this one, such as memray that runs it by `runpy` and then closes its file."""
    callers = []
    frame = caller.f_back
    while frame is not None:
        callers.append(frame.f_code.co_name)
        frame = frame.f_back
    return callers not in BY_ITSELF


def _end(status: int) -> None:
    """What was left for the end is done; a stream that takes nothing is left to Python."""
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (OSError, ValueError):
        return
    os._exit(status)


def main(prog_name: str | None = None) -> None:
    """The command line. Most of the time of a short command goes into what is loaded here."""
    gc.set_threshold(SELDOM)
    try:
        from symcost.cli import main as commands
        from symcost.roomy import roomy

        roomy(commands, prog_name=prog_name)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except RuntimeError as wrapped:
        # Python 3.11 says so of an interrupt that comes while it makes a dataclass.
        if isinstance(wrapped.__cause__, KeyboardInterrupt):
            sys.exit(INTERRUPTED)
        raise
    finally:
        gc.freeze()  # Python looks for garbage once more when it ends: a quarter of a short run, for nothing


if __name__ == "__main__":
    program(prog_name="python -m symcost")
