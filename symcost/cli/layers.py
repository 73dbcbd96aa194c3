"""`symcost layers`: what the library holds."""

from __future__ import annotations

import click


@click.command(
    epilog="""\b
Examples:
  symcost layers           every layer: signature, one line, formulas
  symcost layers LSTM      its documentation, source, formulas and text
"""
)
@click.argument("name", required=False)
def layers(name: str | None) -> None:
    """List the layers of the library, or show one."""
    raise NotImplementedError
