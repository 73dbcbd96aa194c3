"""`symcost graph`: the architecture as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import output_option, subject
from symcost.cli.output import by_ending, put, put_bytes
from symcost.cli.quantities import Asking, Quantities
from symcost.cli.streams import tell

if TYPE_CHECKING:
    from symcost.model import Model

ENDINGS = {"tex": "tikz", "mermaid": "mmd", "gv": "dot"}
"""Other names that files of a writing end with."""


class PictureWriting(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """The name of a writing of pictures."""

    name = "writing"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        from symcost.pictures.writing import WRITINGS

        return f"[{'|'.join(WRITINGS)}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from symcost.pictures.writing import WRITINGS

        return str(click.Choice(WRITINGS).convert(value, param, ctx))


@click.command(
    cls=Asking,
    help="""\
Draw the architecture: blocks in blocks, shapes on the wires, formulas or numbers in the boxes.

With numbers for all dimensions, colours are shares of the chosen quantity.
""",
    epilog="""\b
Examples:
  symcost graph elman.arch -o elman.svg
  symcost graph elman.arch --unroll 4 -o elman.pdf        as lectures draw it, from left to right
  symcost graph lstm.arch --model Lstm --of depth -o lstm.svg   the longest path
  symcost graph whisper.arch --config tiny T=448 --of params --levels 3 -o whisper.png
""",
)
@subject
@click.option(
    "--of", "quantity", cls=Quantities, kinds=("sum", "depth"), default="macs", show_default=True, metavar="QUANTITY",
    help="What the boxes count, and colours are shares of; see below.",
)  # fmt: skip
@click.option("--levels", type=click.IntRange(1, 40), help="How deep blocks are opened.  [default: as fits a page]")
@click.option("--unroll", type=click.IntRange(2, 16), metavar="N", help="Draw N rounds of a recurrence side by side.")
@click.option("--all", "every", is_flag=True, help="Open layers that everybody knows, such as Linear, too.")
@click.option("--format", "writing", type=PictureWriting(), help="How to write it.  [default: as the file ends; svg]")
@output_option
def graph(
    model: Model, quantity: str, levels: int | None, unroll: int | None, every: bool, writing: str | None,
    output: Path | None,
) -> None:  # fmt: skip
    """`symcost graph`"""
    from symcost.pictures import graph as drawn
    from symcost.pictures.writing import PAINTED, WRITINGS, made, written

    writing = writing or by_ending(output, WRITINGS, ENDINGS, "picture")
    picture = drawn(model, of=quantity, levels=levels, unroll=unroll, every=every)
    if writing in PAINTED:
        put_bytes(made(picture, writing), output)
    else:
        put(written(picture, writing), output)
    if picture.folded:
        tell(picture.folded)
