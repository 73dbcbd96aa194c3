"""Hours, energy and carbon of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Paragraph, Row, Table
from symcost.hardware import Bill, Device, Use
from symcost.hardware.energy import HOUR, KILOWATT_HOUR

NAMES = 11
"""Columns for the name of a figure: the longest is `device time`."""


def page(model: str, device: Device, dtype: str, use: Use, bill: Bill) -> Page:
    """A line for each figure, with what it was made from."""
    rows = tuple(Row((name, figure, words)) for name, figure, words in _figures(device, dtype, use, bill))
    table = Table(("what", "figure", "made from"), rows, Layout.LINES, stiff=True, lead=NAMES)
    title = f"{model}  on {device.name}, {dtype}"
    return Page(
        title.replace("  ", " "),
        parts=lambda: (table,),
        brief=lambda: (Paragraph(title), table),
        data=lambda: _data(model, device, dtype, use, bill),
    )


def _figures(device: Device, dtype: str, use: Use, bill: Bill) -> Iterator[tuple[str, Figure, Line]]:
    rate = Figure(2 * device.rate("mac", dtype), "FLOP/s")
    many = f"{use.devices} device{'' if use.devices == 1 else 's'}"
    yield "work", Figure(bill.flops, "FLOP"), "matrix products and convolutions, a MAC being two"
    yield "device time", Figure(bill.busy / HOUR, "h"), (f"at {_decimal(use.utilization * 100)} % of ", rate)
    yield "wall clock", Figure(bill.wall / HOUR, "h"), f"on {many}"
    energy = Figure(bill.energy / KILOWATT_HOUR * 1000, "Wh")
    yield "energy", energy, f"at {_decimal(device.power)} W, times {_decimal(use.overhead)}"
    if bill.carbon is not None and use.intensity is not None:
        yield "carbon", Figure(bill.carbon, "g CO2e"), f"at {_decimal(use.intensity)} g/kWh"


def _data(model: str, device: Device, dtype: str, use: Use, bill: Bill) -> Mapping[str, Any]:
    """Exact figures: fractions as text."""
    return {
        "model": model,
        "device": device.id,
        "dtype": dtype,
        "utilization": use.utilization,
        "devices": use.devices,
        "overhead": use.overhead,
        "intensity_g_per_kwh": use.intensity,
        "flops": bill.flops,
        "device_seconds": bill.busy,
        "wall_seconds": bill.wall,
        "energy_joules": bill.energy,
        "carbon_grams": bill.carbon,
    }


def _decimal(value: Fraction) -> str:
    return f"{float(value):g}"
