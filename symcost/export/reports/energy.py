"""Hours, energy and carbon of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from symcost.export.numbers import plain_number
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
        at = f"at {_decimal(use.intensity)} g/kWh" if use.grid is None else str(use.grid)
        yield "carbon", Figure(bill.carbon, "g CO2e"), at


def _data(model: str, device: Device, dtype: str, use: Use, bill: Bill) -> Mapping[str, Any]:
    """What is counted exactly, what is measured as a float."""
    return {
        "model": model,
        "device": device.id,
        "dtype": dtype,
        "utilization": plain_number(use.utilization),
        "devices": use.devices,
        "overhead": plain_number(use.overhead),
        "intensity_g_per_kwh": None if use.intensity is None else plain_number(use.intensity),
        "flops": plain_number(bill.flops),
        "device_seconds": plain_number(bill.busy),
        "wall_seconds": plain_number(bill.wall),
        "energy_joules": plain_number(bill.energy),
        "carbon_grams": None if bill.carbon is None else plain_number(bill.carbon),
    }


def _decimal(value: Fraction) -> str:
    return f"{float(value):g}"
