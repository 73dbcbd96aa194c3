"""`symcost report`: the tree of blocks with all it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import conventions_option, deliver, optimizer_option, output_option, subject

if TYPE_CHECKING:
    from symcost.model import Model

FORMATS = ("text", "json", "markdown", "csv")


@click.command(
    epilog="""\b
Examples:
  symcost report elman.arch
  symcost report elman.arch --convention all   why two tools disagree
  symcost report elman.arch --convention all --convention mine.toml
  symcost report whisper.arch --config tiny T=448
  symcost report whisper.arch --config tiny T=448 --training
  symcost report whisper.arch --format json --output whisper.json
"""
)
@subject
@click.option("--depth", type=click.IntRange(0), help="How deep to go into blocks.  [default: 2; json and csv: all]")
@click.option(
    "--format",
    "writing",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to write it.",
)
@conventions_option
@click.option("--training", is_flag=True, help="What a step of training costs: forward, backward, update.")
@optimizer_option
@click.option("--input-gradient", is_flag=True, help="With --training: gradients for the inputs of the model too.")
@output_option
def report(
    model: Model, depth: int | None, writing: str, conventions: tuple[str, ...],
    training: bool, optimizer: str, input_gradient: bool, output: Path | None,
) -> None:  # fmt: skip
    """Print the blocks of a model with parameters, MACs and FLOPs.

    Formulas while dimensions are open; numbers with shares of the total when all have values.
    """
    from symcost.conventions import load
    from symcost.export.summary import Summary

    if len(conventions) > 1 or "all" in conventions:
        if training:
            raise click.UsageError("a step of training is counted under one convention")
        text = side_by_side(model, conventions, writing, 2 if depth is None else depth, plain=output is not None)
        deliver(text, output)
        return
    (convention,) = conventions
    if training:
        deliver(trained(model, writing, convention, optimizer, inputs=input_gradient), output)
        return
    summary = Summary(model, load(convention))
    match writing:
        case "json":
            from symcost.export import json

            text = json.report(summary, depth)
        case "markdown":
            from symcost.export import table

            text = table.markdown(summary, 2 if depth is None else depth)
        case "csv":
            from symcost.export import table

            text = table.csv_table(summary, depth)
        case _:
            from symcost.export import text as layout

            text = layout.report(summary, 2 if depth is None else depth, layout.console(plain=output is not None))
    deliver(text, output)


def trained(model: Model, writing: str, convention: str, optimizer: str, *, inputs: bool) -> str:
    """What a step of training costs."""
    from symcost import optimizers
    from symcost.conventions import load
    from symcost.export import training as export
    from symcost.export.summary import Summary

    step = export.Training(Summary(model, load(convention)), optimizers.load(optimizer), inputs)
    match writing:
        case "json":
            return export.to_json(step)
        case "markdown":
            return export.markdown(step)
        case "csv":
            return export.csv_table(step)
        case _:
            return export.text(step)


def side_by_side(model: Model, names: tuple[str, ...], writing: str, depth: int, *, plain: bool) -> str:
    """The FLOPs of a model under several conventions; `all` are those that are shipped."""
    from symcost.conventions import several
    from symcost.export import conventions, text

    views = conventions.Views(model, several(names))
    match writing:
        case "json":
            return conventions.as_json(views)
        case "markdown":
            return conventions.markdown(views)
        case "csv":
            return conventions.csv_table(views)
        case _:
            return conventions.text(views, depth, text.console(plain=plain).width)
