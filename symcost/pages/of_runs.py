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
    NUMBERS,
    PLAN,
    PLANS,
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
    from symcost.pages.trained import Each as EachTrained
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
    rates=RATES | NOTHING, profile=DATA | NOTHING, draft=DRAFT | NOTHING, each=CALLED, formula=FLAG,
)  # fmt: skip
def serve_side_by_side(
    model: Model, devices: Sequence[str | Path | Device], dtype: Mapping[str, str] | str, *, ask: Ask | Sequence[Ask],
    layout: Layout | None = None, layouts: Sequence[Layout] = (), rates: Rates | None = None,
    profile: str | Path | None = "llm-engine", draft: Draft | None = None, each: Each = map,
    formula: bool = False,
) -> Page:  # fmt: skip
    """Several devices, each in these layouts; else in all ways of sharing products among up to 8 of them.

    `ask`: one, or several, such as prompts of several lengths. What does not fit is left out. With a mark where no
    other is both as fast and as cheap for the same prompts and texts. `each` works the cases out, as `map` does: the
    `map` of a pool of processes, or `lambda function, cases: client.gather(client.map(function, cases))` of Dask.
    `formula`: each over the batch and the tokens in the cache. Raises the faults of `serve`.
    """
    from symcost.export.reports import formulas, pareto
    from symcost.pages.cases import Case, found
    from symcost.runs import Layout, Rates, Service, ways_to_share
    from symcost.runs.against import Named

    demand_numbers(_fixed(model), model.values)
    if draft is not None:
        demand_numbers(_fixed(draft.model), draft.model.values)
    machines = [device_of(one) for one in devices]
    ways = layouts or ways_to_share(model, layout or Layout())
    asks = [_reserving(one, profile) for one in (ask if isinstance(ask, Sequence) else (ask,))]
    if formula:
        services = [
            Service(model, machine, dtype, one, way, rates or Rates(), draft)
            for machine, one, way in product(machines, asks, ways)
        ]
        return formulas.page(model.name, [Named(_case(one), one) for one in services])
    program = _program(profile)
    cases = [
        Case(model, machine, dtype, one, way, rates or Rates(), program, draft)
        for machine, one, way in product(machines, asks, ways)
    ]
    rows, left_out = found(cases, each)
    return pareto.page(model.name, rows, left_out, likely=program is not None)


def _case(service: Service) -> str:
    """What tells cases apart: `h100-sxm, tensor 2, prompts of 512`."""
    return f"{service.device.id}, {service.layout}, prompts of {service.ask.prompt}, {service.ask.write} written"


def _program(profile: str | Path | None) -> Profile | None:
    from symcost.hardware.profile import Profile

    return None if profile is None else Profile.load(profile)


@taking(
    model=MODEL, device=DEVICE, dtype=NAME | VALUES, ask=ASK, other=MODEL | NOTHING, on=DEVICE | NOTHING,
    layout=LAYOUT | NOTHING, profile=DATA | NOTHING, formula=FLAG,
)  # fmt: skip
def serve_against(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, ask: Ask, other: Model | None = None,
    on: str | Path | Device | None = None, layout: Layout | None = None, profile: str | Path | None = "llm-engine",
    formula: bool = False,
) -> Page:  # fmt: skip
    """Two models, or one on two devices, when served: figures of both, and for which sizes which of them is better.

    `other` is another model, `on` the device of the second. Without a batch in `ask` one text is compared.
    `formula`: of both, over the batch and the tokens in the cache.
    Raises the faults of `serve`, ValueError where nothing differs.
    """
    from symcost.export.reports import against, formulas
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
    sides = names(*services)
    compared = Against(*sides, batch)
    if formula:
        return formulas.page(f"{sides[0].name} against {sides[1].name}", sides, compared.regimes)
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
    shared by at most `node` devices. Raises NotAlike, UnevenLayout, UnevenDevices, UnevenBatch, TooFewTokens,
    UnsaidSize, NoLinks, ImpossibleMfu, DoesNotFit, NoLayout, MissingValue,
    UnknownDevice, UnknownNumberType, MissingFigure, UnknownOptimizer, NotFitted.
    """
    from symcost.export.reports import run
    from symcost.pages.trained import demand_a_step
    from symcost.runs import Counts, Rates, Training, search

    demand_numbers(model.symbols, model.values)
    counts, machine, costs = Counts(model), device_of(device), rates or Rates()
    demand_a_step(counts, plan)
    if not fit:
        return run.page(Training(counts, machine, dtype, plan, costs), formula=formula, node=node)
    return run.fitting(search(counts, machine, dtype, plan, costs, node), node=node)


@taking(
    model=MODEL, devices=DEVICES, dtype=NAME, plans=PLANS, lengths=NUMBERS, rates=RATES | NOTHING, fit=FLAG,
    node=WHOLE, each=CALLED,
)  # fmt: skip
def train_side_by_side(
    model: Model, devices: Sequence[str | Path | Device], dtype: str, *, plans: Sequence[Plan],
    lengths: Sequence[int] = (), rates: Rates | None = None, fit: bool = False, node: int = 8,
    each: EachTrained = map,
) -> Page:  # fmt: skip
    """Several devices, each under each of these plans, with texts of these lengths: days, hours, energy and price.

    `plans`: such as one for each number of devices and batch. `fit`: of each the fastest layout that fits, with
    products shared by at most `node` devices; else the layout of the plan. What does not fit or divide is left out.
    With a mark where nothing of the same batch and length is both as fast and as cheap. `each` works the cases out,
    as in `serve_side_by_side`. Raises the faults of `train`, ValueError without plans.
    """
    from symcost.export.reports import trained
    from symcost.export.reports.run import nearness
    from symcost.pages.trained import Case, found
    from symcost.runs import Counts, Rates

    if not plans:
        raise ValueError("at least one plan is set side by side")
    demand_numbers([info for info in model.symbols if not lengths or info.name != _length(model)], model.values)
    models = [model.at(**{_length(model): length}) for length in lengths] or [model]
    machines, costs = [device_of(one) for one in devices], rates or Rates()
    counted = [Counts(one) for one in models]
    cases = [
        Case(counts, machine, dtype, plan, costs, node if fit else None)
        for counts, machine, plan in product(counted, machines, plans)
    ]
    rows, left_out = found(cases, each)
    kind = _kind(plans[0], fit=fit)
    notes = [] if kind in ("least", "measured") else list(nearness(max(plans, key=lambda plan: plan.devices), node))
    return trained.page(model.name, plans[0].tokens, rows, left_out, kind=kind, notes=notes)


def _length(model: Model) -> str:
    """The dimension that says how many tokens a text has."""
    return next(name for name, port in model.ports.items() if not port.static)


def _kind(plan: Plan, *, fit: bool) -> str:
    """Which time is told of each; layouts are ranked by least times with waiting and sending behind them."""
    if plan.mfu is not None:
        return "measured"
    if plan.efficiency is not None or plan.program is not None:
        return "likely"
    return "ranked" if fit else "least"
