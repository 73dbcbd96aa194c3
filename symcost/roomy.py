"""Calls with room for those inside of them.

CPython keeps the frames of functions in pieces of 16 KiB. A call that does not fit begins another piece, which goes
back to the system as soon as the call returns: code that works around such an edge asks the system for memory at every
call. `symcost check examples` did so 155 000 times, for an eighth of its time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

ROOM = 66_000
"""Places for values that a call claims to need: more than 512 KiB, for which a piece is 1 MiB, half of it left over.

What is claimed and never touched takes no memory.
"""


def roomy(call: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
    """What a call answers; the calls inside of it share one large piece for their frames."""
    return call(*given, **named)


roomy.__code__ = roomy.__code__.replace(co_stacksize=ROOM)
