"""`python -m symcost`, and the command `symcost`: a program that may be interrupted while it is still being loaded."""

import gc
import sys

SELDOM = 600_000
"""Objects made between two looks for garbage: with Python's own 700 a run spends a fifth of its time on that.

They take some 100 MB where all of them are garbage; a check of 120 files looks for it once.
"""

INTERRUPTED = 130
"""As shells report it."""


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
    main(prog_name="python -m symcost")
