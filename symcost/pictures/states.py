"""The states of a round that stands among others: which boxes read and make them, and how far apart they come in."""

from __future__ import annotations

from symcost.pictures.measures import BESIDE
from symcost.pictures.scene import Box, Loop, Scene


class States:
    """Of one round."""

    def __init__(self, column: Scene) -> None:
        """`column` has the ports that states come in by, and go out by."""
        self._column = column

    def readers(self, loop: Loop) -> list[Box]:
        """What a state comes into."""
        return list(dict.fromkeys(wire.head for wire in self._column.wires if wire.tail is loop.start))

    def maker(self, loop: Loop) -> Box | None:
        """What makes the state of the next round."""
        return next((wire.tail for wire in self._column.wires if wire.head is loop.end), None)

    def room_beside(self, box: Box) -> float:
        """How high a box is at least, so that all its states come in and go out within it."""
        read = [loop for loop in self._column.loops if box in self.readers(loop)]
        made = [loop for loop in self._column.loops if self.maker(loop) is box]
        most = max(len(read), len(made))
        return BESIDE * (most - 1) + 10

    def off_the_middle(self, loop: Loop) -> float:
        """How far above or below the middle of its boxes a state is, where they make or read others, too."""
        together = [other for other in self._column.loops if self._share_a_box(loop, other)]
        return BESIDE * (together.index(loop) - (len(together) - 1) / 2)

    def _share_a_box(self, one: Loop, other: Loop) -> bool:
        if self.maker(one) is self.maker(other):
            return True
        return not set(self.readers(one)).isdisjoint(self.readers(other))
