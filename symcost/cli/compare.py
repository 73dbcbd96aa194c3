"""`symcost compare`: one model against another."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import Value, convention_option, deliver, result_options
from symcost.cli.models import behind_files, models_of, parted, sizes_options, with_sizes
from symcost.cli.quantities import Asking, Quantities


@click.command(
    cls=Asking,
    help="""\
Print the difference of two models, their ratio, and where one becomes better than the other.

A and B are FILE or FILE:MODEL; one file with two models is enough. Values are numbers, or other dimensions:
`H=D`, `F=4*D`.
""",
    epilog="""\b
Examples:
  symcost compare attention.arch:SelfAttending lstm.arch:Lstm I=D H=D
  symcost compare lstm.arch:Lstm gru.arch:Gru --of params
  symcost compare models.arch:Small models.arch:Large --in T D=512
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="A B [NAME=VALUE]...")
@click.option("--of", "quantities", cls=Quantities, multiple=True, default=("macs",), show_default=True,
              metavar="QUANTITY",
              help="What is compared, see below; may be given several times.")  # fmt: skip
@click.option("--in", "dimensions", multiple=True, metavar="NAME",
              help="The dimension of the crossover.  [default: T, or those that matter]")  # fmt: skip
@sizes_options
@behind_files
@convention_option
@result_options
@click.pass_context
def compare(
    ctx: click.Context, given: tuple[list[str], dict[str, Value]], quantities: tuple[str, ...],
    dimensions: tuple[str, ...], configs: tuple[str, ...], hf: str | None, inline: bool, convention: str, writing: str,
    output: Path | None,
) -> None:  # fmt: skip
    """`symcost compare`"""
    from symcost.export.reports.comparison import Comparison, page
    from symcost.export.subject import labelled, with_values

    words, values = given
    models = [pair for word in words for pair in models_of(word)]
    if len(models) != 2:
        raise click.BadParameter(
            f"two models are compared, these are {len(models)}; name one with FILE:MODEL", ctx, param_hint="A B"
        )
    left, right = with_values(labelled(with_sizes(models, configs, hf, inline=inline)), values)
    comparisons = [Comparison(name, left, right, convention) for name in quantities]
    deliver(page(comparisons, dimensions), writing, output)
