"""`symcost explain`: where a count comes from, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, deliver, result_options, subject
from symcost.cli.quantities import Asking, explained_option

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    cls=Asking,
    help="""\
Follow a formula to the lines of the text.

Each line with its operations, their dimensions and what they count; then what the blocks around it make of that,
up to the total. Of a depth: the operations on the longest path, each with its steps over all rounds.
""",
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
@result_options
def explain(model: Model, quantity: str, depth: int | None, convention: str, writing: str, output: Path | None) -> None:
    """`symcost explain`"""
    from symcost import pages

    deliver(pages.explain(model, quantity, depth=depth, convention=convention), writing, output)
