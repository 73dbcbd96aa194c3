"""`symcost report`: the tree of blocks with all it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import all_option, conventions_option, deliver, optimizer_option, result_options, subject

if TYPE_CHECKING:
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
    from symcost import pages

    several = len(conventions) > 1 or "all" in conventions
    if several and training:
        raise click.UsageError("a step of training is counted under one convention")
    if training:
        page = pages.training(model, convention=conventions[0], optimizer=optimizer, inputs=input_gradient)
    else:
        page = pages.report(model, convention=conventions, depth=depth, every=every)
    deliver(page, writing, output)
