"""`symcost report`: the tree of blocks with all it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, deliver, result_options, subject

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.model import Model

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
"""As in symcost.analysis.training.optimizers; help should not have to load it."""

ORDER = ("default", "exact", "mac", "wmops", "symbolic", "pytorch", "fvcore", "thop", "ptflops")
"""The conventions as `--convention all` lists them: definitions first, then tools."""


@click.command(
    epilog="""\b
Examples:
  symcost report elman.arch
  symcost report elman.arch --convention all   why two tools disagree
  symcost report whisper.arch --config tiny T=448
  symcost report whisper.arch --config tiny T=448 --training
  symcost report whisper.arch --format json --output whisper.json
"""
)
@subject
@click.option("--depth", type=click.IntRange(0), help="How deep to go into blocks.  [default: 2; json and csv: all]")
@convention_option
@click.option("--training", is_flag=True, help="What a step of training costs: forward, backward, update.")
@click.option(
    "--optimizer", type=click.Choice(OPTIMIZERS), default="adam", show_default=True, help="The update of --training."
)
@click.option("--input-gradient", is_flag=True, help="With --training: gradients for the inputs of the model too.")
@result_options
def report(
    model: Model, depth: int | None, writing: str, convention: str,
    training: bool, optimizer: str, input_gradient: bool, output: Path | None,
) -> None:  # fmt: skip
    """Print the blocks of a model with parameters, MACs and FLOPs.

    Formulas while dimensions are open; numbers with shares of the total when all have values.
    """
    if training:
        page = trained(model, convention, optimizer, inputs=input_gradient)
    elif convention == "all":
        page = side_by_side(model, depth)
    else:
        page = of_blocks(model, convention, depth)
    deliver(page, writing, output)


def of_blocks(model: Model, convention: str, depth: int | None) -> Page:
    """The tree of blocks."""
    from symcost.conventions import load
    from symcost.export.reports.blocks import page
    from symcost.export.summary import Summary

    return page(Summary(model, load(convention)), depth)


def trained(model: Model, convention: str, optimizer: str, *, inputs: bool) -> Page:
    """What a step of training costs."""
    from symcost.analysis.training import optimizers as training
    from symcost.conventions import load
    from symcost.export.reports.training import Training, page
    from symcost.export.summary import Summary

    return page(Training(Summary(model, load(convention)), training.OPTIMIZERS[optimizer], inputs))


def side_by_side(model: Model, depth: int | None) -> Page:
    """The FLOPs of a model under every shipped convention."""
    from symcost.conventions import available, load
    from symcost.export.reports.blocks import DEPTH
    from symcost.export.reports.conventions import Views, page

    views = Views(model, tuple(map(load, sorted(available(), key=ORDER.index))))
    return page(views, DEPTH if depth is None else depth)
