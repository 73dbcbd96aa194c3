"""Figures of devices: each has its source and the day it was read, and no two of one file contradict each other."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from symcost.hardware.device import Device
from symcost.hardware.reading import Figure
from symcost.hardware.units import measured

DEVICES = Device.available()
CLOSE = Fraction(2, 100)
"""Data sheets round to three digits."""

GPUS = {
    # FMA of fp32, and of fp16 through the tensor cores, in a clock of an SM; the clock of the tensor cores in GHz.
    # NVIDIA's whitepapers of the architectures, and the CUDA C++ Programming Guide, arithmetic instructions.
    "k80": (192, 0, 0),
    "p100-sxm2": (64, 0, 0),
    "v100-sxm2-32": (64, 512, "1.53"),
    "t4": (64, 512, "1.59"),
    "a10": (128, 512, "1.695"),
    "a100-sxm-40": (64, 1024, "1.41"),
    "a100-sxm-80": (64, 1024, "1.41"),
    "l4": (128, 512, "2.04"),
    "l40s": (128, 512, "2.52"),
    "h100-pcie": (128, 2048, "1.62"),
    "h100-sxm": (128, 2048, "1.83"),
    "h200-sxm": (128, 2048, "1.83"),
    "rtx3090": (128, 256, "1.695"),
    "rtx4090": (128, 256, "2.52"),
    "rtx5090": (128, 256, "2.407"),
    "orin-agx-64": (128, 1024, "1.3"),
    "orin-nano-8": (128, 0, 0),  # its tensor rates come from 40 sparse TOPS, which are rounded
}

PRODUCT = re.compile(r"(\d[\d.]*)(?: [A-Za-z]+){0,6}((?: x \d[\d.]*(?: [A-Za-z]+)?)*) x (\d[\d.]*) (GHz|MHz)")
"""A derivation: `132 SM x 16 x 1.83 GHz`."""

HALF = re.compile(r"half of (?:the )?(\d[\d.]* [GMT]?(?:FLOP|OP)/s)")


def figures() -> list[tuple[str, str]]:
    """Every figure of every device that is shipped."""
    return [(name, entry) for name in DEVICES for entry in Device.load(name).figures]


def close(found: Fraction, wanted: Fraction) -> bool:
    return abs(found - wanted) <= CLOSE * wanted


@pytest.mark.parametrize("name", DEVICES)
def test_every_figure_says_where_and_when_it_was_read(name: str) -> None:
    """A source in words, and a year with a month at least."""
    for entry, figure in Device.load(name).figures.items():
        assert len(figure.source) > 5, entry
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", figure.date), entry


@pytest.mark.parametrize("name", DEVICES)
def test_a_derivation_gives_its_figure(name: str) -> None:
    """What a source multiplies is the figure beside it; a multiply-accumulate may count as one or as two."""
    for entry, figure in Device.load(name).figures.items():
        for found in derived(figure):
            assert close(found, figure.value) or (entry.startswith("matrix") and close(2 * found, figure.value)), (
                f"{entry}: {figure.text} against {float(found):.4g}"
            )


def derived(figure: Figure) -> list[Fraction]:
    """The products and halves in the words of a source."""
    values = []
    for first, middle, clock, unit in PRODUCT.findall(figure.source):
        value = Fraction(first) * Fraction(clock) * (10**9 if unit == "GHz" else 10**6)
        for factor in re.findall(r"x (\d[\d.]*)", middle):
            value *= Fraction(factor)
        values.append(value)
    for text in HALF.findall(figure.source):
        whole = measured(text)
        assert whole is not None, text
        values.append(whole.value / 2)
    return values


def test_derivations_are_found() -> None:
    """The two patterns above read what they are meant to read, in many figures."""
    found = [value for name in DEVICES for figure in Device.load(name).figures.values() for value in derived(figure)]
    assert len(found) > 100


@pytest.mark.parametrize("name", GPUS)
def test_rates_are_units_times_clock(name: str) -> None:
    """FLOP/s = SMs x FMA in a clock x clock x 2, where the file has all three: none is of another card."""
    lanes, tensor, clock = GPUS[name]
    figures = Device.load(name).figures
    units, boost = figures["memory.l1.size"].copies, figures["clock.boost"].value
    assert close(Fraction(2 * units * lanes) * boost, figures["matrix.fp32"].value)
    if tensor:
        assert close(2 * units * tensor * Fraction(clock) * 10**9, figures["matrix.fp16"].value)


@pytest.mark.parametrize("name", DEVICES)
def test_lone_operations_are_not_faster_than_products(name: str) -> None:
    """A product and a sum in one instruction take a cycle of the lanes that a lone sum takes: twice the rate at least.

    Where a core has neither FMA nor SIMD products, a product and a sum are two instructions: as fast.
    """
    figures = Device.load(name).figures
    small = name in ("cortex-m4-120", "cortex-m4f-168", "cortex-m33-160", "rp2040")
    for entry, figure in figures.items():
        group, _, dtype = entry.partition(".")
        products = figures.get(f"matrix.{dtype}")
        if group == "vector" and products is not None:
            assert figure.value * (1 if small else 2) <= products.value * (1 + CLOSE), dtype


@pytest.mark.parametrize("name", DEVICES)
def test_memory_is_faster_the_nearer_it_is(name: str) -> None:
    """No level is slower than the one behind it, and no link faster than the main memory."""
    device = Device.load(name)
    speeds = [level.bandwidth for level in device.levels if level.bandwidth is not None]
    assert speeds == sorted(speeds, reverse=True)
    for link in device.links.values():
        assert link.bandwidth is None or link.bandwidth < device.bandwidth
