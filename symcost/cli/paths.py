"""`symcost path`: what a position of the result sees of the input, and through how many layers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from symcost.cli.common import subject, tell_assumptions

if TYPE_CHECKING:
    from symcost.analysis.window.path_length import Path
    from symcost.formula import Form
    from symcost.model import Model


@click.command(
    epilog="""\b
Examples:
  symcost path wavenet.arch                     1 + (K - 1)·(2^L - 1) positions, one layer each
  symcost path resnet.arch --axis 1 X=224
  symcost path wavenet.arch K=2 L=10
"""
)
@subject
@click.option("--port", metavar="NAME", help="Only this input.")
@click.option("--axis", type=int, help="Only this axis of it, counted from 0.")
@click.option("--result", type=click.IntRange(0), default=0, help="Which result, counted from 0.")
def path(model: Model, port: str | None, axis: int | None, result: int) -> None:
    """Print which positions of the input a position of the result sees: window, receptive field, path length.

    For every axis of every input but the last, which holds features. The look-ahead is how many positions behind its
    own a position waits for (algorithmic latency); the path length is the fewest layers between any two positions. A
    layer is an operation in which positions meet: a convolution, attention, a step of a recurrence; no residual sum.
    Formulas hold where no axis has only one position.
    """
    from symcost.errors import UnknownDimension

    result = min(result, len(model.graph.results) - 1)
    names = model.inputs
    if port is not None and port not in names:
        raise UnknownDimension(port, model.name, names)
    for number, name in enumerate(names):
        shape = model.graph.ports[number].shape
        if not shape or port not in (None, name):
            continue
        for one in range(max(1, len(shape) - 1)) if axis is None else [axis]:
            found = model.path(number, one, result)
            click.echo(f"{name}, axis {one} ({found.length})")
            for title, words in told(found, model):
                click.echo(f"  {title:<16} {words}")
    tell_assumptions(model)


def told(found: Path, model: Model) -> Iterator[tuple[str, str]]:
    """Each figure, or why there is none."""
    if not found.sees:
        yield "sees", "nothing"
        return
    who = "position t sees" if found.axis is not None else "sees"
    yield who, f"{_figure(lambda: found.first, model)} .. {_figure(lambda: found.last, model)}"
    yield "receptive field", _figure(lambda: found.receptive_field, model)
    if found.axis is not None:
        yield "stride", _figure(lambda: found.stride, model)
        yield "look-ahead", _figure(lambda: found.look_ahead, model)
    layers = _figure(lambda: found.layers, model)
    yield "layers", f"at most {layers}" if not layers.startswith("?") and found.at_most else layers
    yield "path length", _figure(lambda: found.length_of_path, model)


def _figure(ask: Callable[[], Form], model: Model) -> str:
    from symcost.errors import NoPath, SymcostError

    try:
        return str(model.shown(ask()))
    except NoPath as fault:
        return f"none: {fault.why}"
    except SymcostError as fault:
        return f"? {fault.faults[0].report.message}"
