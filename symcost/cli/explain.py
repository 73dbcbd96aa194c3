"""`symcost explain`: where a count comes from, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, subject
from symcost.cli.quantities import Asking, explained_option

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    cls=Asking,
    epilog="""\b
Examples:
  symcost explain elman.arch
  symcost explain elman.arch T=100 I=64 H=128   with the numbers
  symcost explain lstm.arch --model Lstm --of params
  symcost explain lstm.arch --of depth          the longest path
""",
)
@subject
@explained_option
@click.option("--depth", type=click.IntRange(0), help="How deep to go into blocks.  [default: to the last line]")
@convention_option
def explain(model: Model, quantity: str, depth: int | None, convention: str) -> None:
    """Follow a formula to the lines of the text.

    Each line with its operations, their dimensions and what they count; then what the blocks around it make of that,
    up to the total. Of a depth: the operations on the longest path, each with its steps over all rounds.
    """
    from symcost.export import explain as export, text
    from symcost.questions import question

    width = text.console().width
    if question(quantity).kind == "depth":
        told = export.longest_paths(model, quantity, model.longest_paths(quantity), depth, width)
    else:
        told = export.explained(model, quantity, model.explained(quantity, convention), depth, width)
    click.echo(told, nl=False)
    for fact in model.assumptions:
        click.echo(f"assuming {fact}")
