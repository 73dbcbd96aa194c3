"""Notes: what is said of a text that is counted as it stands, and may not be what its author meant."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Label, Report, Span
from symcost.errors.words import shape_text
from symcost.formula import Form


def channels_in_front(shape: Sequence[Form], span: Span, layer: str) -> Report:
    """An image that is read as [Y, X, C] and was written as [C, Y, X]."""
    *leading, first, second, last = shape
    front = _many(first, "channel")
    rows, columns, channels = _many(first, "row"), _many(second, "pixel"), _many(last, "channel")
    return Report(
        "channels-last",
        f"`{layer}` reads `{span.text}` as {rows} of {columns} with {channels} each",
        Label(span, f"has shape {shape_text(shape)}"),
        notes=("the channels stand last here, as in `[Y, X, C]`",),
        helps=(f"if it has {front}, write `{span.text}: {shape_text([*leading, second, last, first])}`",),
        level="note",
    )


def _many(size: Form, thing: str) -> str:
    return f"{size.source()} {thing}{'s' if size != 1 else ''}"


def nothing_carried(loop: str, span: Span) -> Report:
    """A `scan` from round to round of which nothing goes."""
    head = loop.removeprefix("scan ")
    return Report(
        "nothing-carried",
        f"no round of `{loop}` waits for another",
        Label(Span(span.source, span.start, span.start + len("scan"))),
        notes=("it is counted as it stands: all rounds at once",),
        helps=(f"`for {head}` says so; what a round leaves to the next stands behind `with`",),
        level="note",
    )


def as_channels(layer: str, kernel: int, stride: int, span: Span) -> Report:
    """A convolution that was told how many channels come in."""
    return Report(
        "width-told",
        f"`{layer}` has a kernel of {kernel} and a stride of {stride} here, and as many channels as its input",
        Label(span),
        notes=("the number of channels that come in is read from the input",),
        helps=(f"if that was meant by the first number, write `{layer}({kernel}, {stride})`",),
        level="note",
    )


def as_heads(layer: str, span: Span) -> Report:
    """Attention that was told how wide its input is."""
    return Report(
        "width-told",
        f"`{layer}` has as many heads here as its input has channels",
        Label(span),
        notes=("the width of the input is read from the input; the first number is that of the heads",),
        level="note",
    )
