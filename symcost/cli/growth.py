"""`symcost growth`: how a quantity rises in each dimension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, deliver, result_options, subject, tell_assumptions
from symcost.cli.quantities import Asking, quantity_option

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    cls=Asking,
    help="""\
Print how a quantity rises in each dimension, with the leading term, while the others stay as they are.

Where a `min` or `max` compares dimensions, each side of it is told by itself.
""",
    epilog="""\b
Examples:
  symcost growth lstm.arch                      a line for each dimension
  symcost growth attention.arch --in T          Quadratic
  symcost growth transformer.arch --together T,D
""",
)
@subject
@quantity_option
@click.option("--in", "dimension", metavar="NAME", help="Only this dimension.")
@click.option("--together", metavar="NAME,...", help="These dimensions multiplied by one factor.")
@convention_option
@result_options
def growth(
    model: Model, quantity: str, dimension: str | None, together: str | None, convention: str,
    writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost growth`"""
    from symcost import pages

    # One dimension by itself goes before several together.
    names = [dimension] if dimension else _listed(together or "")
    page = pages.growth(
        model, quantity, dimensions=names, together=bool(together) and not dimension, convention=convention
    )
    deliver(page, writing, output)
    tell_assumptions(model)


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]
