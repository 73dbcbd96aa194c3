"""`symcost models`: what the zoo holds."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import deliver, result_options


@click.command(
    help="""\
List the families of the zoo, or show one.

A family reads published configurations of some types: `symcost report config.json` finds it by itself.
""",
    epilog="""\b
Examples:
  symcost models             every family: what it is, which types it reads, which sizes it has
  symcost models qwen3_moe   the family that reads a type, with its text
  symcost models llama
""",
)
@click.argument("name", required=False)
@result_options
def models(name: str | None, writing: str, output: Path | None) -> None:
    """`symcost models`"""
    from symcost import pages

    deliver(pages.models(name), writing, output)
