"""`symcost report`: the tree of blocks with all it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import all_option, conventions_option, deliver, optimizer_option, result_options, subject

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.model import Model


@click.command(
    help="""\
Print the blocks of a model with parameters, MACs and FLOPs.

Formulas while dimensions are open; numbers with shares of the total when all have values.
""",
    epilog="""\b
Examples:
  symcost report elman.arch
  symcost report elman.arch --convention all   why two tools disagree
  symcost report elman.arch --convention all --convention mine.toml
  symcost report whisper.arch --config tiny T=448
  symcost report whisper.arch --config tiny T=448 --training
  symcost report whisper.arch --format json --output whisper.json
""",
)
@subject
@click.option("--depth", type=click.IntRange(0), help="How deep to go into blocks.  [default: 2; json and csv: all]")
@all_option
@conventions_option
@click.option("--training", is_flag=True, help="What a step of training costs: forward, backward, update.")
@optimizer_option
@click.option("--input-gradient", is_flag=True, help="With --training: gradients for the inputs of the model too.")
@result_options
def report(
    model: Model, depth: int | None, every: bool, writing: str, conventions: tuple[str, ...],
    training: bool, optimizer: str, input_gradient: bool, output: Path | None,
) -> None:  # fmt: skip
    """`symcost report`"""
    if len(conventions) > 1 or "all" in conventions:
        if training:
            raise click.UsageError("a step of training is counted under one convention")
        page = side_by_side(model, conventions, depth, every=every)
    elif training:
        page = trained(model, conventions[0], optimizer, inputs=input_gradient)
    else:
        page = of_blocks(model, conventions[0], depth, every=every)
    deliver(page, writing, output)


def of_blocks(model: Model, convention: str, depth: int | None, *, every: bool) -> Page:
    """The tree of blocks."""
    from symcost.conventions import load
    from symcost.export.reports.blocks import page
    from symcost.export.summary import Summary

    return page(Summary(model, load(convention)), depth, every=every)


def trained(model: Model, convention: str, optimizer: str, *, inputs: bool) -> Page:
    """What a step of training costs."""
    from symcost import optimizers
    from symcost.conventions import load
    from symcost.export.reports.training import Training, page
    from symcost.export.summary import Summary

    return page(Training(Summary(model, load(convention)), optimizers.load(optimizer), inputs))


def side_by_side(model: Model, names: tuple[str, ...], depth: int | None, *, every: bool) -> Page:
    """The FLOPs of a model under several conventions; `all` are those that are shipped."""
    from symcost.conventions import several
    from symcost.export.reports.blocks import DEPTH
    from symcost.export.reports.conventions import Views, page

    return page(Views(model, several(names)), DEPTH if depth is None else depth, every=every)
