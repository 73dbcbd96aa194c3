"""What cannot be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError


class NotDrawnForThese(SymcostError):
    """Numbers for which the formulas in the boxes are not told."""

    code = "not-drawn-for-these"

    def __init__(self, quantity: str, fact: object, values: Mapping[str, int], span: Span) -> None:
        given = " ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(
            f"what each box counts of `{quantity}` is told for `{fact}` only",
            span,
            helps=[f"draw it for such sizes; `symcost formula --of {quantity} {given}` counts these, too"],
        )


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
    """A picture of so many inputs and results that nobody could read it: all else in it folds."""

    code = "too-large-to-draw"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"the picture would have more than {most} boxes, however little is opened",
            notes=["each input and each result is one, beside the stretches of lines between them"],
            helps=["make inputs one, with an axis more, such as `[N, T]` of N texts"],
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


class NothingToPlot(SymcostError):
    """A quantity that is 0 at all sizes, on an axis of powers."""

    code = "nothing-to-plot"

    def __init__(self, quantity: str, dimension: str) -> None:
        super().__init__(
            f"`{quantity}` is 0 at all sizes of `{dimension}`",
            notes=["a logarithmic axis has no place for 0"],
            helps=["ask for another quantity with `--of`, or leave `:log` out of `--over`"],
        )


class NothingToVary(SymcostError):
    """A plot of models whose dimensions all have numbers."""

    code = "nothing-to-vary"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"all dimensions of `{name}` have a number, so that there is nothing to plot over",
            helps=["say which one varies: `--over T=1:1e6:log`"],
        )


class NoShares(SymcostError):
    """A quantity that is not counted block by block, so that its blocks have no shares of it."""

    code = "no-shares"

    def __init__(self, quantity: str, known: Iterable[str]) -> None:
        super().__init__(
            f"blocks have no shares of `{quantity}`",
            notes=[f"counted by block are {', '.join(f'`{name}`' for name in known)}"],
            helps=["ask for one of these with `--of`, or leave `--stack` out"],
        )


class OneModel(SymcostError):
    """A picture of one model, and several were named."""

    code = "one-model"

    def __init__(self, option: str, labels: Sequence[str]) -> None:
        listed = ", ".join(f"`{label}`" for label in labels[:5])
        super().__init__(
            f"`{option}` draws one model, these are {len(labels)}: {listed}{', …' if len(labels) > 5 else ''}",
            helps=["name one, such as `llama.arch:Llama`"],
        )


class NoSizes(SymcostError):
    """Published sizes of models whose files have no configuration for what varies."""

    code = "no-sizes"

    def __init__(self, dimension: str, labels: Sequence[str]) -> None:
        super().__init__(
            f"no configuration of {', '.join(f'`{label}`' for label in labels[:3])} has a `{dimension}` in the range",
            notes=["`--sizes` draws each `config` of the file that sets what varies"],
            helps=["vary a dimension that they set, as in `--over D=64:16384:log`, or leave `--sizes` out"],
        )


class TooLongToFollow(SymcostError):
    """A model with so many operations, all rounds counted, that going through them one by one would take too long."""

    code = "too-long-to-follow"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"there are more than {most} operations to go through, round by round",
            helps=["give smaller sizes to the loops: the picture of a few rounds is that of many"],
        )
