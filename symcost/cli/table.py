"""`symcost table`: many models side by side."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import Value, convention_option, deliver, output_option
from symcost.cli.models import models_of, parted, with_values
from symcost.cli.quantities import Asking, Quantities

FORMATS = ("text", "markdown", "latex", "json")
COLUMNS = "macs,params,scaling,depth"


@click.command(
    cls=Asking,
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
    help="Quantities, see below, and `scaling`: how the first of them grows.",
)  # fmt: skip
@click.option("--in", "dimension", default="T", show_default=True, metavar="NAME", help="The dimension of `scaling`.")
@click.option("--orders", is_flag=True, help="What matters of each formula for large numbers: O(n^2·d).")
@click.option(
    "--format", "writing", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write it."
)
@convention_option
@output_option
def table(
    given: tuple[list[str], dict[str, Value]], columns: str, dimension: str, orders: bool,
    writing: str, convention: str, output: Path | None,
) -> None:  # fmt: skip
    """Print models side by side: complexity, parameter count, time scaling, depth.

    All models of each file, in the order of the text; of a folder, all its files. What grows not at all in the
    dimension of `--in`, or does not have it, is Fixed.
    """
    from symcost.export import overview, text
    from symcost.export.subject import labelled
    from symcost.questions import questions

    words, values = given
    subjects = with_values(labelled(pair for word in words for pair in models_of(word)), values)
    names = [name.strip() for name in columns.split(",") if name.strip()]
    made = overview.overview(subjects, names, questions(), dimension, convention, orders)
    match writing:
        case "markdown":
            written = overview.markdown(made)
        case "latex":
            written = overview.latex_table(made)
        case "json":
            written = overview.as_json(made)
        case _:
            written = overview.text(made, text.console(plain=output is not None).width)
    deliver(written, output)
