"""`symcost energy`: hours, energy and carbon of many runs on many machines."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symcost.cli.common import deliver, result_options, subject, tell_assumptions

if TYPE_CHECKING:
    from symcost.model import Model

PLAIN = re.compile(r"\s*[+-]?(?=\d|\.\d)\d*(_\d+)*(\.(\d+(_\d+)*)?)?\s*")
"""What Fraction reads, without strokes and exponents: those could make a short text a very large number."""

LONGEST = 30
"""Characters of a number; a longer one is refused."""


class Number(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """An exact decimal number within bounds."""

    name = "number"

    def __init__(self, low: int = 0, high: int | None = None, *, positive: bool = False) -> None:
        self.low: int = low
        self.high: int | None = high
        self.positive: bool = positive

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        text = str(value)
        if not PLAIN.fullmatch(text) or len(text) > LONGEST:
            self.fail(f"{text[:LONGEST]!r} is not a number such as 0.5", param, ctx)
        number = Fraction(text)
        if not self._holds(number):
            self.fail(f"{text} is not {self._bounds()}", param, ctx)
        return number

    def _holds(self, number: Fraction) -> bool:
        if number < self.low or (self.positive and number == 0):
            return False
        return self.high is None or number <= self.high

    def _bounds(self) -> str:
        """`above 0 and at most 1`"""
        low = "above 0" if self.positive else f"at least {self.low}"
        return low if self.high is None else f"{low} and at most {self.high}"


class Many(click.IntRange):
    """A positive integer within bounds, also as `1e6` or `2^20`, as values are written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from symcost.values import number_in

        number = number_in(value) if isinstance(value, str) else value
        return int(super().convert(number if isinstance(number, int) else value, param, ctx))


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
@click.option("--devices", type=Many(1, 10**9), default=1, show_default=True, help="Machines that share it.")
@click.option(
    "--overhead", type=Number(low=1), default="1", show_default=True,
    help="All energy for each joule of the machines (power usage effectiveness, PUE).",
)  # fmt: skip
@click.option("--intensity", type=Number(), help="Grams of CO2e for a kWh; without it no carbon is told.")
@result_options
def energy(
    model: Model, machine: str, dtype: str, utilization: Fraction, runs: int, training: bool, devices: int,
    overhead: Fraction, intensity: Fraction | None, writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost energy`"""
    from symcost import pages

    page = pages.energy(
        model, machine, dtype, utilization=utilization, runs=runs, training=training, devices=devices,
        overhead=overhead, intensity=intensity,
    )  # fmt: skip
    deliver(page, writing, output)
    tell_assumptions(model)
