"""Where the values of a body are read, and which names are free for how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from symcost.importing.tree import Item, Loop, read


class Live:
    """Where the values of a body are read."""

    def __init__(self, items: Sequence[Item], outs: Iterable[str], around: frozenset[str] = frozenset()) -> None:
        reads = [read((item,)) for item in items]
        self.readers: Counter[str] = Counter(chain.from_iterable(reads))
        """How many items read a value."""
        self.last: dict[str, int] = _last(reads) | dict.fromkeys(outs, len(items))
        """The last item that reads a value; what is handed out is read behind all of them."""

        loops = [item for item in items if isinstance(item, Loop)]
        scans = [loop for loop in loops if loop.kind == "scan"]
        self.begun: set[str] = _taken_up(scans)
        """Values that a scan begins with."""
        self.carried: set[str] = _taken_up(loops)
        """Values that a loop goes on from."""

        self.around = around
        """Names that stand for something else around the body."""
        self.until: dict[str, int] = {}
        """Names that the result of a round will have, and the statement that makes it."""


def _last(reads: Sequence[Sequence[str]]) -> dict[str, int]:
    """The last place at which each value is read."""
    last: dict[str, int] = {}
    for place, keys in enumerate(reads):
        last.update(dict.fromkeys(keys, place))
    return last


def _taken_up(loops: Iterable[Loop]) -> set[str]:
    """The values that the first round of a loop finds."""
    return {each.before for loop in loops for each in loop.carried}
