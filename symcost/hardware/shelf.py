"""The shipped devices, all of them or those that pass a filter."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symcost.hardware.device import Device
from symcost.hardware.reading import DTYPES


def shelf(kind: str | None, vendor: str | None, dtype: str | None, memory: Fraction) -> tuple[Device, ...]:
    """Those of a class, of a vendor, with a peak for a type, and with so many bytes of memory or more.

    Raises ValueError for what no shipped device has.
    """
    known = [Device.load(name) for name in Device.available()]
    _demand("class", kind, (device.kind for device in known))
    _demand("vendor", vendor, (device.vendor for device in known))
    _demand("type", dtype, DTYPES)
    return tuple(device for device in known if _passes(device, kind, vendor, dtype, memory))


def _demand(what: str, wanted: str | None, known: Iterable[str]) -> None:
    there = sorted(set(known))
    if wanted is not None and wanted.lower() not in map(str.lower, there):
        raise ValueError(f"no device has the {what} {wanted!r}; known: {', '.join(there)}")


def _passes(device: Device, kind: str | None, vendor: str | None, dtype: str | None, memory: Fraction) -> bool:
    wanted = ((kind, device.kind), (vendor, device.vendor))
    if any(given is not None and given.lower() != found.lower() for given, found in wanted):
        return False
    if dtype is not None and dtype.lower() not in device.dtypes:
        return False
    size = device.figures.get("memory.main.size")
    return not memory or (size is not None and size.value >= memory)
