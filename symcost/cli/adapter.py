"""`symcost adapter`: what a LoRA adds to its base."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.common import PUBLISHED, Value, assigned, deliver, result_options


@click.command(
    help="""\
Print what an adapter_config.json of a LoRA adds to its base.

Parameters that are trained, those of the whole, and multiply-accumulates of a text of T tokens.
""",
    epilog="""\b
Examples:
  symcost adapter adapter_config.json               the config.json of the base lies beside it
  symcost adapter adapter_config.json --base config.json
  symcost adapter adapter_config.json T=448
""",
)
@click.argument("file", type=PUBLISHED)
@click.argument("assignments", nargs=-1, callback=assigned, metavar="[NAME=VALUE]...")
@click.option("--base", type=PUBLISHED, metavar="FILE", help="The config.json of the base.  [default: beside FILE]")
@result_options
def adapter(file: str, assignments: dict[str, Value], base: str | None, writing: str, output: Path | None) -> None:
    """`symcost adapter`"""
    from symcost import pages

    deliver(pages.adapter(file, base, at=assignments), writing, output)
