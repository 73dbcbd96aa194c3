"""`symcost explain`: where a count comes from, line by line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, deliver, result_options, subject

if TYPE_CHECKING:
    from symcost.model import Model

SUMS = (
    "params", "active", "macs", "flops", "mac", "add", "mul", "div", "exp", "sqrt", "cmp",
    "multiplications", "additions",
)  # fmt: skip
DEPTHS = ("depth", "steps", "scalar_depth")
"""As in symcost.model; help should not have to load it."""


@click.command(
    epilog="""\b
Examples:
  symcost explain elman.arch
  symcost explain elman.arch T=100 I=64 H=128   with the numbers
  symcost explain lstm.arch --model Lstm --of params
  symcost explain lstm.arch --of depth          the longest path
"""
)
@subject
@click.option(
    "--of", "quantity", type=click.Choice((*SUMS, *DEPTHS)), default="macs", show_default=True, metavar="QUANTITY",
    help=f"{', '.join((*SUMS, *DEPTHS))}.",
)  # fmt: skip
@click.option("--depth", type=click.IntRange(0), help="How deep to go into blocks.  [default: to the last line]")
@convention_option
@result_options
def explain(model: Model, quantity: str, depth: int | None, convention: str, writing: str, output: Path | None) -> None:
    """Follow a formula to the lines of the text.

    Each line with its operations, their dimensions and what they count; then what the blocks around it make of that,
    up to the total. Of a depth: the operations on the longest path, each with its steps over all rounds.
    """
    from symcost.export.reports.explain import page, path_page

    if quantity in DEPTHS:
        page_ = path_page(model, quantity, model.longest_paths(quantity), depth)
    else:
        page_ = page(model, quantity, model.explained(quantity, convention), depth)
    deliver(page_, writing, output)
