"""`symcost eval` and `symcost devices`: what a model takes on a machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import all_option, deliver, result_options, subject

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    "eval",
    help="""\
Print the least time on a device, and what binds it.

At least: the larger of operations by class over peak rates, and of the bytes over bandwidth that have to be moved
however much memory is on the chip. Below that by block, if each operation is by itself.
""",
    epilog="""\b
Examples:
  symcost eval elman.arch --on h100-sxm --dtype bf16 T=100 I=64 H=128
  symcost eval whisper.arch --config tiny --on rpi5 --dtype fp32 T=448
""",
)
@subject
@click.option(
    "--on",
    "machine",
    required=True,
    metavar="DEVICE|FILE",
    help="A device of `symcost devices`, or a TOML file.",
)
@click.option("--dtype", required=True, help="The type of all numbers: bf16, fp16, fp32, int8, ...")
@click.option("--depth", type=click.IntRange(0), default=2, show_default=True, help="How deep to go into blocks.")
@all_option
@result_options
def evaluate(
    model: Model, machine: str, dtype: str, depth: int, every: bool, writing: str, output: Path | None
) -> None:
    """`symcost eval`"""
    from symcost import pages

    deliver(pages.time(model, machine, dtype, depth=depth, every=every), writing, output)


@click.command(
    help="""\
List the devices that --on knows, with their peaks.
""",
    epilog="\b\nExample:\n  symcost devices\n",
)
@result_options
def devices(writing: str, output: Path | None) -> None:
    """`symcost devices`"""
    from symcost import pages

    deliver(pages.devices(), writing, output)
