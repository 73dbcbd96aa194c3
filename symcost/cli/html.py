"""`symcost html`: a page one can play with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import Value, convention_option, output_option, tell_doubts
from symcost.cli.models import behind_files, models_of, parted, sizes_options, with_sizes
from symcost.cli.output import put
from symcost.cli.quantities import Asking, explained_option
from symcost.cli.streams import tell

if TYPE_CHECKING:
    from symcost.errors import SymcostError
    from symcost.model import Model


@click.command(
    cls=Asking,
    help="""\
Write a page with the text, what each line costs, the formulas, the blocks, and a slider for every size.

One HTML file that loads nothing: it works in any browser without a network, and prints. Numbers are where it begins.
""",
    epilog="""\b
Examples:
  symcost html elman.arch -o elman.html
  symcost html whisper.arch:Whisper --config tiny T=448 -o whisper.html
  symcost html lstm.arch gru.arch --of params -o cells.html
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="FILE[:MODEL]... [NAME=VALUE]...")
@sizes_options
@behind_files
@explained_option
@convention_option
@output_option
def html(
    given: tuple[list[str], dict[str, Value]], configs: tuple[str, ...], hf: str | None, inline: bool, quantity: str,
    convention: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost html`"""
    from symcost import __version__
    from symcost.export.webpage import webpage

    words, values = given
    found = with_sizes([pair for word in words for pair in models_of(word)], configs, hf, inline=inline)
    models = [model.at(**values) if values else model for _, model in found]
    left_out: list[tuple[str, SymcostError]] = []
    page = webpage(
        models,
        of=quantity,
        convention=convention,
        draw=lambda model: picture(model, quantity),
        left_out=left_out,
        version=__version__,
    )
    put(page, output)
    names = {name for name, _ in left_out}
    for name, fault in left_out:
        missing = ", ".join(f"{one.report.message}" for one in fault.faults)
        tell(f"{name} is not on the page: {missing}")
    for model in models:
        if model.name not in names:
            tell_doubts(model)


def picture(model: Model, quantity: str) -> str:
    """The architecture in SVG, with the formulas of a quantity, of a depth those of MACs; or nothing."""
    from symcost.errors import SymcostError
    from symcost.pictures import graph
    from symcost.questions import questions

    try:
        return graph(model, of=quantity if quantity in questions("sum") else "macs").written("svg")
    except SymcostError:
        return ""
