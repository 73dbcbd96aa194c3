"""`symcost layers`: what the library holds."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import deliver, result_options


@click.command(
    help="""\
List the layers of the library, or show one.

The formulas are those of one example, with every option as it is by default.
""",
    epilog="""\b
Examples:
  symcost layers           every layer: signature, one line, formulas
  symcost layers LSTM      its documentation, source, formulas and text
""",
)
@click.argument("name", required=False)
@result_options
def layers(name: str | None, writing: str, output: Path | None) -> None:
    """`symcost layers`"""
    from symcost import pages

    deliver(pages.layers(name), writing, output)
