"""Pages of models that are served or trained on many devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import DATA, FLAG, NAME, NOTHING, VALUES, WHOLE, taking
from symcost.pages.given import (
    ASK,
    ASKS,
    CALLED,
    DEVICE,
    DEVICES,
    DRAFT,
    LAYOUT,
    LAYOUTS,
    MODEL,
    PLAN,
    RATES,
    device_of,
)
from symcost.values import demand_numbers

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.export.reports.serving import Served
    from symcost.hardware import Device
    from symcost.hardware.profile import Profile
    from symcost.model import Model
    from symcost.pages.cases import Each
    from symcost.runs import Ask, Draft, Layout, Plan, Rates, Service
    from symcost.values import SymbolInfo


@taking(
    model=MODEL, device=DEVICE, dtype=NAME | VALUES, ask=ASK, layout=LAYOUT | NOTHING, rates=RATES | NOTHING,
    profile=DATA | NOTHING, draft=DRAFT | NOTHING, formula=FLAG,
)  # fmt: skip
def serve(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, ask: Ask,
    layout: Layout | None = None, rates: Rates | None = None, profile: str | Path | None = "llm-engine",
    formula: bool = False, draft: Draft | None = None,
) -> Page:  # fmt: skip
    """A model that is served: memory, texts that fit, times, what devices send, and what a million tokens cost.

    `ask`, `layout` and `rates` are those of `symcost.runs`. `formula`: over the batch and the tokens in the cache.
    `draft`: a small model that writes ahead (speculative decoding).

    Raises NotDecoded, DoesNotFit, UnevenLayout, UnsaidSize, NoLinks, NoSuchLink, MissingValue, OtherVocabulary,
    ValueError for what does not go together, and the faults of `time`.
    """
    from symcost.export.reports import serving
    from symcost.runs import Layout, Rates, Service

    demand_numbers(_fixed(model), model.values)
    if draft is not None:
        demand_numbers(_fixed(draft.model), draft.model.values)
    asked = _reserving(ask, profile)
    service = Service(model, device_of(device), dtype, asked, layout or Layout(), rates or Rates(), draft)
    return serving.formulas(service) if formula else serving.page(_served(service, profile))


@taking(
    model=MODEL, devices=DEVICES, dtype=NAME | VALUES, ask=ASK | ASKS, layout=LAYOUT | NOTHING, layouts=LAYOUTS,
    rates=RATES | NOTHING, profile=DATA | NOTHING, draft=DRAFT | NOTHING, each=CALLED,
)  # fmt: skip
def serve_side_by_side(
    model: Model, devices: Sequence[str | Path | Device], dtype: Mapping[str, str] | str, *, ask: Ask | Sequence[Ask],
    layout: Layout | None = None, layouts: Sequence[Layout] = (), rates: Rates | None = None,
    profile: str | Path | None = "llm-engine", draft: Draft | None = None, each: Each = map,
) -> Page:  # fmt: skip
    """Several devices, each in these layouts; else in all ways of sharing products among up to 8 of them.

    `ask`: one, or several, such as prompts of several lengths. What does not fit is left out. With a mark where no
    other is both as fast and as cheap for the same prompts and texts. `each` works the cases out, as `map` does: the
    `map` of a pool of processes, or `lambda function, cases: client.gather(client.map(function, cases))` of Dask.
    Raises the faults of `serve`.
    """
    from symcost.export.reports import pareto
    from symcost.pages.cases import Case, found
    from symcost.runs import Layout, Rates, ways_to_share

    demand_numbers(_fixed(model), model.values)
    if draft is not None:
        demand_numbers(_fixed(draft.model), draft.model.values)
    machines = [device_of(one) for one in devices]
    ways = layouts or ways_to_share(model, layout or Layout())
    asks = [_reserving(one, profile) for one in (ask if isinstance(ask, Sequence) else (ask,))]
    program = _program(profile)
    cases = [
        Case(model, machine, dtype, one, way, rates or Rates(), program, draft)
        for machine, one, way in product(machines, asks, ways)
    ]
    rows, left_out = found(cases, each)
    return pareto.page(model.name, rows, left_out, likely=program is not None)


def _program(profile: str | Path | None) -> Profile | None:
    from symcost.hardware.profile import Profile

    return None if profile is None else Profile.load(profile)


@taking(
    model=MODEL, device=DEVICE, dtype=NAME | VALUES, ask=ASK, other=MODEL | NOTHING, on=DEVICE | NOTHING,
    layout=LAYOUT | NOTHING, profile=DATA | NOTHING,
)  # fmt: skip
def serve_against(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, ask: Ask, other: Model | None = None,
    on: str | Path | Device | None = None, layout: Layout | None = None, profile: str | Path | None = "llm-engine",
) -> Page:  # fmt: skip
    """Two models, or one on two devices, when served: figures of both, and for which sizes which of them is better.

    `other` is another model, `on` the device of the second. Without a batch in `ask` one text is compared.
    Raises the faults of `serve`, ValueError where nothing differs.
    """
    from symcost.export.reports import against
    from symcost.runs import Layout, Service
    from symcost.runs.against import Against, names

    if other is None and on is None:
        raise ValueError("two are compared: another model, another device, or both")
    second = model if other is None else other
    for one in (model, second):
        demand_numbers(_fixed(one), one.values)

    batch = ask.batch or 1
    asked = replace(_reserving(ask, profile), batch=batch)
    shared = layout or Layout()
    first_device, second_device = device_of(device), device_of(device if on is None else on)
    services = (
        Service(model, first_device, dtype, asked, shared),
        Service(second, second_device, dtype, asked, shared),
    )
    compared = Against(*names(*services), batch)
    return against.page(compared, [_served(service, profile) for service in services])


def _fixed(model: Model) -> list[SymbolInfo]:
    """The dimensions that need a number: all but the number of tokens, which the question gives."""
    first = next((name for name, port in model.ports.items() if not port.static), None)
    return [info for info in model.symbols if info.name != first]


def _reserving(ask: Ask, profile: str | Path | None) -> Ask:
    """The same where what the program takes for itself on each device is left free, if its profile says so."""
    program = _program(profile)
    if program is None or ask.reserved:
        return ask
    return replace(ask, reserved=program.reserved)


def _served(service: Service, profile: str | Path | None) -> Served:
    """All that is printed of a service."""
    from symcost.export.reports.serving import Served

    least, turn = service.least(), service.turn()
    costs = service.bill(least)
    program = _program(profile)
    if program is None:
        return Served(service, least, costs, turn=turn)
    likely, ends = service.likely(program)
    waits = None if service.ask.chunk is None else service.waits(program)
    return Served(service, least, costs, likely, ends, service.bill(likely), program, turn, waits)


@taking(model=MODEL, device=DEVICE, dtype=NAME, plan=PLAN, rates=RATES | NOTHING, formula=FLAG, fit=FLAG, node=WHOLE)
def train(
    model: Model, device: str | Path | Device, dtype: str, *, plan: Plan, rates: Rates | None = None,
    formula: bool = False, fit: bool = False, node: int = 8,
) -> Page:  # fmt: skip
    """A model that is trained: work, memory of a device, time with waiting and sending apart, and what it costs.

    `formula`: memory and what is sent, over the layout. `fit`: the layouts that fit, the fastest first; products are
    shared by at most `node` devices. Raises NotAlike, UnevenLayout, UnevenDevices, UnevenBatch, UnsaidSize, NoLinks,
    ImpossibleMfu, DoesNotFit, NoLayout, MissingValue, UnknownDevice, UnknownNumberType, MissingFigure,
    UnknownOptimizer, NotFitted.
    """
    from symcost.export.reports import run
    from symcost.runs import Counts, Rates, Training, search

    demand_numbers(model.symbols, model.values)
    counts, machine, costs = Counts(model), device_of(device), rates or Rates()
    if not fit:
        return run.page(Training(counts, machine, dtype, plan, costs), formula=formula)
    return run.fitting(search(counts, machine, dtype, plan, costs, node))
