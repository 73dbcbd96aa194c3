"""`symcost report`: the tree of blocks with all it costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, deliver, output_option, subject

if TYPE_CHECKING:
    from symcost.model import Model

FORMATS = ("text", "json", "markdown", "csv")

ORDER = ("default", "exact", "mac", "wmops", "symbolic", "pytorch", "fvcore", "thop", "ptflops")
"""The conventions as `--convention all` lists them: definitions first, then tools."""


@click.command(
    epilog="""\b
Examples:
  symcost report elman.arch
  symcost report elman.arch --convention all   why two tools disagree
  symcost report whisper.arch --config tiny T=448
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
@convention_option
@output_option
def report(model: Model, depth: int | None, writing: str, convention: str, output: Path | None) -> None:
    """Print the blocks of a model with parameters, MACs and FLOPs.

    Formulas while dimensions are open; numbers with shares of the total when all have values.
    """
    from symcost.conventions import load
    from symcost.export.summary import Summary

    if convention == "all":
        deliver(side_by_side(model, writing, 2 if depth is None else depth, plain=output is not None), output)
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


def side_by_side(model: Model, writing: str, depth: int, *, plain: bool) -> str:
    """The FLOPs of a model under every shipped convention."""
    from symcost.conventions import available, load
    from symcost.export import conventions, text

    views = conventions.Views(model, tuple(map(load, sorted(available(), key=ORDER.index))))
    match writing:
        case "json":
            return conventions.as_json(views)
        case "markdown":
            return conventions.markdown(views)
        case "csv":
            return conventions.csv_table(views)
        case _:
            return conventions.text(views, depth, text.console(plain=plain).width)
