"""`symcost plot`: numbers as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcost.cli.common import Value, Width, convention_option, output_option
from symcost.cli.models import models_of, parted, sizes_options, with_sizes
from symcost.cli.output import by_ending, put, put_bytes, tell
from symcost.cli.quantities import Asking, Quantities
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.export.subject import Subject
    from symcost.model import Model
    from symcost.pictures.plots.chart import Chart
    from symcost.pictures.plots.layout import Sheet
    from symcost.pictures.plots.over import Over

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
  symcost plot llama.arch:Llama --config llama_7b --over T=128:131072:log --stack -o shares.pdf
""",
)
@click.argument("given", nargs=-1, required=True, callback=parted, metavar="FILE... [NAME=VALUE]...")
@click.option("--over", "overs", multiple=True, metavar="NAME=FROM:TO",
              help=f"What varies.  [default: T={USUAL}, or the first that is open]")  # fmt: skip
@click.option("--of", "quantities", cls=Quantities, default="macs", show_default=True, metavar="QUANTITY,...",
              help="What is drawn, a panel each; see below.")  # fmt: skip
@click.option("--stack", "kind", flag_value="stack", help="The shares of the blocks of a model on each other.")
@sizes_options
@convention_option
@click.option(
    "--width", type=Width(), metavar="LENGTH", help=r"Of a column: 84mm, 3.5in, \columnwidth.  [default: 84mm]"
)
@click.option("--format", "writing", type=click.Choice(WRITINGS), help="How to write it.  [default: as the file ends]")
@output_option
def plot(
    given: tuple[list[str], dict[str, Value]], overs: tuple[str, ...], quantities: str, kind: str | None,
    configs: tuple[str, ...], hf: str | None, inline: bool, convention: str, width: float | None, writing: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """`symcost plot`"""
    from symcost.pictures.plots.layout import laid

    writing = writing or by_ending(output, WRITINGS, ENDINGS, "plot")
    words, values = given
    models = with_sizes([pair for word in words for pair in models_of(word)], configs, hf, inline=inline)
    asked = list(dict.fromkeys(part.strip() for part in quantities.split(",") if part.strip()))
    chart = KINDS[kind](Request(models, values, overs, asked, convention))
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


@dataclass(frozen=True)
class Request:
    """What is asked for on the command line."""

    models: list[tuple[str, Model]]
    values: dict[str, Value]
    overs: tuple[str, ...]
    quantities: list[str]
    convention: str

    @property
    def subjects(self) -> list[Subject]:
        """The models with all numbers."""
        from symcost.export.subject import labelled, with_values

        return with_values(labelled(self.models), self.values)

    def over(self) -> Over:
        """The one dimension that varies: as written, else `T` or the first without a number.

        Raises BadRange, NothingToVary.
        """
        from symcost.errors import NothingToVary
        from symcost.export.subject import labelled, with_values
        from symcost.pictures.plots.over import Over

        if len(self.overs) > 1:
            raise click.UsageError("--over is given several times: two dimensions go with `--heat`")
        subjects = self.subjects
        if self.overs:
            (written,) = self.overs
        else:
            names = [name for one in subjects for name, _ in one.symbols]
            if not names:
                raise NothingToVary(subjects[0].label)
            written = f"{'T' if 'T' in names else names[0]}={USUAL}"
        axis, log = ranged(written)
        expressions = {name: value for name, value in self.values.items() if isinstance(value, str)}
        numbers = {name: value for name, value in self.values.items() if isinstance(value, int)}
        before = with_values(labelled(self.models), expressions)
        return Over(subjects, axis, log, self.convention, before, numbers)


def ranged(over: str) -> Any:
    """`T=1:1e6:log` as an axis, and whether it is logarithmic. Raises BadRange."""
    from symcost.sweeping.grid import axis

    name, _, written = (part.strip() for part in over.partition("="))
    if not (name and written):
        raise click.BadParameter(f"{over[:80]!r} is not of the form NAME=FROM:TO", param_hint="--over")
    return axis(name, written), ":log" in written.replace(" ", "")


def _lines(request: Request) -> Chart:
    from symcost.pictures.plots.lines import lines

    return lines(request.over(), request.quantities)


def _stack(request: Request) -> Chart:
    from symcost.pictures.plots.stack import stack

    return stack(request.over(), request.quantities)


KINDS = {None: _lines, "stack": _stack}
