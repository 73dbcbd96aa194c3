"""What a picture shows: boxes in boxes, wires between them; nothing here knows where anything stands on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from symcost.records import dataclass

BoxKind = Literal["input", "output", "block", "operation", "sign", "frame", "port", "dots"]
"""`sign`: an operation that one character tells, such as `+`; `frame`: a block that is opened; `port`: where a wire
goes through the border of a frame; `dots`: what is left out between drawn rounds."""


@dataclass(eq=False)
class Box:
    """Something with a place of its own. Compared by identity.

    `lines` stand below the title, `badge` in the corner of a frame, `hint` is told to who asks. `share` is its part of
    the whole, from 0 to 1; None where that is not a number. `line` of `file` is where it stands.
    """

    kind: BoxKind
    title: str
    lines: tuple[str, ...] = ()
    badge: str = ""
    hint: str = ""
    share: float | None = None
    costs: bool = False
    repeated: bool = False
    """Whether it is drawn once for each of several rounds, so that its share is that of all of them."""
    line: int | None = None
    file: str = ""
    inside: Scene | None = None
    faint: bool = False
    """Whether a port leads only to the next round, not out of the frame."""
    least: tuple[float, float] = (0.0, 0.0)
    """How wide and high it is at least, in points: a layout says so that finds much around it."""


@dataclass(eq=False)
class Wire:
    """A tensor from the `out`-th result of a box to the `slot`-th operand of another.

    `made` is the shape that it has where it is made, `read` the one that is read, if that is another.
    """

    tail: Box
    out: int
    head: Box
    slot: int
    made: str = ""
    read: str = ""
    quiet: bool = False
    """Whether its shape stands beside it already, where it goes on outside of the frame."""


@dataclass(eq=False)
class Loop:
    """A value that is handed from round to round: from a port at the end of one to a port at the start of the next."""

    name: str
    shape: str
    start: Box
    end: Box
    fed: bool = False
    """Whether something that is drawn comes in before the first round, not only zeros."""


@dataclass(eq=False)
class Scene:
    """One level of a picture. The ports stand for what comes in and goes out, in the order of the frame's wires.

    `loops` lead back to its start; in the scenes of `columns`, the rounds of a loop that stand side by side, they lead
    from each to the next one.
    """

    boxes: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    inputs: list[Box] = field(default_factory=list)
    outputs: list[Box] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    columns: list[Box] = field(default_factory=list)
    backwards: bool = False
    """Whether the columns stand from right to left, as the first of them reads the end."""

    def everything(self) -> Iterator[Box]:
        """All boxes at this level and in their frames."""
        for box in (*self.boxes, *self.columns):
            yield box
            if box.inside is not None:
                yield from box.inside.everything()

    @property
    def size(self) -> int:
        """How many boxes are drawn in all."""
        return sum(1 for _ in self.everything())
