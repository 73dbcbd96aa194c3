"""`symcost table`: many models side by side."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import Value, convention_option, deliver, result_options
from symcost.cli.models import behind_files, models_of, parted, sizes_options, with_sizes
from symcost.cli.quantities import Asking, Quantities

COLUMNS = "macs,params,scaling,depth"


@click.command(
    cls=Asking,
    help="""\
Print models side by side: complexity, parameter count, time scaling, depth.

All models of each file, in the order of the text; of a folder, all its files. What grows not at all in the
dimension of `--in`, or does not have it, is Fixed.
""",
    epilog="""\b
Examples:
  symcost table examples/lecture/table/closing.arch
  symcost table lstm.arch:Lstm attention.arch:Causal H=D --format latex
  symcost table vaswani.arch --in n --orders --columns macs
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="FILE[:MODEL]... [NAME=VALUE]...")
@click.option(
    "--columns", cls=Quantities, default=COLUMNS, show_default=True, metavar="NAME,...",
    help="Quantities, see below, and `scaling`: how MACs grow, or the first of them.",
)  # fmt: skip
@click.option("--in", "dimension", default="T", show_default=True, metavar="NAME", help="The dimension of `scaling`.")
@sizes_options
@behind_files
@click.option("--orders", is_flag=True, help="What matters of each formula for large numbers: O(n^2·d).")
@convention_option
@result_options
def table(
    given: tuple[list[str], dict[str, Value]], columns: str, dimension: str, orders: bool,
    configs: tuple[str, ...], hf: str | None, inline: bool,
    writing: str, convention: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost table`"""
    from symcost.export.reports.overview import overview, page
    from symcost.export.subject import labelled, with_values
    from symcost.questions import questions

    words, values = given
    models = with_sizes([pair for word in words for pair in models_of(word)], configs, hf, inline=inline)
    subjects = with_values(labelled(models), values)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    deliver(page(overview(subjects, names, questions(), dimension, convention, orders)), writing, output)
