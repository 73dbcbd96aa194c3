"""Hours, energy and carbon as text."""

from __future__ import annotations

from fractions import Fraction

from symcost.export import numbers
from symcost.hardware import Bill, Device, Use
from symcost.hardware.energy import HOUR, KILOWATT_HOUR


def text(model: str, device: Device, dtype: str, use: Use, found: Bill) -> str:
    """A line for each figure, with what it was made from."""
    peak, kwh = 2 * device.rate("mac", dtype), found.energy / KILOWATT_HOUR
    many = f"{use.devices} device{'' if use.devices == 1 else 's'}"
    rows = [
        ("work", numbers.si(found.flops, "FLOP"), "matrix products and convolutions, a MAC being two"),
        ("device time", hours(found.busy), f"at {_decimal(use.utilization * 100)} % of {numbers.si(peak, 'FLOP/s')}"),
        ("wall clock", hours(found.wall), f"on {many}"),
        ("energy", numbers.si(kwh * 1000, "Wh"), f"at {_decimal(device.power)} W, times {_decimal(use.overhead)}"),
    ]
    if found.carbon is not None and use.intensity is not None:
        carbon = f"{numbers.si(found.carbon / 10**6, 't')} CO2e" if found.carbon else "0 t CO2e"
        rows.append(("carbon", carbon, f"at {_decimal(use.intensity)} g/kWh"))
    widest = max(len(figure) for _, figure, _ in rows)
    lines = [f"{name:<11}  {figure:>{widest}}  {words}" for name, figure, words in rows]
    return "\n".join([f"{model}  on {device.name}, {dtype}", "", *lines]) + "\n"


def hours(seconds: Fraction) -> str:
    """Hours in full from one on; shorter times in seconds."""
    if seconds < HOUR:
        return numbers.seconds(seconds)
    return f"{round(seconds / HOUR):,} h".replace(",", " ")


def _decimal(value: Fraction) -> str:
    return f"{float(value):g}"
