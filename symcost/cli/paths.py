"""`symcost path`: what a position of the result sees of the input, and through how many layers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import deliver, result_options, subject, tell_assumptions
from symcost.cli.streams import tell

if TYPE_CHECKING:
    from symcost.export.reports.path import Axis
    from symcost.model import Model


@click.command(
    help="""\
Print which positions of the input a position of the result sees: window, receptive field, path length.

For every axis of every input but the last, which holds features. The look-ahead is how many positions behind its
own a position waits for (algorithmic latency); the path length is the fewest layers between any two positions. A
layer is an operation in which positions meet: a convolution, attention, a step of a recurrence; no residual sum.
Formulas hold from a length of two positions on, and of the window: an assumption says so.
""",
    epilog="""\b
Examples:
  symcost path wavenet.arch                     1 + (K - 1)·(2^L - 1) positions, one layer each
  symcost path resnet.arch --axis 1 X=224
  symcost path wavenet.arch K=2 L=10
""",
)
@subject
@click.option("--port", metavar="NAME", help="Only this input.")
@click.option("--axis", type=int, help="Only this axis of it, counted from 0.")
@click.option("--result", type=click.IntRange(0), help="Which result, counted from 0.  [default: 0]")
@result_options
def path(
    model: Model, port: str | None, axis: int | None, result: int | None, writing: str, output: Path | None
) -> None:
    """`symcost path`"""
    from symcost.export.reports.path import page
    from symcost.pages import axes as axes_of

    chosen = which(model, result)
    axes = list(axes_of(model, port, axis, chosen))
    deliver(page(model, axes), writing, output)
    if result is None and len(model.graph.results) > 1:
        last = len(model.graph.results) - 1
        tell(f"this is result 0 of 0..{last}; `--result N` shows another")
    tell_assumptions(model)
    for fact in _held(model, axes):
        tell(f"assuming {fact}")


def _held(model: Model, axes: Iterable[Axis]) -> Iterable[object]:
    """What the answers hold under beside what the file assumes, each once."""
    return dict.fromkeys(fact for each in axes for fact in each.holds if fact not in model.assumptions)


def which(model: Model, result: int | None) -> int:
    """The result that is asked for, else the first; one that there is not is wrong use."""
    count = len(model.graph.results)
    if result is not None and result >= count:
        there = "one result, 0" if count == 1 else f"{count} results, 0 to {count - 1}"
        raise click.BadParameter(f"there is no result {result}: {model.name!r} has {there}", param_hint="--result")
    return result or 0
