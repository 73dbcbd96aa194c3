"""`symcost paper`: what a paper has to say of a model's costs."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import Value, Width, convention_option, output_option, tell_doubts
from symcost.cli.models import behind_files, models_of, parted, sizes_options, with_sizes
from symcost.cli.output import put
from symcost.cli.quantities import Asking, quantity_option
from symcost.cli.streams import tell

CLASSES = ("IEEEtran", "acmart", "article")


@click.command(
    cls=Asking,
    help="""\
Write a section of a paper about a model, OWN, and those that it is compared with.

Symbols, formulas, the derivation, a table, where one becomes cheaper than another, and a figure of how they grow, as
long as a page and a half in two columns. Values are numbers, or other dimensions: `H=D`, `F=4*D`. The figure takes
numbers for all dimensions but the one of --in.
""",
    epilog="""\b
Examples:
  symcost paper own.arch:Mine lstm.arch:Lstm I=D H=D D=512 -o section.tex      then \\input{section}
  symcost paper own.arch gpt2.arch --config small --standalone -o paper.tex && pdflatex paper
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="OWN BASELINE... [NAME=VALUE]...")
@quantity_option
@click.option("--in", "dimension", metavar="NAME", help="The dimension of growth and crossovers.  [default: T]")
@sizes_options
@behind_files
@convention_option
@click.option("--title", default="Computational Cost", show_default=True, metavar="TEXT", help="Of the section.")
@click.option("--label", default="cost", show_default=True, metavar="NAME",
              help=r"What \ref calls it: sec:NAME, tab:NAME, fig:NAME, eq:NAME-macs.")  # fmt: skip
@click.option("--width", type=Width(), metavar="LENGTH", help=r"Of a column: 84mm, \columnwidth.  [default: 240pt]")
@click.option("--standalone", is_flag=True, help="A whole document, ready for pdflatex.")
@click.option("--class", "class_", type=click.Choice(CLASSES), default=CLASSES[0], show_default=True,
              help="Of such a document; article where it is not installed.")  # fmt: skip
@output_option
def paper(
    given: tuple[list[str], dict[str, Value]], quantity: str, dimension: str | None, configs: tuple[str, ...],
    hf: str | None, inline: bool, convention: str, title: str, label: str, width: float | None, standalone: bool,
    class_: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost paper`"""
    from symcost.export import notation
    from symcost.export.paper.section import Section
    from symcost.export.paper.study import study
    from symcost.export.typesetting.document import two_columns
    from symcost.export.typesetting.latex import COLUMN

    words, values = given
    found = [models_of(word) for word in words]
    for word, models in zip(words, found, strict=True):
        if len(models) != 1:
            raise click.BadParameter(f"{word!r} has {len(models)} models; name one with FILE:MODEL")
    models = with_sizes([pair for models in found for pair in models], configs, hf, inline=inline)
    studied = study(models, values, dimension, quantity, convention)
    body = Section(studied, title, notation.key(label), COLUMN if width is None else width).body()
    put(two_columns(body, class_) if standalone else body.fragment, output)
    if "pgfplots" not in body.packages:
        tell(f"no figure: it takes numbers for all dimensions but {studied.dimension}")
    for _, model in models:
        tell_doubts(model)
        for remark in model.remarks:
            tell(remark)
