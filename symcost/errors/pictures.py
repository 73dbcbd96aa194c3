"""What cannot be drawn."""

from __future__ import annotations

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError


class NothingToUnroll(SymcostError):
    """Rounds side by side of a model without a recurrence."""

    code = "nothing-to-unroll"

    def __init__(self, name: str, span: Span) -> None:
        super().__init__(
            f"`{name}` has no recurrence to unroll",
            span,
            "no `scan` in it hands a value to its next round",
            helps=["leave `--unroll` out"],
        )


class TooLargeToDraw(SymcostError):
    """A picture of so many boxes that nobody could read it, and nothing in it that folds."""

    code = "too-large-to-draw"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"the picture would have more than {most} boxes, however little is opened",
            helps=["move lines into a `module`, which is drawn as one box"],
        )


class NoPainter(SymcostError):
    """A picture in points or for print, and no program that makes it from SVG."""

    code = "no-painter"

    def __init__(self, writing: str) -> None:
        super().__init__(
            f"there is nothing here that makes {writing.upper()} of a picture",
            notes=["pictures are made as SVG; `cairosvg` or `rsvg-convert` turns them into PDF and PNG"],
            helps=["write `pip install 'symcost[pictures]'`, or give a file `.svg`"],
        )
