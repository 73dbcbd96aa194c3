"""Quantities as device files write them, `"989.4 TFLOP/s"`: a number and a unit, read exactly and by dimension."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from symcost.records import dataclass

DECIMAL: Mapping[str, Fraction] = MappingProxyType(
    {
        "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "µ": Fraction(1, 10**6), "m": Fraction(1, 1000),
        "": Fraction(1), "k": Fraction(10**3), "M": Fraction(10**6), "G": Fraction(10**9), "T": Fraction(10**12),
        "P": Fraction(10**15),
    }
)  # fmt: skip
BINARY: Mapping[str, Fraction] = MappingProxyType(
    {f"{prefix}i": Fraction(1024**power) for power, prefix in enumerate("KMGT", start=1)}
)
"""Prefixes of bytes alone: a GB is 10^9 bytes, a GiB 2^30."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit without its prefix: the dimension that it measures, and how many base units it is."""

    dimension: str
    size: Fraction = Fraction(1)


UNITS: Mapping[str, Unit] = MappingProxyType(
    {
        "FLOP/s": Unit("rate"), "OP/s": Unit("rate"), "MAC/s": Unit("rate", Fraction(2)),
        "B": Unit("bytes"), "B/s": Unit("bandwidth"), "bit/s": Unit("bandwidth", Fraction(1, 8)),
        "Hz": Unit("clock"), "s": Unit("time"), "W": Unit("power"), "USD/h": Unit("price"),
    }
)  # fmt: skip

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "rate": "312 TFLOP/s", "bytes": "80 GB", "bandwidth": "3350 GB/s", "clock": "1.41 GHz", "time": "4.5 us",
        "power": "400 W", "price": "2.50 USD/h",
    }
)  # fmt: skip
"""What a quantity of each dimension looks like."""

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "rate": "operations a second", "bytes": "bytes", "bandwidth": "bytes a second", "clock": "a clock rate",
        "time": "a time", "power": "a power", "price": "a price",
    }
)  # fmt: skip

NUMBER = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*(\S*)\s*")


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity: how many base units (operations/s, bytes, bytes/s, Hz, s, W, USD/h), and of which dimension."""

    value: Fraction
    dimension: str


def measured(text: str) -> Measured | None:
    """The quantity that a text states; None for what is none: no number, no unit, or an unknown one.

    >>> measured("989.4 TFLOP/s") == Measured(Fraction(989_400_000_000_000), "rate")
    True
    >>> measured("256 KiB").value, measured("4800 Gbit/s").value, measured("80")
    (Fraction(262144, 1), Fraction(600000000000, 1), None)
    """
    written = NUMBER.fullmatch(text)
    if written is None:
        return None
    found = _unit(written[2])
    if found is None:
        return None
    factor, unit = found
    return Measured(Fraction(written[1]) * factor * unit.size, unit.dimension)


def _unit(text: str) -> tuple[Fraction, Unit] | None:
    """A prefix and the unit behind it."""
    for name, unit in UNITS.items():
        if not text.endswith(name):
            continue
        prefix = text.removesuffix(name)
        if prefix in DECIMAL:
            return DECIMAL[prefix], unit
        if prefix in BINARY and name in ("B", "B/s"):
            return BINARY[prefix], unit
    return None
