"""`symcost calibrate`: a device file and a profile for the machine one sits at."""

from __future__ import annotations

from pathlib import Path

import click

from symcost.cli.output import Target, put
from symcost.cli.streams import tell


@click.command(
    help="""\
Measure this CPU, in some 10 s, and write a device file and a profile.

Six microbenchmarks through NumPy: a product of 256^3, additions over a ladder of working sets, exponentials, one tiny
operation, a depthwise convolution, one large result. They are run twice, and it says how far the runs are apart.
Rates are what is reached, not peaks.
""",
    epilog="""\b
Examples:
  symcost calibrate -o here.toml --profile here_numpy.toml
  symcost eval elman.arch --on here.toml --dtype fp32 --profile here_numpy.toml T=100 I=64 H=128
""",
)
@click.option("-o", "--output", type=Target(), help="The device file; standard output without it.")
@click.option("--profile", type=Target(), help="The file for the profile.")
def calibrate(output: Path | None, profile: Path | None) -> None:
    """`symcost calibrate`"""
    from symcost.hardware.calibrate import calibrated, device_text, profile_text

    found = calibrated()
    put(device_text(found), output)
    if profile is not None:
        put(profile_text(found), profile)
    for answer, apart in found.pairs:
        tell(f"{answer.words}: {answer.seconds * 1e6:.4g} us, noise {answer.noise:.1%}, second run {apart:.1%} apart")
    tell(f"{found.agree} of {len(found.first)} benchmarks were within their noise the second time")
