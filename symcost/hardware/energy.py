"""What work takes on machines that reach a part of their peak: time, energy, carbon.

An estimate for what is bound by matrix products, such as training a large model. How much of the peak is reached is
measured, never derived, and so are overhead and carbon intensity: they are given.

Source  Chowdhery et al., PaLM (2022), appendix B (model FLOPs utilization); Touvron et al., LLaMA (2023), section 6
        (energy = device hours · power · PUE, carbon = energy · intensity)
"""

from __future__ import annotations

from fractions import Fraction

from symcost.hardware.device import FLOP_PER_MAC, Device
from symcost.hardware.electricity import Grid
from symcost.records import dataclass

HOUR, KILOWATT_HOUR = 3600, 3_600_000
"""Seconds; joules."""


@dataclass(frozen=True, slots=True)
class Use:
    """How machines are used.

    `utilization`: the part of the peak of matrix products that is reached, above 0 and at most 1.
    `overhead`: all energy for each joule of the devices (power usage effectiveness, PUE), at least 1.
    `intensity`: grams of CO2e for a kilowatt-hour; None where it is not known.
    `grid`: whose electricity that is, where it is known.
    """

    utilization: Fraction
    devices: int = 1
    overhead: Fraction = Fraction(1)
    intensity: Fraction | None = None
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Bill:
    """What work takes: `busy` seconds of one device, `wall` seconds of all, joules, grams of CO2e."""

    flops: Fraction
    busy: Fraction
    wall: Fraction
    energy: Fraction
    carbon: Fraction | None


def bill(macs: Fraction | int, device: Device, dtype: str, use: Use) -> Bill:
    """What so many multiply-accumulates take.

    Time    2·MACs / (peak FLOP/s · utilization), divided over the devices
    Energy  device seconds · peak power · overhead
    Carbon  energy in kWh · intensity

    Raises UnknownNumberType, MissingFigure.
    """
    busy = Fraction(macs) / (device.rate("mac", dtype) * use.utilization)
    energy = busy * device.power * use.overhead
    carbon = None if use.intensity is None else energy / KILOWATT_HOUR * use.intensity
    return Bill(Fraction(macs) * FLOP_PER_MAC, busy, busy / use.devices, energy, carbon)
