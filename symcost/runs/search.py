"""Search: which layouts fit, and which of them is fastest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import get_args

from symcost.errors import DoesNotFit, NoLinks, SymcostError
from symcost.hardware import Device
from symcost.model import Model
from symcost.records import dataclass
from symcost.runs.bill import UNKNOWN, Rates
from symcost.runs.kept import Recompute
from symcost.runs.layout import Layout, divisors, size_of
from symcost.runs.serving import Ask, Service
from symcost.runs.training import Counts, Plan, Training

NODE = 8
"""Devices that share products, at most, unless it is said otherwise: as many as a server has."""


@dataclass(frozen=True, slots=True)
class Found:
    """Those that fit, the fastest first; how many were tried, and the one that needs least."""

    fitting: tuple[Training, ...]
    tried: int
    smallest: Training


def search(counts: Counts, device: Device, dtype: str, plan: Plan, rates: Rates = UNKNOWN, node: int = NODE) -> Found:
    """All layouts of so many devices that divide, with every micro-batch that is a power of two, and recomputation.

    ZeRO, the optimizer and all else are those of the plan. Raises DoesNotFit where none divides.
    """
    runs = (_run(counts, device, dtype, one, rates) for one in _plans(counts, plan, node))
    tried = [run for run in runs if run is not None]
    if not tried:
        raise DoesNotFit(f"`{counts.model.name}`", "no layout divides it", f"{plan.devices} devices", None)
    fitting = [run for run in tried if run.fits]
    fitting.sort(key=lambda run: (run.pace, run.total))
    return Found(tuple(fitting), len(tried), min(tried, key=lambda run: run.total))


def _plans(counts: Counts, plan: Plan, node: int) -> Iterator[Plan]:
    for layout in _layouts(counts.model, plan, node):
        choices = product(_micro(plan.batch, layout.data), _recomputed(plan))
        for micro, recompute in choices:
            yield replace(plan, layout=layout, micro=micro, recompute=recompute, mfu=None)


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


@dataclass(frozen=True, slots=True)
class Tried:
    """Those that fit, and in words those that do not."""

    fitting: tuple[Service, ...]
    left_out: tuple[str, ...]


def side_by_side(
    model: Model, machines: Sequence[Device], dtype: Mapping[str, str] | str, ask: Ask, layouts: Sequence[Layout],
    rates: Rates,
) -> Tried:  # fmt: skip
    """Each device in each layout, where it fits. Raises the fault of the first where none fits on any, UnevenLayout."""
    fitting: list[Service] = []
    left_out: list[str] = []
    refused: list[SymcostError] = []
    for machine, layout in product(machines, layouts):
        try:
            service = Service(model, machine, dtype, ask, layout, rates)
            _ = service.batch
        except (DoesNotFit, NoLinks) as fault:
            refused.append(fault)
            why = "does not fit" if isinstance(fault, DoesNotFit) else "has no links"
            left_out.append(f"{machine.id}, {layout}: {why}")
        else:
            fitting.append(service)
    if not fitting:
        raise refused[0]
    return Tried(tuple(fitting), tuple(left_out))


def ways_to_share(model: Model, layout: Layout) -> list[Layout]:
    """All ways of sharing products among up to 8 devices, or as many as the layout says; the rest as in the layout."""
    return [replace(layout, tensor=count) for count in _tensors(model, max(NODE, layout.tensor))]


def layouts_of(tensors: Sequence[int], pipelines: Sequence[int], layout: Layout) -> list[Layout]:
    """Every pair of these; the rest as in the layout."""
    return [replace(layout, tensor=one, pipeline=other) for one, other in product(tensors, pipelines)]
