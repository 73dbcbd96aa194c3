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
    return _given_or_of(device, rates.price, PRICE)


def _given_or_of(device: Device, given: Fraction | None, key: str) -> Fraction | None:
    """What is given, else the figure of the device file, if it has one."""
    figure = device.figures.get(key)
    if given is not None or figure is None:
        return given
    return figure.value


def bill(seconds: Fraction, device: Device, rates: Rates) -> Bill:
    """What so many seconds of one device cost. Where no power is known, neither energy nor carbon are."""
    watts = _given_or_of(device, rates.watts, "power.limit")
    energy = None if watts is None else seconds * watts * rates.overhead
    hourly = price_of(device, rates)
    price = None if hourly is None else seconds / HOUR * hourly
    return Bill(seconds, watts, energy, _carbon(seconds, energy, rates), price)


def _carbon(seconds: Fraction, energy: Fraction | None, rates: Rates) -> Fraction | None:
    """Of the energy, and of what making the device took in the same time; None where the first is not known."""
    if energy is None or rates.intensity is None:
        return None
    of_energy = energy / KILOWATT_HOUR * rates.intensity
    of_making = seconds / HOUR * (rates.embodied or 0)
    return of_energy + of_making
