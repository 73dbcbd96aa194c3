"""`symcost energy`: hours, energy and carbon of many runs on many machines."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.amounts import EMITTED, Emitted, Many, Number
from symcost.cli.common import deliver, result_options, subject, tell_assumptions

if TYPE_CHECKING:
    from symcost.hardware.electricity import Grid
    from symcost.model import Model


@click.command(
    help="""\
Print hours, energy and carbon for a part of the peak that is reached.

Only matrix products and convolutions count, and power is the highest of the data sheet.
""",
    epilog="""\b
Example:
  symcost energy llama.arch --config llama_65b --training --runs 683593750
    --on a100-sxm-80 --dtype bf16 --utilization 0.495 --devices 2048
    --overhead 1.1 --intensity 385
""",
)
@subject
@click.option("--on", "machine", required=True, metavar="DEVICE|FILE", help="A device of `symcost devices`, or a file.")
@click.option("--dtype", required=True, help="The type of all numbers: bf16, fp16, fp32, int8, ...")
@click.option(
    "--utilization", type=Number(high=1, positive=True), required=True,
    help="The part of the peak that is reached, as measured: above 0, at most 1.",
)  # fmt: skip
@click.option("--runs", type=Many(1, 10**30), default=1, show_default=True, help="How often the model runs.")
@click.option("--training", is_flag=True, help="Forward and backward.  [default: forward]")
@click.option(
    "--batch", type=Many(1, 10**12), default=1, show_default=True,
    help="So many examples at once, which share the parameters: what of the peak can be reached depends on it.",
)  # fmt: skip
@click.option("--devices", type=Many(1, 10**9), default=1, show_default=True, help="Machines that share it.")
@click.option(
    "--overhead", type=Number(low=1), default="1", show_default=True,
    help="All energy for each joule of the machines (power usage effectiveness, PUE).",
)  # fmt: skip
@click.option("--intensity", type=Emitted(), help=EMITTED)
@result_options
def energy(
    model: Model, machine: str, dtype: str, utilization: Fraction, runs: int, training: bool, devices: int, batch: int,
    overhead: Fraction, intensity: Fraction | Grid | None, writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost energy`"""
    from symcost import pages

    given = intensity if intensity is None or isinstance(intensity, Fraction) else intensity.code
    page = pages.energy(
        model, machine, dtype, utilization=utilization, runs=runs, training=training, devices=devices,
        overhead=overhead, intensity=given, batch=batch,
    )  # fmt: skip
    deliver(page, writing, output)
    tell_assumptions(model)
