"""`symcost plot`: numbers as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import Value, Width, convention_option, output_option
from symcost.cli.models import models_of, parted, sizes_options, with_sizes
from symcost.cli.output import by_ending, put, put_bytes, tell
from symcost.cli.quantities import Asking, Quantities

if TYPE_CHECKING:
    from symcost.export.subject import Subject
    from symcost.pictures.plots.layout import Sheet
    from symcost.pictures.plots.lines import Over

WRITINGS = ("svg", "pdf", "png", "pgf")
ENDINGS = {"tikz": "pgf", "tex": "pgf"}
"""Other names that files of a writing end with."""
COLUMN = 239.0
"""84 mm in points: a column of most styles in two columns."""
USUAL = "1:1e6:log"


@click.command(
    cls=Asking,
    help="""\
Draw what models cost over a dimension: how they rise, and where they cross.

Sizes are written as for `symcost sweep`: `1:1e6:log` makes both axes logarithmic. SVG, PDF and PNG need
`pip install 'symcost[plot]'`; .pgf is code for pgfplots.
""",
    epilog="""\b
Examples:
  symcost plot lstm.arch gru.arch --over T=1:1e6:log --of macs,state I=64 H=128 -o cost.pdf
  symcost plot attention.arch:SelfAttending lstm.arch:Lstm I=D H=D D=512 --over T=16:65536:log -o cost.pgf
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="FILE... [NAME=VALUE]...")
@click.option("--over", metavar="NAME=FROM:TO", help=f"What varies.  [default: T={USUAL}, or the first that is open]")
@click.option("--of", "quantities", cls=Quantities, default="macs", show_default=True, metavar="QUANTITY,...",
              help="What is drawn, a panel each; see below.")  # fmt: skip
@sizes_options
@convention_option
@click.option(
    "--width", type=Width(), metavar="LENGTH", help=r"Of a column: 84mm, 3.5in, \columnwidth.  [default: 84mm]"
)
@click.option("--format", "writing", type=click.Choice(WRITINGS), help="How to write it.  [default: as the file ends]")
@output_option
def plot(
    given: tuple[list[str], dict[str, Value]], over: str | None, quantities: str, configs: tuple[str, ...],
    hf: str | None, inline: bool, convention: str, width: float | None, writing: str | None, output: Path | None,
) -> None:  # fmt: skip
    """`symcost plot`"""
    from symcost.export.subject import labelled, with_values
    from symcost.pictures.plots.layout import laid
    from symcost.pictures.plots.lines import lines

    writing = writing or by_ending(output, WRITINGS, ENDINGS, "plot")
    words, values = given
    models = [pair for word in words for pair in models_of(word)]
    subjects = with_values(labelled(with_sizes(models, configs, hf, inline=inline)), values)
    asked = list(dict.fromkeys(part.strip() for part in quantities.split(",") if part.strip()))
    chart = lines(_varied(subjects, over, convention), asked)
    sheet = laid(chart, COLUMN if width is None else width)
    _write(sheet, writing, output)
    for note in chart.notes:
        tell(note)
    for panel in sheet.panels:
        if panel.left_out:
            tell(f"no place for {', '.join(panel.left_out[:5])}: a wider picture has more")


def _write(sheet: Sheet, writing: str, output: Path | None) -> None:
    if writing == "pgf":
        from symcost.pictures.plots.pgf import pgf

        put(pgf(sheet), output)
    else:
        from symcost.pictures.plots.matplot import painted

        put_bytes(painted(sheet, writing), output)


def _varied(subjects: list[Subject], over: str | None, convention: str) -> Over:
    """What varies: as written, else `T` or the first dimension without a number.

    Raises BadRange, NothingToVary.
    """
    from symcost.errors import NothingToVary
    from symcost.pictures.plots.lines import Over
    from symcost.sweeping.grid import axis

    if over is None:
        names = [name for one in subjects for name, _ in one.symbols]
        if not names:
            raise NothingToVary(subjects[0].label)
        over = f"{'T' if 'T' in names else names[0]}={USUAL}"
    name, _, written = (part.strip() for part in over.partition("="))
    if not (name and written):
        raise click.BadParameter(f"{over[:80]!r} is not of the form NAME=FROM:TO", param_hint="--over")
    return Over(subjects, axis(name, written), ":log" in written.replace(" ", ""), convention)
