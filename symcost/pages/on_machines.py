"""Pages of machines, and of models on one: time, energy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import DATA, FILE, FLAG, NAME, NOTHING, NUMBER, TEXTS, VALUES, WHOLE, taking
from symcost.pages.given import DEVICE, MODEL, device_of
from symcost.values import demand_numbers

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.hardware import Device
    from symcost.hardware.electricity import Grid
    from symcost.model import Model


@taking(
    model=MODEL,
    device=DEVICE,
    dtype=NAME | VALUES,
    batch=WHOLE,
    depth=WHOLE,
    every=FLAG,
    profile=DATA | NOTHING,
)
def time(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int = 1, depth: int = 2,
    every: bool = False, profile: str | Path | None = None, rate: tuple[str, Fraction | float] | None = None,
) -> Page:  # fmt: skip
    """The least time on a device, what binds it, whether it fits, and by block, if each operation is by itself.

    With a `profile` of the program that runs it, such as `llm-engine`, also the likely time, with a range. `rate`: how
    many a second a dimension counts, such as `("T", 100)` for frames: the times are then told as parts of real time.
    Without it, so are those of which the file says a rate.

    `dtype`: the type of all numbers, or types by role, as in `{"params": "int4", "state": "fp8", "products": "bf16"}`.
    `batch` examples are worked on together: they share the parameters.
    Raises MissingValue, UnknownDevice and the faults of reading one, UnknownNumberType, MissingFigure, ValueError for a
    role or a type that there is not.
    """
    from symcost.export.reports import time as times
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing

    timing = Timing(model, device_of(device), dtype, batch)
    demand_numbers(model.symbols, model.values)
    program = None if profile is None else Profile.load(profile)
    rated = timing.rates() if rate is None else [timing.rated(rate[0], _exact(rate[1]))]
    depth += timing.around()
    return times.page(timing.measured(depth, program, rated), depth, every=every)


@taking(model=MODEL, device=DEVICE, dtype=NAME | VALUES, batch=WHOLE, depth=WHOLE, every=FLAG)
def roofline(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int = 1, depth: int = 2,
    every: bool = False,
) -> Page:  # fmt: skip
    """The ceilings of a device, special functions included, and where the model and its blocks stand below them.

    Raises MissingValue, UnknownDevice and the faults of reading one, UnknownNumberType, MissingFigure, ValueError for a
    role or a type that there is not.
    """
    from symcost.export.reports.roofline import page
    from symcost.hardware.roofline import ceilings
    from symcost.timing import Timing

    timing = Timing(model, device_of(device), dtype, batch)
    demand_numbers(model.symbols, model.values)
    depth += timing.around()
    return page(timing, ceilings(timing.device, timing.types.products), timing.roofline(depth), depth, every=every)


@taking(model=MODEL, device=DEVICE, dtype=NAME | VALUES, batch=WHOLE | NAME, dimensions=TEXTS, profile=DATA | NOTHING)
def time_formula(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int | str = 1,
    dimensions: Sequence[str] = (), profile: str | Path | None = None,
) -> Page:  # fmt: skip
    """The least time as a formula; in each of the dimensions for which sizes it is bound by memory, and fits.

    Under a `profile` of a program also the likely time, kernel by kernel. `batch` may be a name, which stands for how
    many examples there are. A dimension that is asked in is open, as the tokens of a step.

    Raises UnknownDimension, NotOpen for one on whose number the graph depends, ValueError for a batch that is called
    like a dimension, and the faults of `time`.
    """
    from symcost.export.reports.limits import page
    from symcost.formula import num, symbol
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing

    if isinstance(batch, str) and batch in model.ports:
        raise ValueError(f"{batch} is a dimension of {model.name}; call the batch otherwise")
    size = symbol(batch) if isinstance(batch, str) else num(batch)
    timing = Timing(model.opened(dimensions), device_of(device), dtype, size)
    regimes = tuple(regime for name in dimensions for regime in timing.regimes(name))
    return page(timing, regimes, None if profile is None else Profile.load(profile))


@taking(config=FILE | VALUES, base=FILE | VALUES | NOTHING, at=VALUES | NOTHING)
def adapter(
    config: str | Path | Mapping[str, object], base: str | Path | Mapping[str, object] | None = None,
    *, at: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """What an `adapter_config.json` of a LoRA adds to its base, whose `config.json` lies beside it unless it is given.

    Parameters that are trained and those of the whole, and multiply-accumulates of a text of T tokens; `at` are numbers
    for the base, such as `{"T": 128}`. Raises NoBase, UncountedAdapter, UnknownBase, NoSuchLayer, and the faults of
    reading the base.
    """
    from symcost.adapters.lora import beside, opened
    from symcost.adapters.page import page
    from symcost.zoo import opened as read

    file = read(config, "adapter_config.json")
    folder = None if isinstance(config, Mapping) else Path(config).parent
    return page(opened(file, beside(file, folder) if base is None else read(base, "config.json"), at))


@taking(
    model=MODEL,
    device=DEVICE,
    dtype=NAME,
    utilization=NUMBER,
    runs=WHOLE,
    training=FLAG,
    devices=WHOLE,
    overhead=NUMBER,
    intensity=NUMBER | NAME | NOTHING,
)
def energy(
    model: Model, device: str | Path | Device, dtype: str, *, utilization: Fraction | float, runs: int = 1,
    training: bool = False, devices: int = 1, overhead: Fraction | float = 1,
    intensity: Fraction | float | str | None = None, batch: int = 1,
) -> Page:  # fmt: skip
    """Hours, energy and carbon of many runs on many machines, for a part of the peak that is reached.

    `overhead` is all energy for each joule of the machines (PUE), `intensity` grams of CO2e for a kWh, or the
    country whose electricity it is. Only matrix products and convolutions count. A forward pass of `batch` examples at
    a time cannot reach more of the peak than its least time leaves. Raises ValueError for what cannot be,
    ImpossibleUtilization, MissingValue, UnknownDevice, UnknownGrid.
    """
    from symcost.export.reports.energy import page
    from symcost.hardware import Use, bill
    from symcost.hardware.electricity import grid
    from symcost.timing import Timing

    reached, all_energy = _exact(utilization), _exact(overhead)
    if not 0 < reached <= 1:
        raise ValueError(f"a utilization is above 0 and at most 1, not {utilization}")
    if all_energy < 1 or devices < 1 or runs < 1 or batch < 1:
        raise ValueError("overhead, devices, runs and batch are at least 1")
    machine = device_of(device)
    demand_numbers(model.symbols, model.values)
    if not training:
        Timing(model, machine, dtype, batch).demand_possible(reached)
    known = grid(intensity) if isinstance(intensity, str) else None
    use = Use(reached, devices, all_energy, _grams(known, intensity), known)
    macs = model.quantity("training" if training else "macs")()
    return page(model.name, machine, dtype, use, bill(macs * runs, machine, dtype, use))


def _grams(known: Grid | None, intensity: Fraction | float | str | None) -> Fraction | None:
    """Of CO2e for a kWh."""
    if known is not None:
        return known.grams
    return None if intensity is None or isinstance(intensity, str) else _exact(intensity)


def _exact(number: Fraction | float) -> Fraction:
    """As it is printed: 0.1 is a tenth. Raises ValueError for what is infinite or negative."""
    exact = Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
    if exact < 0:
        raise ValueError(f"{number} is negative")
    return exact


def devices(
    name: str | Path | None = None, *, kind: str | None = None, vendor: str | None = None, dtype: str | None = None,
    memory: Fraction | int = 0,
) -> Page:  # fmt: skip
    """The devices that are shipped, with their peaks; or one of them, or of a file, with the source of every figure.

    Of a class, of a vendor, with a peak for a type, with so many bytes of memory or more.
    Raises ValueError for a class, a vendor or a type that no shipped device has, UnknownDevice and the faults of
    reading a file.
    """
    from symcost.export.reports import devices as pages_of
    from symcost.hardware import Device, shelf

    if name is not None:
        return pages_of.page(Device.load(name))
    return pages_of.listing(shelf(kind, vendor, dtype, Fraction(memory)))
