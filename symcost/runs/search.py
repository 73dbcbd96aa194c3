"""Search: which layouts fit, and which of them is fastest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import get_args

from symcost.errors import DoesNotFit, NoLayout, SymcostError
from symcost.hardware import Device
from symcost.model import Model
from symcost.records import dataclass
from symcost.runs.bill import UNKNOWN, Rates
from symcost.runs.kept import Recompute
from symcost.runs.layout import Layout, divisors, size_of
from symcost.runs.required import require
from symcost.runs.serving import counted
from symcost.runs.training import Counts, Plan, Training

NODE = 8
"""Devices that share products, at most, unless it is said otherwise: as many as a server has."""


NEAR = 64
"""So far away devices are looked for that some layout divides."""

DOUBLED = 8
"""So often devices are doubled where nothing fits."""

MOST_SHARED = 3
"""The last stage of ZeRO."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those that fit, the fastest first; how many were tried, and the one that needs least."""

    fitting: tuple[Training, ...]
    tried: int
    smallest: Training


def search(counts: Counts, device: Device, dtype: str, plan: Plan, rates: Rates = UNKNOWN, node: int = NODE) -> Found:
    """All layouts of so many devices that divide, with every micro-batch that is a power of two, and recomputation.

    ZeRO, the optimizer and all else are those of the plan. Raises NoLayout where none divides, DoesNotFit where none
    fits, each with the nearest that does; ValueError for an MFU, which is measured of one layout.
    """
    require(plan.mfu is None, "an MFU is measured of one layout: look for others with a program, or an efficiency")
    tried = list(_tried(counts, device, dtype, plan, rates, node))
    if not tried:
        nearest = _nearest_devices(counts, device, dtype, plan, node)
        raise NoLayout(counts.model.name, plan.devices, plan.batch, nearest)
    smallest = min(tried, key=lambda run: run.total)
    fitting = [run for run in tried if run.fits]
    if not fitting:
        what = f"a step of `{counts.model.name}` on {counted(plan.devices, 'device')}"
        mend = _mend(counts, device, dtype, plan, node)
        raise DoesNotFit(what, _gigabytes(smallest.total), _gigabytes(device.size), mend)
    fitting.sort(key=lambda run: (run.pace, run.total))
    return Found(tuple(fitting), len(tried), smallest)


def _tried(counts: Counts, device: Device, dtype: str, plan: Plan, rates: Rates, node: int) -> Iterator[Training]:
    """Every layout that divides."""
    for one in _plans(counts, plan, node):
        run = _run(counts, device, dtype, one, rates)
        if run is not None:
            yield run


def _nearest_devices(counts: Counts, device: Device, dtype: str, plan: Plan, node: int) -> list[int]:
    """The next numbers of devices below and above that some layout divides."""
    below = range(plan.devices - 1, max(0, plan.devices - NEAR - 1), -1)
    above = range(plan.devices + 1, plan.devices + NEAR + 1)

    def divided(devices: int) -> bool:
        other = replace(plan, devices=devices)
        return next(_tried(counts, device, dtype, other, UNKNOWN, node), None) is not None

    nearest = (next(filter(divided, side), None) for side in (below, above))
    return [devices for devices in nearest if devices is not None]


def _mend(counts: Counts, device: Device, dtype: str, plan: Plan, node: int) -> str | None:
    """ZeRO 3 on as many devices; else the least multiple of them, by a power of two, on which it fits."""
    instead = [(f"`--zero {zero}` fits", replace(plan, zero=zero)) for zero in range(plan.zero + 1, MOST_SHARED + 1)]
    for doubled in range(1, DOUBLED):
        devices = plan.devices << doubled
        instead.append((f"`--devices {devices}` fits", replace(plan, devices=devices)))
    for words, other in instead:
        if any(run.fits for run in _tried(counts, device, dtype, other, UNKNOWN, node)):
            return words
    return None


def _gigabytes(size: Fraction) -> str:
    return f"{float(size / 10**9):.3g} GB"


def _plans(counts: Counts, plan: Plan, node: int) -> Iterator[Plan]:
    for layout in _layouts(counts.model, plan, node):
        choices = product(_micro(plan.batch, layout.data), _recomputed(plan))
        for micro, recompute in choices:
            yield replace(plan, layout=layout, micro=micro, recompute=recompute)


def _recomputed(plan: Plan) -> list[Recompute]:
    """All but one of the two that make layers anew: `early` if the plan says so, else `full`."""
    other = "full" if plan.recompute == "early" else "early"
    return [one for one in get_args(Recompute) if one != other]


def _layouts(model: Model, plan: Plan, node: int) -> Iterator[Layout]:
    """Those that divide heads, layers and devices."""
    layers = size_of(model, "layers") or 1
    for tensor, pipeline in product(_tensors(model, node), divisors(layers)):
        data, left = divmod(plan.devices, tensor * pipeline)
        if left == 0:
            yield Layout(tensor, pipeline, data, plan.layout.expert)


def _tensors(model: Model, most: int) -> list[int]:
    """How many devices may share products: what divides the heads."""
    heads = size_of(model, "heads") or 1
    return [count for count in divisors(heads) if count <= most]


def _micro(batch: int, data: int) -> Iterator[int]:
    micro = 1
    while micro * data <= batch:
        if batch % (micro * data) == 0:
            yield micro
        micro *= 2


def _run(counts: Counts, device: Device, dtype: str, plan: Plan, rates: Rates) -> Training | None:
    """A layout that divides; None for one that does not."""
    try:
        run = Training(counts, device, dtype, plan, rates)
        _ = run.total
    except SymcostError as fault:
        if fault.code.startswith("uneven-"):
            return None
        raise
    return run


def ways_to_share(model: Model, layout: Layout) -> list[Layout]:
    """All ways of sharing products among up to 8 devices, or as many as the layout says; the rest as in the layout."""
    return [replace(layout, tensor=count) for count in _tensors(model, max(NODE, layout.tensor))]


def layouts_of(tensors: Sequence[int], pipelines: Sequence[int], layout: Layout) -> list[Layout]:
    """Every pair of these; the rest as in the layout."""
    return [replace(layout, tensor=one, pipeline=other) for one, other in product(tensors, pipelines)]
