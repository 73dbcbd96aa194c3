"""What device time costs: energy, carbon and money.

Energy  device seconds · power · overhead (PUE)
Carbon  kWh · intensity, and what it took to make the devices by the share of their life
Price   device hours · price of an hour
Source  Touvron et al., LLaMA (2023), section 6; Patterson et al., Carbon emissions and large neural network training
        (2021), section 2.5
"""

from __future__ import annotations

from fractions import Fraction

from symcost.hardware.device import Device
from symcost.hardware.electricity import Grid
from symcost.hardware.energy import HOUR, KILOWATT_HOUR
from symcost.records import dataclass

PRICE = "price.hour"


@dataclass(frozen=True, slots=True)
class Rates:
    """What is given, never derived.

    `overhead`: all energy for each joule of the devices, at least 1. `intensity`: grams of CO2e for a kWh. `price`: USD
    for an hour of one device. `embodied`: grams of CO2e for an hour of one device. `watts`: of one device under this
    load, where it was measured; else the limit of the sheet. `grid`: whose electricity that is, where
    it is known.
    """

    overhead: Fraction = Fraction(1)
    intensity: Fraction | None = None
    price: Fraction | None = None
    embodied: Fraction | None = None
    watts: Fraction | None = None
    grid: Grid | None = None


UNKNOWN = Rates()
"""Nothing is given."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Seconds of one device, joules, grams of CO2e, USD; None for what nothing is known of."""

    seconds: Fraction
    watts: Fraction | None
    energy: Fraction | None
    carbon: Fraction | None
    price: Fraction | None

    @property
    def hours(self) -> Fraction:
        """Of one device."""
        return self.seconds / HOUR


def price_of(device: Device, rates: Rates) -> Fraction | None:
    """USD for an hour: the one that is given, else that of the device file."""
    figure = device.figures.get(PRICE)
    return rates.price if rates.price is not None or figure is None else figure.value


def bill(seconds: Fraction, device: Device, rates: Rates) -> Bill:
    """What so many seconds of one device cost. Where no power is known, neither energy nor carbon are."""
    limit = device.figures.get("power.limit")
    watts = rates.watts if rates.watts is not None or limit is None else limit.value
    energy = None if watts is None else seconds * watts * rates.overhead
    carbon = None
    if energy is not None and rates.intensity is not None:
        carbon = energy / KILOWATT_HOUR * rates.intensity + seconds / HOUR * (rates.embodied or 0)
    price = price_of(device, rates)
    return Bill(seconds, watts, energy, carbon, None if price is None else seconds / HOUR * price)
