"""`symcost plot`: numbers as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from symcost.cli.charts import KINDS, USUAL, Request, Roof
from symcost.cli.common import Value, Width, convention_option, output_option
from symcost.cli.models import models_of, parted, sizes_options, with_sizes
from symcost.cli.output import by_ending, put, put_bytes
from symcost.cli.quantities import Asking, Quantities
from symcost.cli.streams import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from symcost.pictures.plots.layout import Sheet

WRITINGS = ("svg", "pdf", "png", "pgf")
ENDINGS = {"tikz": "pgf", "tex": "pgf"}
"""Other names that files of a writing end with."""
COLUMN = 239.0
"""84 mm in points: a column of most styles in two columns."""


PICTURES = {
    "stack": "The shares of the blocks of a model on each other.",
    "heat": "A model over two dimensions as colours: --over twice.",
    "roofline": "Blocks below the ceilings of a device, which stand alone without a FILE.",
    "work": "How many operations can run at each step of the depth.",
}
"""The options for other pictures than lines."""
SIZED = ("lines", "stack", "heat")
GOES_WITH = {
    "overs": SIZED, "quantities": SIZED, "convention": SIZED, "sizes": ("lines",), "machine": ("roofline",),
    "dtype": ("roofline",), "batch": ("roofline",),
}  # fmt: skip
"""Which pictures an option says something to."""


def _kinds(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--stack`, `--heat`, ..."""
    for name, words in reversed(PICTURES.items()):
        command = click.option(f"--{name}", is_flag=True, help=words)(command)
    return command


def _kind(ctx: click.Context, kinds: Mapping[str, bool]) -> str:
    """Which picture it is. Raises UsageError for several, and for an option that says nothing to it."""
    chosen = [name for name in PICTURES if kinds[name]]
    if len(chosen) > 1:
        raise click.UsageError(f"--{chosen[0]} and --{chosen[1]} are two pictures: ask for one")
    kind = chosen[0] if chosen else "lines"
    _check_options(ctx, kind)
    return kind


def _check_options(ctx: click.Context, kind: str) -> None:
    """Raises UsageError for an option that says nothing to the picture."""
    for option in ctx.command.params:
        name = option.name or ""
        is_given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        fitting = GOES_WITH.get(name, (kind,))
        if is_given and kind not in fitting:
            raise click.UsageError(_misplaced(option.opts[0], kind, fitting))


def _misplaced(option: str, kind: str, fitting: Sequence[str]) -> str:
    if len(fitting) == 1 and kind == "lines":
        return f"{option} goes with --{fitting[0]}"
    return f"{option} says nothing to --{kind}: leave it out"


def _parted(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[list[str], dict[str, Value]]:
    """Files, then `NAME=VALUE`; a device has a roof without any file."""
    return parted(ctx, param, given) if given else ([], {})


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
  symcost plot llama.arch:Llama --config llama_7b T=2048 --roofline --on h100-sxm --dtype bf16 -o roof.pdf
""",
)
@click.argument("given", nargs=-1, callback=_parted, metavar="FILE... [NAME=VALUE]...")
@click.option("--over", "overs", multiple=True, metavar="NAME=FROM:TO",
              help=f"What varies.  [default: T={USUAL}, or the first that is open]")  # fmt: skip
@click.option("--of", "quantities", cls=Quantities, default="macs", show_default=True, metavar="QUANTITY,...",
              help="What is drawn, a panel each; see below.")  # fmt: skip
@_kinds
@click.option("--sizes", is_flag=True, help="With the configurations of the file that set what varies, as points.")
@click.option("--on", "machine", metavar="DEVICE|FILE", help="The device of --roofline.")
@click.option("--dtype", metavar="TYPE|ROLE=TYPE,...", help="Number types of --roofline, as for `symcost eval`.")
@click.option("--batch", type=click.IntRange(1), metavar="NUMBER", help="Examples at once, with --roofline.")
@sizes_options
@convention_option
@click.option(
    "--width", type=Width(), metavar="LENGTH", help=r"Of a column: 84mm, 3.5in, \columnwidth.  [default: 84mm]"
)
@click.option("--format", "writing", type=click.Choice(WRITINGS), help="How to write it.  [default: as the file ends]")
@output_option
@click.pass_context
def plot(
    ctx: click.Context, /, given: tuple[list[str], dict[str, Value]], overs: tuple[str, ...], quantities: str,
    sizes: bool, machine: str | None, dtype: str | None, batch: int | None, configs: tuple[str, ...], hf: str | None,
    inline: bool, convention: str, width: float | None, writing: str | None, output: Path | None, **kinds: bool,
) -> None:  # fmt: skip
    """`symcost plot`"""
    from symcost.pictures.plots.layout import laid

    kind = _kind(ctx, kinds)
    writing = writing or by_ending(output, WRITINGS, ENDINGS, "plot")
    words, values = given
    read = [pair for word in words for pair in models_of(word)]
    models = with_sizes(read, configs, hf, inline=inline) if read else []
    roof = Roof(machine, dtype, batch)
    chart = KINDS[kind](Request(read, models, values, overs, _listed(quantities), convention, roof, sizes))
    sheet = laid(chart, COLUMN if width is None else width)
    _write(sheet, writing, output)
    _tell(sheet)


def _listed(quantities: str) -> list[str]:
    """What is asked, each once."""
    return list(dict.fromkeys(part.strip() for part in quantities.split(",") if part.strip()))


def _tell(sheet: Sheet) -> None:
    """What is not in the picture, and what is to be known of it."""
    for note in sheet.chart.notes:
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
